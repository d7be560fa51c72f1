"""Checks of lesson 02, Building an autoencoder."""

import numpy as np

from aelearn.course.answers import NotYet
from aelearn.course.judging import function_exercise, value_exercise

HIDDEN = 784 * 128 + 128  # parameters of the encoder's first layer


@value_exercise(
    "02.1",
    otherwise=lambda found, wanted: f"{found:.0f} is not the sum of weights and biases over the encoder's two layers.",
    tolerance=1e-9,
    slips=[
        (lambda: 784 * 128 + 128 * 32, "You counted the weights alone; each layer also has one bias for each of its units."),
        (lambda: 784 * 129 + 128 * 33, "That is the decoder's number, or the encoder's with one bias for each number that comes in; asked for is the encoder, and its biases are one for each unit, that is, for each number that goes out."),
        (lambda: HIDDEN + 128 * 32 + 32 + 32 * 128 + 128 + 128 * 784 + 784, "Those are the parameters of both halves; the encoder alone is asked for."),
        (lambda: HIDDEN, "That is the first layer alone; from the hidden layer to the code there is another one."),
        (lambda: 128 * 32 + 32, "That is the second layer alone; from the pixels to the hidden layer there is another one."),
        (lambda: HIDDEN + 128 * 32, "The biases of the code are missing: its 32 units have one each, too."),
        (lambda: 784 * 128 + 128 * 32 + 32, "The biases of the hidden layer are missing: its 128 units have one each, too."),
        (lambda: 784 * 128 + 128 * 32 + 784 + 128 + 32, "You counted a bias for each pixel as well; the input is no layer and has none."),
        (lambda: 128 + 32, "Those are the units, which is also how many biases there are; the weights between them are missing."),
        (lambda: 784 + 128 + 32, "You added the sizes; the parameters sit between them: a x b weights from a numbers to b units."),
        (lambda: 784 * 128 * 32, "You multiplied all three sizes; each layer has its own weights, and the layers are added."),
        (lambda: 784 * 32 + 32, "You left out the hidden layer: the way to the code leads through 128 units."),
        (lambda: 784 * 128 + 128 * 32 + 1 + 1, "You gave each layer a single bias; it has one for each of its units."),
    ],
    hints=(
        "How many weights and how many biases has a dense layer from a numbers to b units?",
        "a x b weights and b biases. There are two such layers, 784 to 128 and 128 to 32; add them up.",
    ),
)  # fmt: skip
def n_parameters():
    return HIDDEN + 128 * 32 + 32


def _first_layer(model, x):
    return np.asarray(model.encoder.layers[0](x))


@value_exercise(
    "02.2",
    otherwise=lambda found, wanted, model, x: "These are as many numbers as 100 codes have, but not those of x_test[:100]: which rows went in, and which network?",
    slips=[
        (lambda model, x: x, "Those are the pictures themselves. The code is what stands in the middle: send them through the encoder."),
        (lambda model, x: np.asarray(model(x)), "Those are the reconstructions. The code is what stands in the middle: use the encoder alone."),
        (lambda model, x: model.reconstruct(x), "Those are the reconstructions. The code is what stands in the middle: use the encoder alone."),
        (_first_layer, "Those are the 128 numbers of the hidden layer; go through the whole encoder, to its end."),
        (lambda model, x: np.asarray(model.encoder(x)).T, "Rows and columns are exchanged: one row for each picture is wanted."),
        (lambda model, x: np.asarray(model.encoder(x))[0], "That is a single code; each picture has one."),
        (lambda model, x: np.asarray(model.encoder(x[:1])), "That is a single code; each picture has one."),
        (lambda model, x: np.asarray(model.encoder(x)).mean(axis=0), "You averaged over the pictures; each has a code of its own."),
        (lambda model, x: np.asarray(model.encoder(x)).shape, "That is the shape of the codes; the codes themselves are wanted."),
        (lambda model, x: np.maximum(np.asarray(model.encoder(x)), 0), "The negative numbers are gone; the code is linear, and has them."),
    ],
    hints=(
        "Which half of the model ends in the code?",
        "The encoder is a function like any other: model.encoder(...), of the first 100 rows of x_test.",
    ),
    remark="A picture of 784 numbers has become one of 32; all that the decoder gets are these.",
)  # fmt: skip
def codes(model, x):
    return np.asarray(model.encoder(x))


