from types import SimpleNamespace

import numpy as np

from exercises import Exercise

rng = np.random.default_rng(2)
x = rng.random((10, 784)).astype(np.float32)
weights, hidden_weights = rng.normal(size=(784, 32)), rng.normal(size=(784, 128))
model = SimpleNamespace(encoder=lambda rows: np.asarray(rows) @ weights)


def networks(
    hidden=128,
    hidden_activation="relu",
    code_activation=None,
    output_activation=None,
    decoder_end=None,
    code=None,
    features=None,
    swapped=False,
    deeper=False,
):
    """A function that builds an encoder and a decoder, right unless told otherwise."""

    def build(n_features, latent_dim):
        import keras
        from keras.layers import Dense

        n_features, latent_dim = features or n_features, code or latent_dim
        more = [Dense(64, activation="relu")] if deeper else []
        encoder = keras.Sequential(
            [
                keras.Input((n_features,)),
                Dense(hidden, activation=hidden_activation),
                *more,
                Dense(latent_dim, activation=code_activation),
            ]
        )
        decoder = keras.Sequential(
            [
                keras.Input((latent_dim,)),
                Dense(hidden, activation=hidden_activation),
                Dense(latent_dim if decoder_end else n_features, activation=output_activation),
            ]
        )
        return (decoder, encoder) if swapped else (encoder, decoder)

    return build


def squares_lost(x, k, *, centre=True):
    s = np.linalg.svd(x - x.mean(axis=0) if centre else x, compute_uv=False)
    return s, np.sum(s[k:] ** 2)


EXERCISES = [
    Exercise(
        "02.1",
        right=209_968,
        wrong=[
            (208_896, "weights alone"),
            (104_608, "encoder alone"),
            (105_360, "decoder alone"),
            (1072, "outputs of the four layers"),
            (1856, "added the sizes"),
            (201_616, "left out the bottleneck"),
            (209_216, "encoder twice"),
            (200_000, "200000 is not the sum"),
            ([100_480, 4128, 4224, 101_136], "one number is wanted"),
        ],
    ),
    Exercise(
        "02.2",
        right=x @ weights,
        given=dict(model=model, x=x),
        wrong=[
            (x, "size of the pictures"),
            ((x @ weights).T, "exchanged"),
            (x @ hidden_weights, "128 numbers a picture"),
            (x[0] @ weights, "a single code"),
            (x[:, :32], "not the numbers"),
            ((10, 32), "shape (2,)"),
        ],
    ),
    Exercise(
        "02.3",
        right=networks(),
        blank=lambda n_features, latent_dim: ...,
        wrong=[
            (networks(decoder_end=True), "returns 3 numbers a row instead of 12"),
            (networks(output_activation="relu"), "decoder ends in a ReLU"),
            (networks(output_activation="sigmoid"), "ends in a sigmoid"),
            (networks(code_activation="relu"), "The code has a ReLU"),
            (networks(hidden_activation=None), "only one linear layer"),
            (networks(code=32), "returns 32 numbers"),
            (networks(features=784), "not fixed sizes"),
            (networks(hidden=64), "dense layers of 64"),
            (networks(deeper=True), "128, 64, 2 units"),
            (lambda n_features, latent_dim: networks()(n_features, latent_dim)[0], "return two networks"),
            (lambda n_features, latent_dim: (print, len), "not two keras.Sequential"),
            (networks(swapped=True), "in this order"),
        ],
    ),
    Exercise(
        "02.4",
        right=lambda x: np.mean(np.minimum(x, 0) ** 2),
        blank=lambda x: ...,
        wrong=[
            (lambda x: np.mean(np.maximum(x, 0) ** 2), "positive values"),
            (lambda x: np.mean(x**2), "always answering 0"),
            (lambda x: np.mean(x[x < 0] ** 2), "negative values alone"),
            (lambda x: np.sum(np.minimum(x, 0) ** 2), "sum of the errors"),
            (lambda x: np.mean(x < 0), "share of negative values"),
            (lambda x: np.mean(np.minimum(x, 0)), "did not square"),
            (lambda x: np.mean(np.minimum(x, 0) ** 2, axis=1), "several numbers"),
            (lambda x: 0.0, "Think of one value"),
        ],
    ),
    Exercise(
        "02.5",
        right=lambda x, k: squares_lost(x, k)[1] / x.size,
        blank=lambda x, k: ...,
        wrong=[
            (lambda x, k: np.sum(squares_lost(x, k)[0][:k] ** 2) / x.size, "components keep"),
            (lambda x, k: squares_lost(x, k, centre=False)[1] / x.size, "not centred"),
            (lambda x, k: squares_lost(x, k)[1] / len(x), "whole row"),
            (lambda x, k: squares_lost(x, k)[1] / (len(x) - 1) / x.shape[1], "n - 1"),
            (lambda x, k: squares_lost(x, k)[1], "sum over all rows"),
            (lambda x, k: np.sum(squares_lost(x, k)[0][k:]) / x.size, "not squared"),
            (lambda x, k: squares_lost(x, k)[1] / squares_lost(x, 0)[1], "share of the variance"),
            (lambda x, k: squares_lost(x, k + 1)[1] / x.size, "off by one"),
            (lambda x, k: squares_lost(x, 2)[1] / x.size, "use the argument k"),
            (lambda x, k: 0.0, "not the error of PCA"),
        ],
    ),
    Exercise(
        "02.6",
        right=lambda x: np.linalg.matrix_rank(x - x.mean(axis=0)),
        blank=lambda x: ...,
        wrong=[
            (lambda x: x.shape[1], "number of columns"),
            (lambda x: len(x), "number of rows"),
            (lambda x: np.sum(x.std(axis=0) > 1e-9), "columns that vary"),
            (lambda x: np.linalg.matrix_rank(x), "before centring"),
            (lambda x: 3, "wrong on another"),
            (lambda x: 2, "your function gives 2"),
        ],
    ),
]
