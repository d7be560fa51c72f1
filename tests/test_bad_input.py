"""Bad input gets one sentence: the argument, what was found, what is wanted, the mend. And nothing is lost."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aelearn import data, evaluation, events, inputs, plots, scoring, thresholds, windows
from aelearn.course import check, claim, hint
from aelearn.detectors import AutoencoderDetector, GANDetector, SequenceDetector
from aelearn.models import Autoencoder, DenoisingAutoencoder, Forecaster, SparseAutoencoder, VariationalAutoencoder
from aelearn.training import train

pytestmark = pytest.mark.usefixtures("without_xla")

nan, inf = np.nan, np.inf
x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
with_nan = np.where(np.arange(80).reshape(20, 4) == 6, nan, x)
masked = np.ma.masked_where((np.arange(80).reshape(20, 4) == 13) | (np.arange(80).reshape(20, 4) == 30), x)
s = np.linspace(0.1, 2, 20)
y = np.repeat([0, 1], 10)
model = Autoencoder(4, latent_dim=2, hidden=(3,))


class Lies:
    """A model whose reconstruction has the wrong shape, or is not finite."""

    def __init__(self, answer):
        self.answer = answer

    def reconstruct(self, x):
        return self.answer


CASES = [
    # what is done, and parts that its sentence must have
    (lambda: train(model, with_nan, epochs=1), "x holds NaN", "1 of 20 rows", "row 1"),
    (lambda: train(model, np.where(x == x[3, 2], inf, x), epochs=1), "x holds NaN or infinity", "row 3"),
    (lambda: train(model, x[:0], epochs=1), "x has 0 rows", "at least 1"),
    (lambda: train(model, x[0], epochs=1), "x has shape (4,)", "x[None, :]"),
    (lambda: train(model, x.reshape(5, 4, 4), epochs=1), "x has shape (5, 4, 4)", "reshape"),
    (lambda: train(model, x[:, :3], epochs=1), "x has 3 columns and 4 are wanted", "same order"),
    (lambda: train(model, np.full((3, 4), "a"), epochs=1), "x holds <U1", "numbers are wanted"),
    (lambda: train(model, [[1, 2], [3]], epochs=1), "x has rows of different lengths"),
    (lambda: train(model, None, epochs=1), "x is None", "pass the data"),
    (lambda: train(model, masked, epochs=1), "x holds masked values in 2 of 20 rows (first: row 3)", "fill them in"),
    (lambda: train(model, x, epochs=1, validation=masked), "validation holds masked values"),
    (lambda: scoring.reconstruction_error(model, masked), "x holds masked values"),
    (lambda: thresholds.conformal(masked[:, 1], 0.5), "scores holds masked values in 1 of 20"),
    (lambda: evaluation.evaluate(np.ma.masked_equal(y, 1), s, 1), "y holds masked values in 10 of 20"),
    (lambda: inputs.array_like(masked, "X"), "X holds masked values"),
    (lambda: train(model, scipy.sparse.csr_matrix(x), epochs=1), "x is sparse (csr_matrix)", "x.toarray()"),
    (lambda: train(model, data.load("vowel"), epochs=1), "x is a Dataset", "dataset.x"),
    (lambda: train(model, data.split(data.load("vowel")), epochs=1), "x is a Split", "split.x_train"),
    (lambda: train(model, tf.data.Dataset.from_tensor_slices(x), epochs=1), "x is a tf.data.Dataset", ".batch(64)"),
    (lambda: train(model, pd.DataFrame({"a": [1, 2], "town": ["Ulm", "Bonn"]}), epochs=1), "column 'town'", "'Ulm'"),
    (lambda: train(model, pd.DataFrame({"a": pd.to_datetime(["2024-05-01"])}), epochs=1), "column 'a' (datetime64"),
    (lambda: thresholds.conformal(None, 0.5), "scores is None"),
    (lambda: evaluation.evaluate(None, s, 1), "y is None"),
    (lambda: train(model, x.astype(complex), epochs=1), "x holds complex128", "numbers are wanted"),
    (lambda: train(model, x.astype(float) * 1e60, epochs=1), "x holds values beyond 3e38", "scale it"),
    (lambda: train(model, x, epochs=0), "epochs is 0", "at least 1"),
    (lambda: train(model, x, epochs=2.5), "epochs is 2.5", "whole number"),
    (lambda: train(model, x, epochs=1, batch_size=-1), "batch_size is -1"),
    (lambda: train(model, x, epochs=1, learning_rate=0), "learning_rate is 0", "above 0"),
    (lambda: train(model, x, epochs=1, learning_rate=nan), "learning_rate is nan", "finite"),
    (lambda: train(model, x, epochs=1, seed=-1), "seed is -1", "at least 0"),
    (lambda: train(model, x, epochs=1, validation=x[:, :2]), "validation has 2 columns and 4 are wanted"),
    (lambda: train(model, x, epochs=1, validation=with_nan), "validation holds NaN"),
    (lambda: train(model, x, epochs=1, patience=3), "validation is None", "held-out normals"),
    (lambda: train(model, x, epochs=1, validation=x, patience=0), "patience is 0"),
    (lambda: Autoencoder(0, latent_dim=2), "n_features is 0"),
    (lambda: Autoencoder(4, latent_dim=1.5), "latent_dim is 1.5"),
    (lambda: Autoencoder(4, latent_dim=2, hidden=(8, 0)), "hidden is 0"),
    (lambda: Autoencoder(4, latent_dim=2, hidden=8), "hidden is 8", "(8,)"),
    (lambda: SparseAutoencoder(4, latent_dim=2, penalty="l2"), "penalty is 'l2'", "'l1', 'kl'"),
    (lambda: SparseAutoencoder(4, latent_dim=2, weight=-1), "weight is -1", "at least 0"),
    (lambda: SparseAutoencoder(4, latent_dim=2, target_rate=1), "target_rate is 1"),
    (lambda: DenoisingAutoencoder(4, latent_dim=2, corruption="blur"), "corruption is 'blur'", "'masking'"),
    (lambda: DenoisingAutoencoder(4, latent_dim=2, level=0), "level is 0", "above 0"),
    (lambda: DenoisingAutoencoder(4, latent_dim=2, corruption="masking", level=30), "level is 30", "for 30 % pass 0.3"),
    (lambda: VariationalAutoencoder(4, latent_dim=2, likelihood="mse"), "likelihood is 'mse'", "'bernoulli'"),
    (lambda: VariationalAutoencoder(4, latent_dim=2, beta=-1), "beta is -1", "at least 0"),
    (lambda: VariationalAutoencoder(4, latent_dim=2, noise=0), "noise is 0", "above 0"),
    (
        lambda: VariationalAutoencoder(4, latent_dim=2, likelihood="bernoulli").elbo(x),
        "x holds values from",
        "divide the pixels",
    ),
    (lambda: train(VariationalAutoencoder(4, latent_dim=2, likelihood="bernoulli"), x, epochs=1), "[0, 1]"),
    (lambda: VariationalAutoencoder(4, latent_dim=2).elbo(with_nan), "x holds NaN"),
    (lambda: VariationalAutoencoder(4, latent_dim=2).kl(x[:, :3]), "x has 3 columns and 4 are wanted"),
    (lambda: VariationalAutoencoder(4, latent_dim=2).elbo(x, n_draws=0), "n_draws is 0"),
    (lambda: VariationalAutoencoder(4, latent_dim=2).generate(0), "n is 0"),
    (lambda: data.results("scores"), "name is 'scores'", "'picture_sizes'"),
    (lambda: model.reset_weights("one"), "seed is 'one'"),
    (lambda: model.reconstruct(x[:, :1]), "x has 1 columns and 4 are wanted"),
    (lambda: scoring.reconstruction_error(model, with_nan), "x holds NaN"),
    (lambda: scoring.reconstruction_error(model, x[:0]), "x has 0 rows"),
    (lambda: scoring.reconstruction_error(model, x, batch_size=0), "batch_size is 0"),
    (lambda: scoring.reconstruction_error(None, x), "model is a NoneType", "reconstruct"),
    (lambda: scoring.feature_errors(Lies(x[:, :2]), x), "returned shape (20, 2) and (20, 4) is wanted"),
    (lambda: scoring.feature_errors(Lies(with_nan), x), "returned NaN or infinity", "learning rate"),
    (lambda: scoring.normalised_error(model, x, np.zeros(4)), "spread", "only zeros"),
    (lambda: scoring.normalised_error(model, x, [1, 2]), "spread has 2 values and x has 4 columns"),
    (lambda: thresholds.conformal(s, 0), "alpha is 0", "between 0 and 1"),
    (lambda: thresholds.conformal(s, 1), "alpha is 1"),
    (lambda: thresholds.conformal(s, 5), "alpha is 5", "for 5 % pass 0.05"),
    (lambda: thresholds.conformal(s, nan), "alpha is nan"),
    (lambda: thresholds.conformal(s, "0.05"), "alpha is '0.05'"),
    (lambda: thresholds.conformal(s, 0.01), "scores has 20 values", "needs at least 99"),
    (lambda: thresholds.conformal([], 0.1), "scores has 0 values"),
    (lambda: thresholds.conformal([1.0, nan], 0.5), "scores holds NaN"),
    (lambda: thresholds.conformal(x, 0.1), "scores has shape (20, 4)", "one number a sample"),
    (lambda: thresholds.conformal(["a"], 0.1), "scores holds <U1"),
    (lambda: thresholds.quantile(s, -0.1), "alpha is -0.1"),
    (lambda: thresholds.fixed(s, inf), "value is inf", "finite"),
    (lambda: thresholds.mean_plus_k_sd([1.0]), "scores has 1 values", "at least 2"),
    (lambda: thresholds.mad(s, None), "k is None"),
    (lambda: thresholds.peaks_over_threshold(s, 0.3), "alpha is 0.3", "larger tail"),
    (lambda: thresholds.peaks_over_threshold(s, 0.01), "scores has 20 values and at least 50"),
    (lambda: thresholds.peaks_over_threshold(np.ones(60), 0.01), "no spread in its tail"),
    (lambda: thresholds.p_values([], s), "calibration_scores has 0 values"),
    (lambda: evaluation.evaluate(y[:5], s, 1), "y has 5 labels and 20 are wanted"),
    (lambda: evaluation.evaluate(2 * y - 1, s, 1), "y holds -1, 1", "np.where(y == -1, 1, 0)"),
    (lambda: evaluation.evaluate(y + 3, s, 1), "y holds 3, 4", "0 (normal) and 1 (anomaly)"),
    (lambda: evaluation.evaluate(np.zeros(20), s, 1), "y holds only normal samples"),
    (lambda: evaluation.evaluate(np.ones(20), s, 1), "y holds only anomalies"),
    (lambda: evaluation.evaluate([], [], 1), "scores has 0 values"),
    (lambda: evaluation.evaluate(y, s, None), "threshold is None"),
    (lambda: evaluation.evaluate(y, s, 1, base_rate=0), "base_rate is 0"),
    (lambda: evaluation.precision_at(1.5, 0.1, 0.1), "recall is 1.5", "from 0 to 1"),
    (lambda: data.load("minst5k"), "name is 'minst5k'", "mnist5k"),
    (lambda: data.load("vowel", source="web"), "source is 'web'"),
    (lambda: data.load("vowel", source="online"), "vowel is only bundled"),
    (lambda: data.load("mnist"), "not bundled", "mnist5k"),
    (lambda: data.load("mnist5k", normal=(11,)), "normal is (11,)"),
    (lambda: data.load("digits", normal=range(10)), "some but not all"),
    (lambda: data.load("ecg_208", normal=(1,)), "ecg_208 is a series"),
    (lambda: data.split(x), "dataset is a ndarray", "load(...)"),
    (lambda: data.split(data.load("ecg_208")), "ecg_208 is a series", "by time"),
    (lambda: data.split(data.load("vowel"), test=1.0), "test is 1.0"),
    (lambda: data.split(data.load("breast_cancer"), test=0.6, calibration=0.4), "357 normal rows", "smaller shares"),
    (lambda: data.split(data.load("vowel"), test=0.6, calibration=0.4), "15 groups with normal rows", "other shares"),
    (lambda: data.split(data.load("vowel"), by="speaker"), "by is 'speaker'"),
    (lambda: plots.score_histogram([nan], s, title="", description=""), "normal holds NaN"),
    (lambda: plots.pictures({"a": x[0]}, title="", description=""), "a has shape (4,)"),
    (lambda: plots.show(None, "short"), "description is too short"),
    (lambda: claim("all of them", s > 0), "holds is an array", ".all()"),
    (lambda: claim("a number", 0.7), "holds is 0.7", "comparison"),
    (lambda: check("42.1", 1), "no exercise '42.1'"),
    (lambda: hint("00.99"), "no exercise '00.99'"),
]

wave = np.sin(np.arange(200) / 3)
torn = np.where(np.arange(200) == 7, nan, wave)
one_inf = np.where(x == x[3, 2], inf, x)
small = {"hidden": (4,), "epochs": 1, "random_state": 0}


def fitted(kind=AutoencoderDetector, rows=x, calibration=None, **changed):
    return kind(**{**small, **changed}).fit(rows, X_calibration=calibration)


OF_SERIES_AND_DETECTORS = [
    (lambda: windows.cut(torn, 10), "series holds NaN", "row 7"),
    (lambda: windows.cut(wave, 300), "series has 200 points and one window needs 300"),
    (lambda: windows.cut(wave, 0), "length is 0"),
    (lambda: windows.cut(wave, 10, step=0), "step is 0"),
    (lambda: windows.cut(np.zeros((3, 3, 3)), 1), "series has shape (3, 3, 3)", "(points, channels)"),
    (lambda: windows.cut([], 1), "series has 0 rows"),
    (lambda: windows.cut(["a", "b"], 1), "series holds <U1"),
    (lambda: windows.next_values(wave[:10], 10), "10 points", "needs 11"),
    (lambda: windows.split_by_time(100, [0.5, 0.9]), "shares is [0.5, 0.9]", "sum to 1"),
    (lambda: windows.split_by_time(100, [1.5, -0.5]), "shares is [1.5, -0.5]", "above 0"),
    (lambda: windows.split_by_time(0, [0.5, 0.5]), "n is 0"),
    (lambda: windows.split_by_time(100, [0.5, 0.5], gap=200), "gap of 200", "a part would be empty"),
    (lambda: windows.to_points(s, 200, 10), "scores has 20 rows", "191 windows"),
    (lambda: windows.to_points(wave[:191], 200, 10, reduce="sum"), "reduce is 'sum'", "'mean', 'max'"),
    (lambda: windows.to_points(wave[:191], 200, 10, at="begin"), "at is 'begin'", "'cover', 'end'"),
    (lambda: events.events([0, 1, 2]), "y holds 0, 1, 2"),
    (lambda: events.events(None), "y is None"),
    (lambda: events.events([[0, 1]]), "y has shape (1, 2)", "ravel"),
    (lambda: events.evaluate_events(y, y[:3]), "y has 20 labels and 3 are wanted"),
    (lambda: events.evaluate_events(np.zeros(5), np.zeros(5)), "y holds no anomaly"),
    (lambda: events.best_f1(np.zeros(20), s), "y holds no anomaly"),
    (lambda: events.best_f1(y, np.where(y == 1, nan, s)), "scores holds NaN", "10 of 20"),
    (lambda: events.point_adjusted(y, s[:3]), "y has 20 labels and 3 are wanted"),
    (lambda: events.vus_pr(y, s, max_buffer=-1), "max_buffer is -1"),
    (lambda: events.vus_pr(y, s, max_buffer=1.5), "max_buffer is 1.5", "whole number"),
    (lambda: thresholds.tolerance(s, 0.05), "scores has 20 values", "at least 59"),
    (lambda: thresholds.tolerance(s, 0.3, confidence=1), "confidence is 1"),
    (lambda: thresholds.p_values(s, [nan]), "scores holds NaN"),
    (lambda: thresholds.fixed(s, 10**400), "value is 1000", "finite number"),
    (lambda: evaluation.evaluate(y, s, 1, resamples=-1), "resamples is -1"),
    (lambda: evaluation.evaluate(y, s, inf), "threshold is inf"),
    (lambda: scoring.cosine_distance(None, x), "model is a NoneType"),
    (lambda: AutoencoderDetector(**small).predict(x), "not fitted yet"),
    (lambda: fitted(rows=one_inf), "X holds NaN or infinity in 1 of 20 rows", "row 3"),
    (lambda: fitted(rows=x[:1]), "1 sample(s)", "minimum of 2"),
    (lambda: fitted(rows=np.full((30, 2), "a")), "could not convert string"),
    (lambda: fitted(calibration=x[:, :2]), "2 features", "expecting 4"),
    (lambda: fitted(calibration=x[:0]), "0 sample(s)"),
    (lambda: fitted(scored_by="mse"), "scored_by is 'mse'", "'neighbours'"),
    (lambda: fitted(alpha=5), "alpha is 5", "for 5 % pass 0.05"),
    (lambda: AutoencoderDetector(calibration=1.0, **small).fit(x), "calibration is 1.0"),
    (lambda: fitted(latent_dim=0), "latent_dim is 0"),
    (lambda: fitted(scaling="minmax"), "scaling is 'minmax'", "'together'"),
    (lambda: fitted(n_neighbors=0), "n_neighbors is 0"),
    (lambda: AutoencoderDetector(kind="deep", **small).fit(x), "kind is 'deep'", "'variational'"),
    (lambda: AutoencoderDetector(kind="denoising", noise_level=-1, **small).fit(x), "noise_level is -1"),
    (lambda: fitted(GANDetector, latent_dim=-1), "latent_dim is -1"),
    (lambda: fitted(GANDetector, one_inf), "X holds NaN or infinity"),
    (lambda: SequenceDetector(length=10).fit(torn), "X holds NaN or infinity at 1 of 200 points", "tear time"),
    (lambda: SequenceDetector(length=50).fit(wave[:40]), "40 points", "needs 224"),
    (lambda: SequenceDetector(kind="arima").fit(wave), "kind is 'arima'", "'forecast'"),
    (lambda: SequenceDetector(level="none", length=10).fit(wave), "level is 'none'", "'running'"),
    (lambda: SequenceDetector(length=1.5).fit(wave), "length is 1.5"),
    (lambda: SequenceDetector(length=5).fit(np.zeros((4, 5, 6))), "X has shape (4, 5, 6)", "one series"),
    (lambda: Forecaster(0), "length is 0"),
]


@pytest.mark.parametrize(
    ("action", "fragments"), [(action, fragments) for action, *fragments in CASES + OF_SERIES_AND_DETECTORS]
)
def test_bad_input_is_refused_with_one_clear_sentence(action, fragments):
    with pytest.raises(ValueError) as refusal:
        action()
    sentence = str(refusal.value)
    for fragment in fragments:
        assert fragment in sentence, sentence
    assert "\n" not in sentence and len(sentence) < 250


def test_a_refused_training_leaves_the_model_as_it_was():
    before = model.get_weights()
    with pytest.raises(ValueError):
        train(model, with_nan, epochs=1)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize(
    "odd",
    [
        np.ma.array(x),
        pd.DataFrame(x),
        x[:1],
        np.ones((5, 4)),
        np.zeros((3, 4)),
        x.astype(int),
        x > 0,
        x.tolist(),
        np.asfortranarray(x),
        x[::-2],
    ],
    ids=[
        "nothing masked",
        "data frame",
        "one row",
        "constant",
        "zeros",
        "integers",
        "booleans",
        "lists",
        "Fortran order",
        "reversed view",
    ],
)
def test_unusual_but_sound_input_works(odd):
    train(model, odd, epochs=1)
    assert np.isfinite(scoring.reconstruction_error(model, odd)).all()
    assert np.isfinite(scoring.cosine_distance(model, odd)).all()


VALUES = st.one_of(
    st.floats(width=32),  # NaN and infinities among them
    st.sampled_from([0.0, 1.0, 1e30, -1e30, 1e-30]),
)


@given(hnp.arrays(np.float32, st.integers(0, 60), elements=VALUES), st.floats(-0.1, 1.1))
@settings(max_examples=150, deadline=None)
def test_thresholds_of_any_scores_are_finite_or_refused_in_a_sentence(scores, alpha):
    for rule in (
        lambda: thresholds.conformal(scores, alpha),
        lambda: thresholds.quantile(scores, alpha),
        lambda: thresholds.mean_plus_k_sd(scores),
        lambda: thresholds.mad(scores),
        lambda: thresholds.peaks_over_threshold(scores, alpha),
        lambda: thresholds.tolerance(scores, alpha),
        lambda: thresholds.p_values(scores, scores),
    ):
        try:
            assert np.isfinite(rule()).all()
        except ValueError as refusal:
            assert "\n" not in str(refusal)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
        st.tuples(st.integers(0, 30), st.integers(1, 4)),
        fill=st.nothing(),
    ),
    st.sampled_from([None, nan, inf, 1e30]),
    st.booleans(),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_detector_gives_finite_scores_or_a_sentence_for_any_table(rows, put, constant):
    if put is not None and rows.size and rows.dtype.kind == "f":
        rows[0, 0] = put
    if constant:
        rows[:, 0] = 1
    for one in (AutoencoderDetector(**small), AutoencoderDetector(kind="plain", scored_by="error", **small)):
        try:
            assert np.isfinite(one.fit(rows).anomaly_score(rows)).all()
            assert set(one.predict(rows)) <= {-1, 1}
        except ValueError as refusal:
            assert "tensorflow" not in str(refusal).lower() and str(refusal)
