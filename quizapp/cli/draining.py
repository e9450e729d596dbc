"""A thread that does the jobs that are due, until it is told to stop."""

import logging
import threading
from datetime import UTC, datetime

from flask import Flask

PAUSE_S = 1.0
"""Between looks for something to do."""
AFTER_ERROR_S = 10.0
STOP_S = 10.0
"""How long a stop waits for the job in hand; its lease runs out by itself."""
_log = logging.getLogger(__name__)


class Drain(threading.Thread):
    """Does jobs in the application's context. `stop` ends it between two rounds."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="jobs", daemon=True)
        self._app = app
        self._stopping = threading.Event()

    def run(self) -> None:
        """Do what is due, pause, and look again."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = PAUSE_S if self._round() else AFTER_ERROR_S

    def _round(self) -> bool:
        from quizapp.services import jobs

        try:
            with self._app.app_context():
                jobs.run_due(datetime.now(UTC))
        except Exception:
            # the database may be away for a while; whatever it is, the next round tries again
            _log.exception("jobs could not be done")
            return False
        return True

    def stop(self) -> None:
        """End after the job in hand."""
        self._stopping.set()
        self.join(STOP_S)
