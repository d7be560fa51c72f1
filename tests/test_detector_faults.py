"""Faults found in use, each with its kind: units, foreign input, and a process that was forked."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse
from scipy.stats import rankdata

from aelearn import data
from aelearn.detectors import (
    KINDS,
    SCORES,
    SEQUENCE_KINDS,
    AutoencoderDetector,
    CalibratedDetector,
    GANDetector,
    SequenceDetector,
)

pytestmark = pytest.mark.usefixtures("without_xla")

rng = np.random.default_rng(0)
x = rng.normal(size=(120, 2)) @ rng.normal(size=(2, 5)) * [1, 10, 1, 300, 1] + rng.normal(size=(120, 5))
new = np.vstack([x[:20] * 1.1, 1000 * rng.normal(size=(20, 5))])
series = np.sin(np.arange(400) / 2) + 0.1 * rng.normal(size=400)
SMALL = {"hidden": (6,), "epochs": 3, "random_state": 0}


class Farthest(CalibratedDetector):
    """One of a user's own, whose scores have the unit of its data."""

    def _learn(self, X, rng):
        self._middle = X.mean(axis=0)

    def _anomaly_score(self, X):
        return np.abs(X - self._middle).max(axis=1)


OF_TABLES = [
    *(AutoencoderDetector(scored_by=scored_by, **SMALL) for scored_by in SCORES),
    *(AutoencoderDetector(kind=kind, **SMALL) for kind in KINDS[1:]),
    AutoencoderDetector(scaling="together", **SMALL),
    GANDetector(**SMALL),
    Farthest(random_state=0),
]
OF_SERIES = [
    *(SequenceDetector(kind=kind, length=8, units=3, epochs=2, random_state=0) for kind in SEQUENCE_KINDS),
    SequenceDetector(length=8, level="running", memory=30),
]
FACTORS = (1e-200, 1e-30, 1e-21, 1e30, 1e200)


def answers(one, rows, asked):
    one.fit(rows)
    return rankdata(np.round(one.anomaly_score(asked) / np.median(one._calibration_scores), 6)), one.predict(asked)


def name(one):
    return "-".join(str(one.get_params().get(key)) for key in ("kind", "scored_by", "scaling", "level"))


@pytest.mark.parametrize("one", OF_TABLES, ids=lambda one: f"{type(one).__name__}-{name(one)}")
def test_ranking_and_alarms_do_not_depend_on_the_unit_of_a_table(one):
    order, alarms = answers(one, x, new)
    assert {1, -1} == set(alarms)
    for factor in FACTORS:
        again, alarms_again = answers(one, x * factor, new * factor)
        np.testing.assert_array_equal(again, order)
        np.testing.assert_array_equal(alarms_again, alarms)


@pytest.mark.parametrize("one", OF_SERIES, ids=name)
def test_ranking_and_alarms_do_not_depend_on_the_unit_of_a_series(one):
    odd = series.copy()
    odd[200] += 30
    order, alarms = answers(one, series, odd)
    assert alarms[200] == -1
    for factor in FACTORS:
        again, alarms_again = answers(one, series * factor, odd * factor)
        np.testing.assert_array_equal(again, order)
        np.testing.assert_array_equal(alarms_again, alarms)


def test_each_column_may_have_a_unit_of_its_own():
    one = AutoencoderDetector(scaling="each", **SMALL)
    units = np.array([1e-25, 1e-12, 1, 1e12, 1e25])
    order, alarms = answers(one, x, new)
    again, alarms_again = answers(one, x * units, new * units)
    np.testing.assert_array_equal(again, order)
    np.testing.assert_array_equal(alarms_again, alarms)


def test_a_column_that_is_constant_in_training_is_measured_by_the_others_in_any_unit():
    rows, odd = np.hstack([x, np.full((120, 1), 7.0)]), np.hstack([new, np.full((40, 1), 7.0)])
    odd[:5, -1] += 100
    one = AutoencoderDetector(scaling="each", scored_by="error", **SMALL)
    order, alarms = answers(one, rows, odd)
    assert (alarms[:5] == -1).all()
    for factor in (1e-30, 1e30):
        np.testing.assert_array_equal(answers(one, rows * factor, odd * factor)[0], order)


@pytest.mark.parametrize(
    "one", [AutoencoderDetector(), GANDetector(), SequenceDetector()], ids=lambda o: type(o).__name__
)
@pytest.mark.parametrize(
    ("foreign", "fragment"),
    [
        (np.ma.masked_greater(x, 2), "X holds masked values"),
        (scipy.sparse.csr_matrix(x), "sparse"),
        (data.load("vowel"), "X is a Dataset"),
        (None, "X is None"),
        (np.where(x > 300, np.inf, x), "X holds NaN or infinity"),
    ],
    ids=["masked", "sparse", "Dataset", "None", "infinity"],
)
def test_foreign_input_is_refused_in_one_sentence(one, foreign, fragment):
    with pytest.raises(ValueError, match=fragment) as refusal:
        one.fit(foreign)
    assert "\n" not in str(refusal.value)


FORK = """
import multiprocessing

import numpy as np

from aelearn.detectors import AutoencoderDetector, GANDetector, SequenceDetector

x = np.random.default_rng(0).normal(size=(60, 3))
one = AutoencoderDetector(hidden=(4,), epochs=1).fit(x)
others = GANDetector(hidden=(4,), epochs=1), SequenceDetector(kind="forecast", length=5, epochs=1), one


def child(queue):
    queue.put(f"scores {len(one.anomaly_score(x))}")
    for other in others:
        try:
            queue.put(f"fitted {other.fit(x)}")
        except RuntimeError as refusal:
            queue.put(str(refusal))


context = multiprocessing.get_context("fork")
queue = context.Queue()
process = context.Process(target=child, args=(queue,), daemon=True)
process.start()
print(*(queue.get(timeout=60) for _ in range(4)), sep="\\n")
process.join(10)
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="this system cannot fork")
def test_a_child_forked_after_a_training_is_refused_in_one_sentence_instead_of_a_hang():
    run = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    scored, *refusals = run.stdout.splitlines()
    assert scored == "scores 60" and len(refusals) == 3
    assert all("forked" in line and "'spawn'" in line and "joblib" in line for line in refusals)


def test_importing_and_loading_the_detectors_module_needs_no_tensorflow():
    code = "import aelearn.detectors, sys; assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
