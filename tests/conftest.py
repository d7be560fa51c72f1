import pytest


@pytest.fixture(autouse=True)
def lenient(monkeypatch):
    """Checks in tests speak as they do to a reader, unless a test says otherwise."""
    monkeypatch.delenv("AELEARN_STRICT", raising=False)
