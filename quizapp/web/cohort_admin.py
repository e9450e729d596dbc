"""Cohorts, for those who run them: the list, names, codes, members."""

from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import AlreadyExists, Invalid
from quizapp.services.people import cohorts
from quizapp.services.people.cohorts import CODE_DAYS
from quizapp.web.figures import say_figures
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now
from quizapp.web.qr import qr_svg

bp = Blueprint("cohort_admin", __name__)

NAMES = ("code", "title", "title_km")


@bp.get("/cohorts")
@access("cohort.list")
def all_cohorts() -> str:
    """The cohorts one teaches; all of them for an administrator."""
    after = request.args.get("after", "")[:40].replace("\x00", "")
    page = cohorts.list_cohorts(actor(), now=now(), after=after or None)
    return render_template("cohort_admin/list.html", page=page, first=not after)


@bp.get("/cohorts/new")
@access("cohort.make")
def new() -> str:
    """The form for a new cohort."""
    return render_template("cohort_admin/new.html", values=dict.fromkeys(NAMES, ""), problems={})


@bp.post("/cohorts/new")
@access("cohort.make")
def make() -> str | Response:
    """Make a cohort; on to its settings, where the code is opened."""
    values = {name: typed(name) for name in NAMES}
    try:
        cohort_id = cohorts.make_cohort(
            actor(),
            code=values["code"],
            title=values["title"],
            title_km=values["title_km"],
            now=now(),
        )
    except (Invalid, AlreadyExists) as error:
        page = render_template(
            "cohort_admin/new.html", values=values, problems=problems(error, "code")
        )
        return make_response(page, 422)
    flash(gettext("The cohort is made. Open a join code so that trainees can enter it."))
    return redirect(url_for("cohort_admin.settings", cohort_id=cohort_id), 303)


@bp.get("/cohorts/<uuid:cohort_id>/settings")
@access("cohort.edit")
def settings(cohort_id: UUID) -> str:
    """Names, join code and members."""
    return _page(cohort_id)


@bp.post("/cohorts/<uuid:cohort_id>/settings")
@access("cohort.edit")
def edit(cohort_id: UUID) -> str | Response:
    """Change the names."""
    values = {name: typed(name) for name in NAMES}
    try:
        cohorts.edit_cohort(actor(), cohort_id, **values, now=now())
    except (Invalid, AlreadyExists) as error:
        return make_response(_page(cohort_id, problems(error, "code"), values=values), 422)
    flash(gettext("The names are saved."))
    return _back(cohort_id)


@bp.get("/cohorts/<uuid:cohort_id>/code")
@access("cohort.edit")
def show_code(cohort_id: UUID) -> str | Response:
    """The open code, large enough for a projector."""
    cohort = cohorts.read_settings(actor(), cohort_id, now=now())
    if cohort.join is None:
        return _back(cohort_id)
    base_url: str = current_app.extensions["quizapp.settings"].base_url.rstrip("/")
    link = f"{base_url}/join?code={cohort.join.code}"
    return render_template(
        "cohort_admin/code.html",
        cohort=cohort,
        where=f"{base_url.split('://', 1)[-1]}/join",
        picture=qr_svg(link, gettext("Link to join with this code")),
    )


@bp.post("/cohorts/<uuid:cohort_id>/code")
@access("cohort.edit")
def open_code(cohort_id: UUID) -> str | Response:
    """Open joining with a new code."""
    days = typed("days")
    try:
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0
        cohorts.open_code(actor(), cohort_id, days=number, now=now())
    except Invalid as error:
        return make_response(_page(cohort_id, problems(error, "days")), 422)
    return redirect(url_for("cohort_admin.show_code", cohort_id=cohort_id), 303)


@bp.post("/cohorts/<uuid:cohort_id>/code/close")
@access("cohort.edit")
def close_code(cohort_id: UUID) -> Response:
    """Close joining."""
    cohorts.close_code(actor(), cohort_id, now=now())
    flash(gettext("Joining is closed."))
    return _back(cohort_id)


@bp.post("/cohorts/<uuid:cohort_id>/members")
@access("cohort.add_people")
def add_members(cohort_id: UUID) -> str | Response:
    """Add people by address or staff number."""
    names = typed("names").replace(",", "\n").replace(";", "\n").splitlines()
    try:
        done = cohorts.add_members(
            actor(), cohort_id, names[:500], part=typed("part") or "trainee", now=now()
        )
    except Invalid as error:
        page = _page(cohort_id, problems(error, "names"), names=typed("names"))
        return make_response(page, 422)
    count = len(done.added)
    if done.added or not done.unknown:
        flash(
            ngettext(
                "%(count)s person was added.",
                "%(count)s people were added.",
                count,
                count=say_figures(count),
            )
        )
    if done.unknown:
        wrong = gettext("Nobody has these names; the others are in. Make the accounts first.")
        page = _page(cohort_id, {"names": wrong}, names="\n".join(done.unknown))
        return make_response(page, 422)
    return _back(cohort_id)


@bp.post("/cohorts/<uuid:cohort_id>/members/<uuid:person_id>/remove")
@access("cohort.add_people")
def remove_member(cohort_id: UUID, person_id: UUID) -> Response:
    """Take somebody out of the cohort."""
    cohorts.remove_member(actor(), cohort_id, person_id, now=now())
    flash(gettext("They are out of the cohort. Their attempts stay."))
    return _back(cohort_id)


def _page(
    cohort_id: UUID,
    wrong: dict[str, str] | None = None,
    *,
    values: dict[str, str] | None = None,
    names: str = "",
) -> str:
    cohort = cohorts.read_settings(actor(), cohort_id, now=now())
    return render_template(
        "cohort_admin/settings.html",
        cohort=cohort,
        values=values
        or {"code": cohort.code, "title": cohort.title, "title_km": cohort.title_km or ""},
        days=CODE_DAYS,
        names=names,
        part=typed("part") or "trainee",
        administers=actor().role == "administrator",
        problems=wrong or {},
    )


def _back(cohort_id: UUID) -> Response:
    return redirect(url_for("cohort_admin.settings", cohort_id=cohort_id), 303)
