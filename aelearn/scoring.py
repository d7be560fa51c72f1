"""Anomaly scores from reconstructions: higher is more anomalous.

A model is anything with `reconstruct(x) -> (n, d)`: every model of this package, your own
`keras.Model` with that method, or a scikit-learn PCA behind a few lines. Rows are an array (n, d), or, for data larger
than memory, an np.memmap, a tf.data.Dataset of batches, or any iterator of arrays (b, d): one part at a time is held.
"""

import numpy as np

from aelearn import _stream, inputs


def feature_errors(model, x, *, batch_size=4096):
    """The squared error of each feature, (n, d) float64, in squared units of x.

    Raises ValueError for bad x or a model that returns another shape, NaN or infinity. Taught in: 04
    """
    return np.concatenate(list(_squared_errors(model, x, batch_size)))


def reconstruction_error(model, x, *, batch_size=4096):
    """The mean squared error of each sample, (n,) float64: the mean runs over the features only.

    Memory grows with batch_size, not with n. Raises as `feature_errors`. Taught in: 04
    """
    return np.concatenate([errors.mean(axis=1) for errors in _squared_errors(model, x, batch_size)])


def normalised_error(model, x, spread, *, batch_size=4096):
    """The mean over features of squared error divided by that feature's usual squared error, (n,) float64.

    spread: (d,) the mean squared error of each feature on normal data, such as
    feature_errors(model, x_train).mean(axis=0). Features without any error get the smallest
    spread of the others. Raises as `feature_errors`. Taught in: 04
    """
    spread = inputs.scores(spread, "spread")
    if not (spread >= 0).all() or not spread.any():
        raise ValueError("spread holds negative values or only zeros; pass the mean squared error of each feature")
    spread = np.where(spread > 0, spread, spread[spread > 0].min())
    means = []
    for errors in _squared_errors(model, x, batch_size):
        if errors.shape[1] != len(spread):
            raise ValueError(f"spread has {len(spread)} values and x has {errors.shape[1]} columns; pass one for each")
        means.append((errors / spread).mean(axis=1))
    return np.concatenate(means)


def cosine_distance(model, x, *, batch_size=4096):
    """One minus the cosine of the angle between a sample and its reconstruction, (n,) float64 in [0, 2].

    It looks at the pattern and not at its strength; a sample or reconstruction of all zeros
    has distance 1. Raises as `feature_errors`. Taught in: 04
    """
    distances = []
    for sample, reconstruction in _pairs(model, x, batch_size):
        product = (sample * reconstruction).sum(axis=1)
        lengths = np.linalg.norm(sample, axis=1) * np.linalg.norm(reconstruction, axis=1)
        distances.append(1 - np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0))
    return np.concatenate(distances)


def _squared_errors(model, x, batch_size):
    return (np.square(sample - reconstruction) for sample, reconstruction in _pairs(model, x, batch_size))


def _pairs(model, x, batch_size):
    """Chunks of x and of its reconstruction, both (b, d) float64."""
    columns = getattr(model, "n_features", None)
    batch_size = inputs.count(batch_size, "batch_size")
    if not hasattr(model, "reconstruct"):
        raise ValueError(f"model is a {type(model).__name__} without reconstruct(x); give it that method")
    n = 0
    for part in _stream.chunks(x, batch_size) if _stream.comes_in_parts(x) else [x]:
        rows = inputs.table(part, f"the part of x from row {n}" if n else "x", columns=columns)
        n += len(rows)
        for sample in _stream.chunks(rows, batch_size):
            yield sample.astype(np.float64), _reconstruction(model, sample)
    if not n:
        raise ValueError("x is an iterator without a part left and at least one row is wanted; make it anew")


def _reconstruction(model, sample):
    reconstruction = np.asarray(model.reconstruct(sample), dtype=np.float64)
    if reconstruction.shape != sample.shape:
        raise ValueError(f"model.reconstruct returned shape {reconstruction.shape} and {sample.shape} is wanted")
    if not np.isfinite(reconstruction).all():
        raise ValueError("model.reconstruct returned NaN or infinity; train it again with a lower learning rate")
    return reconstruction
