"""A thread that does the jobs that are due, until it is told to stop."""

import logging
import threading
from datetime import UTC, datetime
from uuid import UUID

from flask import Flask
from flask_babel import force_locale, gettext

from quizapp.services.operations import jobs
from quizapp.services.people import mail
from quizapp.services.people.mail import Smtp

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
            pause = self._round()

    def _round(self) -> float:
        try:
            with self._app.app_context():
                done = jobs.run_due(datetime.now(UTC), {mail.JOB: self._send})
        except Exception:
            # the database may be away for a while; whatever it is, the next round tries again
            _log.exception("jobs could not be done")
            return AFTER_ERROR_S
        return 0.0 if done else PAUSE_S

    def _send(self, job: jobs.Due, now: datetime) -> None:
        settings = self._app.extensions["quizapp.settings"]
        smtp = None
        if settings.smtp_url:
            product = settings.product_name or say(settings.default_language, "Diplomatic training")
            smtp = Smtp(settings.smtp_url, settings.mail_from, product, settings.base_url)
        mail.send(UUID(job.subject), smtp=smtp, say=say, now=now)

    def stop(self) -> None:
        """End after the job in hand."""
        self._stopping.set()
        self.join(STOP_S)


def say(lang: str, words: str) -> str:
    """Catalogue words in a language, outside of any request."""
    with force_locale(lang):
        return gettext(words)