class Chain(str):
    """What a network is made of, in words: "5, dense 128, relu, dense 2" takes 5 numbers and gives 2."""


def _chain(network, n_in, n_out):
    """The Chain of a network of Keras layers, however its activations are written down. Raises NotYet for anything else."""
    if isinstance(network, Chain):
        return str(network)
    if isinstance(network, tuple | list):
        raise NotYet("build_half returns one network, a keras.Sequential; you return several things.")
    if not hasattr(network, "layers") or not callable(network):
        raise NotYet("What build_half returns is no keras.Sequential: return keras.Sequential([...]).")
    n_taken = network.input_shape[-1] if getattr(network, "built", False) else n_in
    try:
        network(np.zeros((1, n_taken), np.float32))
    except Exception as error:
        line = str(error).strip().partition("\n")[0]
        raise NotYet(
            f"The network for {n_in} numbers in and {n_out} out does not take {n_in} numbers ({line})"
        ) from None
    words = [f"{n_taken}"]
    for layer in network.layers:
        if hasattr(layer, "units"):
            words.append(f"dense {layer.units}")
        elif type(layer).__name__ != "Activation":
            words.append(type(layer).__name__.lower())
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
        if activation != "linear" and words[-1] != activation:
            words.append(activation)
    return ", ".join(word for word in words if word != "inputlayer")


def _half(*layers):
    """A function that returns the Chain of these layers; "in" and "out" stand for the two sizes."""

    def build(n_in, n_out):
        words = layers if layers[0] == "784" else ["in", *layers]
        return Chain(", ".join(words).replace("in", str(n_in)).replace("out", str(n_out)))

    return build


_ENDS = {
    "relu": "it could never give a negative number.",
    "sigmoid": "it could only give numbers between 0 and 1.",
    "tanh": "it could only give numbers between -1 and 1.",
}
_wrong_end = lambda name: f"The last layer has the activation {name}, and linear is wanted: {_ENDS[name]}"


@function_exercise(
    "02.3",
    examples=[(12, 3), (3, 12), (7, 7)],
    view=_chain,
    slips=[
        (_half("dense 128", "relu", "dense out", "relu"), _wrong_end("relu")),
        (_half("dense 128", "relu", "dense out", "sigmoid"), _wrong_end("sigmoid")),
        (_half("dense 128", "relu", "dense out", "tanh"), _wrong_end("tanh")),
        (_half("dense 128", "dense out"), "The hidden layer has no ReLU; two linear layers in a row can do no more than one."),
        (_half("dense 128", "dense out", "relu"), "The ReLU stands at the wrong layer: it belongs to the hidden one, and the last one is linear."),
        ([_half("dense out", "relu"), _half("dense out")], "The hidden layer of 128 units is missing."),
        (_half("dense 128", "relu"), "The last layer is missing: after the 128 units the network goes on to n_out numbers."),
        (_half("dense 128", "relu", "dense in"), "The network gives back as many numbers as came in; its last layer has n_out units."),
        (_half("dense 128", "relu", "dense 32"), "The last layer has 32 units whatever n_out is; use the argument."),
        (_half("dense 128", "relu", "dense 784"), "The last layer has 784 units whatever n_out is; use the argument."),
        (_half("dense 128", "relu", "dense out", "dense in"), "That is a whole autoencoder, there and back; only one half is wanted."),
        (_half("dense 128", "relu", "dense out", "dense 128", "relu", "dense in"), "That is a whole autoencoder, there and back; only one half is wanted."),
        (_half("784", "dense 128", "relu", "dense out"), "The network takes 784 numbers whatever n_in is; use the argument."),
        (_half("dense 128", "relu", "dense 128", "relu", "dense out"), "There are two hidden layers; one is wanted."),
    ],
    otherwise=lambda found, wanted, n_in, n_out: f"From {n_in} numbers to {n_out}, your network is: {found}. Wanted is: {wanted}.",
    hints=(
        "Look at the two halves above: which numbers in them are fixed, and which become n_in and n_out?",
        "keras.Sequential([keras.Input((n_in,)), Dense(128, activation=\"relu\"), Dense(n_out)])",
    ),
)  # fmt: skip
def build_half(n_in, n_out):
    return Chain(f"{n_in}, dense 128, relu, dense {n_out}")


