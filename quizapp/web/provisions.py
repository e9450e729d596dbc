"""The policy direction: each provision with its words, one's own results, a test on the spot."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from quizapp.domain.errors import NotFound
from quizapp.services.attempts import own_practice
from quizapp.services.banks import sources
from quizapp.services.progress import mastery
from quizapp.web import charts, mastery_words
from quizapp.web.guard import access, actor, now

bp = Blueprint("provisions", __name__)


@bp.get("/provisions")
@access("provision.read")
def listed() -> str:
    """All tasks and provisions with their words."""
    return render_template(
        "provisions/list.html",
        policy=mastery.read(actor(), now=now()),
        documents=sources.policy_map().views,
        charts=charts,
        said=mastery_words,
    )


@bp.get("/provisions/<number>")
@access("provision.read")
def show(number: str) -> str:
    """One provision: what it says, where it stands, what one's answers say about it."""
    return render_template(
        "provisions/show.html",
        page=mastery.read_provision(actor(), number, now=now()),
        charts=charts,
        said=mastery_words,
    )


@bp.post("/provisions/<number>/test")
@access("provision.read")
def test(number: str) -> Response:
    """Start practice on this provision alone."""
    if sources.get_provision(number).number != number:  # a citation, with its version
        raise NotFound
    started = own_practice.start_on(actor(), (number,), now=now())
    return redirect(url_for("attempts.resume", attempt_id=started.id), 303)
