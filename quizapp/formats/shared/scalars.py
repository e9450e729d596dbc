"""Which fields of a question hold text, whatever it looks like: 'No' and '2030' stay text."""

TEXT_FIELDS = frozenset(
    """en km text id match of state order type use level cites not_with tags title bank source
    valid_until where""".split()  # noqa: SIM905 - reads better
)
LIST_FIELDS = frozenset(("cites", "not_with", "tags", "order"))
"""Fields that hold a list of words without commas."""
