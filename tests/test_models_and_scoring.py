"""Shapes, seeds, and scores that do not depend on how the rows are cut into batches."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import multivariate_normal, norm

from aelearn import scoring
from aelearn.models import Autoencoder, DenoisingAutoencoder, SparseAutoencoder, VariationalAutoencoder
from aelearn.training import train

x = np.random.default_rng(0).normal(size=(257, 12)).astype("float32")
model = Autoencoder(12, latent_dim=4, hidden=(9, 6))


class Gives:
    """A model with a fixed answer."""

    def __init__(self, reconstruct):
        self.reconstruct = reconstruct


def test_the_decoder_mirrors_the_encoder():
    widths = [layer.units for layer in (*model.encoder.layers, *model.decoder.layers)]
    assert widths == [9, 6, 4, 6, 9, 12]
    assert model.count_params() == sum((a + 1) * b for a, b in zip([12, 9, 6, 4, 6, 9], widths, strict=True))


def test_code_and_reconstruction_have_their_shapes():
    assert model.encoder(x).shape == (257, 4) and model(x).shape == (257, 12)
    assert isinstance(model.reconstruct(x), np.ndarray) and model.reconstruct(x[:1]).shape == (1, 12)


def test_initial_weights_follow_the_seed():
    again, other = (Autoencoder(12, latent_dim=4, hidden=(9, 6), seed=seed) for seed in (0, 1))
    assert np.array_equal(model.get_weights()[0], again.get_weights()[0])
    assert not np.array_equal(model.get_weights()[0], other.get_weights()[0])
    other.reset_weights(0)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True))


def test_the_training_loss_is_the_mean_of_the_reconstruction_errors():
    assert float(model.training_loss(x)) == pytest.approx(scoring.reconstruction_error(model, x).mean(), rel=1e-5)


@pytest.mark.parametrize("batch_size", [1, 2, 7, 64, 256, 257, 10_000])
@pytest.mark.parametrize("score", [scoring.reconstruction_error, scoring.feature_errors, scoring.cosine_distance])
def test_scores_agree_for_any_batch_size(score, batch_size):
    """Up to what 32-bit sums of another order differ by: the network's products are taken in blocks of rows."""
    np.testing.assert_allclose(score(model, x, batch_size=batch_size), score(model, x), rtol=1e-5, atol=1e-6)


def test_the_error_is_the_mean_over_features_of_the_feature_errors():
    errors = scoring.feature_errors(model, x)
    assert errors.shape == x.shape and (errors >= 0).all()
    np.testing.assert_allclose(scoring.reconstruction_error(model, x), errors.mean(axis=1))


def test_normalised_error_is_one_on_average_where_its_spread_was_measured():
    spread = scoring.feature_errors(model, x).mean(axis=0)
    assert scoring.normalised_error(model, x, spread).mean() == pytest.approx(1)
    spread[3] = 0  # a feature without any error counts like the steadiest of the others
    assert np.isfinite(scoring.normalised_error(model, x, spread)).all()


def test_cosine_distance_looks_at_the_pattern_and_not_at_its_strength():
    np.testing.assert_allclose(scoring.cosine_distance(Gives(lambda x: 3 * x), x), 0, atol=1e-6)
    np.testing.assert_allclose(scoring.cosine_distance(Gives(lambda x: -x), x), 2, atol=1e-6)
    np.testing.assert_allclose(scoring.cosine_distance(Gives(np.zeros_like), x), 1)


def structured(n, seed=0):
    generator = np.random.default_rng(seed)
    return (generator.normal(size=(n, 3)) @ np.random.default_rng(9).normal(size=(3, 12))).astype("float32")


@pytest.mark.parametrize("penalty", ["l1", "kl"])
def test_a_sparse_code_is_sparser_than_an_unpenalised_one_and_more_weight_makes_it_sparser(penalty):
    activity = []
    for weight in (0.0, 1.0, 10.0):
        sparse = SparseAutoencoder(12, latent_dim=24, hidden=(16,), penalty=penalty, weight=weight)
        train(sparse, structured(400), epochs=60, learning_rate=3e-3)
        activity.append(float(np.mean(sparse.encoder(structured(100, seed=1)))))
    assert activity[0] > 2 * activity[1] and activity[1] > 1.3 * activity[2]


