"""Quizzes and exams on the five tasks of a foreign policy direction."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quizapp.app import create_app

__all__ = ["create_app"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # lazily, so that the domain and the formats load without Flask
    if name == "create_app":
        return import_module("quizapp.app").create_app
    raise AttributeError(f"module 'quizapp' has no attribute {name!r}")
