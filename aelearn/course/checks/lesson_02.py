"""Checks of lesson 02, Building an autoencoder."""

import numpy as np

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same


@exercise(
    "02.1",
    hint="A dense layer from a to b numbers has a x b weights and b biases. There are four such layers; add them up.",
)
def parameter_count(answer):
    count = a_number(answer, "n_parameters")
    known = {
        784 * 128 + 128 * 32 + 32 * 128 + 128 * 784: "You counted the weights alone; each layer also has one bias "
        "for each of its outputs.",
        785 * 128 + 129 * 32: "That is the encoder alone; the decoder has parameters too.",
        33 * 128 + 129 * 784: "That is the decoder alone; the encoder has parameters too.",
        128 + 32 + 128 + 784: "Those are the outputs of the four layers, which is also how many biases there are; "
        "the weights between them are missing.",
        784 + 128 + 32 + 128 + 784: "You added the sizes of the layers; the parameters sit between them: a x b weights "
        "from a numbers to b.",
        785 * 128 + 129 * 784: "You left out the bottleneck: 128 -> 32 and 32 -> 128 are layers as well.",
        2 * (785 * 128 + 129 * 32): "You counted the encoder twice. The decoder has as many weights, but other biases: "
        "its layers have 128 and 784 outputs.",
    }
    for value, sentence in known.items():
        if same(count, value, 1e-9):
            return sentence
    if not same(count, 785 * 128 + 129 * 32 + 33 * 128 + 129 * 784, 1e-9):
        return f"{count:.8g} is not the sum of a x b weights and b biases over the four layers."


@exercise("02.2", hint="The encoder is a function: call model.encoder with the pictures, and look at the shape.")
def codes(answer, *, model, x):
    right = np.asarray(model.encoder(x), dtype=float)
    n, size = right.shape
    shape = tuple(np.shape(answer)) if not isinstance(answer, list | dict) else ()
    if shape == x.shape:
        return "That has the size of the pictures. The code is what stands in the middle: use the encoder alone."
    if shape == (size, n):
        return f"Rows and columns are exchanged: one row for each picture is wanted, shape {(n, size)}."
    if len(shape) == 2 and shape[0] == n and shape[1] != size:
        return (
            f"You have {shape[1]} numbers a picture, and a code has {size}: go through the whole encoder, to its end."
        )
    if shape == (size,) and n > 1:
        return f"That is a single code; {n} pictures have {n} of them."
    if not same(an_array(answer, (n, size), "codes"), right):
        return "The shape is right, but these are not the numbers that model.encoder gives for these pictures."


@exercise(
    "02.3",
    hint="The decoder is the encoder in a mirror: keras.Input((latent_dim,)), then Dense(128, ...), then Dense(n_features).",
)
def build_autoencoder(answer):
    for n_features, latent_dim in ((12, 3), (7, 2)):
        built = a_function(answer, n_features, latent_dim, what="build_autoencoder")
        if built is ...:
            return Blank
        encoder, decoder = _two_networks(built)
        if getattr(encoder, "input_shape", None) == (None, latent_dim):
            return "The first network takes a code: it is the decoder. Return encoder, decoder, in this order."
        zeros = np.zeros((4, n_features), np.float32)
        _shape(encoder, zeros, latent_dim, f"The encoder, given {n_features} features and asked for {latent_dim},")
        code = np.zeros((4, latent_dim), np.float32)
        _shape(decoder, code, n_features, f"The decoder, given a code of {latent_dim} for {n_features} features,")
    for half, network, activations in (("encoder", encoder, _CODE), ("decoder", decoder, _OUTPUT)):
        layers = [layer for layer in network.layers if hasattr(layer, "units")]
        if len(layers) != 2 or layers[0].units != 128:
            sizes = ", ".join(str(layer.units) for layer in layers)
            return (
                f"The {half} has dense layers of {sizes} units; wanted is one hidden layer of 128 and the last layer."
            )
        if layers[0].activation.__name__ != "relu":
            return f"The hidden layer of the {half} is not ReLU; two linear layers in a row are only one linear layer."
        last = layers[1].activation.__name__
        if last != "linear":
            return activations.get(last, f"The last layer of the {half} has activation {last}, and linear is wanted.")


_CODE = {"relu": "The code has a ReLU: it could not hold negative numbers. Leave the encoder's last layer linear."}
_OUTPUT = {
    "relu": "The decoder ends in a ReLU: it could never give back a negative number. Leave its last layer linear.",
    "sigmoid": "The decoder ends in a sigmoid: it could only give numbers between 0 and 1. Leave its last layer linear.",
}


def _two_networks(built):
    if not isinstance(built, tuple | list) or len(built) != 2 or not all(map(callable, built)):
        raise NotYet("build_autoencoder must return two networks: return encoder, decoder.")
    if not all(hasattr(network, "layers") for network in built):
        raise NotYet("What build_autoencoder returns are not two keras.Sequential networks.")
    return built


