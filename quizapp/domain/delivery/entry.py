"""What lets somebody begin: the access code said in the room, the honour statement accepted."""

import hmac
import unicodedata
from dataclasses import dataclass

from quizapp.domain.answers.text import KHMER_DIGITS
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.people.fields import clean_line
from quizapp.domain.words import N_

SHORTEST, LONGEST = 4, 40


@dataclass(frozen=True)
class Brought:
    """What somebody brings to begin.

    Attributes:
        access_code: as it was typed.
        honour: whether the honour statement was accepted.
    """

    access_code: str = ""
    honour: bool = False


NOTHING = Brought()


def read_access_code(field: str, text: str | None) -> str | None:
    """The access code to be asked for; None where none is wanted.

    Raises:
        Invalid: it is too short to keep anybody out, too long to be said, or no line of text.
    """
    code = clean_line(field, text or "", longest=LONGEST)
    if not code:
        return None
    if len(_fold(code)) < SHORTEST:
        raise Invalid.field(
            field, N_("Give at least %(least)d letters or figures."), least=SHORTEST
        )
    return code


def check(brought: Brought, *, knows_code: bool, honour: bool) -> None:
    """Refuse who may not begin yet.

    Args:
        brought: by whoever wants to begin.
        knows_code: whether the code is right, or none is asked for.
        honour: whether there is a statement to be accepted.

    Raises:
        Invalid: with a problem at `access_code` or `honour`, or at both.
    """
    problems = []
    if not knows_code:
        wrong = N_("This is not the code: ask the invigilator.")
        missing = N_("Type the code that the invigilator gives you.")
        told = wrong if brought.access_code.strip() else missing
        problems.append(FieldProblem("access_code", told))
    if honour and not brought.honour:
        problems.append(FieldProblem("honour", N_("Accept the statement to begin.")))
    if problems:
        raise Invalid(problems)


def same_code(code: str, typed: str) -> bool:
    """Say whether the code typed is the one asked for.

    Capitals, spaces, hyphens and the script of figures make no difference: codes are said aloud.
    """
    return hmac.compare_digest(_fold(code).encode(), _fold(typed).encode("utf-8", "replace"))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).translate(KHMER_DIGITS).casefold()
    return "".join(one for one in plain if one.isalnum() or unicodedata.category(one)[0] == "M")
