import numpy as np

from exercises import Exercise

rng = np.random.default_rng(2)
x = rng.random((10, 784)).astype(np.float32)
hidden_weights, code_weights, back = (rng.normal(size=shape) for shape in ((784, 128), (128, 32), (32, 784)))


class Model:
    """An autoencoder of matrices; its encoder has layers, as one of Keras has."""

    class encoder:
        layers = (lambda rows: np.asarray(rows) @ hidden_weights,)

        def __new__(cls, rows):
            return np.asarray(rows) @ hidden_weights @ code_weights

    def __call__(self, rows):
        return self.encoder(rows) @ back

    reconstruct = __call__


model = Model()
codes = model.encoder(x)


def network(*layers):
    """A build_half that chains these Keras layers, each a function of (n_in, n_out)."""

    def build(n_in, n_out):
        import keras

        return keras.Sequential([keras.Input((n_in,)), *(layer(n_in, n_out) for layer in layers)])

    return build


def dense(units=None, activation=None):
    """A dense layer of so many units, or of n_out."""

    def layer(n_in, n_out):
        import keras

        return keras.layers.Dense(units or n_out, activation=activation)

    return layer


def layer_of_keras(name, *arguments):
    """A layer of another kind."""

    def layer(n_in, n_out):
        import keras

        return getattr(keras.layers, name)(*arguments)

    return layer


def given_back(n_in, n_out):
    """A layer with as many units as came in."""
    return dense(n_in)(n_in, n_out)


def without_input(n_in, n_out):
    import keras

    return keras.Sequential([keras.layers.Dense(128, activation="relu"), keras.layers.Dense(n_out)])


def for_pixels(n_in, n_out):
    return network(dense(128, "relu"), dense())(784, n_out)


def squares_lost(x, size, *, centre=True):
    s = np.linalg.svd(x - x.mean(axis=0) if centre else x, compute_uv=False)
    return s, np.sum(s[size:] ** 2)


