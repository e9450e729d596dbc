"""People, for administrators: the list, an account, links, slips."""

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
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.access import ROLES
from quizapp.domain.errors import DomainError, Invalid
from quizapp.services.people import accommodations, accounts, links, sessions
from quizapp.services.people.accounts import LastAdministrator, PersonForm, PersonView
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now
from quizapp.web.qr import qr_svg

bp = Blueprint("people", __name__)

FIELDS = ("email", "name", "name_km", "staff_number", "role", "lang")


@bp.get("/people")
@access("person.manage")
def everybody() -> str | Response:
    """A page of the list, by name."""
    search, role = request.args.get("search", "")[:200], request.args.get("role", "")
    try:
        page = accounts.list_people(
            actor(), search=search, role=role or None, after=request.args.get("after")
        )
    except Invalid as error:
        empty = accounts.PeoplePage((), None)
        return make_response(_list(empty, "", role, problems(error, "search")), 422)
    return _list(page, search, role)


@bp.get("/people/new")
@access("person.manage")
def new() -> str:
    """The form for a new account."""
    return render_template("people/new.html", form=PersonForm(lang="km"), roles=ROLES, problems={})


@bp.post("/people/new")
@access("person.manage")
def make() -> str | Response:
    """Open an account; on to its page, where the link is made."""
    form = _form()
    try:
        person_id = accounts.create_person(actor(), form, now=now())
    except Invalid as error:
        page = render_template(
            "people/new.html", form=form, roles=ROLES, problems=problems(error, "email")
        )
        return make_response(page, 422)
    flash(gettext("The account is open. Hand over a link so that its owner can set a password."))
    return redirect(url_for("people.show", person_id=person_id), 303)


@bp.get("/people/<uuid:person_id>")
@access("person.manage")
def show(person_id: UUID) -> str:
    """An account."""
    return _person(accounts.get_person(actor(), person_id))


@bp.post("/people/<uuid:person_id>")
@access("person.manage")
def edit(person_id: UUID) -> str | Response:
    """Change an account."""
    form, active = _form(), typed("active") == "yes"
    try:
        accounts.edit_person(actor(), person_id, form, active=active, now=now())
    except (Invalid, LastAdministrator) as error:
        person = accounts.get_person(actor(), person_id)
        page = _person(person, form, wrong=problems(error, "role"), active=active)
        return make_response(page, error.status)
    flash(gettext("The account is saved."))
    return redirect(url_for("people.show", person_id=person_id), 303)


@bp.post("/people/<uuid:person_id>/sessions/<uuid:session_id>/end")
@access("person.manage")
def end_session(person_id: UUID, session_id: UUID) -> Response:
    """Sign a device of somebody's out."""
    sessions.revoke(actor(), session_id, now=now(), person_id=person_id)
    flash(gettext("That one is signed out."))
    return redirect(url_for("people.show", person_id=person_id), 303)


@bp.get("/people/slips")
@access("person.manage")
def without_password() -> str:
    """Who has no password yet, to print slips for."""
    code = request.args.get("cohort", "")
    found = accounts.list_without_password(actor(), cohort=code or None)
    return render_template(
        "people/slips_form.html", people=found, cohort=code, most=links.MOST_SLIPS
    )


@bp.post("/people/slips")
@access("person.manage")
def slips() -> str | Response:
    """Make links for the chosen people and show them this once, to print."""
    chosen = [one for one in map(_uuid, request.form.getlist("person")) if one is not None]
    base_url = current_app.extensions["quizapp.settings"].base_url
    try:
        made = links.issue_slips(actor(), chosen, base_url=base_url, now=now())
    except DomainError as error:
        flash(problems(error, "people")["people"])
        return redirect(url_for("people.without_password"), 303)
    pictures = {
        one.person_id: qr_svg(one.link.url, gettext("Link of %(name)s", name=one.name))
        for one in made
    }
    answer = make_response(
        render_template("people/slips.html", slips=made, pictures=pictures, base_url=base_url)
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _list(
    page: accounts.PeoplePage, search: str, role: str, wrong: dict[str, str] | None = None
) -> str:
    return render_template(
        "people/list.html",
        page=page,
        search=search,
        role=role,
        roles=ROLES,
        first=not request.args.get("after"),
        problems=wrong or {},
    )


def _person(
    person: PersonView,
    form: PersonForm | None = None,
    *,
    wrong: dict[str, str] | None = None,
    active: bool | None = None,
) -> str:
    form = form or PersonForm(
        person.email,
        person.name,
        person.name_km or "",
        person.staff_number or "",
        person.role,
        person.lang,
    )
    return render_template(
        "people/show.html",
        person=person,
        form=form,
        active=person.active if active is None else active,
        roles=ROLES,
        granted=accommodations.read(actor(), person.id),
        sessions=sessions.list_sessions(actor(), now=now(), person_id=person.id),
        problems=wrong or {},
    )


def _form() -> PersonForm:
    return PersonForm(**{name: typed(name) for name in FIELDS})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
