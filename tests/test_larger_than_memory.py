"""What is trained and scored from a file, a tf.data.Dataset or an iterator is what an array gives, in memory that does not grow."""

import tracemalloc

import numpy as np
import pytest
import tensorflow as tf

from aelearn import _stream, scoring, training
from aelearn.models import Autoencoder

pytestmark = pytest.mark.usefixtures("without_xla")
rng = np.random.default_rng(0)
x = (rng.normal(size=(1000, 3)) @ rng.normal(size=(3, 10))).astype("float32")
held_out = x[:90] + 0.1


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 128 rows: 1000 rows come in eight, the last one smaller."""
    monkeypatch.setattr(_stream, "BLOCK_VALUES", 128 * 10)
    monkeypatch.setattr(_stream, "STRETCH_VALUES", 16 * 10)


@pytest.fixture
def on_disk(tmp_path):
    np.save(tmp_path / "x.npy", x)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def trained(source, **settings):
    model = Autoencoder(10, latent_dim=3, hidden=(16,))
    history = training.train(model, source, epochs=3, batch_size=64, validation=held_out, **settings)
    return history, model.get_weights()


def close(first, second):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_rows_in_memory_that_come_in_blocks_give_the_batches_of_the_array(small_blocks):
    (ours, weights), (theirs, wanted) = (
        trained(_stream.Rows(lambda rows: x[rows], 1000, lambda part, name: part)),
        trained(x),
    )
    close(weights, wanted)
    close([ours.loss, ours.validation_loss], [theirs.loss, theirs.validation_loss])


@pytest.mark.parametrize("n", [129, 640, 1000])
def test_an_epoch_of_a_file_has_every_row_once_in_a_new_order_and_from_all_over(tmp_path, small_blocks, n):
    np.save(tmp_path / "x.npy", np.repeat(np.arange(n, dtype="float32")[:, None], 10, axis=1))
    rows = _stream.source(np.load(tmp_path / "x.npy", mmap_mode="r"), lambda part, name: part)
    orders = []
    for seed in (0, 0, 1):
        blocks = [block[order, 0] for block, order in rows.blocks(np.random.default_rng(seed), 16)]
        assert max(map(len, blocks)) == 128 and (np.sort(np.concatenate(blocks)) == np.arange(n)).all()
        assert np.ptp(blocks[0]) > n / 2
        orders.append(np.concatenate(blocks))
    assert np.array_equal(orders[0], orders[1]) and not np.array_equal(orders[0], orders[2])


def test_a_file_in_blocks_is_learned_as_well_as_the_array(on_disk, small_blocks):
    def long(source):
        model = Autoencoder(10, latent_dim=3, hidden=(16,))
        return training.train(model, source, epochs=30, learning_rate=3e-3).loss[-1]

    assert long(on_disk) == pytest.approx(long(x), rel=0.2)


def test_a_file_of_one_block_gives_the_bits_of_the_array(on_disk):
    (ours, weights), (theirs, wanted) = trained(on_disk), trained(x)
    assert ours.loss == theirs.loss and all(np.array_equal(a, b) for a, b in zip(weights, wanted, strict=True))


def test_a_dataset_of_batches_of_any_size_is_trained_on_in_its_own_order(small_blocks):
    order = np.random.default_rng(0).permutation(1000)
    one_pass = tf.data.Dataset.from_tensor_slices(x[order]).batch(37)
    model, by_array = (Autoencoder(10, latent_dim=3, hidden=(16,)) for _ in range(2))
    history = training.train(model, one_pass, epochs=1)
    wanted = training.train(by_array, x, epochs=1)  # seed 0 gives this order
    close(model.get_weights(), by_array.get_weights())
    assert history.loss == pytest.approx(wanted.loss, rel=1e-5)


def test_patience_and_the_best_weights_work_on_a_file(on_disk, small_blocks):
    history, _ = trained(on_disk, patience=1, learning_rate=1e-9)
    assert history.best_epoch <= len(history.loss) <= 3


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_bad_row_of_a_file_is_named_before_training(tmp_path, small_blocks, value):
    bad = x.copy()
    bad[300, 2] = value
    np.save(tmp_path / "bad.npy", bad)
    model = Autoencoder(10, latent_dim=3, hidden=(16,))
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"x\[256:384\] holds NaN or infinity in 1 of 128 rows \(first: row 44\)"):
        training.train(model, np.load(tmp_path / "bad.npy", mmap_mode="r"), epochs=1)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (lambda: tf.data.Dataset.from_tensor_slices(x), r"elements of shape \(10,\)"),
        (lambda: tf.data.Dataset.from_tensor_slices((x, x)).batch(8), "of tuples"),
        (lambda: tf.data.Dataset.from_tensor_slices(x[:0]).batch(8), "without a batch"),
        (lambda: tf.data.Dataset.from_tensor_slices(x[:, :4]).batch(8), "4 columns and 10 are wanted"),
        (lambda: tf.data.Dataset.from_tensor_slices(x * np.nan).batch(8), "NaN or infinity"),
    ],
)
def test_a_dataset_that_cannot_be_trained_on_is_refused_in_a_sentence(dataset, said):
    with pytest.raises(ValueError, match=said):
        training.train(Autoencoder(10, latent_dim=3), dataset(), epochs=1)


def test_a_diverged_training_on_a_file_is_warned_of(on_disk, small_blocks):
    with pytest.warns(UserWarning, match="diverged|the loss was"):
        trained(on_disk, learning_rate=1e4)


class Half:
    """A model that halves what it gets, and keeps the most rows it was given at once."""

    most = 0

    def reconstruct(self, rows):
        self.most = max(self.most, len(rows))
        return rows / 2


def test_every_way_that_rows_come_gives_the_scores_of_the_array(on_disk):
    wanted = scoring.reconstruction_error(Half(), x)
    ways = [on_disk, iter([x[:300], x[300:]]), (x[k : k + 70] for k in range(0, 1000, 70))]
    ways.append(tf.data.Dataset.from_tensor_slices(x).batch(64))
    for way in ways:
        np.testing.assert_array_equal(scoring.reconstruction_error(Half(), way), wanted)
    np.testing.assert_array_equal(scoring.feature_errors(Half(), on_disk), scoring.feature_errors(Half(), x))
    model = Half()
    scoring.reconstruction_error(model, iter([x]), batch_size=100)
    assert model.most == 100


def test_an_iterator_that_is_used_up_or_holds_a_bad_part_is_refused():
    with pytest.raises(ValueError, match="without a part left"):
        scoring.reconstruction_error(Half(), iter([]))
    with pytest.raises(ValueError, match="part of x from row 1000 holds NaN"):
        scoring.reconstruction_error(Half(), iter([x, x * np.nan]))


def test_memory_for_scores_of_a_file_does_not_grow_with_its_rows(tmp_path):
    peaks = []
    for n in (20_000, 200_000):
        np.lib.format.open_memmap(tmp_path / f"{n}.npy", "w+", "float32", (n, 20))[:] = 1
        tracemalloc.start()
        scores = scoring.reconstruction_error(Half(), np.load(tmp_path / f"{n}.npy", mmap_mode="r"))
        peaks.append(tracemalloc.get_traced_memory()[1] - 2 * scores.nbytes)  # the parts, and the parts put together
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