def _shape(network, x, width, who):
    try:
        found = tuple(np.shape(network(x)))
    except Exception as error:
        first_line = str(error).strip().partition("\n")[0]
        raise NotYet(f"{who} stopped: use the two arguments, not fixed sizes ({first_line})") from None
    if found != (len(x), width):
        raise NotYet(f"{who} returns {found[-1]} numbers a row instead of {width}.")


@exercise(
    "02.4",
    hint="For a negative x the best a ReLU can answer is 0, an error of x squared; for any other x it can be exact. "
    "np.minimum(x, 0) keeps the negative part.",
)
def relu_floor(answer):
    x = np.random.default_rng(24).normal(0.3, 2, (6, 4))
    floor = a_function(answer, x.copy(), what="relu_floor")
    if floor is ...:
        return Blank
    negative = np.minimum(x, 0)
    if same(floor, np.mean(negative**2, axis=1)) or same(floor, np.mean(negative**2, axis=0)):
        return "You have several numbers; take the mean over all rows and columns."
    floor = a_number(floor, "what relu_floor returns")
    if same(floor, np.mean(np.maximum(x, 0) ** 2)):
        return "Those are the positive values, which a ReLU can give back; the negative ones are what it misses."
    if same(floor, np.mean(x**2)):
        return "That is the error of always answering 0; a ReLU can give back the positive values."
    if same(floor, np.mean(x[x < 0] ** 2)):
        return "You averaged over the negative values alone; the others count too, with an error of 0."
    if same(floor, np.sum(negative**2)):
        return "That is the sum of the errors; the mean squared error divides by how many numbers there are."
    if same(floor, np.mean(x < 0)):
        return "That is the share of negative values; how far below 0 they lie matters, squared."
    if same(abs(floor), np.mean(np.abs(negative))):
        return "You did not square: an answer of 0 for x has the squared error x * x."
    if not same(floor, np.mean(negative**2)):
        return "Think of one value: if it is negative the best answer is 0, otherwise the value itself; then square and average."


@exercise(
    "02.5",
    hint="Centre x, take s = np.linalg.svd(centred, compute_uv=False), and look at what the components after the first k hold: s[k:].",
)
def best_linear_error(answer):
    rng = np.random.default_rng(25)
    x, k = rng.normal(size=(20, 5)) * [5, 3, 2, 1, 0.5] + [9, -4, 0, 2, 1], 2
    error = a_function(answer, x.copy(), k, what="best_linear_error")
    if error is ...:
        return Blank
    error = a_number(error, "what best_linear_error returns")
    n, d = x.shape
    s = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    lost = np.sum(s[k:] ** 2)
    raw = np.linalg.svd(x, compute_uv=False)
    if same(error, np.sum(s[:k] ** 2) / (n * d)):
        return "That is the variance the k components keep; the error is what they lose."
    if same(error, np.sum(raw[k:] ** 2) / (n * d)):
        return "The data were not centred: subtract the mean of each column first, as the biases of the network can."
    if same(error, lost / n):
        return "That is the squared error of a whole row; the mean runs over its d features too."
    if same(error, lost / ((n - 1) * d)):
        return "You divided by n - 1, as PCA's explained_variance_ does; a mean over the n rows divides by n."
    if same(error, lost):
        return "That is the sum over all rows and features; divide by n times d."
    if same(error, np.sum(s[k:]) / (n * d)):
        return "The singular values were not squared; the error is made of their squares."
    if same(error, lost / np.sum(s**2)):
        return "That is the share of the variance that is lost; wanted is the mean squared error itself."
    if same(error, np.sum(s[k + 1 :] ** 2) / (n * d)) or same(error, np.sum(s[k - 1 :] ** 2) / (n * d)):
        return "You are off by one: the components kept are s[:k], so those lost are s[k:]."
    if not same(error, lost / (n * d)):
        return "That is not the error of PCA with k components: the sum of s[k:] squared, divided by n times d."
    if not same(a_number(answer(x.copy(), 4)), s[4] ** 2 / (n * d)):
        return "It is right for one k and wrong for another: use the argument k."


@exercise(
    "02.6",
    hint="Centred rows that lie in a flat of r dimensions can be written with r numbers. np.linalg.matrix_rank finds r.",
)
def lossless_code_size(answer):
    rng = np.random.default_rng(26)
    x = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 8)) + rng.normal(5, 1, 8)
    x[:, :2] = [7, -2]  # two columns that never vary
    size = a_function(answer, x.copy(), what="lossless_code_size")
    if size is ...:
        return Blank
    size = a_number(size, "what lossless_code_size returns")
    if size == 8:
        return "That is the number of columns. The columns may depend on each other; then fewer numbers suffice."
    if size == 30:
        return "That is the number of rows; a code is as long as the number of independent directions, not of rows."
    if size == 6:
        return "You counted the columns that vary. Columns may also be mixtures of each other: look for the rank."
    if size == 4:
        return "That is the rank before centring: the biases carry the mean, so it needs no place in the code."
    if size != 3:
        return f"For rows that vary in 3 independent directions your function gives {size:g}."
    other = rng.normal(size=(12, 5)) + 3
    if a_number(answer(other.copy())) != 5:
        return "It is right on one table and wrong on another, whose five columns are independent."