def _negative(x):
    return np.minimum(x, 0)


@function_exercise(
    "02.4",
    examples=[
        ([[1.0, -2.0], [3.0, 0.5]],),
        ([[-1.0, -3.0, 2.0]],),
        ([[0.0, 2.0], [4.0, 1.0]],),  # nothing negative: a floor of 0
        ([[-0.5], [-0.25], [0.25], [8.0]],),
        ([[-3.0, -1.0], [-2.0, -4.0]],),  # all negative
    ],
    random=lambda rng: (rng.normal(0.3, 2, (rng.integers(2, 8), rng.integers(2, 6))),),
    slips=[
        (lambda x: np.mean(_negative(x) ** 2, axis=1), "You have one number for each row; take the mean over all rows and columns."),
        (lambda x: np.mean(_negative(x) ** 2, axis=0), "You have one number for each column; take the mean over all rows and columns."),
        (lambda x: _negative(x) ** 2, "You have one number for each value; take the mean over all rows and columns."),
        (lambda x: np.mean(np.maximum(x, 0) ** 2), "Those are the positive values, which a ReLU can give back; the negative ones are what it misses."),
        (lambda x: np.mean(x**2), "That is the error of always answering 0; a ReLU can give back the positive values."),
        (lambda x: np.mean(x[x < 0] ** 2), "You averaged over the negative values alone; the others count too, with an error of 0."),
        (lambda x: np.sum(_negative(x) ** 2), "That is the sum of the errors; the mean squared error divides by how many numbers there are."),
        (lambda x: np.sum(_negative(x) ** 2) / len(x), "You divided by the number of rows; the mean runs over the columns too."),
        (lambda x: np.mean(x < 0), "That is the share of negative values; how far below 0 they lie matters, squared."),
        (lambda x: np.mean(_negative(x)), "You did not square: an answer of 0 for x has the squared error x * x."),
        (lambda x: np.mean(np.abs(_negative(x))), "You did not square: an answer of 0 for x has the squared error x * x."),
        (lambda x: np.mean(_negative(x)) ** 2, "Square first, then take the mean."),
        (lambda x: np.min(x) ** 2, "That is the error of the most negative value alone; take the mean over all."),
        (lambda x: np.min(_negative(x)) ** 2, "That is the error of the most negative value alone; take the mean over all."),
        ([lambda x: np.min(_negative(x) ** 2), lambda x: np.min(x**2)], "That is the smallest error of any single value. Every value is there, and the mean over all is asked for: how small can a network make that?"),
        ([lambda x: np.min(np.mean(_negative(x) ** 2, axis=1)), lambda x: np.min(np.mean(_negative(x) ** 2, axis=0))], "That is the error of the best row or column; take the mean over all rows and columns."),
        (lambda x: np.median(_negative(x) ** 2), "You took the median; a mean squared error is a mean."),
        (lambda x: np.mean(_negative(x) * 2), "You doubled the values; square them: ** 2."),
        (_negative, "Those are the negative values themselves; square them and take the mean."),
        (lambda x: np.mean((x - np.mean(x)) ** 2), "That is the variance; think of each value by itself: what is the best that a ReLU can answer for it?"),
        (lambda x: np.sqrt(np.mean(_negative(x) ** 2)), "That is the root of the mean squared error; leave the root away."),
    ],
    hints=(
        "Think of one value. What is the best that a ReLU can answer for -2, and what for +2?",
        "For a negative value the best answer is 0. np.minimum(x, 0) keeps the negative part: square it, and take the mean.",
    ),
    remark="No training gets below this number, and you know it before you train.",
)  # fmt: skip
def relu_floor(x):
    return np.mean(_negative(x) ** 2)


def _singular(x, centre=True):
    return np.linalg.svd(x - x.mean(axis=0) if centre else x, compute_uv=False)


def _standard(x, ddof=0):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=ddof)


def _lost(x, size):
    return np.sum(_singular(x)[size:] ** 2)


