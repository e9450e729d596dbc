"""The keys that sign receipts, and what a receipt proves to whom."""

import logging

import pytest
from cast import SECRET, settings_for
from delivery_samples import HOUR, MINUTE, NOW, SECOND, Browser, give, load_bank, make_quiz
from sqlalchemy import delete, select, update

from quizapp.app import create_app
from quizapp.domain.errors import NotFound
from quizapp.services.attempts import receipts, starting
from quizapp.services.operations import backup
from quizapp.storage.attempts import Attempt
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import db, transaction
from quizapp.storage.receipts import ReceiptKey
from quizapp.storage.responses import LoggedResponse

A, B = {"choice": "f"}, {"choice": "m"}


@pytest.fixture
def browser(app, cohort, trainee):
    load_bank()
    sections = [{"bank": "sample", "questions": ["one"]}]
    quiz = make_quiz(sections=sections)
    give(quiz, cohort)
    return Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)


def keys():
    with transaction(write=False) as session:
        return session.scalars(select(ReceiptKey).order_by(ReceiptKey.created_at)).all()


def test_the_first_key_is_made_at_its_first_use_and_sealed(browser):
    assert keys() == []
    browser.save(1, A)
    [key] = keys()
    assert key.active
    assert key.private_key
    [public] = receipts.public_keys()
    assert (public.id, public.public_key, public.retired_at) == (key.id, key.public_key, None)
    assert receipts.signer(NOW).key_id == key.id


def test_a_receipt_tells_details_to_those_who_may_read_the_attempt(
    browser, instructor, outsider, administrator
):
    saved = browser.save(1, A, 4)
    for actor in (browser.actor, instructor, administrator):
        found = receipts.verify(actor, f" {saved.receipt}\n")
        assert found.valid
        assert found.details is not None
        assert (found.details.attempt_id, found.details.slot) == (browser.attempt_id, 1)
        assert (found.details.revision, found.details.response) == (4, A)
        assert (found.details.saved_at, found.details.late) == (NOW, False)
        assert found.details.current
    for actor in (outsider, None):
        assert receipts.verify(actor, saved.receipt) == receipts.Verified(valid=True)
    browser.save(1, B, 5, now=NOW + SECOND)
    found = receipts.verify(browser.actor, saved.receipt)
    assert found.details is not None
    assert (found.details.current, found.details.response) == (False, A)


def test_what_was_not_signed_here_is_not_valid(browser):
    receipt = browser.save(1, A).receipt
    prefix, key_id, payload, signature = receipt.split(".")
    for text in (
        "",
        "q1",
        receipt[:-2],
        receipt + "A",
        receipt.replace(key_id, "0" * len(key_id)),
        f"{prefix}.{key_id}.{payload[::-1]}.{signature}",
        f"{prefix}.\x00.{payload}.{signature}",
        f"{prefix}.{'k' * 500}.{payload}.{signature}",
        "é" + receipt,
        receipt * 50,
        "q1..." + "A" * 1900,
    ):
        assert receipts.verify(browser.actor, text) == receipts.Verified(valid=False)


def test_retired_keys_sign_no_more_and_stay_published(browser):
    first = browser.save(1, A)
    new_id = receipts.rotate(NOW + MINUTE)
    second = browser.save(1, B, 2, now=NOW + 2 * MINUTE)
    assert first.receipt.split(".")[1] != second.receipt.split(".")[1] == new_id
    old, new = receipts.public_keys()
    assert (old.retired_at, new.retired_at) == (NOW + MINUTE, None)
    assert [key.private_key is None for key in keys()] == [True, False]
    for saved in (first, second):
        assert receipts.verify(None, saved.receipt).valid
    with transaction(write=False) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "receipt_key.rotate")).one()
        assert (row.subject_id, row.details, row.at) == (new_id, {"retired": old.id}, NOW + MINUTE)


