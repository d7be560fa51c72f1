"""Detectors behave like scikit-learn's, keep their promise, and come back from disk as they were."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from aelearn import data, scoring, thresholds
from aelearn.detectors import KINDS, SCORES, AutoencoderDetector
from aelearn.detectors.autoencoder import build
from aelearn.detectors.network import shared_model

pytestmark = pytest.mark.usefixtures("without_xla")

rng = np.random.default_rng(0)
mixing = rng.normal(size=(2, 6))


def normal(n):
    return rng.normal(size=(n, 2)) @ mixing + 0.1 * rng.normal(size=(n, 6))


x, new, strange = normal(300), normal(100), 3 * rng.normal(size=(100, 6))


def detector(**keywords):
    return AutoencoderDetector(**{"hidden": (16,), "latent_dim": 2, "epochs": 20, "random_state": 0} | keywords)


@pytest.fixture(scope="module", params=SCORES)
def fitted(request):
    return detector(scored_by=request.param).fit(x)


COMBINATIONS = {  # every score, and every kind; the scores know nothing of the kinds
    "as it comes": {},
    **{scored_by: {"scored_by": scored_by, "epochs": 10} for scored_by in SCORES if scored_by != "neighbours"},
    **{kind: {"kind": kind, "epochs": 10} for kind in KINDS if kind != "plain"},
}
CHECKS = [
    pytest.param(settings, check, id=f"{name}-{check.func.__name__}")
    for name, settings in COMBINATIONS.items()
    for _, check in estimator_checks_generator(AutoencoderDetector(**settings))
]
CHECKS.sort(
    key=lambda entry: entry.values[1].func.__name__
)  # one kind's scores share what was compiled for a check's rows


@pytest.mark.parametrize(("settings", "check"), CHECKS)
def test_scikit_learns_check(settings, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(AutoencoderDetector(**settings))


def test_directions_follow_scikit_learn(fitted):
    np.testing.assert_array_equal(fitted.score_samples(new), -fitted.anomaly_score(new))
    np.testing.assert_allclose(fitted.decision_function(new), fitted.score_samples(new) - fitted.offset_)
    assert set(fitted.predict(np.vstack([new, strange]))) == {1, -1}
    if fitted.scored_by != "cosine":
        assert fitted.anomaly_score(strange).mean() > fitted.anomaly_score(new).mean()
        assert (fitted.predict(strange) == -1).mean() > 0.5


@pytest.mark.parametrize("scored_by", SCORES)
def test_predict_keeps_its_false_alarm_promise_over_100_splits(scored_by):
    """Fresh calibration and test sets from the same source; the fit is shared, since the promise is about calibration."""
    one = detector(scored_by=scored_by, alpha=0.05).fit(x)
    generator, alarms = np.random.default_rng(1), []
    for _ in range(100):
        drawn = generator.normal(size=(600, 2)) @ mixing + 0.1 * generator.normal(size=(600, 6))
        one._calibrate(one.anomaly_score(drawn[:200]))
        alarms.append(np.mean(one.predict(drawn[200:]) == -1))
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.01)


def test_fitting_on_other_rows_each_time_keeps_the_promise_too():
    digits, alarms = data.load("digits"), []
    for seed in range(12):
        parts = data.split(digits, calibration=0.3, seed=seed)
        one = detector(alpha=0.1, random_state=seed).fit(parts.x_train, X_calibration=parts.x_calibration)
        alarms.append(np.mean(one.predict(parts.x_test[parts.y_test == 0]) == -1))
    assert np.mean(alarms) == pytest.approx(0.1, abs=0.03)


def test_a_p_value_at_most_alpha_is_an_alarm(fitted):
    both = np.vstack([new, strange])
    assert np.array_equal(fitted.p_value(both) <= fitted.alpha, fitted.predict(both) == -1)


def test_its_own_calibration_set_is_used_when_given():
    one = detector().fit(x, X_calibration=new)
    assert one.n_calibration_ == 100
    assert -one.offset_ == pytest.approx(thresholds.conformal(one.anomaly_score(new), 0.05))


def test_few_calibration_rows_promise_what_they_can_and_say_so():
    with pytest.warns(
        UserWarning, match=r"needs 99 calibration rows and there are 12: the promise is 0.077 \(promised_rate_\)"
    ):
        one = detector(alpha=0.01).fit(x[:60])
    assert one.n_calibration_ == 12 and one.promised_rate_ == 1 / 13
    assert one.offset_ == pytest.approx(-one._calibration_scores[-1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert detector(alpha=1 / 13).fit(x[:60]).promised_rate_ == 1 / 13
        assert detector().fit(x).promised_rate_ == 0.05


def test_recalibration_moves_the_threshold_and_nothing_that_was_learned(fitted):
    one, drifted = clone(fitted).fit(x), normal(400) * 2
    assert one.recalibrate(drifted[:200]) is one and one.n_calibration_ == 200
    np.testing.assert_array_equal(one.anomaly_score(new), fitted.anomaly_score(new))
    assert -one.offset_ == pytest.approx(thresholds.conformal(one.anomaly_score(drifted[:200]), 0.05))
    before, after = (np.mean(d.predict(drifted[200:]) == -1) for d in (fitted, one))
    assert after < 0.12 and (before > 0.25 or fitted.scored_by == "cosine")
    with pytest.warns(UserWarning, match="there are 5"):
        one.recalibrate(new[:5])


def test_fit_predict_is_withheld_and_says_why():
    assert not hasattr(detector(), "fit_predict")
    with pytest.raises(AttributeError) as refusal:
        detector().fit_predict(x)
    assert "call predict on others" in str(refusal.value.__cause__ or refusal.value)


def test_the_noise_of_a_denoising_detector_can_be_chosen_and_no_other_kind_takes_it():
    scores = [detector(kind="denoising", noise_level=level).fit(x).anomaly_score(new) for level in (None, 0.3, 1.0)]
    assert np.array_equal(scores[0], scores[1]) and not np.array_equal(scores[0], scores[2])


def test_the_same_seed_gives_the_same_detector(fitted):
    again = clone(fitted).fit(x)
    np.testing.assert_array_equal(again.anomaly_score(new), fitted.anomaly_score(new))
    other = clone(fitted).set_params(random_state=1).fit(x)
    assert not np.array_equal(other.anomaly_score(new), fitted.anomaly_score(new))


def test_scores_do_not_depend_on_how_rows_are_batched(fitted, monkeypatch):
    whole = fitted.anomaly_score(new)
    one_by_one = np.concatenate([fitted.anomaly_score(row[None]) for row in new])
    np.testing.assert_allclose(one_by_one, whole, rtol=1e-9, atol=1e-12)
    monkeypatch.setattr("aelearn.detectors.base.CHUNK_VALUES", 100)
    np.testing.assert_allclose(fitted.anomaly_score(new), whole, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden", [(), (16,), (12, 8)])
def test_the_detectors_own_arithmetic_is_that_of_the_model(kind, hidden):
    one = detector(kind=kind, hidden=hidden, epochs=3).fit(x)
    z = one._scaled(new)
    code, reconstruction = one._forward(z)
    with shared_model(build, kind, 6, 2, hidden, None) as model:
        model.set_weights(one._weights)
        np.testing.assert_allclose(reconstruction, model.reconstruct(z), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(code, model.encoder(z), rtol=1e-4, atol=1e-5)


def test_the_error_score_is_that_of_the_scoring_module():
    one = detector(scored_by="error").fit(x)

    class Model:
        def reconstruct(self, z):
            return one._forward(z)[1]

    np.testing.assert_allclose(
        one.anomaly_score(new), scoring.reconstruction_error(Model(), one._scaled(new)), rtol=1e-5
    )
    np.testing.assert_allclose(one.feature_errors(new).mean(axis=1), one.anomaly_score(new))


def test_it_works_in_pipelines_and_searches():
    pipeline = make_pipeline(StandardScaler(), detector())
    labels = np.repeat([0, 1], 100)
    assert roc_auc_score(labels, -pipeline.fit(x).score_samples(np.vstack([new, strange]))) > 0.9

    def held_out_score(estimator, x_held_out, y=None):
        return estimator.score_samples(x_held_out).mean()

    search = GridSearchCV(
        detector(kind="plain", scored_by="error", epochs=100), {"latent_dim": [1, 2]}, scoring=held_out_score, cv=3
    ).fit(x)
    assert search.best_params_ == {"latent_dim": 2}


def test_pictures_are_scaled_together_and_measurements_each_by_itself():
    pictures, blocks = data.load("mnist5k").x[:300], data.load("page_blocks").x[:300]
    for rows, together in ((pictures, True), (blocks, False)):
        scale = detector(epochs=1).fit(rows)._scale
        assert (len(np.unique(scale)) == 1) is together
    assert len(np.unique(detector(epochs=1, scaling="each").fit(pictures)._scale)) > 10


@pytest.mark.parametrize(
    "rows",
    [
        x[:2],
        x[:3],
        x[:, :1],
        np.ones((30, 4)),
        np.hstack([x, np.full((300, 1), 1e9)]),
        x * 1e-30,
        x * 1e30,
        x.astype("float32"),
    ],
    ids=[
        "two rows",
        "three rows",
        "one feature",
        "constant",
        "a huge constant",
        "tiny values",
        "huge values",
        "float32",
    ],
)
@pytest.mark.parametrize("scored_by", SCORES)
def test_unusual_tables_work_and_values_far_out_never_give_nan(rows, scored_by):
    one = detector(scored_by=scored_by, epochs=3).fit(rows)
    for factor in (1, -1e6, 1e150):
        out = rows.astype(np.float64) * factor
        assert np.isfinite(one.anomaly_score(out)).all() and np.isfinite(one.p_value(out)).all()


def test_a_million_rows_are_scored_in_bounded_memory(fitted, monkeypatch):
    seen = []
    forward = fitted._forward
    monkeypatch.setattr(fitted, "_forward", lambda z: seen.append(len(z)) or forward(z))
    monkeypatch.setattr("aelearn.detectors.base.CHUNK_VALUES", 160_000)
    fitted.anomaly_score(np.resize(x, (50_000, 6)))
    assert max(seen) <= 10_000 and sum(seen) == 50_000


@pytest.mark.parametrize(
    ("keywords", "fragment"),
    [
        ({"kind": "magic"}, "kind is 'magic'"),
        ({"scored_by": "mean"}, "scored_by is 'mean'"),
        ({"scaling": "none"}, "scaling is 'none'"),
        ({"alpha": 0}, "alpha is 0"),
        ({"alpha": 5}, "pass 0.05"),
        ({"calibration": 1.0}, "calibration is 1.0"),
        ({"epochs": 0}, "epochs is 0"),
        ({"hidden": 8}, r"pass \(8,\)"),
        ({"latent_dim": -1}, "latent_dim is -1"),
        ({"learning_rate": -1}, "learning_rate is -1"),
        ({"n_neighbors": 0}, "n_neighbors is 0"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"noise_level": 0.5}, "kind='variational' adds no noise"),
        ({"noise_level": 0, "kind": "denoising"}, "noise_level is 0"),
    ],
)
def test_a_bad_parameter_is_named_when_fitting(keywords, fragment):
    with pytest.raises(ValueError, match=fragment):
        detector(**keywords).fit(x)


def test_an_unfitted_detector_says_so(tmp_path):
    for method in ("predict", "anomaly_score", "p_value", "feature_errors", "recalibrate"):
        with pytest.raises(NotFittedError):
            getattr(detector(), method)(x)
    with pytest.raises(NotFittedError):
        detector().save(tmp_path / "detector")
