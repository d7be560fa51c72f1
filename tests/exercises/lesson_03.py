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


def counting(losses, patience):
    """The same with a counter, and a list as the answer."""
    lowest, best, waited = np.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return [best, epoch]
    return [best, len(losses)]


def never_set_back(losses, patience):
    best, waited = 0, 0
    for i in range(1, len(losses)):
        if losses[i] < losses[best]:
            best = i
        else:
            waited += 1
        if waited == patience:
            return best + 1, i + 1
    return best + 1, len(losses)


def against_the_one_before(losses, patience):
    best, waited = 0, 0
    for i in range(1, len(losses)):
        if losses[i] < losses[i - 1]:
            best, waited = i, 0
        else:
            waited += 1
        if waited == patience:
            return best + 1, i + 1
    return best + 1, len(losses)


def first_waits(losses, patience):
    lowest, best, waited = losses[0], 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
            if waited >= patience:
                break
    return best, epoch


def against_the_first(losses, patience):
    best, waited = 1, 0
    for i in range(1, len(losses)):
        if losses[i] < losses[0]:
            best, waited = i + 1, 0
        else:
            waited += 1
            if waited == patience:
                return best, i + 1
    return best, len(losses)


def no_return_at_the_end(losses, patience):
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best >= patience:
            return best + 1, i + 1


def overwriting(weights, gradient, learning_rate):
    weights -= learning_rate * gradient
    return weights


def return_in_the_loop(losses, sizes):
    total, rows = 0, 0
    for loss, size in zip(losses, sizes, strict=True):
        total, rows = total + loss * size, rows + size
        return total / rows


def last_kept(losses, patience):
    return (stop(losses, patience)[1],) * 2


