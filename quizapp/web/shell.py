"""What stands around every page: names, languages, where one can go."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask_babel import gettext

from quizapp.domain.access import Actor
from quizapp.web.answering import reading_language
from quizapp.web.guard import actor_or_none, own_path


@dataclass(frozen=True)
class Place:
    """An entry of the main navigation."""

    path: str
    words: str
    here: bool


def init_shell(app: Flask) -> None:
    """Give templates what `base.html` needs."""
    app.context_processor(_shell)


def _shell() -> dict[str, Any]:
    settings = current_app.extensions["quizapp.settings"]
    actor = actor_or_none()
    return {
        "lang": reading_language(),
        "me": actor,
        "places": places(actor),
        "here": own_path(),
        "product_name": settings.product_name or gettext("Diplomatic training"),
        "institute_name": settings.institute_name
        or gettext("National Institute of Diplomacy and International Relations"),
    }


def places(actor: Actor | None) -> list[Place]:
    """Where the person can go from any page."""
    if actor is None:
        return []
    listed = [("/", gettext("Today"))]
    if actor.role != "trainee":
        listed.append(("/cohorts", gettext("Cohorts")))
    listed.append(("/quizzes", gettext("Quizzes")))
    if actor.role == "trainee":
        listed.append(("/attempts", gettext("Results")))
    else:
        listed.append(("/banks", gettext("Banks")))
    listed.append(("/provisions", gettext("Policy")))
    if actor.role == "administrator":
        listed.append(("/people", gettext("People")))
    return [Place(path, words, _is_here(path)) for path, words in listed]


def _is_here(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(f"{path}/"))
