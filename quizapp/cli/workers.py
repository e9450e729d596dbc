"""Several server processes: gunicorn's, each with its threads and its own application."""

from typing import Any

from gunicorn.app.base import BaseApplication

from quizapp.app import create_app
from quizapp.cli.draining import Drain
from quizapp.config import Settings
from quizapp.web import logs


class Workers(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn with our settings and nothing from files or the environment."""

    def __init__(self, settings: Settings, *, host: str, port: int, workers: int) -> None:
        self._settings = settings
        self._options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": settings.threads,
            "keepalive": 5,
            "graceful_timeout": 20,
            "loglevel": "warning",
            "control_socket_disable": True,
            # the application knows how many proxies to believe
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "post_worker_init": self._work,
        }
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application, in each process after the fork."""
        logs.to_stderr(self._settings.log_level)
        self._app = create_app(self._settings)
        return self._app.wsgi_app

    def _work(self, _worker: object) -> None:
        if self._settings.jobs_in_server:
            Drain(self._app).start()
