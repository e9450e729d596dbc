"""Importing banks: what is stored, what is left alone, who may, and what happens half-way."""

from threading import Thread

import pytest
from bank_samples import NOW, another, load_source, question, read
from sqlalchemy import func, select, update

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.banks import import_store
from quizapp.services.banks.importing import import_bank
from quizapp.services.banks.reading import read_file
from quizapp.storage.audit import AuditRow
from quizapp.storage.banks import Bank, BankGrant, grant
from quizapp.storage.database import transaction
from quizapp.storage.questions import Question, QuestionVersion


@pytest.fixture
def shipped_source(app):
    load_source()


@pytest.fixture
def outsider_instructor(app):
    return another()


def states():
    """Key -> (state, version) of all questions."""
    with transaction(write=False) as session:
        rows = session.execute(select(Question.key, Question.state, Question.version))
        return {key: (state, version) for key, state, version in rows}


def versions():
    with transaction(write=False) as session:
        return session.scalar(select(func.count()).select_from(QuestionVersion))


def revision():
    with transaction(write=False) as session:
        return session.scalar(select(Bank.revision))


def counts(report):
    return report.created, report.updated, report.unchanged, report.retired


@pytest.mark.usefixtures("shipped_source")
class TestImport:
    def test_a_new_bank_belongs_to_whoever_imports_it(self, instructor):
        report = import_bank(instructor, read(question("a"), question("b")), now=NOW)
        assert counts(report) == (2, 0, 0, 0)
        assert report.new_bank
        assert states() == {"a": ("approved", 1), "b": ("approved", 1)}
        with transaction(write=False) as session:
            held = session.execute(select(BankGrant.person_id, BankGrant.right)).all()
            approved = set(session.execute(select(Question.approved_as, Question.approved_by)))
        assert held == [(instructor.id, "owner")]
        assert approved == {("imported", instructor.id)}

    def test_again_it_changes_nothing(self, instructor):
        import_bank(instructor, read(question("a"), question("b")), now=NOW)
        before = revision()
        report = import_bank(instructor, read(question("a"), question("b")), now=NOW)
        assert counts(report) == (0, 0, 2, 0)
        assert versions() == 2
        assert revision() == before

    def test_a_changed_question_gets_a_version_and_keeps_the_old_one(self, instructor):
        import_bank(instructor, read(question("a"), question("b")), now=NOW)
        changed = question("a", explanation={"en": "Said in other words."})
        report = import_bank(instructor, read(changed, question("b")), now=NOW)
        assert counts(report) == (0, 1, 1, 0)
        assert states() == {"a": ("approved", 2), "b": ("approved", 1)}
        with transaction(write=False) as session:
            documents = session.scalars(
                select(QuestionVersion.document)
                .join(Question, Question.id == QuestionVersion.question_id)
                .where(Question.key == "a")
                .order_by(QuestionVersion.version)
            ).all()
            details = session.scalars(select(AuditRow.details)).all()
        assert [d["explanation"]["en"] for d in documents] == [
            "High income is the aim for the later of the two years.",
            "Said in other words.",
        ]
        assert sum(len(d["changed"]) for d in details if d and "changed" in d) == 1

    def test_what_was_edited_here_is_left_alone_and_said(self, instructor):
        import_bank(instructor, read(question("a")), now=NOW)
        with transaction(write=True) as session:
            session.execute(update(Question).values(edited_here=True))
        changed = question("a", explanation={"en": "From the file."})
        report = import_bank(instructor, read(changed), now=NOW, retire_missing=True)
        assert counts(report) == (0, 0, 1, 0)
        assert "edited-here" in {finding.rule for finding in report.findings}
        assert states() == {"a": ("approved", 1)}

    def test_it_retires_only_when_told(self, instructor):
        import_bank(instructor, read(question("a"), question("b")), now=NOW)
        import_bank(instructor, read(question("a")), now=NOW)
        assert states()["b"] == ("approved", 1)
        report = import_bank(instructor, read(question("a")), now=NOW, retire_missing=True)
        assert counts(report) == (0, 0, 1, 1)
        assert states()["b"] == ("retired", 1)

    def test_a_retired_question_stays_retired(self, instructor):
        import_bank(instructor, read(question("a"), question("b")), now=NOW)
        import_bank(instructor, read(question("a")), now=NOW, retire_missing=True)
        changed = question("b", explanation={"en": "Again."})
        report = import_bank(instructor, read(question("a"), changed), now=NOW)
        assert states()["b"] == ("retired", 2)
        assert "retired-here" in {finding.rule for finding in report.findings}

    def test_what_cannot_be_marked_is_rejected_and_the_rest_enters(self, instructor):
        keyless = question("b", options=[{"id": "x", "text": {"en": "One"}}])
        unknown = question("c", type="riddle")
        report = import_bank(instructor, read(question("a"), keyless, unknown), now=NOW)
        assert counts(report) == (1, 0, 0, 0)
        assert report.rejected == 2
        assert set(states()) == {"a"}
        errors = {f.question for f in report.findings if f.severity == "error"}
        assert {"b", "c"} <= errors

    def test_a_held_question_enters_as_a_draft(self, instructor):
        report = import_bank(
            instructor, read(question("a", explanation=None), question("b", cites=[])), now=NOW
        )
        assert report.held == 2
        assert {state for state, _ in states().values()} == {"draft"}

    def test_an_id_used_twice_is_rejected(self, instructor):
        again = question("a", stem={"en": "Something else is asked here, is it not?"})
        report = import_bank(instructor, read(question("a"), again, question("b")), now=NOW)
        assert report.rejected >= 1
        assert "b" in states()
        assert versions() == report.created

    def test_a_dry_run_stores_nothing(self, instructor):
        report = import_bank(instructor, read(question("a")), now=NOW, dry_run=True)
        assert (report.created, report.dry_run, report.new_bank) == (1, True, True)
        assert states() == {}
        with transaction(write=False) as session:
            assert session.scalar(select(func.count()).select_from(Bank)) == 0

    def test_it_needs_the_edit_right(self, instructor, outsider_instructor):
        import_bank(instructor, read(question("a")), now=NOW)
        other = read(question("z"))
        with pytest.raises(NotFound):
            import_bank(outsider_instructor, other, now=NOW)
        with transaction(write=True) as session:
            bank_id = session.scalar(select(Bank.id))
            grant(session, bank_id, outsider_instructor.id, "reviewer", NOW)
        with pytest.raises(Forbidden):
            import_bank(outsider_instructor, other, now=NOW)
        assert set(states()) == {"a"}

    def test_a_trainee_may_not(self, trainee):
        with pytest.raises(Forbidden):
            import_bank(trainee, read(question("a")), now=NOW)

    def test_without_a_bank_it_says_so(self, instructor):
        with pytest.raises(Invalid):
            import_bank(instructor, read(question("a"), bank=None), now=NOW)

    def test_after_an_unreadable_file_nothing_is_retired(self, instructor):
        import_bank(instructor, read(question("a"), question("b")), now=NOW)
        broken = read_file(b"format: 1\nbank: sample\nquestions: [", "sample.yaml")[0]
        report = import_bank(instructor, broken, now=NOW, bank="sample", retire_missing=True)
        assert counts(report) == (0, 0, 0, 0)
        assert "not-retired" in {finding.rule for finding in report.findings}
        assert {state for state, _ in states().values()} == {"approved"}

    def test_a_file_without_a_usable_question_makes_no_bank(self, instructor):
        report = import_bank(instructor, read(question("a", type="riddle")), now=NOW)
        assert (report.rejected, report.created) == (1, 0)
        with transaction(write=False) as session:
            assert session.scalar(select(func.count()).select_from(Bank)) == 0

    def test_it_is_checked_among_the_bank_it_goes_into(self, instructor):
        import_bank(instructor, read(question("a")), now=NOW)
        twin = question("b", stem=question("a")["stem"])
        report = import_bank(instructor, read(twin), now=NOW)
        assert report.held == 1
        assert "near-duplicate" in {finding.rule for finding in report.findings}

    def test_stopped_half_way_it_completes_when_run_again(self, instructor, monkeypatch):
        many = [question(f"q{n}") for n in range(100)]
        whole = import_store._store_batch
        calls = []

        def dies(*args):
            calls.append(1)
            if len(calls) == 2:
                raise RuntimeError("the power went")
            whole(*args)

        monkeypatch.setattr(import_store, "_store_batch", dies)
        with pytest.raises(RuntimeError):
            import_bank(instructor, read(*many), now=NOW)
        there = len(states())
        assert 0 < there < 100
        monkeypatch.setattr(import_store, "_store_batch", whole)
        report = import_bank(instructor, read(*many), now=NOW)
        assert counts(report) == (100 - there, 0, there, 0)
        assert len(states()) == versions() == 100

    def test_the_same_file_twice_at_once(self, app, instructor):
        many = [question(f"q{n}") for n in range(60)]
        result = read(*many)
        done, failed = [], []

        def run():
            with app.app_context():
                try:
                    done.append(import_bank(instructor, result, now=NOW))
                except Exception as error:
                    failed.append(error)

        threads = [Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert len(states()) == versions() == 60
        assert sum(report.created for report in done) == 60
