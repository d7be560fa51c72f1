"""Checks of lesson 03, Training."""

import numpy as np

from aelearn.course.judging import function_exercise


def _rows_and_reconstructions(rng):
    shape = rng.integers(1, 6), rng.integers(2, 6)
    return rng.normal(size=shape), rng.normal(size=shape)


def _squares(x, reconstruction):
    return (x - reconstruction) ** 2


@function_exercise(
    "03.1",
    examples=[
        ([[0.0, 1, 2, 0.5], [1, 0, 0, 3], [2, 2, 1, 0]], [[0.5, 1, 1, 0], [1.5, 1, 0, 1], [2, 0, 3, 0.5]]),
        ([[1.0, 2, 3]], [[1.0, 2, 3]]),  # nothing is wrong: 0
        ([[3.0, -1]], [[1.0, 1]]),  # one row
        ([[3.0], [-1], [0]], [[1.0], [0], [4]]),  # one feature
    ],
    random=_rows_and_reconstructions,
    slips=[
        (lambda x, reconstruction: _squares(x, reconstruction).mean(axis=1), "You return one number for each row: the error of a row. The loss is the mean over the rows as well."),
        (lambda x, reconstruction: _squares(x, reconstruction).mean(axis=0), "You return one number for each feature; the loss is one number: the mean over rows and features."),
        (lambda x, reconstruction: _squares(x, reconstruction).sum(axis=1), "You return the sum of the squares of each row; the loss is one number, the mean of all squares."),
        (_squares, "You return one number for each feature of each row; the loss is the mean of them all."),
        (lambda x, reconstruction: _squares(x, reconstruction).sum(), "That is the sum of the squares; take their mean."),
        (lambda x, reconstruction: _squares(x, reconstruction).sum(axis=1).mean(), "You summed over the features and took the mean over the rows only; take the mean over both."),
        (lambda x, reconstruction: _squares(x, reconstruction).sum(axis=0).mean(), "You summed over the rows and took the mean over the features only; take the mean over both."),
        ([lambda x, reconstruction: _squares(x, reconstruction).sum() / 784,
          lambda x, reconstruction: _squares(x, reconstruction).sum() / (784 * len(x)),
          lambda x, reconstruction: _squares(x, reconstruction).sum(axis=1) / 784,
          lambda x, reconstruction: _squares(x, reconstruction).mean() / 784], "You divided by 784, which only our digits have; rows may have any number of features: x.shape[1], or let np.mean count."),
        (lambda x, reconstruction: np.abs(x - reconstruction).mean(), "That is the mean of the absolute differences; square them instead."),
        (lambda x, reconstruction: (x - reconstruction).mean(), "The differences were not squared, so positive and negative ones cancel out."),
        (lambda x, reconstruction: (x - reconstruction).mean() ** 2, "You took the mean first and squared it; square each difference, then take the mean."),
        (lambda x, reconstruction: np.sqrt(_squares(x, reconstruction).mean()), "That is the square root of the mean squared error; leave the root away."),
        (lambda x, reconstruction: np.linalg.norm(x - reconstruction), "That is the distance, the root of the sum of the squares; the loss is their mean, without a root."),
        (lambda x, reconstruction: _squares(x, reconstruction).mean() / 2, "That is half the mean squared error; some books use it, our loss has no factor of one half."),
        (lambda x, reconstruction: np.var(x - reconstruction), "That is the variance of the differences: their mean is taken off first. Square the differences as they are."),
        (lambda x, reconstruction: np.median(_squares(x, reconstruction)), "That is the median of the squares; take their mean."),
        (lambda x, reconstruction: np.max(_squares(x, reconstruction)), "That is the largest square; take the mean of them all."),
        (lambda x, reconstruction: x.var(), "You left the reconstruction out; the loss is made of the differences."),
        (lambda x, reconstruction: np.mean(reconstruction**2), "You left x out; the loss is made of the differences between x and reconstruction."),
        (lambda x, reconstruction: np.mean((x - reconstruction) * 2), "You doubled the differences; ** 2 squares them."),
        (lambda x, reconstruction: np.mean(x**2), "You left the reconstruction out; the loss is made of the differences."),
        (lambda x, reconstruction: np.mean(x**2 - reconstruction**2), "You squared before you subtracted; subtract first, then square."),
        (lambda x, reconstruction: np.mean((x + reconstruction) ** 2), "You added the two; subtract them."),
    ],
    hints=(
        "Three steps: the differences, their squares, one mean. Over what does the mean run?",
        "np.mean without an axis takes the mean over all numbers of an array; ** 2 squares each of them.",
    ),
)  # fmt: skip
def mse(x, reconstruction):
    return np.mean((x - reconstruction) ** 2)