def _table(rng):
    """Rows whose columns vary unequally around means that are not 0, and a size of the code."""
    n_columns = rng.integers(3, 6)
    x = rng.normal(size=(rng.integers(8, 20), n_columns)) * 2.0 ** np.arange(n_columns)
    return x + rng.normal(0, 5, n_columns), int(rng.integers(1, n_columns))


@function_exercise(
    "02.5",
    examples=[
        ([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0], [5.0, 1.0, 4.0], [7.0, 5.0, 2.0]], 1),
        ([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0], [5.0, 1.0, 4.0], [7.0, 5.0, 2.0]], 2),
        ([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0], [5.0, 1.0, 4.0], [7.0, 5.0, 2.0]], 3),  # as wide as the input: no error
        ([[9.0, 1.0], [11.0, 2.0], [10.0, 6.0]], 1),
    ],
    random=_table,
    slips=[
        (lambda x, size: np.sum(_singular(x)[:size] ** 2) / x.size, "That is the variance the components keep; the error is what they lose."),
        (lambda x, size: np.sum(_singular(x, centre=False)[size:] ** 2) / x.size, "The data were not centred: subtract the mean of each column first, as the biases of the network can."),
        (lambda x, size: np.sum(np.linalg.svd(x - x.mean(), compute_uv=False)[size:] ** 2) / x.size, "You subtracted one mean of the whole table; each column has its own: mean(axis=0)."),
        (lambda x, size: np.sum(np.linalg.svd(x - x.mean(axis=1, keepdims=True), compute_uv=False)[size:] ** 2) / x.size, "You subtracted the mean of each row; take that of each column, axis=0."),
        (lambda x, size: _lost(x, size) / len(x), "That is the squared error of a whole row; the mean runs over its columns too."),
        (lambda x, size: _lost(x, size) / x.shape[1], "You divided by the number of columns alone; divide by rows times columns."),
        (lambda x, size: _lost(x, size) / ((len(x) - 1) * x.shape[1]), "You divided by n - 1, as PCA's explained_variance_ does; a mean over the n rows divides by n."),
        (lambda x, size: _lost(x, size), "That is the sum over all rows and columns; divide by n times d."),
        (lambda x, size: np.sum(_singular(x)[size:]) / x.size, "The singular values were not squared; the error is made of their squares."),
        (lambda x, size: np.sum(_singular(x)[size:] * 2) / x.size, "You doubled the singular values; square them: ** 2."),
        (lambda x, size: np.sum(_singular(x)[size:]) ** 2 / x.size, "You squared the sum; square each singular value first, then add."),
        (lambda x, size: _lost(x, size) / _lost(x, 0), "That is the share of the variance that is lost; wanted is the mean squared error itself."),
        (lambda x, size: 1 - _lost(x, size) / _lost(x, 0), "That is the share of the variance that is kept; wanted is the mean squared error."),
        (lambda x, size: _lost(x, size + 1) / x.size, "You are off by one: the components kept are [:size], so those lost are [size:]."),
        (lambda x, size: _lost(x, size - 1) / x.size, "You are off by one: the components kept are [:size], so those lost are [size:]."),
        (lambda x, size: _lost(x, 0) / x.size, "That is the error of the mean alone, with a code of size 0; leave out the first `size` singular values."),
        (lambda x, size: np.mean(_singular(x)[size:] ** 2), "You took the mean over the singular values; add their squares, and divide by n times d."),
        (lambda x, size: _singular(x)[size] ** 2 / x.size if size < x.shape[1] else 0.0, "That is one direction alone; the error adds up all that are left out."),
        (lambda x, size: _singular(x)[size:] ** 2 / x.size, "You have one number for each direction left out; add them up."),
        ([lambda x, size: _lost(_standard(x), size) / x.size, lambda x, size: _lost(_standard(x, ddof=1), size) / x.size], "You divided the columns by their standard deviations; the error is asked for on the rows of x as they are, only their mean is taken off."),
        (lambda x, size: np.sqrt(_lost(x, size) / x.size), "That is the root of the mean squared error; leave the root away."),
    ],
    hints=(
        "Which singular values belong to the directions that the code leaves out, and by what does the formula divide?",
        "s = np.linalg.svd(x - x.mean(axis=0), compute_uv=False); what the first `size` components leave out is s[size:].",
    ),
    remark="PCA's error, and every linear autoencoder's at best, without a fit.",
)  # fmt: skip
def best_linear_error(x, size):
    return _lost(x, size) / x.size


