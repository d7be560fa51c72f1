"""The detector over a GAN behaves like scikit-learn's, keeps its promise, and says when it knows its rows by heart."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import estimator_checks_generator

from aelearn.detectors import GANDetector
from aelearn.detectors.gan import build
from aelearn.detectors.network import shared_model
from aelearn.models import residual_score

pytestmark = pytest.mark.usefixtures("without_xla")

rng = np.random.default_rng(0)
mixing = rng.normal(size=(2, 6))


def normal(n):
    return rng.normal(size=(n, 2)) @ mixing + 0.1 * rng.normal(size=(n, 6))


x, new, strange = normal(300), normal(100), 3 * rng.normal(size=(100, 6))


def detector(**keywords):
    return GANDetector(**{"hidden": (16,), "latent_dim": 2, "epochs": 60, "random_state": 0} | keywords)


@pytest.fixture(scope="module")
def fitted():
    return detector().fit(x)


@pytest.mark.parametrize(
    "check",
    [check for _, check in estimator_checks_generator(GANDetector(epochs=20))],
    ids=lambda check: check.func.__name__,
)
def test_scikit_learns_check(check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(GANDetector(epochs=20))


def test_the_detectors_score_is_the_residual_score_of_its_networks(fitted):
    again = clone(fitted).fit(x)
    z = again._scaled(new)
    with shared_model(build, 6, 2, (16,), 1.0) as (model, encoder):  # which still have the weights of that fit
        expected = residual_score(model, z, encoder.encode(z))
    np.testing.assert_allclose(again.anomaly_score(new), expected, rtol=1e-4)


def test_directions_follow_scikit_learn(fitted):
    np.testing.assert_array_equal(fitted.score_samples(new), -fitted.anomaly_score(new))
    assert set(fitted.predict(np.vstack([new, strange]))) == {1, -1}
    assert fitted.anomaly_score(strange).mean() > 2 * fitted.anomaly_score(new).mean()
    assert np.array_equal(fitted.p_value(strange) <= fitted.alpha, fitted.predict(strange) == -1)


def test_predict_keeps_its_false_alarm_promise_over_100_calibrations():
    one, generator, alarms = detector().fit(x), np.random.default_rng(1), []
    for _ in range(100):
        drawn = generator.normal(size=(600, 2)) @ mixing + 0.1 * generator.normal(size=(600, 6))
        one._calibrate(one.anomaly_score(drawn[:200]))
        alarms.append(np.mean(one.predict(drawn[200:]) == -1))
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.01)


def test_the_same_seed_gives_the_same_detector(fitted):
    again, other = clone(fitted).fit(x), clone(fitted).set_params(random_state=1).fit(x)
    np.testing.assert_array_equal(again.anomaly_score(new), fitted.anomaly_score(new))
    assert not np.array_equal(other.anomaly_score(new), fitted.anomaly_score(new))


def test_scores_do_not_depend_on_how_rows_are_batched(fitted, monkeypatch):
    whole = fitted.anomaly_score(new)
    monkeypatch.setattr("aelearn.detectors.base.CHUNK_VALUES", 100)
    np.testing.assert_allclose(fitted.anomaly_score(new), whole, rtol=1e-9, atol=1e-12)


def test_a_pickle_comes_back_as_it_was_and_holds_no_live_model(fitted):
    stored = pickle.dumps(fitted)
    back = pickle.loads(stored)
    np.testing.assert_array_equal(back.anomaly_score(strange), fitted.anomaly_score(strange))
    assert len(stored) < 20_000 and b"keras" not in stored


@pytest.mark.parametrize(
    "rows", [x[:2], np.ones((300, 6)), x * 1e30, x * 1e-30], ids=["two rows", "constant", "huge", "tiny"]
)
def test_unusual_tables_work_and_values_far_out_never_give_nan(rows):
    one = detector(epochs=2).fit(rows)
    for factor in (1, -1e6, 1e150):
        assert np.isfinite(one.anomaly_score(rows.astype(float) * factor)).all()


@pytest.mark.parametrize(
    ("act", "fragment"),
    [
        (lambda: detector(weight=-1).fit(x), "weight is -1"),
        (lambda: detector(hidden=()).fit(x), r"hidden is \(\)"),
        (lambda: detector(alpha=5).fit(x), "pass 0.05"),
        (lambda: detector(epochs=0).fit(x), "epochs is 0"),
        (lambda: detector(latent_dim=0).fit(x), "latent_dim is 0"),
        (lambda: detector(batch_size=0).fit(x), "batch_size is 0"),
        (lambda: detector(learning_rate=-1).fit(x), "learning_rate is -1"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(act, fragment):
    with pytest.raises(ValueError, match=fragment) as refusal:
        act()
    assert "\n" not in str(refusal.value)


def test_an_unfitted_detector_says_so():
    with pytest.raises(NotFittedError):
        detector().predict(x)


def test_it_warns_when_the_discriminator_knows_its_few_wide_rows_by_heart():
    wide, settings = np.random.default_rng(0).normal(size=(30, 1000)), {"hidden": (128,), "epochs": 100, "alpha": 0.2}
    with pytest.warns(UserWarning, match="knows its 24 rows of 1000 columns by heart"):
        detector(**settings).fit(wide)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        detector(weight=0, **settings).fit(wide)
        detector().fit(x)
