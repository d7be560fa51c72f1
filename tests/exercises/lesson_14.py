import numpy as np

from exercises import Exercise


def blank(*arguments):
    return ...


def blamed(errors, planted):
    return errors.argmax(axis=1) == planted


def replaced(x, column, expected):
    x = np.array(x)
    x[:, column] = expected
    return x


def effect(
    new=lambda x, column, expected: expected, where=lambda column: column, finish=lambda before, after: before - after
):
    """The fall, rightly unless told otherwise."""
    return lambda score, x, column, expected: finish(
        score(x), score(replaced(x, where(column), new(x, column, expected)))
    )


def changed_in_place(score, x, column, expected):
    before = score(x)
    x[:, column] = expected
    return before - score(x)


def finite(value):
    return isinstance(value, int | float) and bool(np.isfinite(value))


def those(is_bad):
    return lambda row, names: [name for name in names if is_bad(row, name)]


def day(own=1, days=1, factor=2, pick=min, low=np.less_equal, high=np.greater_equal, most=1):
    """The p-value of a day, rightly unless told otherwise."""
    return lambda past, today: min(
        most, factor * pick(own + np.sum(low(past, today)), own + np.sum(high(past, today))) / (len(past) + days)
    )


def limits(p, level):
    return level * np.arange(1, len(p) + 1) / len(p)


def up_to(best, first=1):
    def discoveries(p, level):
        ordered, n = np.sort(p), len(p)
        good = ordered[ordered <= level * np.arange(first, n + first) / n]
        return p <= best(good) if len(good) else np.zeros(n, bool)

    return discoveries


def step_by_step(p, level):
    answer = np.zeros(len(p), bool)
    for k, place in enumerate(np.argsort(p), 1):
        if p[place] > level * k / len(p):
            break
        answer[place] = True
    return answer


def by_adjusted(p, level):
    """The other way round: adjusted p-values against the level, numbers exact in binary."""
    order, n = np.argsort(p), len(p)
    holds = np.flatnonzero(p[order] * n <= level * np.arange(1, n + 1))
    answer = np.zeros(n, bool)
    if len(holds):
        answer[p <= p[order[holds[-1]]]] = True
    return answer


EXERCISES = [
    Exercise(
        "14.1",
        right=lambda errors, planted: np.mean(blamed(errors, planted)),
        also=[lambda errors, planted: sum(blamed(errors, planted)) / len(planted)],
        blank=blank,
        wrong=[
            (lambda errors, planted: np.sum(blamed(errors, planted)), "how many rows"),
            (blamed, "one answer a row"),
            (lambda errors, planted: np.mean(errors.argmin(axis=1) == planted), "smallest error"),
            (lambda errors, planted: np.mean(~blamed(errors, planted)), "wrongly blamed"),
            (lambda errors, planted: errors.argmax(axis=1), "compare them with the planted"),
            (lambda errors, planted: np.mean(errors.max(axis=1) == planted), "its place, argmax"),
            (lambda errors, planted: np.mean(errors[np.arange(len(errors)), planted]), "mean error of the planted"),
            (lambda errors, planted: np.mean(errors.argmax() == planted), "one place in the whole array"),
        ],
    ),
    Exercise(
        "14.2",
        right=effect(),
        also=[
            lambda score, x, column, expected: (
                score(x) - score(np.where(np.arange(x.shape[1]) == column, np.asarray(expected)[:, None], x))
            )
        ],
        blank=blank,
        wrong=[
            (effect(finish=lambda before, after: after - before), "The sign is turned"),
            (effect(finish=lambda before, after: after), "subtract it from the score of x"),
            (effect(finish=lambda before, after: before), "That is the score before; subtract"),
            (effect(finish=lambda before, after: np.mean(before - after)), "mean over the rows"),
            (effect(new=lambda x, column, expected: 0), "by 0; it takes"),
            (effect(new=lambda x, column, expected: np.mean(x[:, column])), "by its mean; each row"),
            (effect(new=lambda x, column, expected: expected[0]), "first expected value"),
            (effect(where=lambda column: 0), "always replaced the first column"),
            (lambda score, x, column, expected: x[:, column] - expected, "what it does to the score"),
            (changed_in_place, "copy"),
        ],
    ),
    Exercise(
        "14.3",
        right=those(lambda row, name: not finite(row.get(name))),
        also=[
            those(
                lambda row, name: (
                    not isinstance(row.get(name), int | float) or abs(row[name]) in (np.inf,) or row[name] != row[name]
                )
            )
        ],
        blank=blank,
        wrong=[
            (those(lambda row, name: name not in row), "Only missing names are found"),
            (those(lambda row, name: name in row and not finite(row[name])), "A name that is missing is bad too"),
            (those(lambda row, name: not isinstance(row.get(name), int | float)), "NaN and infinity pass"),
            (those(lambda row, name: finite(row.get(name))), "Those are the good features"),
            (those(lambda row, name: not row.get(name) or not finite(row.get(name))), "A value of 0 is called bad"),
            (
                those(lambda row, name: isinstance(row.get(name), int | float) and not finite(row[name])),
                "only numbers were looked at",
            ),
            (lambda row, names: [name for name in row if not finite(row[name])], "You went through the row"),
            (lambda row, names: sum(not finite(row.get(name)) for name in names), "how many are bad"),
            (lambda row, names: any(not finite(row.get(name)) for name in names), "whether there is one"),
            (lambda row, names: [], "Nothing is ever found"),
        ],
    ),
    Exercise(
        "14.4",
        right=day(),
        also=[lambda past, today: min(1, 2 * (1 + min(sum(past <= today), sum(past >= today))) / (len(past) + 1))],
        blank=blank,
        wrong=[
            (day(factor=1), "Double it: a day"),
            (day(most=np.inf), "more than 1 here"),
            (day(pick=lambda low, high: low), "low end only"),
            (day(pick=lambda low, high: high), "high end only"),
            (day(pick=max), "larger of the two shares"),
            (day(own=0), "Today counts itself: 1 more"),
            (day(own=2), "Today counts itself once"),
            (day(days=0), "what the counts are divided by"),
            (day(low=np.less), "Days equal to today"),
            (lambda past, today: 2 * min(1 + np.sum(past <= today), 1 + np.sum(past >= today)), "Those are days"),
            (day(factor=3), "double it, no more"),
        ],
    ),
    Exercise(
        "14.5",
        right=up_to(np.max),
        also=[by_adjusted],
        blank=blank,
        wrong=[
            (lambda p, level: p <= level, "That is a fixed limit"),
            (lambda p, level: p <= level / len(p), "held against level / n"),
            (step_by_step, "stopped at the first rank that fails"),
            (up_to(np.min), "smallest rank that holds"),
            (up_to(np.mean), "mean of those that hold"),
            (up_to(np.max, first=0), "Ranks begin with 1"),
            (lambda p, level: p <= limits(p, level), "went with the order in which they came"),
            (lambda p, level: np.sort(p) <= limits(p, level), "in the sorted order"),
            (lambda p, level: p[up_to(np.max)(p, level)], "p-values that are raised; return"),
            (lambda p, level: np.sum(up_to(np.max)(p, level)), "how many are raised"),
            (lambda p, level: np.isin(p, np.sort(p)[np.sort(p) <= limits(p, level)]), "only the ranks that hold"),
        ],
    ),
]
