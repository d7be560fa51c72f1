"""Recurrent networks train in the one loop, see windows in order and repeat themselves."""

import numpy as np
import pytest

from aelearn import scoring, training, windows
from aelearn.models import CELLS, Forecaster, SequenceAutoencoder

LENGTH = 12


def wave(n, seed=0, channels=None):
    rng = np.random.default_rng(seed)
    t = np.arange(n)[:, None] + np.arange(channels or 1) * 3
    series = np.sin(t * 2 * np.pi / 12) + 0.1 * rng.normal(size=t.shape)
    return series if channels else series[:, 0]


def rows(series, length):
    cut = windows.cut(series.astype("float32"), length)
    return cut.reshape(len(cut), -1)


@pytest.mark.parametrize("cell", CELLS)
def test_a_forecaster_learns_a_wave_in_the_compiled_epoch_and_the_same_seed_gives_the_same_weights(cell):
    x = rows(wave(300), LENGTH + 1)
    model = Forecaster(LENGTH, cell=cell, units=8)
    assert model.n_features == x.shape[1] == LENGTH + 1
    history = training.train(model, x, epochs=15, learning_rate=1e-2)
    assert history.loss[-1] < 0.3 * history.loss[0]
    first = model.get_weights()
    model.reset_weights(0)
    training.train(model, x, epochs=15, learning_rate=1e-2)
    assert all((a == b).all() for a, b in zip(first, model.get_weights(), strict=True))
    error = np.square(model.forecast(x[:, :-1])[:, 0] - x[:, -1]).mean()
    assert error == pytest.approx(float(model.training_loss(x)), rel=1e-4)


def test_the_forecast_of_a_window_sees_its_channels_in_order_and_nothing_of_the_target():
    model = Forecaster(4, channels=2, units=3)
    window = np.arange(8, dtype="float32")[None]
    by_hand = model(window.reshape(1, 4, 2))
    np.testing.assert_allclose(model.forecast(window), by_hand, rtol=1e-6)
    assert model.n_features == 10 and model.forecast(np.zeros((5000, 8))).shape == (5000, 2)


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_autoencoder_learns_and_scoring_takes_it(cell):
    x = rows(wave(200), LENGTH)
    model = SequenceAutoencoder(LENGTH, cell=cell, units=6)
    history = training.train(model, x, epochs=10, learning_rate=1e-2)
    assert history.loss[-1] < 0.9 * history.loss[0]
    errors = scoring.reconstruction_error(model, x)
    assert errors.mean() == pytest.approx(float(model.training_loss(x)), rel=1e-4)


@pytest.mark.parametrize("network", [Forecaster, SequenceAutoencoder])
def test_reset_weights_gives_the_weights_of_a_new_model(network):
    model = network(5, units=3)
    model.reset_weights(7)
    assert all(
        (a == b).all() for a, b in zip(model.get_weights(), network(5, units=3, seed=7).get_weights(), strict=True)
    )
    other = network(5, units=3, seed=8).get_weights()
    assert any((a != b).any() for a, b in zip(model.get_weights(), other, strict=True))


@pytest.mark.parametrize(
    ("do", "parts"),
    [
        (lambda: Forecaster(3, cell="rnn"), ("cell is 'rnn'",)),
        (lambda: Forecaster(3, units=0), ("units is 0",)),
        (lambda: SequenceAutoencoder(0), ("length is 0",)),
        (lambda: Forecaster(3).forecast(np.zeros((2, 4))), ("x has 4 columns and 3",)),
    ],
)
def test_bad_input_gets_one_sentence(do, parts):
    with pytest.raises(ValueError) as caught:
        do()
    assert all(part in str(caught.value) for part in parts), caught.value
