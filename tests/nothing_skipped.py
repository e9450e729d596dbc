"""Skips of what needs a PostgreSQL or a browser: said loudly, and failures where CI runs."""

import os
from typing import Any

import pytest

NEEDED = ("no PostgreSQL", "no Chromium")
"""How the reasons of such skips begin."""
_skipped = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_skipped] = []
    config.pluginmanager.register(_Watch(config), "nothing-skipped")


class _Watch:
    def __init__(self, config: pytest.Config) -> None:
        self.skipped = config.stash[_skipped]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            if reason.startswith(NEEDED):
                self.skipped.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.stash[_skipped] and os.environ.get("QUIZAPP_NO_SKIP"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped = config.stash[_skipped]
    if not skipped:
        return
    terminalreporter.section("not tested here", red=True)
    terminalreporter.line(f"{len(skipped)} tests had no PostgreSQL or no Chromium, such as")
    terminalreporter.line(f"  {skipped[0]}")
    if os.environ.get("QUIZAPP_NO_SKIP"):
        terminalreporter.line("QUIZAPP_NO_SKIP is set: that is a failure.", red=True)
