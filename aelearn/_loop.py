"""What both trainings, of a model and of the game of two networks, have in common around their compiled epoch."""

import warnings

import keras
import numpy as np
import tensorflow as tf

from aelearn import inputs
from aelearn._progress import progress
from aelearn._shared import one_process

DIVERGED = 100  # a loss so many times that of the start is no longer a bad epoch: errors have grown tenfold
MEND = "scale the data or lower learning_rate"


def checked_settings(epochs, batch_size, learning_rate, seed):
    """The settings, and the random generator of the seed. Raises ValueError, and RuntimeError in a forked process."""
    one_process()
    epochs, batch_size = inputs.count(epochs, "epochs"), inputs.count(batch_size, "batch_size")
    learning_rate = inputs.number(learning_rate, "learning_rate", above=0)
    return epochs, batch_size, learning_rate, np.random.default_rng(inputs.count(seed, "seed", least=0))


def start_anew(optimizers, learning_rate):
    """Optimisers as if they were new: they are kept with the compiled epoch."""
    for optimizer in optimizers:
        for variable in optimizer.variables:
            variable.assign(tf.zeros_like(variable))
        optimizer.learning_rate.assign(learning_rate)


def reset_random_generators(model, seed):
    """Start the noise of variants (denoising, variational) from `seed` too."""
    for layer in model._flatten_layers():
        for value in vars(layer).values():
            if isinstance(value, keras.random.SeedGenerator):
                value.state.assign(keras.random.SeedGenerator(seed).state)


def finite_epochs(model, history, one_epoch, epochs, what, show_progress):
    """Yield (epoch, losses) for each epoch, from 1, while all losses are finite.

    Else a warning and history.stopped say so, and the model is back at the last finite weights.
    """
    weights = model.get_weights()
    with progress(epochs, what, show_progress) as advance:
        for epoch in range(1, epochs + 1):
            losses = [float(loss) for loss in one_epoch()]
            if bad := [loss for loss in losses if not np.isfinite(loss)]:
                history.stopped = f"the loss was {bad[0]} in epoch {epoch}"
                back = "the model is back at its last finite weights"
                warnings.warn(f"{history.stopped}: {back}; {MEND}", stacklevel=3)
                model.set_weights(weights)
                return
            yield epoch, losses
            weights = model.get_weights()
            advance("loss " + ", ".join(f"{loss:.3g}" for loss in losses))


def warn_if_diverged(model, source, loss, start):
    """The loss at the start is only asked for when the loss now looks strange: no healthy training pays for it."""
    if not loss > DIVERGED * source.mean_square():
        return
    now = [(variable, variable.numpy()) for variable in model.variables]
    model.set_weights(start)
    loss_at_start = abs(float(model.training_loss(tf.constant(source.first_rows(256)))))
    for variable, value in now:
        variable.assign(value)
    if loss > DIVERGED * loss_at_start:
        warnings.warn(
            f"the loss is {loss:.3g} after training and was {loss_at_start:.3g} before it: the model has diverged; {MEND}",
            stacklevel=3,
        )
