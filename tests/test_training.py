"""The loop trains on every row, repeats itself exactly, and stops when it should."""

import os
import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from aelearn import scoring, training
from aelearn.models import Autoencoder, VariationalAutoencoder

rng = np.random.default_rng(0)
mixing = rng.normal(size=(3, 10))
x = (rng.normal(size=(150, 3)) @ mixing).astype("float32")
held_out = (rng.normal(size=(40, 3)) @ mixing).astype("float32")


def new_model(**keywords):
    return Autoencoder(10, latent_dim=3, hidden=(16,), **keywords)


def same_weights(a, b):
    return all(np.array_equal(p, q) for p, q in zip(a.get_weights(), b.get_weights(), strict=True))


def test_training_lowers_the_loss_below_that_of_the_mean():
    model = new_model()
    history = training.train(model, x, epochs=60, learning_rate=3e-3)
    assert len(history.loss) == 60 and history.loss[-1] < 0.1 * x.var()
    assert scoring.reconstruction_error(model, held_out).mean() < 0.2 * x.var()


def test_an_epoch_is_what_a_loop_written_by_hand_does():
    """The same batches, the last smaller one included, and the mean loss weighted by batch size."""
    by_hand, compiled, n, size = new_model(), new_model(), 150, 64
    optimizer = keras.optimizers.Adam(1e-3)
    losses = []
    order = np.random.default_rng(5)
    for _ in range(3):
        rows, total = order.permutation(n), 0.0
        for start in range(0, n, size):
            batch = tf.constant(x[rows[start : start + size]])
            with tf.GradientTape() as tape:
                loss = by_hand.training_loss(batch)
            optimizer.apply(tape.gradient(loss, by_hand.trainable_variables), by_hand.trainable_variables)
            total += float(loss) * len(batch)
        losses.append(total / n)
    history = training.train(compiled, x, epochs=3, batch_size=size, seed=5)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-5)
    for a, b in zip(by_hand.get_weights(), compiled.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 129])
def test_every_row_is_trained_on_in_every_epoch(n):
    """Rows are unit vectors and the loss is linear in weights that start at zero: a row left out leaves a zero."""

    class Memory(keras.Model):
        def __init__(self):
            super().__init__()
            self.w = self.add_weight(shape=(n,), initializer="zeros")
            self.built = True

        def training_loss(self, batch):
            return -tf.reduce_sum(tf.linalg.matvec(batch, self.w))

    model = Memory()
    training.train(model, np.eye(n, dtype="float32"), epochs=1)
    assert (np.abs(model.get_weights()[0]) > 0).all()


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    a, b, c = new_model(), new_model(), new_model()
    for model, seed in ((a, 1), (b, 1), (c, 2)):
        training.train(model, x, epochs=3, seed=seed)
    assert same_weights(a, b) and not same_weights(a, c)


def test_a_reset_model_trains_exactly_as_a_new_one_without_compiling_again():
    reused, fresh = new_model(seed=0), new_model(seed=4)
    training.train(reused, x, epochs=2)
    ((_, run_epoch),) = reused._aelearn_compiled.values()
    reused.reset_weights(4)
    training.train(reused, x, epochs=3, seed=4)
    training.train(fresh, x, epochs=3, seed=4)
    assert same_weights(reused, fresh)
    assert run_epoch.experimental_get_tracing_count() == 1


def test_a_model_trained_on_ever_more_rows_does_not_hoard_compiled_code():
    model = new_model()
    for n in range(20, 30):
        training.train(model, x[:n], epochs=1)
    assert len(model._aelearn_compiled) <= 4


