"""The game is fair, repeatable and loses no row; the ways back find codes; the detector is one of scikit-learn's."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import estimator_checks_generator

from aelearn import gan as gans
from aelearn.gan import GAN, GANDetector, LatentEncoder, latent_search, residual_score, train_gan
from aelearn.training import train

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


@pytest.fixture(scope="module")
def small():
    return GAN(6, latent_dim=2, hidden=(16,))


@pytest.mark.parametrize(
    "check",
    [check for _, check in estimator_checks_generator(GANDetector(epochs=20))],
    ids=lambda check: check.func.__name__,
)
def test_scikit_learns_check(check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(GANDetector(epochs=20))


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
    order = gans._order(np.random.default_rng(0), n, batch_size)
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


def test_each_player_moves_its_own_weights_only(small, monkeypatch):
    small.reset_weights(0)
    optimizers, run_epoch = gans._compiled_game(small, 1, 8)
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
    assert "not finite" in history.stopped and all(np.isfinite(w).all() for w in small.get_weights())


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


def test_the_detectors_score_is_the_residual_score_of_its_networks(fitted):
    latent_dim, hidden = 2, (16,)
    model, encoder = gans._models(6, latent_dim, hidden, 1.0)
    again = clone(fitted).fit(x)  # leaves its weights in the shared model
    z = again._scaled(new)
    np.testing.assert_allclose(again.anomaly_score(new), residual_score(model, z, encoder.encode(z)), rtol=1e-4)


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
    monkeypatch.setattr(gans, "_CHUNK_VALUES", 100)
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
        (lambda gan: detector(weight=-1).fit(x), "weight is -1"),
        (lambda gan: detector(hidden=()).fit(x), r"hidden is \(\)"),
        (lambda gan: detector(alpha=5).fit(x), "pass 0.05"),
        (lambda gan: detector(epochs=0).fit(x), "epochs is 0"),
        (lambda gan: detector(latent_dim=0).fit(x), "latent_dim is 0"),
        (lambda gan: detector(batch_size=0).fit(x), "batch_size is 0"),
        (lambda gan: detector(learning_rate=-1).fit(x), "learning_rate is -1"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(small, act, fragment):
    with pytest.raises(ValueError, match=fragment) as refusal:
        act(small)
    assert "\n" not in str(refusal.value)


def test_an_unfitted_detector_says_so():
    with pytest.raises(NotFittedError):
        detector().predict(x)
