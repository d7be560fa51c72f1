"""Checks of lesson 03, Training."""

import numpy as np

from aelearn.course.exercises import Blank, a_function, a_number, an_array, exercise, same


@exercise("03.1", hint="Subtract, square, and take the mean over everything: np.mean without an axis.")
def mse(answer):
    x = np.array([[0.0, 1.0, 2.0, 0.5], [1.0, 0.0, 0.0, 3.0], [2.0, 2.0, 1.0, 0.0]])
    reconstruction = np.array([[0.5, 1.0, 1.0, 0.0], [1.5, 1.0, 0.0, 1.0], [2.0, 0.0, 3.0, 0.5]])
    found = a_function(answer, x.copy(), reconstruction.copy(), what="mse")
    if found is Ellipsis:
        return Blank
    squares = (x - reconstruction) ** 2
    if np.shape(found) == (3,):
        return "You return one number for each row: the error of a row. The loss is the mean over the rows as well."
    if np.shape(found) == (4,):
        return "You return one number for each feature; the loss is one number: the mean over rows and features."
    if np.shape(found) == x.shape:
        return "You return one number for each pixel of each row; the loss is the mean of them all."
    loss = a_number(found, "what mse returns")
    if same(loss, squares.sum()):
        return "That is the sum of the squares; the formula divides by n times d: take the mean."
    if same(loss, squares.sum(axis=1).mean()):
        return "You summed over the features and took the mean over the rows; divide by n times d, not by n alone."
    if same(loss, squares.sum(axis=0).mean()):
        return "You summed over the rows and took the mean over the features; divide by n times d, not by d alone."
    if same(loss, np.abs(x - reconstruction).mean()):
        return "That is the mean of the absolute differences; square them instead."
    if same(loss, (x - reconstruction).mean()) or same(loss, (reconstruction - x).mean()):
        return "The differences were not squared, so positive and negative ones cancel out."
    if same(loss, np.sqrt(squares.mean())):
        return "That is the square root of the mean squared error; leave the root away."
    if same(loss, squares.mean() / 2):
        return "That is half the mean squared error; some books use it, but our formula has no factor of one half."
    if not same(loss, squares.mean()):
        return (
            f"On a small example mse gave {loss:.4g}, and the mean of the squared differences is {squares.mean():.4g}."
        )


@exercise("03.2", hint="The gradient points uphill: subtract the learning rate times the gradient.")
def step(answer):
    weights, gradient, learning_rate = np.array([1.0, -2.0, 0.5]), np.array([3.0, -4.0, 0.0]), 0.1
    found = a_function(answer, weights.copy(), gradient.copy(), learning_rate, what="step")
    if found is Ellipsis:
        return Blank
    if found is None:
        return "step returns nothing; end it with return and the new weights."
    new = an_array(found, weights.shape, "what step returns")
    if same(new, weights + learning_rate * gradient):
        return "That goes uphill: the gradient says where the loss grows, so subtract."
    if same(new, weights - gradient):
        return "The learning rate is missing: it scales the gradient, and so sets how long the step is."
    if same(new, -learning_rate * gradient):
        return "That is the step itself; add it to the weights and return the new weights."
    if same(new, learning_rate * gradient):
        return "That is only the learning rate times the gradient; subtract it from the weights."
    if same(new, weights - gradient / learning_rate):
        return "You divided by the learning rate; a small rate must make a small step: multiply."
    if same(new, weights - learning_rate * np.sign(gradient)):
        return (
            "You used the sign of the gradient only; a steeper slope makes a longer step here: use the gradient itself."
        )
    if same(new, weights * (1 - learning_rate)) or same(new, weights - learning_rate * weights):
        return "You shrank the weights and left out the gradient; the step goes along the gradient."
    if not same(new, weights - learning_rate * gradient):
        return "The new weights are not the old ones minus the learning rate times the gradient."


