"""The rules of item writing that the text shows: what each says, why, and who says so."""

from dataclasses import dataclass

from quizapp.domain.bank.findings import Finding, Severity
from quizapp.domain.words import N_

HOUSE = "House rule"
NBME = "NBME, Constructing Written Test Questions"
HALADYNA = "Haladyna, Downing & Rodriguez 2002"


@dataclass(frozen=True)
class Rule:
    """A rule. `message`, `remedy` and `reason` are catalogue ids; `source` names who says so."""

    id: str
    severity: Severity
    message: str
    remedy: str
    reason: str
    source: str = HOUSE

    def finding(
        self,
        question: str | None = None,
        where: str = "",
        *,
        severity: Severity | None = None,
        **params: object,
    ) -> Finding:
        """The rule broken at a place."""
        return Finding(
            severity=severity or self.severity,
            rule=self.id,
            message=self.message,
            remedy=self.remedy,
            params=params,
            question=question,
            where=where,
        )


_ALL = (
    Rule(
        "no-explanation",
        "hold",
        N_("There is no explanation."),
        N_("Say in a sentence or two why the key is right."),
        N_("A trainee learns from the explanation, not from the mark."),
    ),
    Rule(
        "no-citation",
        "hold",
        N_("It cites no provision."),
        N_('Name the provision that carries the key, such as cites: ["3.7@1"].'),
        N_("Whoever disputes the answer has to be able to read it in the source."),
    ),
    Rule(
        "no-rationale",
        "hold",
        N_("A wrong answer has no rationale."),
        N_("Say in a sentence which mistake leads to it."),
        N_("Who chose a wrong answer wants to know what was wrong about it."),
    ),
    Rule(
        "unknown-source",
        "hold",
        N_("The source document that it cites is not known here."),
        N_("Name the document in the bank's line 'source:', and import that document."),
        N_("Citations mean nothing without the document."),
    ),
    Rule(
        "unknown-provision",
        "hold",
        N_("It cites provision %(provision)s, which does not exist."),
        N_("Correct the citation. The nearest provisions are: %(near)s."),
        N_("Whoever disputes the answer has to be able to read it in the source."),
    ),
    Rule(
        "stale-citation",
        "hold",
        N_(
            "It cites provision %(provision)s in version %(cited)s; the current one is %(version)s."
        ),
        N_("Read the question against the provision's words, then cite %(provision)s@%(version)s."),
        N_("The meaning of the provision has changed since the question was written."),
    ),
    Rule(
        "citation-without-version",
        "hold",
        N_("It cites provision %(provision)s without a version."),
        N_("Cite %(provision)s@%(version)s, once you have read the question against it."),
        N_("Without the version nobody notices when the provision changes."),
    ),
    Rule(
        "past-valid-until",
        "hold",
        N_("It was valid until %(date)s."),
        N_("Check the fact, then move the date or reword the question."),
        N_("A fact with an end must not be asked after it."),
    ),
    Rule(
        "all-of-the-above",
        "warning",
        N_("An option is 'all of the above'."),
        N_("Replace it with a plausible mistake, or leave three options: three are enough."),
        N_("Who knows two right options knows the key, and who knows one wrong one as well."),
        NBME,
    ),
    Rule(
        "none-of-the-above",
        "warning",
        N_("An option is 'none of the above'."),
        N_("Use it with care; a plausible mistake in its place asks more."),
        N_("It shows that somebody knows what is wrong, not what is right."),
        HALADYNA,
    ),
    Rule(
        "negative-lead-in",
        "warning",
        N_("The question asks for what is not so: '%(word)s'."),
        N_("Ask for what is right, or emphasise the word, as **%(word)s**."),
        N_("A negative is overlooked, and knowing what is not so is seldom the aim."),
        NBME,
    ),
    Rule(
        "absolute-term",
        "warning",
        N_("An option says '%(word)s'."),
        N_("Say what holds and when, without '%(word)s'."),
        N_("Absolute terms give wrong options away; vague ones mean another thing to each."),
        NBME,
    ),
    Rule(
        "grammar-cue",
        "warning",
        N_("Only one option fits the grammar of the stem."),
        N_("Word the stem so that all options fit, with 'a(n)' or without the article."),
        N_("The key must not be found by grammar."),
        NBME,
    ),
    Rule(
        "word-repeated-in-key",
        "warning",
        N_("The word '%(word)s' of the stem stands in the key alone."),
        N_("Use another word in the key, or the same word in a wrong option too."),
        N_("The test-wise choose the option that repeats the stem."),
        NBME,
    ),
    Rule(
        "key-is-longest",
        "warning",
        N_("The key is the longest option, %(times)s times the others' mean length."),
        N_("Trim the key, or give the other options the same detail."),
        N_("The test-wise choose the longest option."),
        NBME,
    ),
    Rule(
        "option-count",
        "warning",
        N_("There are %(count)s options."),
        N_("Write three to five; three plausible ones are enough."),
        N_("More options cost reading time and add little; with two, half the guesses are right."),
        "Rodriguez 2005",
    ),
    Rule(
        "too-few-right-or-wrong",
        "warning",
        N_("%(right)s options are right and %(wrong)s wrong."),
        N_("Have at least two of each, or make it a question with one choice."),
        N_("Right choices add and wrong ones take away in proportion: one alone weighs all."),
    ),
    Rule(
        "translation-missing",
        "warning",
        N_("The Khmer is missing in %(count)s places, first here."),
        N_("Translate it; until then it is not offered in Khmer in exams."),
        N_("Everybody is examined in a language that the whole question is in."),
    ),
    Rule(
        "translation-unrecorded",
        "warning",
        N_("Nothing says which English text the Khmer was made of."),
        N_("If they agree, write translation: {km: {state: draft, of: %(digest)s}}."),
        N_("When the English changes, somebody has to look at the Khmer again."),
    ),
    Rule(
        "translation-old",
        "warning",
        N_("The Khmer is older than the English."),
        N_("Review the translation, then write of: %(digest)s."),
        N_("When the English changes, somebody has to look at the Khmer again."),
    ),
    Rule(
        "near-duplicate",
        "warning",
        N_("It is nearly the same as %(other)s: %(share)s %% of the wording is shared."),
        N_("Keep one, or change what the second one asks."),
        N_("Two questions that are one measure nothing more, and one gives the other away."),
    ),
    Rule(
        "answer-in-other-stem",
        "warning",
        N_("Its answer, '%(answer)s', stands in the stem of %(other)s."),
        N_("Reword one, or name %(other)s under not_with: they are then never drawn together."),
        N_("One question must not answer another."),
        "Haladyna et al.",
    ),
    Rule(
        "keys-longest-over-bank",
        "warning",
        N_("The key is the longest option in %(count)s of %(total)s; by chance, in %(expected)s."),
        N_("Trim keys, or give wrong options the same detail."),
        N_("Who always chooses the longest option must not pass."),
    ),
    Rule(
        "key-position-over-bank",
        "warning",
        N_("The key stands too often at one place, most often at place %(place)s (p = %(p)s)."),
        N_("Let options be shuffled, as they are unless pinned; do not balance by hand."),
        N_("Authors hide the key in the middle, and the test-wise know it."),
        "Bar-Hillel & Attali 2002",
    ),
    Rule(
        "unknown-rule-allowed",
        "warning",
        N_("There is no rule '%(rule)s' that could be allowed, or no reason is given."),
        N_("Name the rule that a warning shows, with the reason why it is meant so."),
        N_("A suppression without a reason helps nobody."),
    ),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}

CANNOT_BE_MARKED = Rule(
    "cannot-be-marked",
    "error",
    N_("It cannot be marked."),
    N_("Correct what is named."),
    N_("What has no key, or a key that can be read from its ids, is no question."),
)
"""Stands for all errors, each of which has its own name: a type's own, or a malformed field."""


def rule_of(name: str) -> Rule:
    """The rule of a finding; errors that are no rule of the list are `cannot-be-marked`."""
    return RULES.get(name, CANNOT_BE_MARKED)
