"""What a server does before its first request."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from quizapp.services.operations import schema, shipped
from quizapp.services.operations.schema import SchemaState
from quizapp.services.operations.shipped import Loaded
from quizapp.services.people import links


@dataclass(frozen=True)
class Started:
    """What came of it.

    Attributes:
        loaded: what was new in the shipped content.
        link: creates the first administrator; None where there is one.
    """

    loaded: Loaded
    link: str | None


class SchemaOutOfDate(Exception):
    """The database is not at the revision that this version needs."""

    def __init__(self, state: SchemaState) -> None:
        super().__init__(f"at {state.current or 'nothing'}, needed is {state.head}")
        self.state = state


def start(content: Path, base_url: str, *, now: datetime) -> Started:
    """Check the schema, load the shipped content, and see whether there is an administrator.

    Raises:
        SchemaOutOfDate: nothing is done.
    """
    state = schema.state()
    if not state.up_to_date:
        raise SchemaOutOfDate(state)
    loaded = shipped.load(content, now=now)
    return Started(loaded, links.first_administrator_link(now, base_url))
