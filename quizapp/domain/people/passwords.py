"""What a password may be."""

import unicodedata

from quizapp.domain.answers.canonical import UnstorableText, storable
from quizapp.domain.errors import Invalid
from quizapp.domain.words import N_

SHORTEST = 10
LONGEST = 256

# Those of ten and more characters that lists of leaked passwords have in front; short ones
# are refused by their length. Compared without case, spaces and signs.
COMMON = frozenset(
    [
        "1234567890",
        "12345678910",
        "123456789a",
        "0123456789",
        "9876543210",
        "0987654321",
        "1111111111",
        "0000000000",
        "1212121212",
        "1122334455",
        "1234512345",
        "123123123123",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "q1w2e3r4t5",
        "qwertyuiop",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop123",
        "asdfghjkl1",
        "asdfghjkl123",
        "zxcvbnm123",
        "abcdefghij",
        "abcdefghijk",
        "abcd123456",
        "abc1234567",
        "a123456789",
        "aa12345678",
        "password12",
        "password123",
        "password1234",
        "password12345",
        "passw0rd123",
        "passwordpassword",
        "mypassword1",
        "mypassword123",
        "changeme123",
        "changemenow",
        "letmein123",
        "letmein1234",
        "welcome123",
        "welcome1234",
        "iloveyou12",
        "iloveyou123",
        "iloveyou1234",
        "administrator",
        "admin12345",
        "admin123456",
        "adminadmin",
        "admin1234567",
        "trustno1trustno1",
        "football123",
        "baseball123",
        "basketball",
        "princess123",
        "sunshine123",
        "superman123",
        "spiderman123",
        "liverpool123",
        "chelsea123",
        "michael123",
        "computer123",
        "internet123",
        "cambodia123",
        "cambodia1234",
        "cambodia12345",
        "cambodia2026",
        "cambodia2025",
        "phnompenh123",
        "phnompenh1",
        "phnompenh12",
        "phnompenh2026",
        "angkorwat1",
        "angkorwat123",
        "kampuchea1",
        "kampuchea123",
        "diplomacy1",
        "diplomacy123",
        "diplomat123",
        "embassy123",
        "ministry123",
        "foreignaffairs",
        "foreignpolicy",
        "welcometocambodia",
    ]
)


def normalised(password: str) -> str:
    """The form in which a password is hashed: NFC, so that keyboards do not matter."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, *known: str | None, field: str = "password") -> str:
    """Say whether the password may be used; gives back its normalised form.

    Args:
        password: as typed; spaces count.
        known: what a stranger knows of the person: address, names, staff number.
        field: the form's name of it.

    Raises:
        Invalid: too short, too long, not storable, too common, or made of what is known.
    """
    try:
        text = normalised(storable(password))
    except UnstorableText as error:
        raise Invalid.field(field, error.detail or error.title) from error
    if len(text) < SHORTEST:
        raise Invalid.field(field, N_("Take at least %(shortest)d characters."), shortest=SHORTEST)
    if len(text) > LONGEST:
        raise Invalid.field(field, N_("Take at most %(longest)d characters."), longest=LONGEST)
    bare = _bare(text)
    if bare in COMMON or len(set(text)) < 4:
        raise Invalid.field(
            field, N_("This password is among the first that are tried: take another.")
        )
    for fact in _facts(known):
        # what remains beside the known word must be a password's worth of its own
        if fact in bare and len(bare) - len(fact) < SHORTEST - 4:
            raise Invalid.field(
                field, N_("This is too near to your name, address or number: take another.")
            )
    return text


def _facts(known: tuple[str | None, ...]) -> set[str]:
    facts = set()
    for text in known:
        if not text:
            continue
        facts |= {_bare(text), _bare(text.split("@")[0])}
        facts |= {_bare(word) for word in text.replace("@", " ").replace(".", " ").split()}
    return {fact for fact in facts if len(fact) >= 4}


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
