"""Recurrent networks train in the one loop; the detector over time answers like scikit-learn's and leaks nothing."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from aelearn import windows
from aelearn.detectors import SequenceDetector

LENGTH = 12


def wave(n, seed=0, channels=None):
    rng = np.random.default_rng(seed)
    t = np.arange(n)[:, None] + np.arange(channels or 1) * 3
    series = np.sin(t * 2 * np.pi / 12) + 0.1 * rng.normal(size=t.shape)
    return series if channels else series[:, 0]


def rows(series, length):
    cut = windows.cut(series.astype("float32"), length)
    return cut.reshape(len(cut), -1)


def detector(**settings):
    return SequenceDetector(**{"length": LENGTH, "units": 4, "epochs": 4, "random_state": 0} | settings)


@pytest.fixture(scope="module", params=("forecast", "autoencoder", "neighbours"))
def fitted(request):
    return detector(kind=request.param).fit(wave(500))


def test_directions_follow_scikit_learn(fitted):
    series = wave(300, seed=1)
    series[200] += 20
    scores = fitted.anomaly_score(series)
    assert scores.shape == (300,) and np.isfinite(scores).all()
    assert (fitted.score_samples(series) == -scores).all()
    np.testing.assert_array_equal(fitted.predict(series), np.where(fitted.decision_function(series) >= 0, 1, -1))
    assert fitted.predict(series)[200] == -1 and fitted.p_value(series)[200] <= fitted.alpha
    assert np.abs(scores.argmax() - 200) < LENGTH


def test_a_point_without_a_forecast_gets_no_alarm():
    found = detector(kind="forecast").fit(wave(500))
    scores = found.anomaly_score(wave(100, seed=2))
    assert len(set(scores[:LENGTH])) == 1 and (found.predict(wave(100, seed=2))[:LENGTH] == 1).all()


def test_a_fit_is_deterministic_and_survives_clone_and_pickle(fitted):
    series = wave(200, seed=3)
    again = clone(fitted).fit(wave(500))
    assert again.get_params() == fitted.get_params()
    np.testing.assert_array_equal(again.anomaly_score(series), fitted.anomaly_score(series))
    back = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(back.anomaly_score(series), fitted.anomaly_score(series))
    assert back.offset_ == fitted.offset_


def test_one_network_serves_two_detectors_at_once():
    series = wave(300, seed=3)
    first = detector(kind="forecast").fit(wave(500))
    before = first.anomaly_score(series)
    second = detector(kind="forecast", random_state=1).fit(wave(500))
    np.testing.assert_array_equal(first.anomaly_score(series), before)
    assert not np.array_equal(second.anomaly_score(series), before)


@pytest.mark.parametrize("kind", ("forecast", "autoencoder", "neighbours"))
def test_what_lies_in_the_gap_or_after_training_changes_nothing_that_was_learned(kind):
    series = wave(500)
    train, held_out = windows.split_by_time(500, (0.7, 0.3), gap=LENGTH)
    changed = series.copy()
    changed[train.stop : held_out.start] = 50
    first, second = detector(kind=kind).fit(series), detector(kind=kind).fit(changed)
    assert first.offset_ == second.offset_
    changed[held_out] *= 3
    third = detector(kind=kind).fit(changed)
    np.testing.assert_array_equal(third.anomaly_score(series)[LENGTH:], first.anomaly_score(series)[LENGTH:])
    assert third.offset_ != first.offset_


@pytest.mark.parametrize("kind", ("forecast", "autoencoder", "neighbours"))
def test_channels_are_scaled_apart_and_all_are_seen(kind):
    series = wave(500, channels=3) * [1, 1000, 0.001]
    found = detector(kind=kind).fit(series)
    assert found.n_features_in_ == 3 and found.anomaly_score(series).shape == (500,)
    for channel in range(3):
        odd = wave(300, seed=1, channels=3) * [1, 1000, 0.001]
        odd[150, channel] *= 30
        odd[150, channel] += 20 * [1, 1000, 0.001][channel]
        assert abs(int(found.anomaly_score(odd).argmax()) - 150) < LENGTH


def test_series_and_one_channel_are_the_same(fitted):
    series = wave(200, seed=3)
    np.testing.assert_array_equal(fitted.anomaly_score(series), fitted.anomaly_score(series[:, None]))


def test_on_a_stationary_series_the_false_alarm_rate_is_near_the_promise():
    rates = [
        (detector(alpha=0.1, random_state=s).fit(wave(900, seed=s)).predict(wave(900, seed=50 + s)) == -1).mean()
        for s in range(12)
    ]
    assert 0.05 < np.mean(rates) < 0.18  # neighbouring points are dependent: near the promise, not exact


@pytest.mark.parametrize(
    ("do", "parts"),
    [
        (lambda: detector(kind="lstm").fit(wave(200)), ("kind is 'lstm'", "'forecast', 'autoencoder', 'neighbours'")),
        (lambda: detector(cell="rnn").fit(wave(200)), ("cell is 'rnn'",)),
        (lambda: detector(length=0).fit(wave(200)), ("length is 0",)),
        (lambda: detector(alpha=5).fit(wave(200)), ("alpha is 5", "0.05")),
        (lambda: detector(gap=-1).fit(wave(200)), ("gap is -1",)),
        (lambda: detector().fit(wave(40)), ("X has 40 points", "for calibration", "14")),
        (lambda: detector().fit(wave(10)), ("a part would be empty",)),
        (lambda: detector().fit([1.0, np.nan] * 100), ("X holds NaN",)),
    ],
)
def test_bad_input_gets_one_sentence(do, parts):
    with pytest.raises(ValueError) as caught:
        do()
    assert all(part in str(caught.value) for part in parts), caught.value


def test_a_fitted_detector_refuses_what_it_cannot_judge(fitted):
    with pytest.raises(ValueError, match="X has 2 channels but the detector was fitted on 1"):
        fitted.predict(wave(100, channels=2))
    with pytest.raises(ValueError, match="X has 12 points and at least 13"):
        fitted.predict(wave(12))
    with pytest.raises(NotFittedError):
        detector().predict(wave(100))
