"""One training loop for every model: a whole epoch in one compiled function."""

import functools
import time
import warnings
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from aelearn import _silent_stderr, inputs
from aelearn._progress import progress

_COMPILED_KEPT = 4  # compiled epochs kept with a model, each for one number of rows


@dataclass
class History:
    """What `train` saw: one mean loss an epoch, on the training data and on held-out data.

    loss, validation_loss: lists of floats, the second empty without validation data.
    best_epoch: the epoch (from 1) whose weights the model has. stopped: why training ended
    before the last epoch, or None. seconds: wall time. Taught in: 03
    """

    loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    best_epoch: int = 0
    stopped: str | None = None
    seconds: float = 0.0

    def __repr__(self):
        if not self.loss:
            return f"no epoch finished ({self.stopped})"
        text = f"{len(self.loss)} epochs, loss {self.loss[0]:.3g} -> {self.loss[-1]:.3g}"
        if self.validation_loss:
            text += f", validation {self.validation_loss[self.best_epoch - 1]:.3g} after epoch {self.best_epoch}"
        return text + (f" ({self.stopped})" if self.stopped else "")


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

    epochs: passes over the data, each in a new order. batch_size: rows a step; the last, smaller
    batch counts too. validation: held-out normals (m, d) whose loss is computed after each epoch.
    patience: stop after so many epochs without a lower validation loss, and return to the best
    weights. seed: fixes the order of the rows. show_progress: a bar that clears itself; None
    shows it in a terminal or notebook for long trainings only.

    The same seed gives the same weights, bit for bit. Training that meets a loss of NaN or
    infinity stops with a warning and returns to the last finite weights.
    Returns a History. Raises ValueError for bad input. Taught in: 03
    """
    rows_of = getattr(model, "_rows", None) or functools.partial(
        inputs.table, columns=getattr(model, "n_features", None)
    )
    x = rows_of(x, "x")
    epochs, batch_size = inputs.count(epochs, "epochs"), inputs.count(batch_size, "batch_size")
    learning_rate = inputs.number(learning_rate, "learning_rate", above=0)
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    if validation is not None:
        validation = tf.constant(rows_of(inputs.table(validation, "validation", columns=x.shape[1]), "validation"))
    if patience is not None:
        patience = inputs.count(patience, "patience")
        if validation is None:
            raise ValueError("patience is set and validation is None; pass held-out normals as validation=...")

    shapes = x.shape, None if validation is None else tuple(validation.shape)
    optimizer, run_epoch = _compiled(model, min(batch_size, len(x)), *shapes)
    for variable in optimizer.variables:
        variable.assign(tf.zeros_like(variable))
    optimizer.learning_rate.assign(learning_rate)
    _reset_random_generators(model, seed)

    history, best, data, started = History(), np.inf, tf.constant(x), time.perf_counter()
    weights = model.get_weights()
    with progress(epochs, "training", show_progress) as advance:
        for epoch in range(1, epochs + 1):
            order = tf.constant(rng.permutation(len(x)).astype(np.int32))
            loss, validation_loss = (float(value) for value in run_epoch(data, order, validation))
            if not np.isfinite(loss) or (validation is not None and not np.isfinite(validation_loss)):
                history.stopped = f"the loss was {loss} in epoch {epoch}"
                warnings.warn(
                    f"{history.stopped}: the model is back at its last finite weights; "
                    "scale the data or lower learning_rate",
                    stacklevel=2,
                )
                model.set_weights(weights)
                break
            history.loss.append(loss)
            if validation is not None:
                history.validation_loss.append(validation_loss)
            if patience is None or validation_loss < best:
                best, history.best_epoch, weights = validation_loss, epoch, model.get_weights()
            elif epoch - history.best_epoch >= patience:
                history.stopped = f"no lower validation loss for {patience} epochs"
                break
            advance(f"loss {loss:.3g}")
    if patience is not None:
        model.set_weights(weights)
    history.seconds = time.perf_counter() - started
    return history


def _compiled(model, batch_size, *shapes):
    """The model's optimiser and its compiled epoch, kept with the model: one compile serves many trainings."""
    compiled = model.__dict__.setdefault("_aelearn_compiled", {})
    key = (batch_size, *shapes)
    compiled[key] = compiled.pop(key, None) or _compile(model, batch_size)
    while len(compiled) > _COMPILED_KEPT:
        del compiled[next(iter(compiled))]  # the one used longest ago
    return compiled[key]


@functools.cache
def _greet_xla():
    """Compile something small first: XLA announces its first compilation, and some versions do so whatever the log level."""
    with _silent_stderr():
        tf.function(lambda: tf.constant(0.0), jit_compile=True)()


def _compile(model, batch_size):
    _greet_xla()
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

    @tf.function(jit_compile=True)
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

    return optimizer, run_epoch


def _reset_random_generators(model, seed):
    """Start the noise of variants (denoising, variational) from `seed` too."""
    for layer in model._flatten_layers():
        for value in vars(layer).values():
            if isinstance(value, keras.random.SeedGenerator):
                value.state.assign(keras.random.SeedGenerator(seed).state)