@exercise("03.3", hint="Divide and round up: the rows left over make one more, smaller step.")
def steps_in_epoch(answer):
    cases = ((1000, 64), (128, 64), (10, 64), (300, 7))  # with a rest, without, smaller than a batch, with a rest
    found = [a_function(answer, *case, what="steps_in_epoch") for case in cases]
    if any(value is Ellipsis for value in found):
        return Blank
    found = np.array([a_number(value, "what steps_in_epoch returns") for value in found])
    n, size = np.array(cases).T
    right = -(-n // size)
    if same(found, n // size):
        return "You rounded down, so the last, smaller batch is lost: 1000 rows at 64 a step leave 40 rows over."
    if same(found, n // size + 1):
        return "You always add one step; 128 rows at 64 a step divide evenly, and take 2 steps, not 3."
    if same(found, n / size):
        return "Steps come whole: 1000 / 64 is no whole number. Round up, since the rest makes a step of its own."
    if same(found, np.round(n / size)):
        return "You rounded to the nearest whole number, which loses a small rest; round up."
    if same(found, n):
        return "That is the number of rows; each step takes batch_size of them."
    if same(found, n % size):
        return "That is how many rows are left over; asked for is the number of steps."
    if not same(found, right):
        wrong = int(np.flatnonzero(found != right)[0])
        return f"For {n[wrong]} rows at {size[wrong]} a step you gave {found[wrong]:g} steps; it takes {right[wrong]}."


@exercise("03.4", hint="Multiply each loss by its batch size, add up, and divide by the number of rows.")
def epoch_loss(answer):
    losses, sizes = np.array([0.1, 0.2, 0.6]), np.array([64, 64, 8])
    found = a_function(answer, losses.tolist(), sizes.tolist(), what="epoch_loss")
    if found is Ellipsis:
        return Blank
    loss = a_number(found, "what epoch_loss returns")
    right = np.average(losses, weights=sizes)
    if same(loss, losses.mean()):
        return "That is the plain mean of the batch losses: the batch of 8 counts as much as one of 64. Weight by size."
    if same(loss, np.sum(losses * sizes)):
        return "The weighted sum is right; divide it by the number of rows."
    if same(loss, np.sum(losses * sizes) / len(sizes)):
        return "You divided the weighted sum by the number of batches; divide by the number of rows."
    if same(loss, losses[:-1].mean()):
        return "You left the last, smaller batch out; its rows count as well."
    if same(loss, np.sum(losses * sizes) / (len(sizes) * sizes[0])):
        return "You divided as if every batch were full; divide by the number of rows there really are."
    if same(loss, losses[-1]):
        return "That is the loss of the last batch only; the epoch has all of them."
    if same(loss, losses.sum()):
        return "That is the sum of the batch losses; a mean over the rows is wanted."
    if not same(loss, right):
        return f"For losses 0.1, 0.2, 0.6 of batches of 64, 64 and 8 rows you gave {loss:.4g}; the mean over all rows is {right:.4g}."


def _early_stop(losses, patience):
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best >= patience:
            return best + 1, i + 1
    return best + 1, len(losses)


@exercise(
    "03.5",
    hint="Go through the epochs one by one and remember the best so far. Stop when the present epoch lies `patience` epochs after it.",
)
def early_stop(answer):
    cases = [
        ([5, 4, 6, 7, 1], 2),
        ([5, 4, 3, 3.5, 3.2, 2.9, 3.1], 3),  # a wobble that patience outlasts; then the losses end
        ([3, 2, 2, 2, 1], 2),  # equal is not lower
        ([5, 4, 3, 2], 2),  # never stops
        ([1, 2, 3, 4, 5], 1),
    ]
    found = [a_function(answer, list(losses), patience, what="early_stop") for losses, patience in cases]
    if any(value is Ellipsis for value in found):
        return Blank
    if any(np.shape(value) != (2,) for value in found):
        return "Return two numbers: the epoch whose weights are kept, and the last epoch that is trained."
    found = np.array([an_array(value, (2,), "what early_stop returns") for value in found])
    right = np.array([_early_stop(*case) for case in cases])
    lowest = np.array([np.argmin(losses) + 1 for losses, _ in cases])
    if same(found, right):
        return None
    if same(found, right[:, ::-1]):
        return (
            "The two numbers are in the wrong order: first the epoch whose weights are kept, then the last one trained."
        )
    if same(found, right - 1):
        return "You count from 0; the first epoch is epoch 1."
    if same(found[:, 0], right[:, 1]) and same(found[:, 1], right[:, 1]):
        return "You keep the weights of the last epoch; early stopping restores those of the best one."
    if same(found, [_early_stop(losses, patience + 1) for losses, patience in cases]):
        return "You wait one epoch too many: stop as soon as `patience` epochs in a row brought nothing lower."
    if same(found[:, 0], lowest) and not same(lowest, found[:, 1]):
        return "You took the lowest loss of the whole list; the epochs after the stop are never trained, so nobody knows them."
    if same(found, [_early_stop(losses, patience - 1) for losses, patience in cases]):
        return "You stop one epoch too early: count the epochs after the best one, and stop when there are `patience` of them."
    if same(found[2], (4, 5)) or same(found[2], (5, 5)):
        return (
            "An equal loss is not a lower one: with losses 3, 2, 2, 2, 1 and patience 2, training stops after epoch 4."
        )
    wrong = int(np.flatnonzero((found != right).any(axis=1))[0])
    losses, patience = cases[wrong]
    return (
        f"With losses {', '.join(map(str, losses))} and patience {patience} you gave {found[wrong][0]:g} and "
        f"{found[wrong][1]:g}; the weights of epoch {right[wrong][0]} are kept and epoch {right[wrong][1]} is the last."
    )
