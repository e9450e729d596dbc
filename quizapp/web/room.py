"""An exam's room for its invigilator: the live list, what can be done, each person's place."""

from urllib.parse import quote
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.services.attempts import extending, pausing, room
from quizapp.web import sitters
from quizapp.web.answering import reading_language
from quizapp.web.figures import say_figures
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now
from quizapp.web.local_times import typed_time, zone_words
from quizapp.web.moments import say_clock

bp = Blueprint("room", __name__)


@bp.get("/assignments/<uuid:assignment_id>/room")
@access("cohort.invigilate")
def show(assignment_id: UUID) -> str:
    """Who is there, started, how far, connected, done."""
    return _page(assignment_id)


@bp.get("/assignments/<uuid:assignment_id>/room/state")
@access("cohort.invigilate")
def state(assignment_id: UUID) -> Response:
    """What may have changed on that page; nothing where nothing has."""
    found = room.read(actor(), assignment_id, now=now())
    answer = jsonify(sitters.state(found, _show(), sitters.lines(found)))
    answer.add_etag()
    answer.headers["X-Clock"] = quote(say_clock(now()))
    return answer.make_conditional(request)


@bp.get("/assignments/<uuid:assignment_id>/room/wall")
@access("cohort.invigilate")
def wall(assignment_id: UUID) -> str:
    """For the projector: no names, and no end that differs from person to person."""
    found = room.read(actor(), assignment_id, now=now())
    return render_template(
        "room/wall.html",
        room=found,
        roster=sitters.roster(found),
        counts=sitters.tally(found),
        now=now(),
    )


@bp.get("/assignments/<uuid:assignment_id>/room/attendance")
@access("cohort.invigilate")
def attendance(assignment_id: UUID) -> str:
    """The list to print and sign."""
    found = room.read(actor(), assignment_id, now=now())
    return render_template("room/attendance.html", room=found, zone=zone_words(), now=now())


@bp.post("/assignments/<uuid:assignment_id>/room/pause")
@access("cohort.invigilate")
def pause(assignment_id: UUID) -> Response:
    """Stop everybody's time."""
    try:
        pausing.pause(actor(), assignment_id, now=now())
        flash(gettext("It is paused: nobody loses time. Let it go on when the room is ready."))
    except Conflict as error:
        flash(problems(error, "pause")["pause"])
    return _back(assignment_id)


@bp.post("/assignments/<uuid:assignment_id>/room/resume")
@access("cohort.invigilate")
def resume(assignment_id: UUID) -> Response:
    """Let everybody's time go on."""
    try:
        pausing.resume(actor(), assignment_id, now=now())
        flash(gettext("It goes on, with the time that everybody had left."))
    except Conflict as error:
        flash(problems(error, "pause")["pause"])
    return _back(assignment_id)


@bp.post("/assignments/<uuid:assignment_id>/room/say")
@access("cohort.invigilate")
def say(assignment_id: UUID) -> str | Response:
    """Say something to everybody."""
    try:
        room.say(actor(), assignment_id, typed("body"), now=now())
    except Invalid as error:
        return make_response(_page(assignment_id, problems(error, "body")), 422)
    flash(gettext("It is said: open pages show it within half a minute."))
    return _back(assignment_id)


@bp.get("/assignments/<uuid:assignment_id>/room/end")
@access("cohort.invigilate")
def ask_end(assignment_id: UUID) -> str:
    """Ask once more before everybody's attempt is ended."""
    return render_template("room/end.html", room=room.read(actor(), assignment_id, now=now()))


@bp.post("/assignments/<uuid:assignment_id>/room/end")
@access("cohort.invigilate")
def end(assignment_id: UUID) -> Response:
    """End everybody's attempt."""
    ended = room.end(actor(), assignment_id, now=now())
    flash(
        ngettext(
            "%(count)s attempt is ended. What was saved counts.",
            "%(count)s attempts are ended. What was saved counts.",
            ended,
            count=say_figures(ended),
        )
    )
    return _back(assignment_id)


@bp.get("/assignments/<uuid:assignment_id>/room/<uuid:person_id>")
@access("cohort.invigilate")
def place(assignment_id: UUID, person_id: UUID) -> str:
    """One person: more minutes, late entry, a message, the end; what was not taken."""
    return _place(assignment_id, person_id)


@bp.post("/assignments/<uuid:assignment_id>/room/<uuid:person_id>")
@access("cohort.invigilate")
def act(assignment_id: UUID, person_id: UUID) -> str | Response:
    """Do one of these."""
    what = typed("do")
    try:
        said = _done(what, assignment_id, person_id)
    except (Invalid, Conflict) as error:
        wrong = {f"{what}-{field}": said for field, said in problems(error, "form").items()}
        return make_response(_place(assignment_id, person_id, wrong), error.status)
    flash(said)
    return redirect(url_for("room.place", assignment_id=assignment_id, person_id=person_id), 303)


def _done(what: str, assignment_id: UUID, person_id: UUID) -> str:
    """Do what a form of the place asks for; gives what is said of it."""
    match what:
        case "extend":
            extending.extend(
                actor(),
                assignment_id,
                _attempt(),
                minutes=typed("minutes"),
                reason=typed("reason"),
                now=now(),
            )
            return gettext("The minutes are given: the open page shows them within half a minute.")
        case "let_in":
            until, reason = typed_time(typed("until")), typed("reason")
            extending.let_in(
                actor(), assignment_id, person_id, until=until, reason=reason, now=now()
            )
            return gettext("The person may begin until then.")
        case "say":
            room.say(actor(), assignment_id, typed("body"), person_id=person_id, now=now())
            return gettext("It is said: open pages show it within half a minute.")
        case "end" if typed("sure") == "yes":
            room.end(actor(), assignment_id, person_id=person_id, now=now())
            return gettext("The attempt is ended. What was saved counts.")
        case "end":
            return gettext("Nothing was ended: tick the box to confirm.")
    raise NotFound


def _attempt() -> UUID:
    try:
        return UUID(typed("attempt"))
    except ValueError:
        raise NotFound from None


def _page(assignment_id: UUID, wrong: dict[str, str] | None = None) -> str:
    found = room.read(actor(), assignment_id, now=now())
    show = _show()
    said = sitters.lines(found)
    return render_template(
        "room/show.html",
        room=found,
        lines=said,
        show=show,
        shows=sitters.SHOWS,
        shown={one.sitter.person_id for one in said if sitters.is_shown(one.sitter, show)},
        roster=sitters.roster(found),
        news=sitters.news(found),
        counts=sitters.tally(found),
        typed={"body": typed("body")},
        problems=wrong or {},
        now=now(),
    )


def _place(assignment_id: UUID, person_id: UUID, wrong: dict[str, str] | None = None) -> str:
    found = room.read_place(actor(), assignment_id, person_id, reading_language(), now=now())
    (line,) = sitters.lines(found.room)
    return render_template(
        "room/place.html",
        place=found,
        room=found.room,
        line=line,
        typed=request.form,
        problems=wrong or {},
        zone=zone_words(),
    )


def _show() -> str:
    asked = request.args.get("show", "")
    return asked if asked in sitters.SHOWS else "all"


def _back(assignment_id: UUID) -> Response:
    return redirect(url_for("room.show", assignment_id=assignment_id), 303)
