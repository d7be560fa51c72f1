"""The game is fair, repeatable and loses no row; the two ways back find codes."""

import warnings

import numpy as np
import pytest

from aelearn import _shared, training
from aelearn.models import GAN, LatentEncoder, latent_search, residual_score
from aelearn.training import train, train_gan

rng = np.random.default_rng(0)
mixing = rng.normal(size=(2, 6))
x = rng.normal(size=(300, 2)) @ mixing + 0.1 * rng.normal(size=(300, 6))


@pytest.fixture(scope="module")
def small():
    return GAN(6, latent_dim=2, hidden=(16,))


def test_the_generator_learns_where_the_samples_lie_and_how_far_they_spread():
    model = GAN(2, latent_dim=4, hidden=(32, 32))
    cloud = np.random.default_rng(1).normal([3, -1], [0.5, 2], (1024, 2))
    train_gan(model, cloud, epochs=100, seed=0)
    made = model.generate(2000, seed=1)
    assert made.shape == (2000, 2)
    np.testing.assert_allclose(made.mean(axis=0), [3, -1], atol=0.4)
    np.testing.assert_allclose(made.std(axis=0), [0.5, 2], rtol=0.4)


def test_the_same_seed_gives_the_same_game_bit_for_bit(small):
    weights = []
    for seed in (0, 0, 1):
        small.reset_weights(0)
        history = train_gan(small, x, epochs=3, seed=seed)
        weights.append(np.concatenate([w.ravel() for w in small.get_weights()]))
    assert np.array_equal(weights[0], weights[1]) and not np.array_equal(weights[0], weights[2])
    assert len(history.discriminator_loss) == len(history.generator_loss) == 3
    assert np.array_equal(small.generate(5, seed=3), small.generate(5, seed=3))


def test_the_initial_weights_follow_the_seed_alone(small):
    small.reset_weights(7)
    fresh = GAN(6, latent_dim=2, hidden=(16,), seed=7).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(small.get_weights(), fresh, strict=True))


@pytest.mark.parametrize(("n", "batch_size", "steps"), [(130, 64, 3), (64, 64, 1), (5, 64, 1), (65, 64, 2)])
def test_no_row_is_lost_in_the_last_batch(n, batch_size, steps):
    order = _shared.full_batches(np.random.default_rng(0), n, batch_size)
    assert order.shape == (steps, batch_size) and set(order.ravel()) == set(range(n))


def test_a_single_far_row_of_the_last_batch_changes_the_game(small):
    """65 rows in batches of 64: whatever the order, each of them is played with."""
    weights = []
    for far in (0.0, 50.0):
        rows = np.zeros((65, 6))
        rows[-1] = far
        small.reset_weights(0)
        train_gan(small, rows, epochs=1, seed=0)
        weights.append(small.get_weights()[0])
    assert not np.array_equal(*weights)


def test_each_player_moves_its_own_weights_only(small):
    small.reset_weights(0)
    optimizers, run_epoch = training._compile_game(small, 1)
    optimizers[0].learning_rate.assign(0.0)
    optimizers[1].learning_rate.assign(0.01)
    before = [network.get_weights() for network in (small.generator, small.features, small.judge)]
    run_epoch(np.zeros((1, 8, 6), np.float32), np.ones((1, 2, 8, 2), np.float32))
    after = [network.get_weights() for network in (small.generator, small.features, small.judge)]
    assert not np.array_equal(before[0][0], after[0][0])
    assert all(np.array_equal(a, b) for i in (1, 2) for a, b in zip(before[i], after[i], strict=True))


def test_a_loss_that_is_not_finite_stops_the_game_at_the_last_finite_weights(small):
    small.reset_weights(0)
    with pytest.warns(UserWarning, match="last finite weights"):
        history = train_gan(small, x, epochs=5, learning_rate=1e30)
    assert history.stopped == "the loss was nan in epoch 1" and all(np.isfinite(w).all() for w in small.get_weights())


def test_the_search_and_the_encoder_find_codes_of_what_the_generator_made(small):
    small.reset_weights(0)
    train_gan(small, x, epochs=40)
    frozen = [w.copy() for w in small.get_weights()]
    made = small.generate(200, seed=5)
    encoder = LatentEncoder(small)
    train(encoder, made, epochs=100)
    shuffled = np.roll(made, 1, axis=0)
    for codes in (latent_search(small, made, steps=200), encoder.encode(made)):
        assert residual_score(small, made, codes).mean() < 0.1 * residual_score(small, shuffled, codes).mean()
    assert encoder.reconstruct(made).shape == made.shape
    assert all(np.array_equal(a, b) for a, b in zip(small.get_weights(), frozen, strict=True))


def test_each_row_is_searched_for_by_itself(small):
    """The same start for a row, alone or among others, leads to the same code."""
    many, one = latent_search(small, x[:20], steps=30), latent_search(small, x[:1], steps=30)
    np.testing.assert_allclose(many[:1], one, rtol=1e-3, atol=1e-4)


def test_a_loss_out_of_all_bounds_is_warned_of_and_nothing_is_changed(small):
    small.reset_weights(0)
    with pytest.warns(UserWarning, match="nats and a game of equals.*the networks have diverged; scale the data"):
        history = train_gan(small, x, epochs=5, learning_rate=10.0)
    assert history.stopped is None and max(history.discriminator_loss + history.generator_loss) > 745


def test_a_sound_game_is_played_without_a_warning(small):
    small.reset_weights(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train_gan(small, x, epochs=20)


@pytest.mark.parametrize(
    ("act", "fragment"),
    [
        (lambda gan: GAN(0, latent_dim=2), "n_features is 0"),
        (lambda gan: GAN(6, latent_dim=0), "latent_dim is 0"),
        (lambda gan: GAN(6, latent_dim=2, hidden=()), r"hidden is \(\)"),
        (lambda gan: GAN(6, latent_dim=2, hidden=8), r"pass \(8,\)"),
        (lambda gan: GAN(6, latent_dim=2, seed=-1), "seed is -1"),
        (lambda gan: gan.generate(0), "n is 0"),
        (lambda gan: train_gan(gan, x[:, :5], epochs=1), "5 columns and 6"),
        (lambda gan: train_gan(gan, np.full((9, 6), np.nan), epochs=1), "NaN or infinity"),
        (lambda gan: train_gan(gan, x, epochs=0), "epochs is 0"),
        (lambda gan: train_gan(gan, x, epochs=1, batch_size=0), "batch_size is 0"),
        (lambda gan: train_gan(gan, x, epochs=1, learning_rate=0), "learning_rate is 0"),
        (lambda gan: latent_search(gan, x[0]), "shape"),
        (lambda gan: latent_search(gan, x, steps=0), "steps is 0"),
        (lambda gan: latent_search(gan, x, weight=-1), "weight is -1"),
        (lambda gan: residual_score(gan, x, np.zeros((3, 2))), "one code for each row"),
        (lambda gan: residual_score(gan, x, np.zeros((300, 3))), "codes has 3 columns"),
        (lambda gan: LatentEncoder(5), "gan is a int"),
        (lambda gan: LatentEncoder(gan, weight=-1), "weight is -1"),
        (lambda gan: LatentEncoder(gan).encode(x[:, :2]), "2 columns and 6"),
        (lambda gan: train_gan(gan, np.ma.masked_greater(x, 1), epochs=1), "x holds masked values"),
        (lambda gan: train_gan(gan, None, epochs=1), "x is None"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(small, act, fragment):
    with pytest.raises(ValueError, match=fragment) as refusal:
        act(small)
    assert "\n" not in str(refusal.value)