EXERCISES = [
    Exercise(
        "03.1",
        right=lambda x, r: np.mean((x - r) ** 2),
        also=[
            lambda x, r: np.square(x - r).sum() / x.size,
            lambda x, r: float(((r - x) ** 2).mean(axis=1).mean()),
            lambda x, r: np.linalg.norm(x - r) ** 2 / (len(x) * x.shape[1]),
        ],
        blank=nothing,
        wrong=[
            (lambda x, r: np.sum((x - r) ** 2), "sum of the squares; take"),
            (lambda x, r: np.mean(x - r), "cancel out"),
            (lambda x, r: np.mean(np.abs(x - r)), "absolute differences"),
            (lambda x, r: np.sqrt(np.mean((x - r) ** 2)), "square root"),
            (lambda x, r: np.mean((x - r) ** 2, axis=1), "one number for each row"),
            (lambda x, r: np.mean((x - r) ** 2, axis=0), "one number for each feature; the"),
            (lambda x, r: (x - r) ** 2, "each feature of each row"),
            (lambda x, r: np.sum((x - r) ** 2) / len(x), "mean over the rows only"),
            (lambda x, r: np.sum((x - r) ** 2) / x.shape[1], "mean over the features only"),
            (lambda x, r: np.mean((x - r) ** 2) / 2, "half the mean"),
            (lambda x, r: np.var(x - r), "variance of the differences"),
            (lambda x, r: np.mean(x - r) ** 2, "took the mean first"),
            (lambda x, r: np.sum((x - r) ** 2) / len(x) / 784, "which only our digits have"),
            (lambda x, r: None, "returns nothing; end it with return"),
            (0.5, "a function is wanted"),
        ],
    ),
    Exercise(
        "03.2",
        right=lambda w, g, rate: w - rate * g,
        also=[lambda w, g, rate: w + (-rate) * g, lambda w, g, rate: np.subtract(w, np.multiply(g, rate))],
        blank=nothing,
        wrong=[
            (lambda w, g, rate: w + rate * g, "uphill"),
            (lambda w, g, rate: w - g, "learning rate is missing"),
            (lambda w, g, rate: w - rate, "gradient is missing"),
            (lambda w, g, rate: -rate * g, "the step itself"),
            (lambda w, g, rate: rate * g, "subtract it from the weights"),
            (lambda w, g, rate: w - g / rate, "divided by the learning rate"),
            (lambda w, g, rate: w - rate * np.sign(g), "sign of the gradient"),
            (lambda w, g, rate: w - rate * w, "shrank the weights"),
            (lambda w, g, rate: None, "returns nothing; end it with return"),
            (lambda w, g, rate: (w - g) * rate, "mind the brackets"),
            (lambda w, g, rate: w - 2 * rate * g, "twice as long"),
            (overwriting, "work on a copy"),
        ],
    ),
    Exercise(
        "03.3",
        right=lambda n, size: -(-n // size),
        also=[
            lambda n, size: n // size + (n % size > 0),
            lambda n, size: len(range(0, n, size)),
            lambda n, size: np.ceil(n / size),
        ],
        blank=nothing,
        wrong=[
            (lambda n, size: n // size, "rounded down, so"),
            (lambda n, size: n // size + 1, "always add one"),
            (lambda n, size: n / size, "come whole"),
            (lambda n, size: round(n / size), "nearest whole number"),
            (lambda n, size: n, "returns its argument"),
            (lambda n, size: n % size, "left over; asked"),
            (lambda n, size: 16, "for every input that was tried"),
            (lambda n, size: -(-size // n), "exchanged"),
            (lambda n, size: size // n, "divided the batch by the rows"),
        ],
    ),
    Exercise(
        "03.4",
        right=lambda losses, sizes: np.average(losses, weights=sizes),
        also=[
            lambda losses, sizes: np.sum(losses * sizes) / np.sum(sizes),
            lambda losses, sizes: (losses * sizes).sum() / sizes.sum(),
            lambda losses, sizes: sum(a * b for a, b in zip(losses, sizes, strict=True)) / sum(sizes),
            lambda losses, sizes: losses @ sizes / sizes.sum(),
        ],
        blank=nothing,
        wrong=[
            (lambda losses, sizes: np.mean(losses), "plain mean"),
            (lambda losses, sizes: np.dot(losses, sizes), "divide that by the number of rows"),
            (lambda losses, sizes: np.dot(losses, sizes) / len(sizes), "by the number of batches"),
            (lambda losses, sizes: np.mean(losses[:-1]), "left the last batch out; its rows"),
            (lambda losses, sizes: np.dot(losses, sizes) / (len(sizes) * sizes[0]), "every batch were full; divide"),
            (lambda losses, sizes: losses[-1], "last batch only"),
            (lambda losses, sizes: sum(losses), "sum of the batch losses"),
            (lambda losses, sizes: losses * sizes, "one number for each batch; add"),
            (lambda losses, sizes: 0.5, "for every input that was tried"),
            (lambda losses, sizes: np.dot(losses, sizes) / (64 * len(sizes)), "as if every batch were full"),
            (lambda losses, sizes: np.dot(losses, sizes) / 1000, "divided by a fixed number"),
            (return_in_the_loop, "`return` stands inside the loop"),
        ],
    ),
    Exercise(
        "03.5",
        right=stop,
        also=[counting],
        blank=nothing,
        wrong=[
            (lambda losses, patience: stop(losses, patience)[::-1], "order"),
            (lambda losses, patience: tuple(e - 1 for e in stop(losses, patience)), "You count from 0"),
            (last_kept, "keep the weights of the last epoch"),
            (
                lambda losses, patience: (int(np.argmin(losses)) + 1, stop(losses, patience)[1]),
                "so nobody knows them",
            ),
            (lambda losses, patience: stop(losses, patience, extra=1), "one epoch too many"),
            (lambda losses, patience: stop(losses, patience - 1), "one epoch too early"),
            (lambda losses, patience: stop(losses, patience, strict=False), "equal loss is not a lower one"),
            (never_set_back, "must set the wait back to 0"),
            (against_the_one_before, "with the one before it"),
            (lambda losses, patience: stop(losses, patience)[0], "You return one number"),
            (first_waits, "the first epoch with itself"),
            (against_the_first, "each loss with the first one"),
            (no_return_at_the_end, "on that way through it returns nothing"),
            (lambda losses, patience: (1, 1), "Where losses should matter"),
        ],
    ),
]
