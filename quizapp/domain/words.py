"""Marking sentences for the message catalogue."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark `message` for extraction and give it back; whoever shows it translates it."""
    return message
