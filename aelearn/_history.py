"""What a training saw. It loads no TensorFlow, so that a saved detector comes back without it."""

from dataclasses import dataclass, field


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


@dataclass
class GameHistory:
    """What `train_gan` saw: the mean loss of each player, an epoch.

    discriminator_loss: mean cross-entropy of its answers; ln 2 = 0.693 for one that guesses. generator_loss: minus
    the mean log-probability that the discriminator gives to made samples being real. stopped: why the game ended
    early, or None. Taught in: 10
    """

    discriminator_loss: list = field(default_factory=list)
    generator_loss: list = field(default_factory=list)
    stopped: str | None = None

    def __repr__(self):
        if not self.generator_loss:
            return f"no epoch finished ({self.stopped})"
        text = f"{len(self.generator_loss)} epochs, discriminator {self.discriminator_loss[-1]:.3g}, "
        return text + f"generator {self.generator_loss[-1]:.3g}" + (f" ({self.stopped})" if self.stopped else "")
