"""Bad input gets one sentence: the argument, what was found, what is wanted, the mend. And nothing is lost."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf

from aelearn import data, evaluation, inputs, plots, scoring, thresholds
from aelearn.course import check, claim, hint
from aelearn.models import Autoencoder, DenoisingAutoencoder, SparseAutoencoder, VariationalAutoencoder
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


@pytest.mark.parametrize(("action", "fragments"), [(action, fragments) for action, *fragments in CASES])
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
