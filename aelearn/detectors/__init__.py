"""Anomaly detectors on scikit-learn's conventions: scale, train, calibrate, answer, and come back from a file.

Directions follow scikit-learn: `score_samples` and `decision_function` are higher for normal samples,
`predict` gives +1 for normal and -1 for an anomaly. `anomaly_score` is the course's own: higher is more anomalous.
TensorFlow is loaded by the first `fit` of a network, not by the import.
"""

from aelearn.detectors import storage
from aelearn.detectors.autoencoder import KINDS, SCORES, AutoencoderDetector
from aelearn.detectors.base import SCALINGS, CalibratedDetector
from aelearn.detectors.gan import GANDetector
from aelearn.detectors.sequence import LEVELS, SEQUENCE_KINDS, SequenceDetector

__all__ = [
    "KINDS",
    "LEVELS",
    "SCALINGS",
    "SCORES",
    "SEQUENCE_KINDS",
    "AutoencoderDetector",
    "CalibratedDetector",
    "GANDetector",
    "SequenceDetector",
    "load",
]
_OWN = {kind.__name__: kind for kind in (AutoencoderDetector, GANDetector, SequenceDetector)}


def load(path):
    """The detector of this package that `save` wrote to `path`, whichever it is.

    Its class is looked up among AutoencoderDetector, GANDetector and SequenceDetector; nothing that a file names is
    imported. A detector of a class of your own comes back by `YourDetector.load(path)`. Raises ValueError, in one
    sentence, for a file that is no detector, was changed, or holds a class of yours. Taught in: 14
    """
    stored = storage.read(path)
    if stored.name not in _OWN:
        raise ValueError(
            f"{path} was saved by {stored.name}, which is no detector of this package; "
            f"load it with the class itself: {stored.name.rpartition('.')[2]}.load(path)"
        )
    return _OWN[stored.name].from_stored(stored)