def _mixed(rng):
    """Rows of a drawn rank, shifted, some columns constant. The entries are whole numbers, so that the rank is sharp."""
    rank, n_columns = rng.integers(1, 4), rng.integers(4, 7)
    x = rng.integers(-4, 5, (rng.integers(9, 15), rank)) @ rng.integers(-3, 4, (rank, n_columns))
    return ((x + rng.integers(1, 9, n_columns)).astype(float),)


_rank = np.linalg.matrix_rank
_DUST = "Rounding leaves 1e-16 or so where 0 is meant; np.linalg.matrix_rank leaves such numbers out."
_TOO_MANY = f"That is too many. Do you count, or wait for, what is exactly 0? {_DUST}"


@function_exercise(
    "02.6",
    examples=[
        ([[1.0, 2.0, 3.0], [2.0, 4.0, 4.0], [4.0, 8.0, 6.0], [5.0, 10.0, 7.0]],),  # a line that misses zero: 1
        ([[7.0, 1.0, 0.0, 1.0], [7.0, 0.0, 1.0, 1.0], [7.0, 2.0, 5.0, 7.0], [7.0, 3.0, 3.0, 6.0]],),  # constant, and a sum: 2
        ([[5.0, 5.0], [5.0, 5.0], [5.0, 5.0]],),  # all rows alike: 0
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [2.0, 3.0, 4.0]],),  # independent: 3
        ([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]],),  # a line through zero: 1
        ([[1.0, 2.0, 3.0, 4.0], [4.0, 1.0, 0.0, 2.0]],),  # two rows: 1
        ([[2.0, 1.0, 3.0], [2.0, 4.0, 6.0], [2.0, 6.0, 8.0], [2.0, 0.0, 2.0]],),
    ],
    random=_mixed,
    otherwise=lambda found, wanted, x: _TOO_MANY if wanted < found <= x.shape[1] else None,
    slips=[
        (lambda x: x.shape[1], "That is the number of columns. The columns may depend on each other; then fewer numbers suffice."),
        (lambda x: len(x), "That is the number of rows; a code is as long as the number of independent directions, not of rows."),
        (lambda x: _rank(x), "That is the rank before centring: the biases carry the mean, so it needs no place in the code."),
        (lambda x: _rank(x) - 1, "You took one away for the mean. That is right only where the mean is a direction of its own; subtract the mean first."),
        (lambda x: np.sum(x.std(axis=0) > 1e-9), "You counted the columns that vary. Columns may also be mixtures of each other: look for the rank."),
        (lambda x: _rank(x - x.mean()), "You subtracted one mean of the whole table; each column has its own: mean(axis=0)."),
        (lambda x: _rank(x - x.mean(axis=1, keepdims=True)), "You subtracted the mean of each row; take that of each column, axis=0."),
        (lambda x: _rank(x - x.mean(axis=0)) + 1, "One too many: the biases carry the mean, so it needs no place in the code."),
        (lambda x: len(np.unique(x, axis=0)), "You counted rows that differ; they may still lie in a plane of few dimensions."),
        (lambda x: len(np.unique(x, axis=1).T), "You counted columns that differ; they may still be mixtures of each other."),
        (lambda x: min(x.shape), "That is the most that the rank can be; the rows may fill fewer dimensions."),
        (lambda x: min(len(x) - 1, x.shape[1]), "That is the most that it can be; the rows may fill fewer dimensions."),
        ([lambda x: np.sum(_singular(x) > 0), lambda x: np.sum(_singular(x) != 0)], f"You count singular values that are 0 but for rounding. {_DUST}"),
        (lambda x: _singular(x), "Those are the singular values; count those that are not zero."),
    ],
    hints=(
        "The biases carry the mean. How many dimensions do the rows fill once it is taken away?",
        "np.linalg.matrix_rank finds how many dimensions rows fill; give it x minus the mean of each column.",
    ),
)  # fmt: skip
def lossless_code_size(x):
    return _rank(x - x.mean(axis=0))
