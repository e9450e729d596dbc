"""`/problems`: what each type of problem document means."""

from flask import Blueprint
from pydantic import BaseModel
from werkzeug.wrappers import Response

from quizapp.api import problems
from quizapp.api.shapes import send
from quizapp.domain.errors import DomainError, NotFound

bp = Blueprint("api_problem_types", __name__, url_prefix="/problems")


class ProblemType(BaseModel):
    """One kind of refusal."""

    type: str
    status: int
    title: str
    meaning: str


class ProblemTypes(BaseModel):
    """All kinds."""

    items: list[ProblemType]


@bp.get("")
def show_all() -> Response:
    """Every type there is."""
    return send(ProblemTypes(items=[_described(kind) for kind in problems.types()]))


@bp.get("/<slug>")
def show(slug: str) -> Response:
    """One type."""
    for kind in problems.types():
        if kind.slug == slug:
            return send(_described(kind))
    return problems.of(NotFound())


def _described(kind: type[DomainError]) -> ProblemType:
    return ProblemType(
        type=f"/problems/{kind.slug}",
        status=kind.status,
        title=kind.title,
        meaning=(kind.__doc__ or kind.title).split("\n", maxsplit=1)[0],
    )


show_all.access = show.access = "public"  # type: ignore[attr-defined]
