"""`quizapp serve` and `quizapp work` as processes, and the wheel as it is installed."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from databases import free_port
from running import PATIENCE_S, environment, serving

from quizapp import __version__

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
QUIZAPP = BIN / "quizapp"


def run(*arguments, folder, **settings):
    return subprocess.run(
        [QUIZAPP, *arguments],
        cwd=folder, env=environment(**settings), capture_output=True, text=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def test_it_serves_says_the_first_link_and_ends_in_good_order(database_url, tmp_path):
    with serving(QUIZAPP, tmp_path, database_url=database_url) as server:
        assert server.get("/readyz")[0] == 200
        status, page = server.get("/sign-in")
        assert (status, "<h1" in page) == (200, True)
        assert server.end() == 0
    assert "Serving on" in server.output
    with serving(QUIZAPP, tmp_path, database_url=database_url) as again:
        assert again.end() == 0
    assert server.first_link() != again.first_link()
    lines = [json.loads(line) for line in server.errors.splitlines() if line.startswith("{")]
    assert {line["rule"] for line in lines} == {"/healthz", "/readyz", "/sign-in"}
    token = server.first_link().rpartition("=")[2]
    assert token not in server.errors


def test_shipped_content_is_there_from_the_first_start(database_of, tmp_path):
    url = database_of("sqlite")
    with serving(QUIZAPP, tmp_path, database_url=url):
        pass
    done = run("bank", "coverage", "--json", folder=tmp_path, database_url=url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_a_room_without_a_proxy_is_answered(database_of, tmp_path):
    """Sixty browsers hold their connections open, and the next one is served at once."""
    with (
        serving(QUIZAPP, tmp_path, database_url=database_of("sqlite")) as server,
        ExitStack() as held,
    ):
        place = ("127.0.0.1", urlsplit(server.address).port)
        for _ in range(60 * 3):
            held.enter_context(socket.create_connection(place, timeout=10))
        assert server.get("/healthz")[0] == 200


def test_several_processes_need_postgresql(tmp_path):
    done = run("serve", "--workers", "2", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "one writer" in done.stderr
    assert "PostgreSQL" in done.stderr
    assert done.stderr.count("\n") == 1


def test_several_processes(database_of, tmp_path):
    url = database_of("postgresql")
    with serving(QUIZAPP, tmp_path, "--workers", "2", database_url=url) as server:
        assert {server.get("/readyz")[0] for _ in range(8)} == {200}
        assert server.get("/sign-in")[0] == 200
        assert server.end() == 0
    assert "from 2 processes" in server.output


def test_a_database_that_is_not_migrated_is_not_served(tmp_path):
    done = run("serve", "--port", str(free_port()), folder=tmp_path)
    assert done.returncode == 1
    assert "quizapp db upgrade" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_said(database_of, tmp_path):
    url = database_of("sqlite")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port), folder=tmp_path, database_url=url)
    assert done.returncode == 1
    assert f"port {port}: address already in use" in done.stderr


def test_work_does_jobs_and_ends_in_good_order(database_of, tmp_path):
    url = database_of("sqlite")
    process = subprocess.Popen(
        [QUIZAPP, "work"],
        cwd=tmp_path, env=environment(database_url=url), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr.readline().startswith("Doing jobs")
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")


def build(folder):
    """Build the wheel, by way of the source distribution, from a copy of the checkout."""
    left_out = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "instance", "build")
    shutil.copytree(ROOT, folder / "checkout", ignore=left_out)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, folder / "checkout"],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    (found,) = folder.glob("*.whl")
    assert list(folder.glob("*.tar.gz"))
    return found


def test_the_wheel_carries_everything_and_starts(tmp_path):
    wheel = build(tmp_path)
    carries_everything(wheel)
    starts(install(wheel, tmp_path / "venv"), tmp_path)


def carries_everything(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = {str(path.relative_to(ROOT)) for path in (ROOT / "quizapp").rglob("*.py")}
    assert source <= names
    for folder, inside in (("questions", "_questions"), ("migrations", "_migrations")):
        wanted = {
            str(Path("quizapp", inside, path.relative_to(ROOT / folder)))
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted <= names
    for folder in ("web/templates", "web/static"):
        wanted = {
            str(path.relative_to(ROOT))
            for path in (ROOT / "quizapp" / folder).rglob("*")
            if path.is_file()
        }
        assert wanted
        assert wanted <= names
    assert "quizapp/services/banks/template.yaml" in names
    assert "quizapp/translations/km/LC_MESSAGES/messages.mo" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("__pycache__" in name or name.startswith("tests/") for name in names)


def install(wheel, place):
    """Install it into an environment of its own; gives the folder of its commands."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    subprocess.run(
        [
            sys.executable, "-m", "pip", "-q", "--python", place / "bin" / "python", "install",
            "--no-deps", "--no-index", wheel,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    # the dependencies are those of this environment; of it, the link to the checkout is not read
    (packages,) = (place / "lib").glob("python*/site-packages")
    (ours,) = (Path(sys.prefix) / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{ours}\n")
    return place / "bin"


def starts(commands, folder):
    home = folder / "home"
    home.mkdir()
    where = subprocess.run(
        [commands / "python", "-c", "import quizapp; print(quizapp.__file__, quizapp.__version__)"],
        cwd=home, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(commands.parent))
    assert where.stdout.split()[1] == __version__
    migrate = [commands / "quizapp", "db", "upgrade"]
    subprocess.run(migrate, cwd=home, env=environment(), check=True, timeout=PATIENCE_S)
    with serving(commands / "quizapp", home) as server:
        assert server.get("/readyz")[0] == 200
        assert server.get("/sign-in")[0] == 200
        assert re.search("[\u1780-\u17ff]{4}", server.get("/sign-in", "km")[1])
        assert server.end() == 0
    assert (home / "instance" / "quizapp.db").exists()
    assert (home / "instance" / "secret_key").stat().st_mode & 0o077 == 0
