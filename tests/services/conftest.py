"""Use cases need no pages."""

import pytest


@pytest.fixture
def with_pages() -> bool:
    """The application answers no requests here."""
    return False
