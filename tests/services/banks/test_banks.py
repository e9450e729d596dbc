"""Banks: who sees and changes them, what their pages say, and what looking costs."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from bank_samples import NOW, another, load_source, question, read
from sqlalchemy import event, select

from quizapp.domain.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from quizapp.services.banks import catalogue, coverage
from quizapp.services.banks import exporting as bank_export
from quizapp.services.banks import index as bank_index
from quizapp.services.banks import keeping as bank_keeping
from quizapp.services.banks.importing import import_bank
from quizapp.services.banks.reading import read_file
from quizapp.services.banks.views import Filters
from quizapp.services.quizzes import trying
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import db, transaction


@pytest.fixture
def bank(instructor):
    """A bank of the instructor with an approved, a held and an expired question."""
    load_source()
    result = read(
        question("a"),
        question("b", explanation=None, level="apply", not_with=["a"]),
        question("c", valid_until="2026-11-01", use="exam"),
    )
    import_bank(instructor, result, now=NOW)
    return "sample"


@pytest.fixture
def count():
    """How many statements a call takes, transactions' own left out."""

    def call(action):
        statements = []

        def listen(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("BEGIN", "PRAGMA")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            action()
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        return len(statements)

    return call


def everything(actor, slug, **filters):
    page = catalogue.read_bank(actor, slug, Filters(**filters), page=1, now=NOW)
    return [row.entry.key for row in page.rows]


class TestReading:
    def test_the_list_counts_what_can_be_asked(self, instructor, bank):
        (found,) = catalogue.list_banks(instructor)
        assert (found.slug, found.questions, found.approved, found.drafts) == (bank, 3, 1, 2)
        assert (found.may_edit, found.may_own, found.right) == (True, True, "owner")

    def test_filters(self, instructor, bank):
        assert everything(instructor, bank) == ["a", "b", "c"]
        assert everything(instructor, bank, level="apply") == ["b"]
        assert everything(instructor, bank, state="draft") == ["b", "c"]
        assert everything(instructor, bank, provision="3.1", task="3") == ["a", "b", "c"]
        assert everything(instructor, bank, provision="9.9") == []

    def test_a_page_says_what_is_past_and_what_is_covered(self, instructor, bank):
        page = catalogue.read_bank(instructor, bank, Filters(), page=99, now=NOW)
        assert [row.expired for row in page.rows] == [False, False, True]
        (row,) = page.coverage
        assert {cell.provision.number: cell.count for cell in row.cells}["3.1"] == 3
        assert "3.7" in {provision.number for provision in row.bare}

    def test_a_question_has_findings_and_the_words_it_cites(self, instructor, bank):
        page = catalogue.read_question(instructor, bank, "b", now=NOW)
        assert "no-explanation" in {finding.rule for finding in page.findings}
        (citation,) = page.citations
        assert citation.provision.text.en.startswith("Economic diplomacy contributes")
        assert not citation.stale
        assert [v.version for v in page.versions] == [1]
        assert (page.before, page.after) == ("a", "c")

    def test_the_index_knows_what_a_draw_needs(self, bank):
        with transaction(write=False) as session:
            index = bank_index.index(session, bank)
        entry = index.by_key["b"].candidate
        assert (entry.bank, entry.level, entry.state) == (bank, "apply", "draft")
        assert entry.cites == ("3.1",)
        assert entry.not_with == {"a"}
        assert index.by_key["c"].candidate.valid_until == date(2026, 11, 1)

    def test_the_index_follows_the_bank(self, instructor, bank):
        assert everything(instructor, bank, state="retired") == []
        bank_keeping.retire(instructor, bank, "a", "Asked too often.", now=NOW)
        assert everything(instructor, bank, state="retired") == ["a"]

    def test_a_version_in_memory_costs_nothing(self, bank, count):
        with transaction(write=False) as session:
            index = bank_index.index(session, bank)
            version_id = index.by_key["a"].version_id
            bank_index.version(session, version_id)

            def look():
                assert bank_index.version(session, version_id).id == "a"

            assert count(look) == 0
            with pytest.raises(KeyError):
                bank_index.version(session, uuid4())

    @pytest.mark.parametrize("size", [10, 1000])
    def test_pages_cost_the_same_with_ten_and_with_a_thousand(self, instructor, count, size):
        load_source()
        many = read(*(question(f"q{n}", stem={"en": f"{n * 7919} {n}?"}) for n in range(size)))
        import_bank(instructor, many, now=NOW)
        key = many.questions[3].question.id

        def cold():
            bank_index._kept.clear()
            catalogue.read_bank(instructor, "sample", Filters(), page=1, now=NOW)

        assert count(cold) <= 6
        assert count(lambda: catalogue.read_question(instructor, "sample", key)) <= 6
        assert count(lambda: catalogue.list_banks(instructor)) == 1


class TestAccess:
    def test_anothers_bank_is_not_there(self, bank):
        stranger = another()
        assert catalogue.list_banks(stranger) == ()
        for action in (
            lambda: catalogue.get_bank(stranger, bank),
            lambda: catalogue.read_question(stranger, bank, "a"),
            lambda: bank_keeping.retire(stranger, bank, "a", "x", now=NOW),
            lambda: bank_export.export(stranger, bank, "yaml"),
            lambda: bank_keeping.grants(stranger, bank),
            lambda: catalogue.get_bank(stranger, "nothing\x00"),
        ):
            with pytest.raises(NotFound):
                action()

    def test_a_user_reads_and_does_not_change(self, instructor, bank):
        friend = another()
        bank_keeping.grant(instructor, bank, "Another@example.org", "user", now=NOW)
        assert everything(friend, bank) == ["a", "b", "c"]
        with pytest.raises(Forbidden):
            bank_keeping.retire(friend, bank, "a", "x", now=NOW)
        with pytest.raises(Forbidden):
            bank_keeping.grant(friend, bank, "another@example.org", "owner", now=NOW)

    def test_a_trainee_sees_no_bank(self, trainee, bank):
        with pytest.raises(Forbidden):
            catalogue.list_banks(trainee)
        with pytest.raises(NotFound):
            catalogue.get_bank(trainee, bank)

    def test_one_owner_stays(self, instructor, bank):
        with pytest.raises(Invalid):
            bank_keeping.withdraw(instructor, bank, instructor.id, now=NOW)
        friend = another()
        bank_keeping.grant(instructor, bank, "another@example.org", "owner", now=NOW)
        bank_keeping.withdraw(friend, bank, instructor.id, now=NOW)
        with pytest.raises(NotFound):
            catalogue.get_bank(instructor, bank)
        with transaction(write=False) as session:
            actions = session.scalars(select(AuditRow.action)).all()
        assert actions.count("bank.grant") == 2

    def test_only_instructors_get_rights(self, instructor, bank):
        another("trainee", "dara")
        for email in ("dara@example.org", "nobody@example.org", "no address", "a\x00@example.org"):
            with pytest.raises(Invalid):
                bank_keeping.grant(instructor, bank, email, "user", now=NOW)


class TestChanging:
    def test_a_question_is_retired_with_a_reason_and_comes_back(self, instructor, bank):
        with pytest.raises(Invalid):
            bank_keeping.retire(instructor, bank, "a", "  ", now=NOW)
        bank_keeping.retire(instructor, bank, "a", "Asked too often.", now=NOW)
        page = catalogue.read_question(instructor, bank, "a")
        assert (page.entry.state, page.entry.retired_reason) == ("retired", "Asked too often.")
        with pytest.raises(Conflict):
            bank_keeping.retire(instructor, bank, "a", "Again.", now=NOW)
        bank_keeping.bring_back(instructor, bank, "a", now=NOW)
        assert catalogue.read_question(instructor, bank, "a").entry.state == "approved"
        with transaction(write=False) as session:
            rows = session.execute(select(AuditRow.action, AuditRow.details)).all()
        assert {"question.retire", "question.bring_back"} <= {row.action for row in rows}
        assert "too often" not in str(rows)

    def test_what_is_held_comes_back_as_a_draft(self, instructor, bank):
        bank_keeping.retire(instructor, bank, "b", "Unclear.", now=NOW)
        bank_keeping.bring_back(instructor, bank, "b", now=NOW)
        assert catalogue.read_question(instructor, bank, "b").entry.state == "draft"

    def test_an_empty_bank(self, instructor):
        slug = catalogue.make_bank(instructor, title="  Protocol &  Précis ", now=NOW)
        assert slug == "protocol-precis"
        found = catalogue.get_bank(instructor, slug)
        assert (found.title.en, found.questions) == ("Protocol & Précis", 0)
        with pytest.raises(AlreadyExists):
            catalogue.make_bank(instructor, title="Protocol: Précis", now=NOW)
        with pytest.raises(Invalid):
            catalogue.make_bank(instructor, title="\x00", now=NOW)

    def test_a_khmer_title_gets_a_slug_too(self, instructor):
        slug = catalogue.make_bank(instructor, title="ពិធីការ", now=NOW)
        assert catalogue.get_bank(instructor, slug).title.km == "ពិធីការ"


class TestOut:
    @pytest.mark.parametrize("name", bank_export.formats())
    def test_what_is_exported_can_be_imported(self, instructor, bank, name):
        bank_keeping.retire(instructor, bank, "a", "Not in the file.", now=NOW)
        written = bank_export.export(instructor, bank, name)
        result, _ = read_file(written.data, written.file_name)
        keys = [one.question.id for one in result.questions if one.question]
        assert keys == ["b", "c"]

    def test_a_yaml_export_changes_nothing_when_imported(self, instructor, bank):
        written = bank_export.export(instructor, bank, "yaml")
        result, _ = read_file(written.data, written.file_name)
        report = import_bank(instructor, result, now=NOW + timedelta(days=1))
        assert (report.created, report.updated, report.unchanged) == (0, 0, 3)

    @pytest.mark.parametrize("name", bank_export.formats())
    def test_every_template_can_be_read(self, name):
        written = bank_export.template(name)
        result, found = read_file(written.data, written.file_name)
        assert found == name
        assert [f for f in result.findings if f.severity == "error"] == []
        assert len([one for one in result.questions if one.question]) >= 5

    def test_coverage(self, bank):
        (found,) = coverage.of_banks([bank])
        assert found.questions == 3
        assert {p.provision: p.total for p in found.coverage.provisions}["3.1"] == 3
        assert any("3.1" in line for line in coverage.table([found]))
        with pytest.raises(NotFound):
            coverage.of_banks(["nothing"])


class TestTrying:
    def test_a_try_is_marked(self, instructor, bank):
        asked = catalogue.read_question(instructor, bank, "a").question
        shown = trying.show(asked, "km")
        assert shown.stem.lang == "en"
        assert "correct" not in str(shown.present)
        assert trying.mark(asked, {"choice": "f"}, "en").mark == 1
        assert trying.mark(asked, {"choice": "m"}, "en").mark == 0
        assert not trying.mark(asked, None, "en").answered
        assert trying.explain(asked, "en").key == ["2050"]
