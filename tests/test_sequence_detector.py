"""The detector over time answers like scikit-learn's, leaks nothing, and stays true on a series that drifts."""

import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from aelearn import windows
from aelearn.detectors import SequenceDetector, sequence

pytestmark = pytest.mark.usefixtures("without_xla")

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
        (lambda: detector().fit(wave(40)), ("X has 40 points", "length=12 needs 59", "a gap of 12", "a longer series")),
        (lambda: detector().fit(wave(13)), ("X has 13 points", "needs 59", "a longer series")),
        (lambda: detector().fit(wave(500, channels=3).T), ("X has 3 points", "(points, channels): pass X.T")),
        (lambda: detector().fit(np.zeros((9, 60, 2))), ("X has shape (9, 60, 2)", "cuts its windows itself")),
        (lambda: detector().fit([wave(90), wave(100)]), ("X holds 2 series of different lengths", "fit on one")),
        (
            lambda: detector().fit([1.0, np.nan] * 100),
            ("NaN or infinity at 100 of 200 points (first: point 1)", "tear"),
        ),
        (lambda: detector().fit(np.ma.masked_greater(wave(100), 0.5)), ("X holds masked values",)),
        (lambda: detector().fit(["a"] * 100), ("numbers are wanted",)),
        (lambda: detector(level="drifting").fit(wave(200)), ("level is 'drifting'", "'fixed', 'running'")),
        (lambda: detector(memory=1).fit(wave(200)), ("memory is 1",)),
        (lambda: detector(at="start").fit(wave(200)), ("at is 'start'", "'cover', 'end'")),
        (lambda: detector(level="running").fit(wave(200)), ("X has 200 points", "needs 204")),
        (lambda: detector(level="running").fit(wave(130), X_calibration=wave(300)), ("130 points and at least 134",)),
    ],
)
def test_bad_input_gets_one_sentence(do, parts):
    with pytest.raises(ValueError) as caught:
        do()
    assert all(part in str(caught.value) for part in parts), caught.value


def test_a_fitted_detector_refuses_what_it_cannot_judge(fitted):
    with pytest.raises(ValueError, match="X has 2 channels but the detector was fitted on 1"):
        fitted.predict(wave(100, channels=2))
    with pytest.raises(ValueError, match=r"X has 100 channels .* pass X.T"):
        fitted.predict(wave(100)[None])
    with pytest.raises(ValueError, match="X has 12 points and at least 13"):
        fitted.predict(wave(12))
    with pytest.raises(NotFittedError):
        detector().predict(wave(100))


def test_columns_of_a_frame_are_known_by_name_and_order():
    frame = pd.DataFrame(wave(300, channels=2), columns=["left", "right"])
    found = detector().fit(frame)
    assert list(found.feature_names_in_) == ["left", "right"] and found.predict(frame).shape == (300,)
    with pytest.raises(ValueError, match=r"feature names.*fitted on \(left, right\)") as refusal:
        found.predict(frame[["right", "left"]])
    assert "\n" not in str(refusal.value)


def test_at_the_end_no_score_knows_a_later_point_and_no_alarm_comes_before_the_event():
    series, odd = wave(300, seed=1), wave(300, seed=1)
    odd[200:206] += 3
    for kind in ("autoencoder", "neighbours"):
        covering, ending = (detector(kind=kind, at=at).fit(wave(500)) for at in ("cover", "end"))
        before = slice(0, 200)
        np.testing.assert_array_equal(ending.anomaly_score(odd)[before], ending.anomaly_score(series)[before])
        assert (covering.anomaly_score(odd)[before] != covering.anomaly_score(series)[before]).any()
        expected = windows.to_points(
            ending.anomaly_score(odd)[LENGTH - 1 :], 300, LENGTH, at="end", neutral=ending._neutral
        )
        np.testing.assert_array_equal(ending.anomaly_score(odd), expected)
        assert ending.predict(odd)[203] == -1 and (ending.predict(odd)[: LENGTH - 1] == 1).all()


