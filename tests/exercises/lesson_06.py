import numpy as np

from exercises import Exercise


def blank(*arguments):
    return ...


def kept(smallest_kept, code):
    return np.where(code >= smallest_kept, code, 0)


def by_partition(code, n_kept):
    """Without sorting: the places of the largest, and a copy with zeros elsewhere."""
    places = np.argpartition(code, -n_kept, axis=1)[:, -n_kept:]
    result = np.zeros_like(code)
    np.put_along_axis(result, places, np.take_along_axis(code, places, axis=1), axis=1)
    return result


def by_rows(code, n_kept):
    result = code.copy()
    for row in result:
        row[np.argsort(row)[: len(row) - n_kept]] = 0
    return result


def in_place(code, n_kept):
    for row in code:
        row[np.argsort(row)[: len(row) - n_kept]] = 0
    return code


def whole_columns(code, n_kept):
    places, result = np.argsort(code, axis=1)[:, -n_kept:], np.zeros(code.shape)
    result[:, places] = code[:, places]
    return result


def whole_rows(code, n_kept):
    places, result = np.argsort(code, axis=1)[:, -n_kept:], np.zeros(code.shape)
    result[places] = code[places]
    return result


def divergence(a, b):
    return a * np.log(a / b) + (1 - a) * np.log((1 - a) / (1 - b))


def rates(code):
    return np.clip(code.mean(axis=0), 1e-6, 1 - 1e-6)


