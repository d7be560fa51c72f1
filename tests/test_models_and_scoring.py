"""Shapes, seeds, and scores that do not depend on how the rows are cut into batches."""

import numpy as np
import pytest

from aelearn import scoring
from aelearn.models import Autoencoder, SparseAutoencoder
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
    np.testing.assert_allclose(score(model, x, batch_size=batch_size), score(model, x), atol=1e-6)


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


def test_a_reset_variant_keeps_its_settings():
    sparse, fresh = (SparseAutoencoder(12, latent_dim=5, penalty="kl", weight=0.3, seed=seed) for seed in (0, 8))
    sparse.reset_weights(8)
    assert float(sparse.training_loss(x)) == float(fresh.training_loss(x))
