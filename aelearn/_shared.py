"""What more than one module here needs and no reader: sizes, and rows taken in parts. It loads no TensorFlow."""

import functools
import os

import numpy as np

from aelearn import silent_stderr

CELLS = ("gru", "lstm")  # the recurrent layers there are
CHUNK = 4096  # rows put through a network at once, so that memory does not grow with the data
SLOPE = 0.2  # of a GAN's hidden layers below zero: their activation is leaky ReLU


def in_chunks(function, *arrays, wide=1):
    """function(*parts) for the same CHUNK rows of each array at a time, put together to one array again.

    wide: copies of a row that `function` holds at once; so many times fewer rows are taken.
    """
    size = max(1, CHUNK // wide)
    parts = (slice(start, start + size) for start in range(0, len(arrays[0]), size))
    return np.concatenate([function(*(array[part] for array in arrays)) for part in parts])


def plain_settings(settings):
    """A model's arguments as Keras can write them down: functions by their registered names, everything else as it is."""
    import keras

    return {name: keras.activations.serialize(value) if callable(value) else value for name, value in settings.items()}


def full_batches(rng, n, batch_size):
    """Rows of each batch, (steps, batch_size): all n in a new order, and the first ones again to fill the last batch."""
    return np.resize(rng.permutation(n), (-(-n // batch_size), batch_size))


@functools.cache
def greet_xla():
    """Compile something small first: XLA announces its first compilation, and some versions do so whatever the log level."""
    import tensorflow as tf

    with silent_stderr():
        tf.function(lambda: tf.constant(0.0), jit_compile=True)()


def kept_with(model, key, build, most=4):
    """What `build()` gives, compiled functions as a rule, made once and kept with the model: one compile serves many calls.

    Of `most` at the most: the one used longest ago goes. Kept in `__dict__`, where Keras does not look for layers.
    """
    kept = model.__dict__.setdefault("_aelearn_compiled", {})
    kept[key] = kept.pop(key, None) or build()
    while len(kept) > most:
        del kept[next(iter(kept))]
    return kept[key]


def compiled(function, **settings):
    """`function` as one XLA program; settings: of `tf.function`.

    TensorFlow counts tracings by a function's code, and takes six models that share one loop for a mistake and warns;
    what is wrapped like this is counted by itself.
    """
    import tensorflow as tf

    greet_xla()
    return tf.function(functools.partial(function), jit_compile=True, **settings)


_trains_here = None  # the id of the process in which TensorFlow's threads were started


def one_process():
    """Note that TensorFlow is at work in this process, or raise RuntimeError if it was so in the one this was forked from.

    A fork copies TensorFlow's state and none of its threads: a training there would wait for them for ever.
    """
    global _trains_here
    if _trains_here not in (None, os.getpid()):
        raise RuntimeError(
            "this process was forked from one in which TensorFlow had been at work, and would wait for its threads for ever; "
            "start workers with multiprocessing.get_context('spawn'), or with joblib, whose loky does so"
        )
    _trains_here = os.getpid()