EXERCISES = [
    Exercise(
        "06.1",
        right=lambda code: np.mean(np.abs(code)),
        blank=blank,
        also=[lambda code: np.linalg.norm(code.ravel(), 1) / code.size, lambda code: float(np.abs(code).mean())],
        wrong=[
            (lambda code: np.sum(np.abs(code)), "That is the sum."),
            (lambda code: np.mean(code), "Without absolute values"),
            (lambda code: np.abs(np.mean(code)), "the absolute value of the mean"),
            (lambda code: np.mean(code**2), "You squared"),
            (lambda code: np.abs(code).mean(axis=0), "one number for each unit"),
            (lambda code: np.abs(code).mean(axis=1), "one number for each sample"),
            (lambda code: np.abs(code).sum(axis=1).mean(), "added up the units"),
            (lambda code: np.abs(code).sum(axis=0).mean(), "added up the samples"),
            (lambda code: np.mean(np.maximum(code, 0)), "counted negative activity as zero"),
            (lambda code: np.abs(code).max(), "the largest activity"),
            (3.0, "a function"),
        ],
    ),
    Exercise(
        "06.2",
        right=lambda code, level: (code > level).mean(axis=1),
        blank=blank,
        also=[lambda code, level: [np.count_nonzero(row > level) / len(row) for row in code]],
        wrong=[
            (lambda code, level: (code > level).mean(axis=0), "one number for each unit"),
            (lambda code, level: (code > level).mean(), "for the whole batch"),
            (lambda code, level: (code > level).sum(axis=1), "how many units"),
            (lambda code, level: (code > 0).mean(axis=1), "every unit above zero"),
            (lambda code, level: (code > level).sum(axis=1) / (code > level).any(axis=0).sum(), "dead ones too"),
            (lambda code, level: (code > level).sum(axis=1) / len(code), "divided by the number of samples"),
            (lambda code, level: (code > level).sum(axis=1) / 128, "divided by 128"),
            (lambda code, level: code.mean(axis=1) > level, "compared the mean activity"),
            (lambda code, level: (code >= level).mean(axis=1), "units that equal level"),
            (lambda code, level: (code <= level).mean(axis=1), "share of silent units"),
            (lambda code, level: code.mean(axis=1), "the mean activity"),
            (lambda code, level: np.zeros(len(code)), "0 for every input"),
        ],
    ),
    Exercise(
        "06.3",
        right=lambda code, level: (code.max(axis=0) <= level).sum(),
        blank=blank,
        also=[
            lambda code, level: code.shape[1] - np.count_nonzero((code > level).any(axis=0)),
            lambda code, level: int(np.all(code <= level, axis=0).sum()),
        ],
        wrong=[
            (lambda code, level: code.max(axis=0) <= level, "add them up"),
            (lambda code, level: code.max(axis=1) <= level, "look down the columns"),
            (lambda code, level: (code.max(axis=1) <= level).sum(), "samples without an active unit"),
            (lambda code, level: (code.max(axis=0) > level).sum(), "are alive; the others"),
            (lambda code, level: (code.max(axis=0) <= level).mean(), "share of dead units"),
            (lambda code, level: (code.max(axis=0) <= 0).sum(), "never above zero"),
            (lambda code, level: (code.mean(axis=0) <= level).sum(), "the mean activity of a unit"),
            (lambda code, level: (code.sum(axis=0) <= level).sum(), "added up a unit's activities"),
            (lambda code, level: (code.min(axis=0) <= level).sum(), "silent for some sample"),
            (lambda code, level: 17, "17"),
        ],
    ),
    Exercise(
        "06.4",
        right=lambda code, n_kept: kept(np.sort(code, axis=1)[:, [-n_kept]], code),
        blank=blank,
        also=[by_partition, by_rows],
        wrong=[
            (lambda code, n_kept: np.sort(code, axis=1)[:, -n_kept:], "values alone, sorted"),
            (lambda code, n_kept: np.argsort(code, axis=1)[:, -n_kept:], "the places of the kept"),
            (lambda code, n_kept: code >= np.sort(code, axis=1)[:, [-n_kept]], "as True or 1"),
            (lambda code, n_kept: code * (code > np.sort(code, axis=1)[:, [-n_kept]]), "one too few"),
            (lambda code, n_kept: code * (code <= np.sort(code, axis=1)[:, [n_kept - 1]]), "keep small values"),
            (lambda code, n_kept: kept(np.sort(code.ravel())[-n_kept], code), "the whole batch"),
            (lambda code, n_kept: kept(np.sort(np.abs(code), axis=1)[:, [-n_kept]], np.abs(code)), "is wanted"),
            (lambda code, n_kept: kept(np.sort(code, axis=1)[:, [n_kept - 1]], code), "the wrong end"),
            (lambda code, n_kept: kept(np.sort(code, axis=1)[:, -n_kept], code), "must stand as a column"),
            (lambda code, n_kept: kept(np.sort(code)[-n_kept], code), "takes a whole row, the"),
            (lambda code, n_kept: kept(np.sort(code, axis=0)[-n_kept], code), "the largest values of each unit"),
            (in_place, "changes its argument code"),
            (whole_columns, "takes whole columns"),
            (whole_rows, "takes whole rows"),
        ],
    ),
    Exercise(
        "06.5",
        right=lambda code, target_rate: divergence(target_rate, rates(code)).mean(),
        blank=blank,
        also=[
            lambda code, target_rate: np.mean(
                target_rate * (np.log(target_rate) - np.log(rates(code)))
                + (1 - target_rate) * (np.log1p(-target_rate) - np.log1p(-rates(code)))
            )
        ],
        wrong=[
            (lambda code, target_rate: divergence(rates(code), target_rate).mean(), "are exchanged"),
            (lambda code, target_rate: divergence(target_rate, rates(code)), "one number for each unit; take"),
            (lambda code, target_rate: divergence(target_rate, rates(code)).sum(), "sum over the units"),
            (lambda code, target_rate: divergence(target_rate, code.mean(axis=0)).mean(), "clip the means first"),
            (
                lambda code, target_rate: divergence(target_rate, np.clip(code, 1e-6, 1 - 1e-6).mean(axis=0)).mean(),
                "You clipped every activity",
            ),
            (lambda code, target_rate: divergence(target_rate, rates(code.T)).mean(), "mean over the units (axis=1)"),
            (
                lambda code, target_rate: np.mean(target_rate * np.log(target_rate / rates(code))),
                "The second term is missing",
            ),
            (
                lambda code, target_rate: np.mean(
                    target_rate * np.log(target_rate / rates(code))
                    + (1 - target_rate) * np.log(target_rate / (1 - rates(code)))
                ),
                "term for being active is right",
            ),
            (
                lambda code, target_rate: np.mean(
                    target_rate * np.log(rates(code))
                    + (1 - target_rate) * np.log((1 - target_rate) / (1 - rates(code)))
                ),
                "term for being silent is right",
            ),
            (lambda code, target_rate: -divergence(target_rate, rates(code)).mean(), "upside down"),
            (lambda code, target_rate: divergence(0.05, rates(code)).mean(), "0.05 whatever"),
        ],
    ),
]
