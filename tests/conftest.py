import functools

import pytest


@pytest.fixture(autouse=True)
def lenient(monkeypatch):
    """Checks in tests speak as they do to a reader, unless a test says otherwise."""
    monkeypatch.delenv("AELEARN_STRICT", raising=False)


@pytest.fixture
def without_xla(monkeypatch):
    """Training as a TensorFlow graph, for tests of what stands around it: XLA would compile a second for each shape they use.

    What XLA compiles is tested by the tests of training, models and saving, and by every notebook.
    """
    import tensorflow as tf

    from aelearn import training
    from aelearn.models import gan

    for module in (training, gan):
        monkeypatch.setattr(module, "compiled", lambda function, **s: tf.function(functools.partial(function), **s))