def _weights_and_gradient(rng):
    size = rng.integers(1, 6)
    return rng.normal(size=size), rng.normal(size=size), rng.choice([0.01, 0.1, 0.5, 2.0])


@function_exercise(
    "03.2",
    examples=[
        ([1.0, -2, 0.5], [3.0, -4, 0], 0.1),
        ([[1.0, 2], [3, 4]], [[-1.0, 0.5], [0, 8]], 0.25),  # a matrix of weights
        ([5.0], [2.0], 2.0),  # a rate above 1
        ([0.0, 0], [1.0, -1], 0.5),  # weights of zero
    ],
    random=_weights_and_gradient,
    pure=True,
    slips=[
        (lambda weights, gradient, learning_rate: weights + learning_rate * gradient, "That goes uphill: the gradient says where the loss grows, so subtract."),
        (lambda weights, gradient, learning_rate: weights - gradient, "The learning rate is missing: it scales the gradient, and so sets how long the step is."),
        (lambda weights, gradient, learning_rate: weights - learning_rate, "The gradient is missing: the learning rate only says how much of it is subtracted."),
        (lambda weights, gradient, learning_rate: -learning_rate * gradient, "That is the step itself; add it to the weights and return the new weights."),
        (lambda weights, gradient, learning_rate: learning_rate * gradient, "That is only the learning rate times the gradient; subtract it from the weights."),
        (lambda weights, gradient, learning_rate: learning_rate * gradient - weights, "You subtracted the wrong way round: start from the weights."),
        (lambda weights, gradient, learning_rate: weights - gradient / learning_rate, "You divided by the learning rate; a small one must make a small step: multiply."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * np.sign(gradient), "You used the sign of the gradient only; a steeper slope makes a longer step: use the gradient itself."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * gradient / np.linalg.norm(gradient), "You made the gradient one unit long; a steeper slope makes a longer step: use the gradient as it is."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * np.abs(gradient), "You used the size of the gradient without its sign; the sign says which way is down."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * np.mean(gradient), "You used the mean of the gradient for all weights; each weight has its own."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * np.sum(gradient), "You added the gradient up; each weight has its own number in it."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * weights, "You shrank the weights and left out the gradient; the step goes along the gradient."),
        (lambda weights, gradient, learning_rate: weights * (1 - learning_rate * gradient), "You multiplied the step by the weights as well; subtract learning rate times gradient, nothing more."),
        (lambda weights, gradient, learning_rate: weights * learning_rate * gradient, "You multiplied all three; the step is subtracted from the weights."),
        (lambda weights, gradient, learning_rate: (weights - gradient) * learning_rate, "The learning rate scales the gradient alone, not the weights: mind the brackets."),
        (lambda weights, gradient, learning_rate: weights - learning_rate * gradient**2, "You squared the gradient; then its sign is lost, and with it the way down."),
        (lambda weights, gradient, learning_rate: weights - 2 * learning_rate * gradient, "Your step is twice as long as it should be: the factor 2 of a square is in the gradient already."),
    ],
    hints=(
        "The gradient points uphill. Which sign does the step have, and what sets its length?",
        "The new weights are the old ones minus the product of the other two.",
    ),
    remark="The rule is the same for one weight and for a million.",
)  # fmt: skip
def step(weights, gradient, learning_rate):
    return weights - learning_rate * gradient


