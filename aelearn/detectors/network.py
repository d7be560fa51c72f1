"""What every detector with a network has once: the checks of its settings, one compiled model a shape, one training at a time."""

import functools
import itertools
import threading
from collections.abc import Callable
from contextlib import contextmanager

import numpy as np

from aelearn import inputs
from aelearn._shared import one_process
from aelearn.detectors.base import CalibratedDetector, fits

_CHECKS: dict[str, Callable] = {  # of the parameters that more than one detector has
    "epochs": inputs.count,
    "batch_size": inputs.count,
    "learning_rate": functools.partial(inputs.number, above=0),
    "hidden": inputs.sizes,
    "latent_dim": lambda value, name: value is None or inputs.count(value, name),
}
_one_at_a_time = threading.Lock()


class NetworkDetector(CalibratedDetector):
    """A detector with networks, whose weights it keeps as arrays. The models themselves are shared, one for each shape."""

    _rounding = 1e-12  # scores come of scaled rows, and have no unit

    def _check_parameters(self):
        super()._check_parameters()
        for name, value in self.get_params(deep=False).items():
            if name in _CHECKS:
                _CHECKS[name](value, name)

    def _code_size(self, n_features):
        return self.latent_dim or int(np.clip(n_features // 3, 1, 16))

    def _training(self, seed):
        """The settings of `training.train` and `train_gan`."""
        return dict(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=seed,
            show_progress=False,
        )


@contextmanager
def shared_model(build, *arguments):
    """What `build(*arguments)` makes, made once for each shape, for one detector at a time: it sets its own weights first.

    Seeds, folds and searches reset weights instead of compiling again. Raises RuntimeError in a process forked from
    one in which TensorFlow had been at work.
    """
    one_process()
    with _one_at_a_time:
        yield _made(build, *arguments)


@functools.lru_cache(maxsize=16)
def _made(build, *arguments):
    return build(*arguments)


def check_layers(weights, *sizes):
    """Raise ValueError unless `weights` are finite kernels and biases, in turn, of dense layers of these sizes."""
    for layer, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        fits(weights[2 * layer], (n_in, n_out))
        fits(weights[2 * layer + 1], (n_out,))