EXERCISES = [
    Exercise(
        "02.1",
        right=104_608,
        wrong=[
            (104_448, "weights alone"),
            (105_360, "That is the decoder's number"),
            (104_609, "1 more than is wanted"),
            (209_968, "both halves"),
            (100_480, "first layer alone"),
            (4128, "second layer alone"),
            (104_576, "biases of the code are missing"),
            (160, "Those are the units"),
            (944, "added the sizes"),
            (25_120, "left out the hidden layer"),
            (100_000, "100000 is not"),
            ([100_480, 4128], "one number is wanted"),
        ],
    ),
    Exercise(
        "02.2",
        right=codes,
        also=[codes.tolist(), codes.astype(np.float32)],
        given=dict(model=model, x=x),
        wrong=[
            (x, "the pictures themselves"),
            (model(x), "the reconstructions"),
            (x @ hidden_weights, "128 numbers of the hidden layer"),
            (codes.T, "exchanged"),
            (codes[0], "a single code"),
            (codes.mean(axis=0), "averaged over the pictures"),
            (codes.shape, "shape of the codes"),
            (x[:, :32], "which rows went in"),
        ],
    ),
    Exercise(
        "02.3",
        right=network(dense(128, "relu"), dense()),
        also=[
            network(dense(128), layer_of_keras("ReLU"), dense()),
            network(dense(128), layer_of_keras("Activation", "relu"), dense(activation="linear")),
            without_input,
        ],
        blank=lambda n_in, n_out: ...,
        wrong=[
            (network(dense(128, "relu"), dense(activation="relu")), "never give a negative number"),
            (network(dense(128, "relu"), dense(activation="sigmoid")), "between 0 and 1"),
            (network(dense(128, "relu"), dense(activation="tanh")), "between -1 and 1"),
            (network(dense(128), dense()), "has no ReLU"),
            (network(dense(128), dense(activation="relu")), "at the wrong layer"),
            (network(dense()), "128 units is missing"),
            (network(dense(128, "relu")), "last layer is missing"),
            (network(dense(128, "relu"), given_back), "as many numbers as came in"),
            (network(dense(128, "relu"), dense(32)), "32 units whatever"),
            (network(dense(128, "relu"), dense(128, "relu"), dense()), "two hidden layers"),
            (network(dense(64, "relu"), dense()), "your network is: 7, dense 64, relu, dense 7"),
            (network(dense(128), layer_of_keras("LeakyReLU"), dense()), "leakyrelu"),
            (for_pixels, "takes 784 numbers whatever"),
            (lambda n_in, n_out: network(dense(128, "relu"), dense())(n_out, n_in), "exchanged n_in and n_out"),
            (lambda n_in, n_out: network(dense(128, "relu"), dense())(n_in + 1, n_out), "your network is: 8, dense"),
            (lambda n_in, n_out: (for_pixels(n_in, n_out), None), "returns one network"),
            (lambda n_in, n_out: print, "no keras.Sequential"),
            (lambda n_in, n_out: None, "nothing"),
        ],
    ),
    Exercise(
        "02.4",
        right=lambda x: np.mean(np.minimum(x, 0) ** 2),
        also=[lambda x: np.sum(x[x < 0] ** 2) / x.size, lambda x: np.mean((x - np.maximum(x, 0)) ** 2)],
        blank=lambda x: ...,
        wrong=[
            (lambda x: np.mean(np.maximum(x, 0) ** 2), "positive values"),
            (lambda x: np.mean(x**2), "always answering 0"),
            (lambda x: np.mean(x[x < 0] ** 2), "negative values alone"),
            (lambda x: np.sum(np.minimum(x, 0) ** 2), "sum of the errors"),
            (lambda x: np.mean(x < 0), "share of negative values"),
            (lambda x: np.mean(np.minimum(x, 0)), "did not square"),
            (lambda x: np.mean(np.minimum(x, 0) ** 2, axis=1), "one number for each row"),
            (lambda x: np.mean(np.minimum(x, 0)) ** 2, "Square first"),
            (lambda x: np.min(np.minimum(x, 0) ** 2), "any single value"),
            (lambda x: np.min(np.mean(np.minimum(x, 0) ** 2, axis=1)), "best row or column"),
            (lambda x: 0.0, "for every input that was tried"),
        ],
    ),
    Exercise(
        "02.5",
        right=lambda x, size: squares_lost(x, size)[1] / x.size,
        also=[lambda x, size: np.sum(np.linalg.eigvalsh(np.cov(x.T, bias=True))[::-1][size:]) / x.shape[1]],
        blank=lambda x, size: ...,
        wrong=[
            (lambda x, size: np.sum(squares_lost(x, size)[0][:size] ** 2) / x.size, "components keep"),
            (lambda x, size: squares_lost(x, size, centre=False)[1] / x.size, "not centred"),
            (lambda x, size: squares_lost(x, size)[1] / len(x), "whole row"),
            (lambda x, size: squares_lost(x, size)[1] / (len(x) - 1) / x.shape[1], "n - 1"),
            (lambda x, size: squares_lost(x, size)[1], "sum over all rows"),
            (lambda x, size: np.sum(squares_lost(x, size)[0][size:]) / x.size, "not squared"),
            (lambda x, size: squares_lost(x, size)[1] / squares_lost(x, 0)[1], "share of the variance that is lost"),
            (lambda x, size: squares_lost(x, size + 1)[1] / x.size, "off by one"),
            (lambda x, size: squares_lost(x / x.std(axis=0), size)[1] / x.size, "divided the columns"),
            (lambda x, size: squares_lost(x, 2)[1] / x.size, "Where size should matter"),
        ],
    ),
    Exercise(
        "02.6",
        right=lambda x: np.linalg.matrix_rank(x - x.mean(axis=0)),
        also=[lambda x: np.sum(np.linalg.svd(x - x.mean(axis=0), compute_uv=False) > 1e-8)],
        blank=lambda x: ...,
        wrong=[
            (lambda x: x.shape[1], "number of columns"),
            (lambda x: len(x), "number of rows"),
            (lambda x: np.sum(x.std(axis=0) > 0), "columns that vary"),
            (lambda x: np.linalg.matrix_rank(x), "before centring"),
            (lambda x: np.linalg.matrix_rank(x) - 1, "took one away"),
            (lambda x: np.linalg.matrix_rank(x - x.mean()), "one mean of the whole table"),
            (lambda x: np.linalg.svd(x - x.mean(axis=0), compute_uv=False), "Those are the singular values"),
            (lambda x: np.sum(np.linalg.svd(x - x.mean(axis=0), compute_uv=False) > 0), "0 but for rounding"),
            (lambda x: np.sum(np.linalg.eigvalsh(np.cov(x.T)) > 0), "exactly 0?"),
            (lambda x: 3, "for every input that was tried"),
        ],
    ),
]
