"""The audit log and its chain."""

from datetime import timedelta
from uuid import uuid4

import pytest
from people_samples import NOW
from sqlalchemy import delete, select

from quizapp.services import audit
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction


def write(actor, count=3):
    with transaction(write=True) as session:
        for number in range(count):
            details = {"number": number, "to": uuid4(), "until": NOW}
            at = NOW + timedelta(seconds=number)
            audit.record(session, actor, "cohort.open", "cohort", uuid4(), details, now=at)


def rows():
    with transaction(write=False) as session:
        return session.scalars(
            select(AuditRow).where(AuditRow.sealed.is_not(None)).order_by(AuditRow.sealed)
        ).all()


def change(position, **values):
    with transaction(write=True) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.sealed == position)).one()
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def chain(administrator):
    audit.seal(NOW)
    write(administrator)
    audit.seal(NOW)
    return rows()


def test_a_row_says_who_what_and_when_by_ids(administrator):
    write(administrator, 1)
    with transaction(write=False) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "cohort.open")).one()
    assert (row.actor_id, row.at, row.subject_kind) == (administrator.id, NOW, "cohort")
    assert row.details["until"] == NOW.isoformat()
    assert row.seal is None


def test_sealing_numbers_and_chains(chain):
    assert [row.sealed for row in chain] == list(range(1, len(chain) + 1))
    assert len({row.seal for row in chain}) == len(chain)
    assert audit.verify() is None
    assert audit.seal(NOW) == 0


def test_it_goes_on_where_it_ended(administrator, chain):
    write(administrator, 2)
    assert audit.seal(NOW) == 2
    assert len(rows()) == len(chain) + 2
    assert audit.verify() is None


@pytest.mark.parametrize(
    "values",
    [
        {"action": "cohort.close"},
        {"actor_id": None},
        {"details": {"number": 9}},
        {"subject_id": "other"},
        {"at": NOW + timedelta(days=1)},
        {"seal": "0" * 64},
    ],
)
def test_a_changed_row_breaks_it(chain, values):
    position = chain[-2].sealed
    change(position, **values)
    assert audit.verify().position == position


def test_a_row_taken_out_breaks_it(chain):
    with transaction(write=True) as session:
        session.execute(delete(AuditRow).where(AuditRow.sealed == chain[-2].sealed))
    assert audit.verify().position == chain[-2].sealed


def test_what_is_rolled_back_leaves_no_row(administrator):
    audit.seal(NOW)
    before = len(rows())
    with pytest.raises(ZeroDivisionError), transaction(write=True) as session:
        audit.record(session, administrator, "person.edit", "person", uuid4(), None, now=NOW)
        raise ZeroDivisionError
    audit.seal(NOW)
    assert len(rows()) == before