def drifting(n, seed=0):
    """A wave whose level climbs and whose swing doubles."""
    t = np.linspace(0, 1, n)
    return 5 * t + (1 + t) * wave(n, seed=seed)


def test_on_a_series_that_drifts_a_running_level_keeps_the_promise_nearly_and_finds_what_the_fixed_one_drowns():
    rates, places = {"fixed": [], "running": []}, []
    for seed in range(5):
        past, future = drifting(3000, seed)[:1500], drifting(3000, seed)[1500:]
        odd = future.copy()
        odd[1000:1006] = odd[1000]
        for level in rates:
            found = detector(level=level, memory=120).fit(past)
            rates[level].append((found.predict(future) == -1).mean())
        places.append(found.anomaly_score(odd).argmax())
    assert min(rates["fixed"]) > 0.5 and np.mean(rates["running"]) < 0.12
    assert all(abs(place - 1003) < LENGTH for place in places)


def test_a_running_level_looks_back_only_and_judges_no_point_without_its_past():
    series, later = wave(400, seed=1), wave(400, seed=1)
    later[300:] += 9
    found = detector(level="running", memory=50, at="end").fit(wave(500))
    scores = found.anomaly_score(series)
    np.testing.assert_array_equal(found.anomaly_score(later)[:300], scores[:300])
    assert len(set(scores[: 50 + LENGTH - 1])) == 1 and scores[50 + LENGTH] != scores[0]
    np.testing.assert_allclose(found.anomaly_score(series[100:])[70:], scores[170:], rtol=1e-12)
    np.testing.assert_allclose(found.anomaly_score(series + 50)[70:], scores[70:], atol=1e-4)


def test_recalibration_on_a_recent_stretch_puts_the_promise_right_again():
    found = detector().fit(wave(600))
    recent = 1.3 * wave(1200, seed=2)
    before = (found.predict(recent[600:]) == -1).mean()
    scores = found.anomaly_score(recent)
    assert found.recalibrate(recent[:600]) is found
    np.testing.assert_array_equal(found.anomaly_score(recent), scores)
    assert before > 0.3 and (found.predict(recent[600:]) == -1).mean() < 0.12


@pytest.mark.parametrize("kind", ("forecast", "autoencoder", "neighbours"))
def test_windows_laid_out_in_parts_give_the_scores_of_all_at_once(kind, monkeypatch):
    series = wave(400, seed=4, channels=2)
    found = detector(kind=kind).fit(wave(500, channels=2))
    whole = found.anomaly_score(series)
    monkeypatch.setattr(sequence, "_WINDOW_VALUES", 50 * LENGTH * 2)
    np.testing.assert_allclose(found.anomaly_score(series), whole, rtol=1e-5, atol=1e-8)


def test_of_a_long_series_a_bounded_number_of_windows_is_kept_and_comes_back_from_a_file(monkeypatch, tmp_path):
    monkeypatch.setattr(sequence, "_REFERENCE_WINDOWS", 100)
    series = wave(300, seed=1)
    series[200:205] += 3
    found = detector().fit(wave(2000))
    assert found._remembered.shape == (100, LENGTH, 1) and abs(int(found.anomaly_score(series).argmax()) - 202) < LENGTH
    assert (found.predict(wave(900, seed=5)) == -1).mean() < 0.12
    back = SequenceDetector.load(found.save(tmp_path / "detector"))
    np.testing.assert_array_equal(back.anomaly_score(series), found.anomaly_score(series))
    same = detector().fit(wave(2000))
    np.testing.assert_array_equal(same.anomaly_score(series), found.anomaly_score(series))
    whole = detector().fit(wave(100, seed=6))
    assert whole._remembered.shape[1:] == (1,)


def test_memory_for_windows_grows_with_the_series_and_not_with_their_length():
    series, peaks = wave(60_000), []
    for length in (20, 200):
        found = detector(length=length).fit(series[:3000])
        tracemalloc.start()
        found.anomaly_score(series)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 4 * peaks[0] and peaks[1] < 60_000 * 200 * 4  # all windows laid out would be 48 MB
