"""Training: a whole epoch in one compiled function, for every model and for the game of two networks."""

import functools
import time
import warnings

import keras
import numpy as np
import tensorflow as tf

from aelearn import _loop, _stream, inputs
from aelearn._history import GameHistory, History
from aelearn._shared import compiled, full_batches, kept_with

_HOPELESS_NATS = 745  # exp(-745) is 0 in double precision


def train(
    model,
    x,
    *,
    epochs,
    batch_size=64,
    learning_rate=1e-3,
    validation=None,
    patience=None,
    seed=0,
    show_progress=None,
):
    """Minimise `model.training_loss` over x (n, d) with Adam, from the weights the model has.

    x: an array; or, for data larger than memory, an np.memmap or a tf.data.Dataset of batches (b, d). Those are read in
    blocks of 2 million numbers, and memory does not grow with them. A file of one block is trained on as an array is, of a
    longer one each block mixes stretches from all over the file; a dataset comes in its own order: shuffle it.
    epochs: passes over the data, each in a new order. batch_size: rows a step; the last, smaller
    batch counts too. validation: held-out normals (m, d) whose loss is computed after each epoch.
    patience: stop after so many epochs without a lower validation loss, and return to the best
    weights. seed: fixes the order of the rows. show_progress: a bar that clears itself; None
    shows it in a terminal or notebook for long trainings only.

    The same seed gives the same weights, bit for bit on one processor; another has other last digits. Training that
    meets a loss of NaN or infinity stops with a warning and returns to the last finite weights. One that ends with a
    loss a hundred times that of its start, and of answering zero, has diverged: a warning says so.
    Returns a History. Raises ValueError for bad input, RuntimeError in a process forked from one that trained.
    Taught in: 03
    """
    columns = getattr(model, "n_features", None)
    rows_of = getattr(model, "_rows", None) or functools.partial(inputs.table, columns=columns)
    epochs, batch_size, learning_rate, rng = _loop.checked_settings(epochs, batch_size, learning_rate, seed)
    source = _stream.source(x, rows_of)
    if validation is not None:
        held_out = rows_of(inputs.table(validation, "validation", columns=source.columns), "validation")
        validation = tf.constant(held_out)
    if patience is not None:
        patience = inputs.count(patience, "patience")
        if validation is None:
            raise ValueError("patience is set and validation is None; pass held-out normals as validation=...")

    if source.whole:
        batch_size = min(batch_size, source.n)
    key = "epoch", batch_size, source.shape(), None if validation is None else tuple(validation.shape)
    optimizer, run_epoch = kept_with(model, key, lambda: _compile(model, batch_size))
    _loop.start_anew([optimizer], learning_rate)
    _loop.reset_random_generators(model, seed)
    history, best, started = History(), np.inf, time.perf_counter()
    weights = start = model.get_weights()
    data = tf.constant(source.take(slice(None))) if source.whole else None

    def one_epoch():
        mean, n, held_out = 0.0, 0, None
        for (rows, order), last in _stream.marked_last(source.blocks(rng, batch_size)):
            block = tf.constant(rows) if data is None else data
            loss, held_out = run_epoch(block, tf.constant(order.astype(np.int32)), validation if last else None)
            n += len(rows)
            mean += (float(loss) - mean) * (len(rows) / n)
        return (mean,) if validation is None else (mean, held_out)

    for epoch, losses in _loop.finite_epochs(model, history, one_epoch, epochs, "training", show_progress):
        history.loss.append(losses[0])
        if validation is not None:
            history.validation_loss.append(losses[1])
        if patience is None:
            history.best_epoch = epoch
        elif losses[1] < best:
            best, history.best_epoch, weights = losses[1], epoch, model.get_weights()
        elif epoch - history.best_epoch >= patience:
            history.stopped = f"no lower validation loss for {patience} epochs"
            break
    if patience is not None:
        model.set_weights(weights)
    if history.best_epoch:
        _loop.warn_if_diverged(model, source, history.loss[history.best_epoch - 1], start)
    history.seconds = time.perf_counter() - started
    return history