@function_exercise(
    "03.3",
    examples=[
        (1000, 64),  # a rest of more than half a batch
        (300, 7),  # a rest of less than half
        (128, 64),  # no rest
        (10, 64),  # fewer rows than a batch
        (65, 64),  # a rest of one row
        (64, 64),
        (5, 1),
        (1, 1),
    ],
    random=lambda rng: (int(rng.integers(1, 400)), int(rng.integers(1, 70))),
    slips=[
        (lambda n_rows, batch_size: n_rows // batch_size, "You rounded down, so the last, smaller batch is lost: 1000 rows at 64 a step leave 40 rows over."),
        (lambda n_rows, batch_size: n_rows // batch_size + 1, "You always add one step; 128 rows at 64 a step divide evenly, and take 2 steps, not 3."),
        (lambda n_rows, batch_size: n_rows / batch_size, "Steps come whole: 1000 / 64 is no whole number. Round up, since the rest makes a step of its own."),
        (lambda n_rows, batch_size: round(n_rows / batch_size), "You rounded to the nearest whole number, which loses a small rest; round up."),
        (lambda n_rows, batch_size: int(n_rows / batch_size + 0.5), "You rounded to the nearest whole number, which loses a small rest; round up."),
        (lambda n_rows, batch_size: max(n_rows // batch_size, 1), "You rounded down, but for fewer rows than a batch; the rest is a step of its own whatever comes before it."),
        (lambda n_rows, batch_size: n_rows % batch_size, "That is how many rows are left over; asked for is the number of steps."),
        (lambda n_rows, batch_size: n_rows // batch_size + n_rows % batch_size, "You count each row of the rest as a step; together they make one."),
        (lambda n_rows, batch_size: n_rows - batch_size, "That is how many rows are left after the first step; asked for is the number of steps."),
        ([lambda n_rows, batch_size: batch_size // n_rows, lambda n_rows, batch_size: batch_size / n_rows], "You divided the batch by the rows; how often does a batch fit into the rows?"),
        (lambda n_rows, batch_size: n_rows * batch_size, "You multiplied; each step takes batch_size of the rows, so divide."),
        (lambda n_rows, batch_size: divmod(n_rows, batch_size), "You return the full batches and the rest as two numbers; how many steps do they make together?"),
        (lambda n_rows, batch_size: len(range(batch_size, n_rows, batch_size)), "You left a step out: count from row 0, which starts the first batch."),
    ],
    hints=(
        "How many full batches are there, and when does one more come after them?",
        "np.ceil rounds up: divide, round up, and make it a whole number with int.",
    ),
)  # fmt: skip
def steps_in_epoch(n_rows, batch_size):
    return int(np.ceil(n_rows / batch_size))


def _some_batches(rng):
    sizes = np.full(rng.integers(1, 6), rng.choice([8, 16, 64]))
    return rng.gamma(2, 0.1, len(sizes) + 1), np.append(sizes, rng.integers(1, 8))


def _weighted(losses, sizes):
    return np.sum(losses * sizes)


def _weighted_by(rows):
    """An epoch loss that takes the number of rows to be always the same."""
    return lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / rows


@function_exercise(
    "03.4",
    examples=[
        ([0.1, 0.2, 0.6], [64, 64, 8]),
        ([0.1, 0.2], [32, 32]),  # equal batches
        ([0.5], [7]),  # one batch
        ([0.3, 0.9, 0.1], [5, 1, 10]),  # the smaller ones anywhere
    ],
    random=_some_batches,
    slips=[
        (lambda batch_losses, batch_sizes: np.mean(batch_losses), "That is the plain mean of the batch losses: the batch of 8 counts as much as one of 64. Weight by size."),
        (lambda batch_losses, batch_sizes: np.median(batch_losses), "That is the median of the batch losses; the mean over all rows is wanted."),
        (_weighted, "Losses times sizes, added up, is right; divide that by the number of rows."),
        (lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / len(batch_sizes), "You divided the sum by the number of batches; divide by the number of rows."),
        (lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / (len(batch_sizes) * batch_sizes[0]), "You divided as if every batch were full; divide by the number of rows there really are."),
        ([lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / (len(batch_sizes) * 64),
          lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / len(batch_sizes) / np.max(batch_sizes)], "You divided as if every batch were full; divide by the number of rows there really are."),
        ([_weighted_by(rows) for rows in (136, 784, 1000, 1250)], "You divided by a fixed number; how many rows there are differs, and batch_sizes adds up to it."),
        ([lambda batch_losses, batch_sizes: batch_losses[0],
          lambda batch_losses, batch_sizes: batch_losses[0] * batch_sizes[0] / np.sum(batch_sizes)], "Only the first batch has a say, as when `return` stands inside the loop."),
        (lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / np.sum(batch_losses), "You divided by the sum of the losses; divide by the number of rows, the sum of the sizes."),
        (lambda batch_losses, batch_sizes: _weighted(batch_losses[:-1], batch_sizes[:-1]) / np.sum(batch_sizes), "You left the last batch out of the sum, though its rows are in the divisor; its loss counts as well."),
        (lambda batch_losses, batch_sizes: _weighted(batch_losses[:-1], batch_sizes[:-1]) / np.sum(batch_sizes[:-1]), "You left the last batch out; its rows count as well."),
        (lambda batch_losses, batch_sizes: np.mean(batch_losses[:-1]), "You left the last batch out; its rows count as well."),
        ([lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / np.mean(batch_sizes),
          lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / np.max(batch_sizes),
          lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) / 64], "You divided by the size of one batch; divide by the number of rows, the sum of the sizes."),
        (lambda batch_losses, batch_sizes: np.max(batch_losses * batch_sizes) / np.sum(batch_sizes), "You kept one batch, the one with the largest product; add the products of all batches up."),
        (lambda batch_losses, batch_sizes: _weighted(batch_losses, batch_sizes) * np.sum(batch_sizes), "You multiplied by the number of rows at the end; divide by it."),
        (lambda batch_losses, batch_sizes: np.sum(batch_losses) / np.sum(batch_sizes), "You divided by the number of rows, but did not multiply each loss by its size first."),
        (lambda batch_losses, batch_sizes: np.sum(batch_losses / batch_sizes), "You divided each loss by its size; a larger batch counts for more: multiply."),
        (lambda batch_losses, batch_sizes: np.sum(batch_losses / batch_sizes) / np.sum(1 / batch_sizes), "You weighted by one over the size, so that small batches count most; weight by the size."),
        (lambda batch_losses, batch_sizes: np.sum(batch_losses) * np.sum(batch_sizes), "You multiplied two sums; multiply each loss by its own size, and then add up."),
        (lambda batch_losses, batch_sizes: np.sum(batch_losses), "That is the sum of the batch losses; a mean over the rows is wanted."),
        (lambda batch_losses, batch_sizes: batch_losses[-1], "That is the loss of the last batch only; the epoch has all of them."),
        (lambda batch_losses, batch_sizes: batch_losses * batch_sizes, "You return one number for each batch; add them up and divide by the number of rows."),
        (lambda batch_losses, batch_sizes: batch_losses * batch_sizes / np.sum(batch_sizes), "You return one number for each batch: what it adds to the loss of the epoch. Add them up."),
        (lambda batch_losses, batch_sizes: np.mean(batch_losses * batch_sizes / np.sum(batch_sizes)), "Each part is divided by all rows already: add the parts up, instead of taking their mean."),
    ],
    hints=(
        "If a batch of 64 has the loss 0.1, what do its rows add up to? And all rows of the epoch?",
        "Multiply each loss by its batch size, add up, and divide by the sum of the sizes.",
    ),
    remark="np.average(batch_losses, weights=batch_sizes) is the same.",
)  # fmt: skip
def epoch_loss(batch_losses, batch_sizes):
    return np.sum(batch_losses * batch_sizes) / np.sum(batch_sizes)


def _stopping(
    losses, patience, *, lower=lambda loss, best: loss < best, kept=None, compared="best", reset=True, extra=0, start=1
):
    """(epoch kept, last epoch) of a loop that counts the epochs without a lower loss, right as it stands or with a slip.

    lower: when a loss counts as better. compared: with the best loss so far, the one before or the first. reset: whether a
    better loss sets the count back. extra: epochs waited beyond the patience. kept: "last" keeps the last epoch's weights.
    start: the index of the first loss that is compared; 0 compares the first epoch with itself.
    """
    best, waited = 0, 0
    for i in range(start, len(losses)):
        if lower(losses[i], losses[{"best": best, "previous": i - 1, "first": 0}[compared]]):
            best, waited = i, 0 if reset else waited
        else:
            waited += 1
            if waited >= patience + extra:
                return (i if kept == "last" else best) + 1, i + 1
    return (len(losses) - 1 if kept == "last" else best) + 1, len(losses)


def _looking_back(losses, patience, *, pick=np.argmin, first=1, kept=1):
    """(epoch kept, last epoch) of a loop that looks back at all losses so far; `first`: what it adds to an index for the wait."""
    for last in range(1, len(losses) + 1):
        best = pick(losses[:last])
        if last - (best + first) >= patience:
            break
    return best + kept, last


def _lowest_of_all(losses, patience):
    return np.argmin(losses) + 1, _stopping(losses, patience)[1]


def _lowest_seen_late(losses, patience):
    """Lets the epochs from the lowest loss of all on wait, as if the end were known."""
    best = np.argmin(losses) + 1
    return best, min(best + patience, len(losses))


def _some_losses(rng):
    """Falling losses with wobbles and ties, exact in binary numbers."""
    n = rng.integers(1, 14)
    return (20 - np.arange(n) * rng.choice([0, 1, 2]) + rng.integers(0, 8, n)) / 16, int(rng.integers(1, 4))


@function_exercise(
    "03.5",
    examples=[
        ([5.0, 4, 6, 7, 1], 2),
        ([5.0, 4, 3, 3.5, 3.25, 2.5, 3], 3),  # a wobble that patience outlasts; then the losses end
        ([5.0, 6, 4, 5, 3, 2], 2),  # two wobbles, and a lower loss after each: the wait starts anew
        ([5.0, 4, 4.5, 4.25, 4.5, 4.25], 2),  # lower than the one before is not lower than the best
        ([3.0, 2, 2, 2, 1], 2),  # equal is not lower
        ([3.0, 2, 2, 1, 2], 3),  # an equal loss between
        ([5.0, 4, 3, 2], 2),  # never stops
        ([1.0, 2, 3, 4, 5], 1),  # the first epoch is the best
        ([2.0], 1),  # one epoch
    ],
    random=_some_losses,
    slips=[
        (lambda losses, patience: _stopping(losses, patience, extra=1), "You wait one epoch too many: stop as soon as `patience` epochs in a row brought nothing lower."),
        (lambda losses, patience: _stopping(losses, patience, extra=-1), "You stop one epoch too early: count the epochs after the best one, and stop when there are `patience` of them."),
        (lambda losses, patience: _stopping(losses, patience, lower=np.less_equal), "An equal loss is not a lower one: with losses 3, 2, 2, 2, 1 and patience 2, training stops after epoch 4."),
        (lambda losses, patience: _stopping(losses, patience, reset=False), "A lower loss must set the wait back to 0; you count all epochs that brought nothing lower, and only those in a row count."),
        (lambda losses, patience: _stopping(losses, patience, compared="previous"), "You compare each loss with the one before it; compare it with the lowest so far."),
        ([lambda losses, patience: _stopping(losses, patience, start=0), lambda losses, patience: _stopping(losses, patience, start=0, reset=False)], "You compare the first epoch with itself, so it counts as one without a lower loss; start with the second."),
        (lambda losses, patience: _stopping(losses, patience, compared="first"), "You compare each loss with the first one; remember the lowest so far, each time that a lower one comes."),
        (lambda losses, patience: _stopping(losses, patience, kept="last"), "You keep the weights of the last epoch; early stopping goes back to those of the best one."),
        (_lowest_of_all, "You took the lowest loss of the whole list; the epochs after the stop are never trained, so nobody knows them."),
        (_lowest_seen_late, "You took the lowest loss of the whole list and waited from there; training goes epoch by epoch and does not know what comes."),
        (lambda losses, patience: (np.argmin(losses) + 1, len(losses)), "You never stop: the patience ends the training before the list ends."),
        (lambda losses, patience: _looking_back(losses, patience, first=0, kept=0), "Your best epoch counts from 0 and your last one from 1, so you stop one epoch too early as well; the first epoch is epoch 1."),
        (lambda losses, patience: _looking_back(losses, patience, first=0), "You stop one epoch too early: the best epoch counts from 0 while you wait, and the last one from 1."),
        (lambda losses, patience: _looking_back(losses, patience, first=2, kept=2), "Your best epoch is one too high; np.argmin counts from 0, so add 1."),
        (lambda losses, patience: _looking_back(losses, patience, pick=np.argmax), "You look for the highest loss; the best epoch has the lowest."),
        (lambda losses, patience: _looking_back(losses, patience, pick=lambda seen: 0), "You wait from the first epoch on; wait from the best so far."),
        (lambda losses, patience: (_stopping(losses, patience)[0], len(losses)), "The last epoch trained is where the patience ends, not the end of the list."),
        (lambda losses, patience: (np.argmin(losses[:patience]) + 1, min(patience, len(losses))), "You stop after `patience` epochs whatever the losses are; it counts epochs since the best one."),
        (lambda losses, patience: (np.argmin(losses), _stopping(losses, patience)[1] - 1), "You took the lowest loss of the whole list, and count from 0; training stops before it has seen them all, and the first epoch is epoch 1."),
        (lambda losses, patience: (_stopping(losses, patience)[0] - 1, _stopping(losses, patience)[1] - 1), "You count from 0; the first epoch is epoch 1."),
        (lambda losses, patience: (_stopping(losses, patience)[0] - 1, _stopping(losses, patience)[1]), "The first number counts from 0; the first epoch is epoch 1."),
        (lambda losses, patience: (_stopping(losses, patience)[0], _stopping(losses, patience)[1] - 1), "The second number counts from 0; the first epoch is epoch 1."),
        (lambda losses, patience: (_stopping(losses, patience)[1] - patience, _stopping(losses, patience)[1]), "You count back from the last epoch; where the losses end before the patience does, the best epoch is another one."),
        (lambda losses, patience: (min(losses[: _stopping(losses, patience)[1]]), _stopping(losses, patience)[1]), "The first number is the best loss; return its epoch."),
        ([lambda losses, patience: _stopping(losses, patience)[0], lambda losses, patience: _stopping(losses, patience)[1]], "You return one number; two are wanted: the epoch whose weights are kept, and the last epoch that is trained."),
    ],
    hints=(
        "Go through the epochs one by one. What do you have to remember from one to the next?",
        "After epoch `last`, the best so far is np.argmin(losses[:last]) + 1. Stop when `last` lies patience epochs after it.",
    ),
    remark="Your loop knows nothing of epochs it has not trained, and neither does `train`.",
)  # fmt: skip
def early_stop(losses, patience):
    for last in range(1, len(losses) + 1):
        best = np.argmin(losses[:last]) + 1  # the first of equal losses
        if last - best >= patience:
            break
    return best, last
