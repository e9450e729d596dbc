"""Where the shipped content is: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def questions_folder() -> Path:
    """The shipped banks, sources and practice quizzes."""
    return _folder("questions")


def migrations_folder() -> Path:
    """Alembic's folder."""
    return _folder("migrations")


def _folder(name: str) -> Path:
    inside = _HERE / f"_{name}"
    return inside if inside.is_dir() else _HERE.parent / name
