"""`quizapp work`: jobs without a server."""

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from quizapp.cli.draining import Drain
from quizapp.cli.said import fail


@click.command("work")
@with_appcontext
def work() -> None:
    """Do the jobs (closing attempts, folding statistics, mail) until stopped."""
    from quizapp.services.operations import schema
    from quizapp.web import logs

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # for another thread
    if not schema.state().up_to_date:
        fail("work: the database is not at this version's schema: run `quizapp db upgrade`")
    logs.to_stderr(app.extensions["quizapp.settings"].log_level)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    drain = Drain(app)
    drain.start()
    click.echo("Doing jobs; stop with Ctrl-C.", err=True)
    try:
        stopping.wait()
    except KeyboardInterrupt:
        pass
    finally:
        drain.stop()
