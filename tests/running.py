"""A `quizapp serve` of its own process, for the tests that need the real thing."""

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from databases import free_port

PATIENCE_S = 90
"""A machine that runs tests on all its cores is slow."""


class Running:
    """A server that answers. After its end `output` and `errors` are what it wrote."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        self.address = address
        self.output = ""
        self.errors = ""

    def get(self, path: str, lang: str = "en") -> tuple[int, str]:
        """Status and text of a page, wherever it sends us on to."""
        asked = urllib.request.Request(self.address + path, headers={"Accept-Language": lang})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def end(self) -> int:
        """Ask it to stop, as systemd does; gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            output, errors = self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, errors = self.process.communicate()
        self.output, self.errors = self.output + output, self.errors + errors
        return self.process.returncode

    def first_link(self) -> str:
        """The path of the link that creates the administrator."""
        found = re.search(re.escape(self.address) + r"(/\S+)", self.output)
        assert found, self.output
        return found[1]


def environment(**settings: object) -> dict[str, str]:
    """The environment of a process with no settings but those that are given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")}
    return kept | {f"QUIZAPP_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def serving(quizapp: Path, folder: Path, *arguments: str, **settings: object) -> Iterator[Running]:
    """Start the server in a folder, wait until it answers; stop it at the end."""
    values = environment(**settings)
    port = free_port()
    process = subprocess.Popen(
        [quizapp, "serve", "--port", str(port), *arguments],
        cwd=folder, env=values, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    server = Running(process, f"http://127.0.0.1:{port}")
    try:
        wait_for(server)
        yield server
    finally:
        server.end()


def wait_for(server: Running) -> None:
    """Wait until it answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert server.process.poll() is None, server.process.communicate()
        try:
            server.get("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not answer")