@pytest.mark.parametrize("threads", ["1", "2"])
def test_weights_do_not_depend_on_the_number_of_threads_or_the_process(threads):
    code = f"""
import os
os.environ.update(TF_NUM_INTRAOP_THREADS="{threads}", TF_NUM_INTEROP_THREADS="{threads}", OMP_NUM_THREADS="{threads}")
import aelearn, hashlib
from aelearn import data, training
from aelearn.models import Autoencoder
model = Autoencoder(64, latent_dim=8)
training.train(model, data.load("digits").x / 16, epochs=3, seed=7)
print(hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    from aelearn import data

    model = Autoencoder(64, latent_dim=8)
    training.train(model, data.load("digits").x / 16, epochs=3, seed=7)
    import hashlib

    assert run.stdout.strip() == hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest()
    assert run.stderr == ""


def test_validation_loss_is_the_loss_after_the_epoch_and_changes_nothing():
    watched, unwatched = new_model(), new_model()
    history = training.train(watched, x, epochs=4, validation=held_out)
    training.train(unwatched, x, epochs=4)
    assert same_weights(watched, unwatched)
    assert history.validation_loss[-1] == pytest.approx(
        scoring.reconstruction_error(watched, held_out).mean(), rel=1e-4
    )


def test_patience_stops_and_returns_to_the_best_weights():
    model = Autoencoder(10, latent_dim=10, hidden=(128,))
    noise = rng.normal(size=(30, 10)).astype("float32")
    other = rng.normal(size=(200, 10)).astype("float32")
    history = training.train(model, noise, epochs=2000, learning_rate=0.01, validation=other, patience=4)
    assert len(history.loss) == history.best_epoch + 4 < 2000 and "4 epochs" in history.stopped
    assert min(history.validation_loss) == history.validation_loss[history.best_epoch - 1]
    assert scoring.reconstruction_error(model, other).mean() == pytest.approx(min(history.validation_loss), rel=1e-4)


def test_a_diverging_training_warns_and_returns_to_finite_weights():
    model = new_model()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = training.train(model, x * 1e15, epochs=30, learning_rate=1e6)
    assert any("lower learning_rate" in str(w.message) for w in caught) and "epoch" in history.stopped
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert "epoch" in repr(history)


def test_a_loss_that_ends_far_above_its_start_is_warned_of_and_nothing_is_changed():
    model = new_model()
    with pytest.warns(UserWarning, match="before it: the model has diverged; scale the data or lower learning_rate"):
        history = training.train(model, x, epochs=3, learning_rate=10.0)
    assert history.stopped is None and len(history.loss) == 3
    again = new_model()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        training.train(again, x, epochs=3, learning_rate=10.0)
    assert same_weights(model, again)


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        (lambda: VariationalAutoencoder(10, latent_dim=3, noise=1e-4), x),
        (new_model, x * 1e-2),
        (new_model, x * 1e4),
        (new_model, np.zeros_like(x)),
    ],
    ids=["a loss in nats, 1e8 times the data", "small units", "large units", "zeros"],
)
def test_a_sound_training_is_not_called_diverged_whatever_its_units(model, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training.train(model(), rows, epochs=3)


def test_a_model_that_copies_exactly_and_is_trained_again_is_not_called_diverged():
    model = Autoencoder(10, latent_dim=10, hidden=())
    training.train(model, x, epochs=400, learning_rate=1e-2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training.train(model, x, epochs=1, learning_rate=0.03)


def test_six_models_of_one_shape_train_without_a_word_from_tensorflow():
    code = """
import aelearn
import numpy as np
from aelearn import models, training
x = np.random.default_rng(0).normal(size=(60, 6)).astype("float32")
for seed in range(6):
    training.train(models.Autoencoder(6, latent_dim=2, hidden=(4,), seed=seed), x, epochs=3)
    game = models.GAN(6, latent_dim=2, hidden=(4,), seed=seed)
    training.train_gan(game, x, epochs=3)
    models.latent_search(game, x, steps=3)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "" and run.stderr == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_forked_after_a_training_gets_a_sentence_and_does_not_wait_for_ever():
    code = """
import multiprocessing
import aelearn
import numpy as np
from aelearn import models, training
x = np.ones((9, 2), "float32")

def train():
    try:
        training.train(models.Autoencoder(2, latent_dim=1, hidden=()), x, epochs=1)
    except RuntimeError as refusal:
        print(refusal, flush=True)

training.train(models.Autoencoder(2, latent_dim=1, hidden=()), x, epochs=1)
child = multiprocessing.get_context("fork").Process(target=train)
child.start()
child.join(60)
print("ended", child.exitcode)
child.kill()
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "forked from one in which TensorFlow had been at work" in run.stdout and "ended 0" in run.stdout, run


def test_the_readers_own_keras_model_trains_too():
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.encoder = keras.Sequential([keras.Input((10,)), keras.layers.Dense(3)])
            self.decoder = keras.Sequential([keras.Input((3,)), keras.layers.Dense(10)])

        def training_loss(self, batch):
            return tf.reduce_mean(tf.square(batch - self.decoder(self.encoder(batch))))

    history = training.train(Mine(), x, epochs=30, learning_rate=0.01)
    assert history.loss[-1] < 0.5 * history.loss[0]


def test_progress_shows_only_when_wanted_and_clears_itself(capsys, monkeypatch):
    monkeypatch.setattr("aelearn._progress._QUIET_SECONDS", 0.0)
    training.train(new_model(), x, epochs=3, show_progress=True)
    shown = capsys.readouterr().err
    assert "training [" in shown and shown.endswith("\r" + " " * 70 + "\r") and "\n" not in shown
    training.train(new_model(), x, epochs=3)
    assert capsys.readouterr().err == ""
