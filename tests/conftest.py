import os

import pytest

# Two workers run at once: one thread for each, and no progress lines in outputs.
os.environ.update(
    AELEARN_PROGRESS="0",
    OMP_NUM_THREADS="1",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    PYTHONHASHSEED="0",
)


@pytest.fixture(autouse=True)
def lenient(monkeypatch):
    """Checks in tests speak as they do to a reader, unless a test says otherwise."""
    monkeypatch.delenv("AELEARN_STRICT", raising=False)
