"""Source documents: their words never change, and a new version holds what cites the old one."""

import pytest
from bank_samples import NOW, question, read
from sqlalchemy import func, select

from quizapp.domain.bank.source import SourceDocument
from quizapp.services.banks import sources
from quizapp.services.banks.importing import import_bank
from quizapp.storage.database import transaction
from quizapp.storage.questions import Question
from quizapp.storage.sources import ProvisionVersion


def document(version=1, text="High income by 2050.", title="Economy"):
    return SourceDocument.model_validate(
        {
            "source": "foreign-policy-direction",
            "title": {"en": "The direction"},
            "tasks": [
                {
                    "id": "3",
                    "title": {"en": title},
                    "provisions": [
                        {
                            "id": "3.1",
                            "version": version,
                            "title": {"en": "Vision"},
                            "text": {"en": text},
                            "where": "task 3, paragraph 1",
                        }
                    ],
                }
            ],
        }
    )


@pytest.mark.usefixtures("app")
class TestSources:
    def test_again_it_stores_nothing(self):
        assert sources.import_source(document(), now=NOW) == []
        assert sources.import_source(document(), now=NOW) == []
        with transaction(write=False) as session:
            assert session.scalar(select(func.count()).select_from(ProvisionVersion)) == 1

    def test_it_is_read_for_pages_and_checks(self):
        sources.import_source(document(), now=NOW)
        found = sources.policy_map()
        assert [task.number for task in found.tasks] == ["3"]
        assert found.provision(None, "3.1").text.en == "High income by 2050."
        assert found.provision("foreign-policy-direction", "3.1@1").cite == "3.1@1"
        assert found.provision(None, "9.9") is None
        assert found.documents["foreign-policy-direction"] == document()

    def test_changed_words_need_a_higher_version(self):
        sources.import_source(document(), now=NOW)
        findings = sources.import_source(document(text="Other words."), now=NOW)
        assert [(f.severity, f.rule) for f in findings] == [("error", "provision-changed")]
        assert sources.get_provision("3.1").text.en == "High income by 2050."

    def test_a_new_title_of_a_task_is_seen_at_once(self):
        sources.import_source(document(), now=NOW)
        assert sources.policy_map().tasks[0].title.en == "Economy"
        sources.import_source(document(title="Trade"), now=NOW)
        assert sources.policy_map().tasks[0].title.en == "Trade"

    def test_a_new_version_keeps_the_old_words_and_holds_the_citers(self, instructor):
        sources.import_source(document(), now=NOW)
        import_bank(instructor, read(question("a")), now=NOW)
        assert sources.import_source(document(2, "High income by 2049."), now=NOW) == []
        provision = sources.get_provision("3.1")
        assert (provision.version, provision.text.en) == (2, "High income by 2049.")
        assert [w.text.en for w in provision.earlier] == ["High income by 2050."]
        with transaction(write=False) as session:
            assert session.scalar(select(Question.state)) == "draft"

    def test_an_older_file_changes_nothing(self):
        sources.import_source(document(2, "High income by 2049."), now=NOW)
        findings = sources.import_source(document(), now=NOW)
        assert [f.rule for f in findings] == ["provision-older"]
        assert sources.get_provision("3.1").version == 2