@pytest.mark.parametrize("penalty", ["l1", "kl"])
def test_the_sparse_loss_is_the_error_plus_the_weighted_penalty(penalty):
    batch = structured(50)
    losses = {}
    for weight in (0.0, 0.5, 1.0):
        sparse = SparseAutoencoder(12, latent_dim=24, hidden=(16,), penalty=penalty, weight=weight)
        losses[weight] = float(sparse.training_loss(batch))
        assert scoring.reconstruction_error(sparse, batch).mean() == pytest.approx(losses[0.0], rel=1e-4)
    assert losses[1.0] - losses[0.5] == pytest.approx(losses[0.5] - losses[0.0], rel=1e-3) and losses[1.0] > losses[0.0]


@pytest.mark.parametrize(
    "variant",
    [
        lambda seed: SparseAutoencoder(12, latent_dim=5, penalty="kl", weight=0.3, seed=seed),
        lambda seed: DenoisingAutoencoder(12, latent_dim=5, corruption="masking", level=0.2, seed=seed),
        lambda seed: VariationalAutoencoder(12, latent_dim=5, noise=0.5, beta=2.0, hidden=(), seed=seed),
    ],
    ids=["sparse", "denoising", "variational"],
)
def test_a_reset_variant_keeps_its_settings(variant):
    reset, fresh = variant(0), variant(8)
    reset.reset_weights(8)
    assert float(reset.training_loss(x)) == float(fresh.training_loss(x))


def noisy(rows, seed):
    return (rows + 0.5 * np.random.default_rng(seed).normal(size=rows.shape)).astype("float32")


def test_a_denoiser_removes_noise_it_was_not_trained_on():
    one, clean = DenoisingAutoencoder(12, latent_dim=12, level=0.5), structured(300, seed=1)
    train(one, structured(2000), epochs=30)
    left = np.square(one.reconstruct(noisy(clean, 7)) - clean).mean()
    assert left < 0.4 * 0.25  # .25 is the noise that came in; its share inside the data's three dimensions must stay


def test_what_a_denoiser_learns_from_is_the_corrupted_sample_and_what_it_aims_at_is_the_clean_one():
    one, seen = DenoisingAutoencoder(12, latent_dim=4), []
    one.corrupt = lambda batch: seen.append(batch) or tf.zeros_like(batch)
    loss = float(one.training_loss(x))
    np.testing.assert_array_equal(seen[0], x)
    assert loss == pytest.approx(np.square(x - one.reconstruct(np.zeros_like(x))).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("corruption", "what_is_true"),
    [
        ("gaussian", lambda x, y: abs((y - x).std() - 0.3) < 0.02 and abs((y - x).mean()) < 0.02),
        ("masking", lambda x, y: abs((y == 0).mean() - 0.3) < 0.03 and ((y == 0) | (y == x)).all()),
        (
            "salt_and_pepper",
            lambda x, y: (
                abs((y == x.min()).mean() - 0.15) < 0.03
                and abs((y == x.max()).mean() - 0.15) < 0.03
                and np.isin(y[y != x], (x.min(), x.max())).all()
            ),
        ),
    ],
)
def test_each_corruption_does_what_its_name_says_and_another_time_something_else(corruption, what_is_true):
    one = DenoisingAutoencoder(12, latent_dim=4, corruption=corruption, level=0.3)
    first, second = one.corrupt(x).numpy(), one.corrupt(x).numpy()
    assert what_is_true(x, first) and what_is_true(x, second) and not np.array_equal(first, second)


@pytest.mark.parametrize("variant", [DenoisingAutoencoder, VariationalAutoencoder])
def test_the_noise_of_a_training_follows_its_seed(variant):
    one = variant(12, latent_dim=4, hidden=(8,))
    weights = []
    for seed in (0, 1, 0):
        one.reset_weights(0)
        train(one, x, epochs=3, seed=seed)
        weights.append(np.concatenate([w.ravel() for w in one.get_weights()]))
    assert np.array_equal(weights[0], weights[2]) and not np.array_equal(weights[0], weights[1])


@pytest.fixture(scope="module")
def variational():
    one = VariationalAutoencoder(12, latent_dim=6, hidden=(32,), noise=0.5)
    train(one, structured(1000), epochs=150, learning_rate=3e-3)
    return one


