"""Keeping a bank: retiring questions and bringing them back, and who may use the bank."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import RIGHTS, Actor
from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.domain.people.fields import clean_email, clean_line
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.banks.catalogue import bank_for, read_question
from quizapp.services.banks.views import GrantRow
from quizapp.storage import banks as stored
from quizapp.storage import people, questions
from quizapp.storage.database import transaction

REASON_LENGTH = 500


def retire(actor: Actor, slug: str, key: str, reason: str, *, now: datetime) -> None:
    """Take a question out of use; attempts that were dealt it keep it.

    Raises:
        NotFound: there is no such question, or the person may not know of its bank.
        Forbidden: the person may not change the bank.
        Invalid: no reason is given.
        Conflict: it is retired already.
    """
    reason = clean_line("reason", reason, longest=REASON_LENGTH)
    if not reason:
        raise Invalid.field("reason", N_("Say why it is retired: others will ask."))
    with transaction(write=True) as session:
        bank, question = _editable_question(session, actor, slug, key)
        if question.state == "retired":
            raise Conflict(N_("This question is retired already."))
        question.state = "retired"
        question.retired_at = now
        question.retired_reason = reason
        bank.revision += 1
        details = {"bank": str(bank.id)}
        audit.record(session, actor, "question.retire", "question", question.id, details, now=now)


def bring_back(actor: Actor, slug: str, key: str, *, now: datetime) -> None:
    """Bring a retired question back, as a draft where it has something to mend.

    Raises:
        NotFound: there is no such question, or the person may not know of its bank.
        Forbidden: the person may not change the bank.
        Conflict: it is not retired.
    """
    page = read_question(actor, slug, key, now=now)
    held = any(finding.severity != "warning" for finding in page.findings)
    with transaction(write=True) as session:
        bank, question = _editable_question(session, actor, slug, key)
        if question.state != "retired":
            raise Conflict(N_("This question is not retired."))
        question.state = "draft" if held else "approved"
        question.retired_at = question.retired_reason = None
        if not held and question.approved_as is None:
            question.approved_as, question.approved_by = "imported", actor.id
        bank.revision += 1
        details = {"bank": str(bank.id)}
        audit.record(
            session, actor, "question.bring_back", "question", question.id, details, now=now
        )


def grants(actor: Actor, slug: str) -> tuple[GrantRow, ...]:
    """Who has which right on a bank.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
    """
    with transaction(write=False) as session:
        bank, _ = bank_for(session, actor, slug, "bank.own")
        rows = stored.grants_of(session, bank.id)
    return tuple(GrantRow(r.person_id, r.name, r.email, r.right) for r in rows)


def grant(actor: Actor, slug: str, email: str, right: str, *, now: datetime) -> None:
    """Give somebody a right on a bank.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
        Forbidden: the person does not own the bank.
        Invalid: there is no such instructor or right, or the bank would be left without an owner.
    """
    if right not in RIGHTS:
        raise Invalid.field("right", N_("Choose one of the rights."))
    email = clean_email(email)
    with transaction(write=True) as session:
        bank, _ = bank_for(session, actor, slug, "bank.own")
        person = people.find_person(session, "email", email)
        if person is None or person.role == "trainee" or not person.active:
            raise Invalid.field("email", N_("No instructor has this e-mail address."))
        if right != "owner":
            _keep_an_owner(session, bank.id, person.id)
        stored.grant(session, bank.id, person.id, right, now)
        details = {"person": str(person.id), "right": right}
        audit.record(session, actor, "bank.grant", "bank", bank.id, details, now=now)


def withdraw(actor: Actor, slug: str, person_id: UUID, *, now: datetime) -> None:
    """Take somebody's right on a bank away.

    Raises:
        NotFound: there is no such bank or grant, or the person may not know of it.
        Forbidden: the person does not own the bank.
        Invalid: the bank would be left without an owner.
    """
    with transaction(write=True) as session:
        bank, _ = bank_for(session, actor, slug, "bank.own")
        _keep_an_owner(session, bank.id, person_id)
        if not stored.withdraw(session, bank.id, person_id):
            raise NotFound
        details = {"person": str(person_id), "right": None}
        audit.record(session, actor, "bank.grant", "bank", bank.id, details, now=now)


def _keep_an_owner(session: Session, bank_id: UUID, person_id: UUID) -> None:
    owners = [r.person_id for r in stored.grants_of(session, bank_id) if r.right == "owner"]
    if owners == [person_id]:
        raise Invalid.field("right", N_("A bank keeps one owner: make somebody else owner first."))


def _editable_question(
    session: Session, actor: Actor, slug: str, key: str
) -> tuple[stored.Bank, questions.Question]:
    bank, _ = bank_for(session, actor, slug, "bank.edit")
    locked = stored.lock_bank(session, slug)
    question = questions.lock_question(session, bank.id, key)
    if question is None or locked is None:
        raise NotFound
    return locked, question
