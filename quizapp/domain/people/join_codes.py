"""The codes that let people join a cohort: 50 bits as ten characters that survive handwriting."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
BITS = 5 * LENGTH
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "\u2013": "", "_": ""})


def make_join_code(bits: int) -> str:
    """Write 50 random bits as a code.

    Raises:
        ValueError: there are more or fewer.
    """
    if not 0 <= bits < 1 << BITS:
        raise ValueError("a join code has 50 bits")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(BITS - 5, -1, -5))


def read_join_code(typed: str) -> str | None:
    """The code that was meant: O is 0, I and L are 1, dashes and case do not matter."""
    code = "".join(typed.split()).upper().translate(_ALIKE)
    return code if len(code) == LENGTH and all(c in ALPHABET for c in code) else None


def show_join_code(code: str) -> str:
    """The code in two groups, as it is written up."""
    return f"{code[:5]}-{code[5:]}"