def train_gan(gan, x, *, epochs, batch_size=64, learning_rate=1e-3, seed=0, show_progress=None):
    """Let the two networks of `gan` play on x (n, d): at every step the discriminator learns, then the generator.

    The discriminator lowers its cross-entropy, the generator raises log D of what it makes (the non-saturating
    loss), both with Adam (beta_1 = 0.5). epochs: passes over the data, each in a new order; the last batch is filled up
    with the epoch's first rows. seed: fixes the order and the noise.

    The same seed gives the same weights, bit for bit on one processor. A loss of NaN or infinity stops the game with a warning,
    at the last finite weights. A loss that reaches 745 nats, a probability that is 0 even in double precision, is
    warned of: that game was not played on samples but on numbers out of bounds. Returns a GameHistory. Raises ValueError for bad input.
    Source: Goodfellow et al. (2014), arXiv:1406.2661; Radford et al. (2016), arXiv:1511.06434, for beta_1.
    Taught in: 10
    """
    x = inputs.table(x, columns=gan.n_features)
    epochs, batch_size, learning_rate, rng = _loop.checked_settings(epochs, batch_size, learning_rate, seed)
    n_steps = -(-len(x) // batch_size)
    key = "game", n_steps, batch_size
    optimizers, run_epoch = kept_with(gan, key, lambda: _compile_game(gan, n_steps))
    _loop.start_anew(optimizers, learning_rate)
    history, data = GameHistory(), tf.constant(x)

    def one_epoch():
        batches = tf.gather(data, full_batches(rng, len(x), batch_size))
        noise = rng.standard_normal((n_steps, 2, batch_size, gan.latent_dim), dtype=np.float32)
        return run_epoch(batches, tf.constant(noise))

    for _, losses in _loop.finite_epochs(gan, history, one_epoch, epochs, "the game", show_progress):
        history.discriminator_loss.append(losses[0])
        history.generator_loss.append(losses[1])
    largest = max(history.discriminator_loss + history.generator_loss, default=0.0)
    if largest > _HOPELESS_NATS:
        warnings.warn(
            f"a loss reached {largest:.3g} nats and a game of equals has less than 10: the networks have diverged; "
            f"{_loop.MEND}",
            stacklevel=2,
        )
    return history


def _compile_game(gan, n_steps):
    """Two optimisers and a compiled epoch: XLA compiles for one shape, here that of the batches and not of the data."""
    optimizers = keras.optimizers.Adam(beta_1=0.5), keras.optimizers.Adam(beta_1=0.5)
    players = gan.features.trainable_variables + gan.judge.trainable_variables, gan.generator.trainable_variables
    for optimizer, variables in zip(optimizers, players, strict=True):
        optimizer.build(variables)

    def discriminator_loss(real, noise):
        made = gan(gan.generator(noise))
        return (tf.reduce_mean(tf.nn.softplus(-gan(real))) + tf.reduce_mean(tf.nn.softplus(made))) / 2

    def generator_loss(real, noise):
        return tf.reduce_mean(tf.nn.softplus(-gan(gan.generator(noise))))

    def move(player, loss_of, real, noise):
        with tf.GradientTape() as tape:
            loss = loss_of(real, noise)
        optimizers[player].apply(tape.gradient(loss, players[player]), players[player])
        return loss

    def run_epoch(batches, noise):
        total = tf.zeros(2)
        for i in tf.range(n_steps):
            first = move(0, discriminator_loss, batches[i], noise[i, 0])
            total += tf.stack([first, move(1, generator_loss, batches[i], noise[i, 1])])
        return total / n_steps

    return optimizers, compiled(run_epoch)


def _compile(model, batch_size):
    """The model's optimiser and its compiled epoch."""
    optimizer = keras.optimizers.Adam()
    variables = model.trainable_variables
    optimizer.build(variables)

    def step(batch):
        with tf.GradientTape() as tape:
            loss = model.training_loss(batch)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def mean_over_batches(function, rows, n):
        """The mean of `function` over batches taken by `rows(start, size)`; the last, smaller one counts by its size."""
        n_full, n_rest = divmod(n, batch_size)
        total = tf.constant(0.0)
        if n_full:
            for i in tf.range(n_full):
                total += function(rows(i * batch_size, batch_size)) * batch_size
        if n_rest:
            total += function(rows(n_full * batch_size, n_rest)) * n_rest
        return total / n

    def run_epoch(x, order, validation):
        loss = mean_over_batches(step, lambda start, size: tf.gather(x, tf.slice(order, [start], [size])), x.shape[0])
        if validation is None:
            return loss, loss
        columns = validation.shape[1]
        held_out = mean_over_batches(
            model.training_loss,
            lambda start, size: tf.slice(validation, [start, 0], [size, columns]),
            validation.shape[0],
        )
        return loss, held_out

    return optimizer, compiled(run_epoch)
