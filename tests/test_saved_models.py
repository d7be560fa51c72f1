"""A model comes back from Keras' file, from pickle and from deepcopy as it was: outputs bit for bit, and settings."""

import copy
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

from aelearn import training
from aelearn.models import (
    GAN,
    Autoencoder,
    DenoisingAutoencoder,
    Forecaster,
    LatentEncoder,
    SequenceAutoencoder,
    SparseAutoencoder,
    VariationalAutoencoder,
)

pytestmark = pytest.mark.usefixtures("without_xla")

x = np.random.default_rng(0).normal(size=(100, 10)).astype("float32")
MODELS = {
    "plain": lambda: Autoencoder(10, latent_dim=3, hidden=(6, 5), activation="tanh"),
    "a function for activation": lambda: Autoencoder(np.int64(10), latent_dim=3, activation=keras.activations.gelu),
    "sparse": lambda: SparseAutoencoder(10, latent_dim=20, penalty="kl", target_rate=0.2),
    "denoising": lambda: DenoisingAutoencoder(10, latent_dim=3, corruption="masking", level=0.2),
    "variational": lambda: VariationalAutoencoder(10, latent_dim=4, noise=0.7, beta=2.0),
    "gan": lambda: GAN(10, latent_dim=3, hidden=(8,), seed=4),
    "encoder": lambda: LatentEncoder(GAN(10, latent_dim=3, hidden=(8,)), weight=0.5),
    "forecaster": lambda: Forecaster(9, units=4, cell="lstm"),
    "sequence": lambda: SequenceAutoencoder(5, channels=2, units=4, seed=3),
}


def moved(model):
    """The model with other weights than it begins with; a variational one knows its variance from them too."""
    rng = np.random.default_rng(0)
    model.set_weights([w + 0.1 * rng.normal(size=w.shape).astype("float32") for w in model.get_weights()])
    return model


def outputs(model):
    if isinstance(model, GAN):
        return np.concatenate([np.ravel(model(x)), model.generate(5).ravel()])
    if isinstance(model, Forecaster):
        return model.forecast(x[:, :9])
    bound = model.elbo(x) if isinstance(model, VariationalAutoencoder) else []
    return np.concatenate([model.reconstruct(x).ravel(), bound])


@pytest.fixture(params=MODELS)
def model(request):
    return moved(MODELS[request.param]())


def through_a_file(model, folder):
    model.save(folder / "model.keras")
    return keras.saving.load_model(folder / "model.keras", safe_mode=True)


@pytest.mark.parametrize("way", ["file", "pickle", "deepcopy"])
def test_a_model_comes_back_as_it_was(model, way, tmp_path):
    if way == "file":
        back = through_a_file(model, tmp_path)
    else:
        back = pickle.loads(pickle.dumps(model)) if way == "pickle" else copy.deepcopy(model)
    assert type(back) is type(model) and back is not model
    np.testing.assert_array_equal(outputs(back), outputs(model))
    assert back.get_config() == model.get_config()
    if not isinstance(model, GAN):
        assert float(back.training_loss(x)) == float(model.training_loss(x))  # its settings came back too
    before = outputs(model)
    back.reset_weights(5)
    np.testing.assert_array_equal(outputs(model), before)


def test_a_model_that_came_back_trains_as_the_one_it_was_made_from(tmp_path):
    model = moved(MODELS["denoising"]())
    back = through_a_file(model, tmp_path)
    for one in (model, back):
        training.train(one, x, epochs=2, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), back.get_weights(), strict=True))


def test_another_process_loads_the_file_after_importing_the_models(tmp_path):
    model = moved(MODELS["variational"]())
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    code = f"""
import aelearn.models, keras, numpy as np
model = keras.saving.load_model({str(tmp_path / "model.keras")!r})
np.save({str(tmp_path / "elbo.npy")!r}, model.elbo(np.load({str(tmp_path / "x.npy")!r})))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0 and run.stderr == "", run.stderr
    np.testing.assert_array_equal(np.load(tmp_path / "elbo.npy"), model.elbo(x))
