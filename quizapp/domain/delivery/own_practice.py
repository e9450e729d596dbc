"""The quiz behind 'test me on this' and 'again with what I missed': no list shows it."""

from collections.abc import Iterable, Sequence
from datetime import date

from quizapp.domain.delivery.assemble import Candidate, usable
from quizapp.domain.delivery.quiz import QuizSettings, Section
from quizapp.domain.words import N_

SLUG = "own-practice"
TITLE = {"en": N_("Own practice"), "km": "លំហាត់\u200bផ្ទាល់\u200bខ្លួន"}
MOST = 10
"""How many questions 'test me on this' asks at most."""
SETTINGS = QuizSettings(mode="practice", sections=(Section(draw=MOST),))


def on_provisions(
    pool: Iterable[Candidate], provisions: Sequence[str], *, today: date
) -> list[Candidate]:
    """The practice questions that cite any of these provisions, or a provision of these tasks."""
    wanted = set(provisions)
    return sorted(
        (
            one
            for one in pool
            if usable(one, "practice", today=today)
            and any(cite in wanted or cite.partition(".")[0] in wanted for cite in one.cites)
        ),
        key=lambda one: (one.bank, one.key),
    )
