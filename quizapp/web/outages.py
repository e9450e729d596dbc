"""Times when the server was away: what they struck, and what becomes of it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from quizapp.domain.access import may
from quizapp.domain.errors import NotFound
from quizapp.services.attempts import outages
from quizapp.web.figures import say_figures
from quizapp.web.guard import access, actor, now

bp = Blueprint("outages", __name__)


@bp.get("/outages")
@access("outage.read")
def show() -> str:
    """Those about which nobody has decided."""
    found = outages.list_unsettled(actor())
    return render_template(
        "outages/list.html",
        outages=found,
        held=sum(one.held for one in found),
        settles=may(actor(), "outage.settle"),
    )


@bp.post("/outages/<uuid:outage_id>/give-back")
@access("outage.settle")
def give_back(outage_id: UUID) -> Response:
    """Give everybody the minutes back."""
    try:
        count = outages.give_back(actor(), outage_id, now=now())
    except NotFound:
        return _settled_before()
    flash(
        ngettext(
            "The minutes are given back to %(count)s attempt.",
            "The minutes are given back to %(count)s attempts.",
            count,
            count=say_figures(count),
        )
    )
    return redirect(url_for("outages.show"), 303)


@bp.post("/outages/<uuid:outage_id>/close")
@access("outage.settle")
def close(outage_id: UUID) -> Response:
    """Let what ended in it close."""
    try:
        outages.close(actor(), outage_id, now=now())
    except NotFound:
        return _settled_before()
    flash(gettext("They close within seconds. What was saved is what counts."))
    return redirect(url_for("outages.show"), 303)


def _settled_before() -> Response:
    """Two administrators pressed: the first one decided."""
    flash(gettext("Somebody has decided already."))
    return redirect(url_for("outages.show"), 303)
