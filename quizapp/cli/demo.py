"""`quizapp demo`: the product on a throw-away database, with people and attempts in it."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo(host: str, port: int) -> None:
    """Serve a demonstration; its database and passwords end with it."""
    folder = Path(tempfile.mkdtemp(prefix="quizapp-demo-"))
    try:
        _serve(folder, host, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, host: str, port: int) -> None:
    # Flask and the database take a second to load, which `quizapp --help` need not wait for
    from quizapp.app import create_app
    from quizapp.cli.serve import run_server
    from quizapp.config import load_settings
    from quizapp.resources import questions_folder
    from quizapp.services.operations import demo as play
    from quizapp.services.operations import schema, shipped

    settings = load_settings(
        instance_folder=folder,
        database_url=f"sqlite:///{folder / 'demo.db'}",
        base_url=f"http://{host}:{port}",
        sqlite_synchronous="OFF",
    )
    app = create_app(settings)
    now = datetime.now(UTC)
    with app.app_context():
        schema.upgrade()
        shipped.load(questions_folder(), now=now)
        click.echo("Playing four weeks of a cohort ...")
        accounts = play.fill(app.extensions["quizapp.desk"], now=now)
    click.echo(f"\nSign in at {settings.base_url} as one of these; all of it ends with Ctrl-C.\n")
    for one in accounts[:6]:
        click.echo(f"  {one.role:<14} {one.email:<30} {one.password}   {one.name}")
    click.echo("")
    run_server(app, host=host, port=port)
