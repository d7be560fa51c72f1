import numpy as np

from exercises import Exercise


def nothing(*_):
    return ...


def stop(losses, patience, *, strict=True, extra=0):
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best] or (not strict and loss == losses[best]):
            best = i
        elif i - best >= patience + extra:
            return best + 1, i + 1
    return best + 1, len(losses)


def last_kept(losses, patience):
    return (stop(losses, patience)[1],) * 2


EXERCISES = [
    Exercise(
        "03.1",
        right=lambda x, r: np.mean((x - r) ** 2),
        blank=nothing,
        wrong=[
            (lambda x, r: np.sum((x - r) ** 2), "sum of the squares"),
            (lambda x, r: np.mean(x - r), "cancel out"),
            (lambda x, r: np.mean(np.abs(x - r)), "absolute differences"),
            (lambda x, r: np.sqrt(np.mean((x - r) ** 2)), "square root"),
            (lambda x, r: np.mean((x - r) ** 2, axis=1), "one number for each row"),
            (lambda x, r: np.mean((x - r) ** 2, axis=0), "one number for each feature"),
            (lambda x, r: (x - r) ** 2, "each pixel of each row"),
            (lambda x, r: np.sum((x - r) ** 2) / len(x), "not by n alone"),
            (lambda x, r: np.sum((x - r) ** 2) / x.shape[1], "not by d alone"),
            (lambda x, r: np.mean((x - r) ** 2) / 2, "half the mean"),
            (lambda x, r: np.var(x - r), "On a small example"),
            (0.5, "a function is wanted"),
        ],
    ),
    Exercise(
        "03.2",
        right=lambda w, g, rate: w - rate * g,
        blank=nothing,
        wrong=[
            (lambda w, g, rate: w + rate * g, "uphill"),
            (lambda w, g, rate: w - g, "learning rate is missing"),
            (lambda w, g, rate: -rate * g, "the step itself"),
            (lambda w, g, rate: rate * g, "subtract it from the weights"),
            (lambda w, g, rate: w - g / rate, "divided by the learning rate"),
            (lambda w, g, rate: w - rate * np.sign(g), "sign of the gradient"),
            (lambda w, g, rate: w - rate * w, "shrank the weights"),
            (lambda w, g, rate: None, "returns nothing"),
            (lambda w, g, rate: np.sum(w - rate * g), "shape ()"),
            (lambda w, g, rate: w - 2 * rate * g, "not the old ones minus"),
        ],
    ),
    Exercise(
        "03.3",
        right=lambda n, size: -(-n // size),
        blank=nothing,
        wrong=[
            (lambda n, size: n // size, "rounded down"),
            (lambda n, size: n // size + 1, "always add one"),
            (lambda n, size: n / size, "come whole"),
            (lambda n, size: round(n / size), "nearest whole number"),
            (lambda n, size: n, "number of rows; each step"),
            (lambda n, size: n % size, "left over; asked"),
            (lambda n, size: 16, "For 128 rows"),
        ],
    ),
    Exercise(
        "03.4",
        right=lambda losses, sizes: np.average(losses, weights=sizes),
        blank=nothing,
        wrong=[
            (lambda losses, sizes: np.mean(losses), "plain mean"),
            (lambda losses, sizes: np.dot(losses, sizes), "divide it by the number of rows"),
            (lambda losses, sizes: np.dot(losses, sizes) / len(sizes), "by the number of batches"),
            (lambda losses, sizes: np.mean(losses[:-1]), "left the last"),
            (lambda losses, sizes: np.dot(losses, sizes) / (len(sizes) * sizes[0]), "every batch were full"),
            (lambda losses, sizes: losses[-1], "last batch only"),
            (lambda losses, sizes: sum(losses), "sum of the batch losses"),
            (lambda losses, sizes: 0.5, "you gave 0.5"),
        ],
    ),
    Exercise(
        "03.5",
        right=stop,
        blank=nothing,
        wrong=[
            (lambda losses, patience: stop(losses, patience)[::-1], "wrong order"),
            (lambda losses, patience: tuple(e - 1 for e in stop(losses, patience)), "count from 0"),
            (last_kept, "keep the weights of the last epoch"),
            (lambda losses, patience: (int(np.argmin(losses)) + 1, stop(losses, patience)[1]), "whole list"),
            (lambda losses, patience: stop(losses, patience, extra=1), "one epoch too many"),
            (lambda losses, patience: stop(losses, patience - 1), "one epoch too early"),
            (lambda losses, patience: stop(losses, patience, strict=False), "equal loss is not a lower one"),
            (lambda losses, patience: stop(losses, patience)[0], "two numbers"),
            (lambda losses, patience: (1, 1), "you gave 1 and 1"),
        ],
    ),
]
