"""Uploads: kept for their sender alone, for a day, and imported once."""

from datetime import timedelta

import pytest
from bank_samples import NOW, another, bank_file, load_source, question
from sqlalchemy import func, select

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.banks import catalogue, uploads
from quizapp.storage.banks import Upload
from quizapp.storage.database import transaction
from quizapp.storage.questions import QuestionVersion


@pytest.fixture
def sent(instructor):
    load_source()
    return uploads.keep(instructor, "a.yaml", bank_file(question("a"), question("b")), now=NOW)


def rows(table):
    with transaction(write=False) as session:
        return session.scalar(select(func.count()).select_from(table))


def test_check_then_confirm(instructor, sent):
    checked = uploads.check(instructor, sent, now=NOW)
    assert (checked.format, checked.report.created, checked.report.bank) == ("yaml", 2, "sample")
    assert rows(QuestionVersion) == 0
    assert uploads.confirm(instructor, sent, now=NOW).created == 2
    assert uploads.confirm(instructor, sent, now=NOW).unchanged == 2
    assert rows(QuestionVersion) == 2


def test_anothers_is_not_there(sent):
    stranger = another()
    for action in (uploads.check, uploads.confirm, uploads.leave):
        with pytest.raises(NotFound):
            action(stranger, sent, now=NOW)
    assert rows(Upload) == 1


def test_it_expires_and_is_purged(instructor, sent):
    later = NOW + timedelta(hours=25)
    with pytest.raises(NotFound, match="Upload the file again"):
        uploads.check(instructor, sent, now=later)
    uploads.keep(instructor, "b.yaml", bank_file(question("c")), now=later)
    assert rows(Upload) == 1


def test_leaving_forgets_it(instructor, sent):
    uploads.leave(instructor, sent, now=NOW)
    assert rows(Upload) == 0
    assert rows(QuestionVersion) == 0


def test_a_new_bank_by_name(instructor):
    load_source()
    table = bank_file(question("a"), bank=None)
    sent = uploads.keep(instructor, "a.yaml", table, now=NOW, title="My own set")
    report = uploads.confirm(instructor, sent, now=NOW)
    assert (report.bank, report.new_bank) == ("my-own-set", True)
    assert catalogue.get_bank(instructor, "my-own-set").title.en == "My own set"
    with pytest.raises(Invalid):
        uploads.keep(instructor, "a.yaml", table, now=NOW, title="My own set")


def test_what_cannot_be_kept(instructor, trainee):
    with pytest.raises(Forbidden):
        uploads.keep(trainee, "a.yaml", b"x", now=NOW)
    with pytest.raises(Invalid):
        uploads.keep(instructor, "a.yaml", b"", now=NOW)
    with pytest.raises(Invalid):
        uploads.keep(instructor, "a.yaml", bank_file(question("a"), bank=None), now=NOW)
    with pytest.raises(NotFound):
        uploads.keep(instructor, "a.yaml", bank_file(question("a")), now=NOW, bank="nothing")
    assert rows(Upload) == 0
