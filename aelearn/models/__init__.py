"""The networks: autoencoders, a GAN with the ways back to its code, and recurrent networks for series.

A model has `training_loss(x)`, which `training.train` makes small, and `reconstruct(x)`, which `scoring` asks. All are
`keras.Model`s that Keras, pickle and deepcopy can store.
"""

from aelearn.models.autoencoders import (
    Autoencoder,
    DenoisingAutoencoder,
    SparseAutoencoder,
    VariationalAutoencoder,
)
from aelearn.models.gan import GAN, LatentEncoder, latent_search, residual_score
from aelearn.models.recurrent import CELLS, Forecaster, SequenceAutoencoder

__all__ = [
    "CELLS",
    "GAN",
    "Autoencoder",
    "DenoisingAutoencoder",
    "Forecaster",
    "LatentEncoder",
    "SequenceAutoencoder",
    "SparseAutoencoder",
    "VariationalAutoencoder",
    "latent_search",
    "residual_score",
]