def test_what_was_changed_behind_the_products_back_is_told(
    browser, instructor, administrator, outsider
):
    receipt = browser.save(1, A).receipt
    with transaction(write=True) as session:
        session.execute(update(LoggedResponse).values(body='{"choice":"t"}'))
    changed = receipts.verify(browser.actor, receipt).details
    assert changed is not None
    assert (changed.held, changed.response) == ("changed", {"choice": "t"})
    with transaction(write=True) as session:
        session.execute(delete(LoggedResponse))
    missing = receipts.verify(browser.actor, receipt).details
    assert missing is not None
    assert (missing.held, missing.response, missing.current) == ("missing", None, False)
    with transaction(write=True) as session:
        session.execute(delete(Attempt))
    lost = receipts.verify(administrator, receipt).details
    assert lost is not None
    assert (lost.held, lost.slot, lost.saved_at) == ("missing", 1, NOW)
    for actor in (browser.actor, instructor, outsider, None):
        assert receipts.verify(actor, receipt) == receipts.Verified(valid=True)


@pytest.mark.parametrize("secret", [SECRET, "another secret, where the old one was lost"])
def test_a_restored_backup_verifies_old_receipts_and_signs_new_ones(
    browser, database_of, database_kind, tmp_path, secret
):
    """Elsewhere, with the same secret key and without it."""
    first = browser.save(1, A).receipt
    receipts.rotate(NOW + MINUTE)
    second = browser.save(1, B, 2, now=NOW + 2 * MINUTE).receipt
    path = tmp_path / "saved.zip"
    kept = {"secret_key": SECRET, "told": lambda _table: None}
    backup.back_up(path, with_secret_key=False, version="0", now=NOW, **kept)
    elsewhere = create_app(settings_for(database_of(database_kind), tmp_path, secret_key=secret))
    with elsewhere.app_context():
        backup.restore(path, replace=False, **(kept | {"secret_key": secret}))
        for receipt in (first, second):
            found = receipts.verify(browser.actor, receipt)
            assert found.details is not None
            assert found.details.held == "as_saved"
        third = browser.save(1, A, 3, now=NOW + 3 * MINUTE).receipt
        assert receipts.verify(browser.actor, third).valid
        same = third.split(".")[1] == second.split(".")[1]
        assert same == (secret == SECRET)
        assert len(receipts.public_keys()) == (2 if same else 3)
        db.session.remove()
        db.engine.dispose()


def test_a_process_notices_a_key_that_another_retired(browser):
    browser.save(1, A)
    known = receipts.signer(NOW)
    receipts.rotate(NOW + MINUTE)
    keeper = receipts._keepers.of(receipts.db.engine)
    keeper.signer = known  # what a process that did not rotate still has
    assert receipts.signer(NOW + 2 * MINUTE).key_id == known.key_id
    assert receipts.signer(NOW + HOUR).key_id != known.key_id


def test_another_secret_takes_a_new_key_and_keeps_the_old_receipts_valid(browser, caplog):
    first = browser.save(1, A)
    receipts.configure("a secret that was changed, and is long enough")
    with caplog.at_level(logging.WARNING):
        second = browser.save(1, B, 2, now=NOW + MINUTE)
    assert "cannot be unsealed" in caplog.text
    assert [key.active for key in keys()] == [None, True]
    for saved in (first, second):
        assert receipts.verify(None, saved.receipt).valid


def test_receipts_of_an_attempt_are_its_readers(browser, instructor, outsider):
    browser.save(1, A, 1)
    browser.save(1, B, 3, now=NOW + SECOND)
    for actor in (browser.actor, instructor):
        found = receipts.of_attempt(actor, browser.attempt_id)
        assert [(one.slot, one.revision, one.saved_at) for one in found] == [
            (1, 1, NOW),
            (1, 3, NOW + SECOND),
        ]
    with pytest.raises(NotFound):
        receipts.of_attempt(outsider, browser.attempt_id)


def test_a_database_without_a_secret_says_so(app):
    receipts._keepers.of(receipts.db.engine).seal = None
    for sign in (receipts.signer, receipts.rotate):
        with pytest.raises(RuntimeError, match="configure"):
            sign(NOW)