def test_the_kl_is_positive_and_is_that_of_scipys_distributions(variational):
    kl = variational.kl(x)
    assert kl.shape == (257, 6) and (kl >= 0).all() and kl.sum(axis=1).min() > 0.1
    mean, log_variance = (np.asarray(part, float) for part in variational.encode(x[:1]))
    sd = np.exp(log_variance / 2)
    draws = mean + sd * np.random.default_rng(0).normal(size=(200_000, 6))
    by_sampling = (norm.logpdf(draws, mean, sd) - norm.logpdf(draws)).mean(axis=0)
    np.testing.assert_allclose(kl[0], by_sampling, atol=0.02)


def test_the_variational_loss_grows_with_beta_by_the_kl_term():
    batch, losses = structured(200), {}
    for beta in (0.0, 1.0, 2.0):
        one = VariationalAutoencoder(12, latent_dim=4, beta=beta)
        losses[beta] = float(one.training_loss(batch))
    kl = one.kl(batch).sum(axis=1).mean()
    assert kl > 0.1
    assert losses[1.0] - losses[0.0] == pytest.approx(kl, rel=1e-3)
    assert losses[2.0] - losses[1.0] == pytest.approx(kl, rel=1e-3)


def test_more_beta_leaves_less_kl_and_much_beta_leaves_none():
    left = []
    for beta in (0.1, 1.0, 1000.0):
        one = VariationalAutoencoder(12, latent_dim=4, hidden=(16,), noise=0.5, beta=beta)
        train(one, structured(500), epochs=60, learning_rate=3e-3)
        left.append(one.kl(structured(100, seed=1)).sum(axis=1).mean())
    assert left[0] > 1.2 * left[1] > 10 * left[2] and left[2] < 0.1


def test_scoring_twice_gives_the_same_scores_whatever_the_batch(variational, monkeypatch):
    for score in (variational.elbo, variational.importance_weighted_bound, variational.kl, variational.reconstruct):
        first = score(x)
        np.testing.assert_array_equal(score(x), first)
        monkeypatch.setattr("aelearn._shared.CHUNK", 100)
        np.testing.assert_allclose(score(x), first, rtol=1e-4, atol=1e-3)
        monkeypatch.undo()


def test_the_bounds_come_in_their_order_and_the_tighter_one_meets_the_truth_where_it_is_known():
    """With a linear decoder, x is normal and log p(x) has a closed form."""
    one = VariationalAutoencoder(12, latent_dim=3, hidden=(), noise=0.5)
    train(one, structured(1000), epochs=60, learning_rate=3e-3)
    rows = structured(200, seed=1)
    weights, bias = (np.asarray(w, float) for w in one.decoder.get_weights())
    truth = multivariate_normal(bias, weights.T @ weights + 0.25 * np.eye(12)).logpdf(rows)
    elbo, bound = one.elbo(rows, n_draws=200), one.importance_weighted_bound(rows, n_draws=500)
    assert elbo.mean() < bound.mean() < truth.mean() + 0.1
    np.testing.assert_allclose(bound, truth, atol=1.0)


def test_a_bernoulli_likelihood_is_the_cross_entropy_of_pixels():
    pixels = np.random.default_rng(0).uniform(size=(20, 12)).astype("float32")
    one = VariationalAutoencoder(12, latent_dim=2, likelihood="bernoulli")
    output = np.clip(one.decoder(np.zeros((20, 2), "float32")).numpy().astype(float), 1e-6, 1 - 1e-6)
    wanted = (pixels * np.log(output) + (1 - pixels) * np.log(1 - output)).sum(axis=1)
    np.testing.assert_allclose(one._log_likelihood(pixels, output.astype("float32")), wanted, rtol=1e-5)


def test_generated_samples_follow_their_seed_and_look_like_the_data(variational):
    drawn = variational.generate(2000, seed=3)
    assert drawn.shape == (2000, 12)
    np.testing.assert_array_equal(variational.generate(2000, seed=3), drawn)
    spread = structured(1000).std(axis=0)
    np.testing.assert_allclose(drawn.std(axis=0), spread, rtol=0.35)
