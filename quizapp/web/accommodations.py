"""What a person is granted in every quiz: the administrator's form."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.delivery.timing import Accommodation
from quizapp.domain.errors import Invalid
from quizapp.services.people import accommodations
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now

bp = Blueprint("accommodations", __name__)

FIELDS = ("time_percent", "break_min", "opens_early_min", "closes_late_min", "larger_text")


@bp.get("/people/<uuid:person_id>/accommodation")
@access("person.manage")
def show(person_id: UUID) -> str:
    """The form."""
    return _page(person_id)


@bp.post("/people/<uuid:person_id>/accommodation")
@access("person.manage")
def grant(person_id: UUID) -> str | Response:
    """Set what the person is granted."""
    values = {name: typed(name) for name in FIELDS}
    try:
        accommodations.grant(actor(), person_id, values, now=now())
    except Invalid as error:
        return make_response(_page(person_id, values, problems(error, "time_percent")), 422)
    flash(gettext("It is saved, and holds for every quiz begun from now on."))
    return redirect(url_for("people.show", person_id=person_id), 303)


def _page(
    person_id: UUID,
    values: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> str:
    granted = accommodations.read(actor(), person_id)
    return render_template(
        "people/accommodation.html",
        granted=granted,
        values=values or _typed(granted.accommodation),
        problems=wrong or {},
    )


def _typed(granted: Accommodation) -> dict[str, str]:
    return {
        "time_percent": str(granted.time_percent),
        "break_min": str(granted.break_s // 60),
        "opens_early_min": str(granted.opens_early_s // 60),
        "closes_late_min": str(granted.closes_late_s // 60),
        "larger_text": "yes" if granted.larger_text else "",
    }
