import numpy as np

from exercises import Exercise


def blank(*arguments):
    return ...


def choose(relative=1.2, limit=0.25, pick=np.min, against=None, none=None):
    """Chooses a weight, rightly unless told otherwise."""

    def choose_weight(weights, errors, active):
        reference = errors[weights == 0][0] if against is None else errors[against]
        fits = (errors <= relative * reference) & (active <= limit)
        return pick(weights[fits]) if fits.any() else none

    return choose_weight


def place(weights, errors, active):
    return np.flatnonzero((errors <= 1.2 * errors[weights == 0]) & (active <= 0.25))[0]


def divergence(a, b):
    return a * np.log(a / b) + (1 - a) * np.log((1 - a) / (1 - b))


def rates(code):
    return np.clip(code.mean(axis=0), 1e-6, 1 - 1e-6)


EXERCISES = [
    Exercise(
        "06.1",
        right=lambda code: np.mean(np.abs(code)),
        blank=blank,
        wrong=[
            (lambda code: np.sum(np.abs(code)), "That is the sum."),
            (lambda code: np.mean(code), "Without absolute values"),
            (lambda code: np.mean(code**2), "You squared"),
            (lambda code: np.abs(code).mean(axis=0), "for each unit"),
            (lambda code: np.abs(code).mean(axis=1), "for each sample"),
            (lambda code: np.abs(code).sum(axis=1).mean(), "added up the units"),
            (lambda code: np.abs(code).sum(axis=0).mean(), "added up the samples"),
            (lambda code: np.mean(np.maximum(code, 0)), "the mean size is"),
            (3.0, "a function is wanted"),
        ],
    ),
    Exercise(
        "06.2",
        right=lambda code, level: (code > level).mean(axis=1),
        blank=blank,
        wrong=[
            (lambda code, level: (code > level).mean(axis=0), "for each unit"),
            (lambda code, level: (code > level).mean(), "for the whole batch"),
            (lambda code, level: (code > level).sum(axis=1), "how many units"),
            (lambda code, level: (code > 0).mean(axis=1), "above zero"),
            (
                lambda code, level: (code > level).sum(axis=1) / (code > level).any(axis=0).sum(),
                "one of all units",
            ),
            (lambda code, level: (code <= level).mean(axis=1), "silent units"),
            (lambda code, level: code.mean(axis=1), "the mean activity"),
            (lambda code, level: np.zeros(len(code)), "the shares are"),
        ],
    ),
    Exercise(
        "06.3",
        right=lambda code, level: (code.max(axis=0) <= level).sum(),
        blank=blank,
        wrong=[
            (lambda code, level: code.max(axis=0) <= level, "add them up"),
            (lambda code, level: code.max(axis=1) <= level, "look down the columns"),
            (lambda code, level: (code.max(axis=1) <= level).sum(), "samples without an active unit"),
            (lambda code, level: (code.max(axis=0) > level).sum(), "are alive"),
            (lambda code, level: (code.max(axis=0) <= level).mean(), "the share of dead units"),
            (lambda code, level: (code.max(axis=0) <= 0).sum(), "never above level"),
            (lambda code, level: (code.mean(axis=0) <= level).sum(), "look at the largest"),
            (lambda code, level: (code.min(axis=0) <= level).sum(), "silent for some sample"),
            (lambda code, level: 17, "there are"),
        ],
    ),
    Exercise(
        "06.4",
        right=choose(),
        blank=blank,
        wrong=[
            (choose(pick=np.max), "the largest weight that fits"),
            (place, "a place in the table"),
            (choose(relative=100, pick=np.max), "is right"),
            (choose(limit=1), "more than a quarter"),
            (choose(none=0.0), "return None"),
            (choose(against=0), "compare with weight 0"),
            (lambda weights, errors, active: None, "You find no weight"),
        ],
    ),
    Exercise(
        "06.5",
        right=lambda code, target_rate: divergence(target_rate, rates(code)).mean(),
        blank=blank,
        wrong=[
            (lambda code, target_rate: divergence(rates(code), target_rate).mean(), "are exchanged"),
            (lambda code, target_rate: divergence(target_rate, code.mean(axis=1)).mean(), "mean over the units first"),
            (lambda code, target_rate: divergence(target_rate, code).mean(), "every single activity"),
            (
                lambda code, target_rate: np.mean(target_rate * np.log(target_rate / rates(code))),
                "second term is missing",
            ),
            (lambda code, target_rate: divergence(target_rate, rates(code)).sum(), "the sum over the units"),
            (lambda code, target_rate: divergence(target_rate, rates(code)), "one number for each unit"),
            (lambda code, target_rate: -divergence(target_rate, rates(code)).mean(), "sign is wrong"),
            (lambda code, target_rate: divergence(target_rate, rates(code)).mean() / np.log(2), "base 2"),
            (lambda code, target_rate: divergence(target_rate, code.mean()), "a rate of its own"),
            (lambda code, target_rate: divergence(target_rate, code.mean(axis=0)).mean(), "clip the rates first"),
        ],
    ),
]
