"""Checks of lesson 13, Broken on purpose. The audits of the lesson ask them of the broken code as well."""

import numpy as np

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same


def _tried(answer, *arguments, what, **how):
    """What the function returns; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *arguments, what=what, **how)


def _pair(found, what):
    """Two things from an answer that should be a pair, or NotYet."""
    if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
        raise NotYet(f"{what} should return two things, in the order asked for.")
    return found


def _known(value, known):
    """The sentence of the first known wrong value that this one equals, or None."""
    return next((sentence for wrong, sentence in known if same(value, wrong)), None)


@exercise("13.1", hint="np.mean takes several axes at once: axis=(1, 2) leaves one number for each picture.")
def alarms(answer):
    copies = np.zeros((4, 3, 3))
    x = np.zeros((4, 3, 3))
    x[0], x[1, 0, 0], x[2, 1], x[3] = 0.5, 0.9, 0.6, 0.12
    limit = 0.11  # errors .25, .09, .12, .014
    found = _tried(answer, x, copies, limit, what="alarms")
    if found is ...:
        return Blank
    squares = (x - copies) ** 2
    if np.shape(found) == ():
        return "One answer for the whole batch: a few anomalies drown among normals. n pictures need n answers."
    if np.shape(found) in ((4, 3), (3, 3)):
        return f"An answer of shape {np.shape(found)}: the mean must run over both axes of a picture, and not over n."
    found = an_array(found, (4,), "alarms(x, copies, threshold)")
    if same(found, squares.mean(axis=(1, 2))):
        return "Those are the errors; compare them with the threshold."
    wrong = _known(
        found,
        [
            (squares.mean(axis=(1, 2)) <= limit, "Turned round: an alarm is an error greater than the threshold."),
            (squares.sum(axis=(1, 2)) > limit, "You took the sum over the pixels; the threshold belongs to the mean."),
            (
                squares.max(axis=(1, 2)) > limit,
                "You took the worst pixel; the error of a picture is the mean over all.",
            ),
        ],
    )
    if wrong:
        return wrong
    if not same(found, squares.mean(axis=(1, 2)) > limit):
        return f"Errors {squares.mean(axis=(1, 2)).round(2)}, threshold {limit}: you give {found}."
    if np.shape(_tried(answer, x[:1], copies[:1], limit, what="alarms")) != (1,):
        return "For a batch of one picture the answer must still be an array of length 1."


@exercise(
    "13.2",
    hint="First one array that says who raised an alarm: predictions == -1. Then its mean where y == 1, and where y == 0.",
)
def recall_and_false_alarms(answer):
    y = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    predictions = np.array([1, 1, -1, 1, 1, -1, 1, -1])
    found = _tried(answer, y, predictions, what="recall_and_false_alarms")
    if found is ...:
        return Blank
    recall, rate = (a_number(value) for value in _pair(found, "recall_and_false_alarms"))
    wrong = _known(
        [recall, rate],
        [
            (
                [4 / 5, 1 / 3],
                "Normals are taken for what is to be found: your first number is the share of normals that pass.",
            ),
            ([1 / 5, 2 / 3], "The two are exchanged: first the recall, then the false-alarm rate."),
            ([1 / 3, 4 / 5], "You counted +1 as an alarm; -1 is the alarm."),
            (
                [2 / 3, 1 / 3],
                "Your second number is the share of alarms that are false; the rate is a share of the normals.",
            ),
            ([2 / 8, 1 / 8], "You divided by all samples; each rate has its own class below the line."),
        ],
    )
    if wrong:
        return wrong
    if not same([recall, rate], [2 / 3, 1 / 5]):
        return f"Two of three anomalies and one of five normals raise an alarm; you give {recall:.3g} and {rate:.3g}."


@exercise(
    "13.3", hint="StandardScaler().fit(x_train) once; then transform each of the three parts with that one scaler."
)
def scale(answer):
    rng = np.random.default_rng(0)
    parts = [rng.normal(3, 2, (40, 2)), rng.normal(3, 2, (20, 2)), rng.normal(6, 9, (30, 2))]
    found = _tried(answer, *[x.copy() for x in parts], what="scale")
    if found is ...:
        return Blank
    if not isinstance(found, tuple | list) or len(found) != 3:
        return "scale should return three arrays: the training, calibration and test part."
    found = np.concatenate(
        [
            an_array(f, x.shape, name)
            for f, x, name in zip(
                found, parts, ("the training part", "the calibration part", "the test part"), strict=True
            )
        ]
    )
    everything = np.concatenate(parts)

    def by(x):
        return (everything - x.mean(axis=0)) / x.std(axis=0)

    wrong = _known(
        found,
        [
            (by(everything), "The scaler has seen the test part, anomalies and all: fit it on x_train only."),
            (
                by(np.concatenate(parts[:2])),
                "The scaler has seen the calibration part too; those rows must be as new to it as tomorrow's.",
            ),
            (
                np.concatenate([(x - x.mean(axis=0)) / x.std(axis=0) for x in parts]),
                "Each part is scaled by itself: one and the same value means different things in each.",
            ),
            (
                everything - parts[0].mean(axis=0),
                "You took away the mean only; divide by the standard deviation as well.",
            ),
            (
                (everything - parts[0].min(axis=0)) / np.ptp(parts[0], axis=0),
                "That is min-max scaling; asked for is mean 0 and standard deviation 1.",
            ),
            (everything, "Nothing was scaled."),
        ],
    )
    if wrong:
        return wrong
    if not same(found, by(parts[0])):
        return "The training part has not mean 0 and standard deviation 1, or the other parts were not scaled by the same numbers."


@exercise("13.4", hint="The same call with other rows: thresholds.conformal(errors_of(x_calibration), alpha).")
def limit(answer):
    from aelearn import thresholds

    x_train, x_calibration = np.linspace(0, 1, 60)[:, None], np.linspace(0.1, 3, 41)[:, None]

    def errors_of(x):
        return np.asarray(x)[:, 0] ** 2

    for alpha in (0.05, 0.2):
        found = _tried(answer, errors_of, x_train, x_calibration, alpha, what="your function")
        if found is ...:
            return Blank
        value = a_number(found, "your threshold")
        training, held_out = errors_of(x_train), errors_of(x_calibration)
        wrong = _known(
            value,
            [
                (
                    thresholds.conformal(training, alpha),
                    "The errors are those of training rows, which the model knows: too small. Take rows it has not seen.",
                ),
                (
                    thresholds.conformal(np.append(training, held_out), alpha),
                    "Training errors are still among them; use the held-out rows alone.",
                ),
                (
                    np.quantile(held_out, 1 - alpha),
                    "The plain quantile is a little too low for few rows; asked for is the conformal limit.",
                ),
                (
                    held_out.mean() + 3 * held_out.std(),
                    "Mean and standard deviation promise nothing; asked for is the conformal limit.",
                ),
                (held_out.max(), "That is the largest error; it promises less than alpha, and misses more."),
                (thresholds.conformal(held_out, 0.05), "You promise 5 % whatever alpha is."),
            ],
        )
        right = thresholds.conformal(held_out, alpha)
        if not same(value, right):
            return (
                wrong
                or f"For alpha {alpha} you give {value:.4g}, and the conformal limit of the held-out errors is {right:.4g}."
            )


@exercise(
    "13.5",
    hint="best_threshold(y_choose, scores_choose) gives the limit. Then f1 of the second set at that limit, and nothing else.",
)
def honest_f1(answer):
    choose = np.array([0, 0, 0, 0, 1, 0, 1, 1]), np.array([1.0, 2, 3, 4, 8, 6, 10, 12])
    judge = np.array([0, 0, 1, 0, 1, 0, 1, 0, 0]), np.array([0.5, 1.5, 5, 2.5, 11, 13, 9, 3.5, 14])

    def at(part, limit):
        y, alarm = part[0], part[1] > limit
        return 2 * np.sum(y * alarm) / (y.sum() + alarm.sum())

    found = _tried(answer, *choose, *judge, what="honest_f1")
    if found is ...:
        return Blank
    value = a_number(found, "honest_f1(...)")
    limit = 7.0  # any limit from 6 to 8 is best on the first set, and no score of the second lies there
    wrong = _known(
        value,
        [
            (
                max(at(judge, t) for t in judge[1]),
                "The threshold was chosen on the labels it is judged by: that is the best F1, not the one you will get.",
            ),
            (at(choose, limit), "That is the F1 on the set the threshold was chosen on; report it on the other."),
            (limit, "That is the threshold; return the F1 at it."),
            (1 / 2, "That is the precision; asked for is the F1."),
            (2 / 3, "That is the recall; asked for is the F1."),
        ],
    )
    if not same(value, at(judge, limit)):
        if same(value, np.mean(judge[0] == (judge[1] > limit))):
            return "That is the accuracy; asked for is the F1."
        return (
            wrong
            or f"You give {value:.3g}; with the threshold of the first set the F1 on the second is {at(judge, limit):.3g}."
        )


@exercise(
    "13.6",
    hint="The last point of a window is starts + length - 1, and must lie before border: starts + length <= border.",
)
def parts_by_time(answer):
    for starts, length, border in ((np.arange(0, 40, 2), 6, 20), (np.arange(30), 5, 12)):
        found = _tried(answer, starts.copy(), length, border, what="parts_by_time")
        if found is ...:
            return Blank
        train, test = (an_array(mask, starts.shape, "a mask") for mask in _pair(found, "parts_by_time"))
        if not np.isin([train, test], (0, 1)).all():
            return "Masks hold only True and False; return comparisons, not positions."
        train, test = train.astype(bool), test.astype(bool)
        wanted = starts + length <= border, starts >= border
        if same(train, wanted[1]) and same(test, wanted[0]):
            return "Turned round: training comes first in time."
        if (train & test).any():
            return "Some windows are in both parts."
        if train.any() and test.any() and starts[train].max() > starts[test].min():
            return "Windows of the two parts lie side by side in time and share most of their points: cut by time, at border."
        straddle = (starts < border) & (starts + length > border)
        if (train & straddle).any():
            late = starts[train & straddle][0]
            if (train & straddle).sum() == 1 and late + length == border + 1:
                return f"One window too many: the one from {late} still holds the point {border} itself."
            return f"The training window from {late} reaches over border {border}: it shares points with the test part."
        if (test & straddle).any():
            return f"A test window from {starts[test & straddle][0]} starts before border {border}, on points of the training part."
        if not same(train, wanted[0]):
            return (
                "Some window that ends before border is missing from training: the last point is starts + length - 1."
            )
        if not same(test, wanted[1]):
            return "Some window that starts at border or later is missing from the test part."


@exercise(
    "13.7",
    hint="Recall is np.mean(alarms[y == 1]), the false-alarm rate np.mean(alarms[y == 0]). Then the mean of recall and 1 - rate.",
)
def balanced_accuracy(answer):
    y = np.repeat([0, 1], [96, 4])
    some = np.zeros(100, bool)
    some[[0, 1, 2, 96, 97, 98]] = True
    silent = np.zeros(100, bool)
    found = _tried(answer, y, silent, what="balanced_accuracy")
    if found is ...:
        return Blank
    if same(a_number(found, "balanced_accuracy (when no alarm was raised)"), 0.96):
        return (
            "96 % for a detector that never raises an alarm and finds nothing: with 4 % anomalies, silence looks "
            "brilliant. Each class must count the same."
        )
    for alarm in (some, silent):
        value = a_number(_tried(answer, y, alarm, what="balanced_accuracy"), "balanced_accuracy(y, alarms)")
        recall, rate = alarm[y == 1].mean(), alarm[y == 0].mean()
        if same(value, (recall + 1 - rate) / 2):
            continue
        wrong = _known(
            value,
            [
                (
                    (recall + rate) / 2,
                    "You averaged recall and false-alarm rate; a false alarm is a fault, so take 1 - rate.",
                ),
                (recall + 1 - rate, "That is the sum; divide by 2, so that perfect is 1."),
                (
                    recall - rate,
                    "That is recall minus false-alarm rate, which gives a coin 0; asked for is the mean of recall and 1 - rate.",
                ),
                (
                    2 * (y * alarm).sum() / (y.sum() + alarm.sum()),
                    "That is F1, which does not look at the silent normals at all.",
                ),
                (recall, "That is the recall alone: a detector that always raises an alarm would be perfect."),
                (1 - rate, "That is the share of normals left in peace, alone: silence would be perfect."),
            ],
        )
        return (
            wrong
            or f"Recall {recall:.2f} and false-alarm rate {rate:.3f}: you give {value:.3g}, and it is {(recall + 1 - rate) / 2:.3g}."
        )


@exercise("13.8", hint="Multiply out: p (r b + f (1 - b)) = r b, so f = r b (1 - p) / (p (1 - b)).")
def tolerable(answer):
    for recall, precision, base_rate in ((0.6, 0.9, 0.001), (0.8, 0.75, 0.2)):
        found = _tried(answer, recall, precision, base_rate, what="tolerable")
        if found is ...:
            return Blank
        value = a_number(found, "tolerable(...)")
        odds = base_rate / (1 - base_rate)
        right = recall * odds * (1 - precision) / precision
        if same(value, right):
            continue
        kept = recall * base_rate / (recall * base_rate + value * (1 - base_rate)) if value > 0 else np.nan
        wrong = _known(
            value,
            [
                (
                    right / odds,
                    f"The base rate is not in it: at {base_rate:g} that false-alarm rate gives a precision of {kept:.2g}, not {precision}.",
                ),
                (right * (1 - base_rate), "The normals are a share 1 - b of all samples; divide by it."),
                (right / recall, "The recall is missing: who finds fewer anomalies may have fewer false alarms."),
                (recall * odds * precision / (1 - precision), "Precision and 1 - precision are exchanged."),
                (recall * odds / precision, "That counts all alarms; take away the true ones: a factor 1 - precision."),
                (
                    recall * (1 - precision) / precision / odds,
                    "The base rate is turned round: the rarer the anomalies, the smaller the rate you may have.",
                ),
            ],
        )
        return wrong or f"With the rate {value:.3g} the precision is {kept:.3g}, and {precision} is wanted."


@exercise(
    "13.9",
    hint="result = events.evaluate_events(y, alarms); P is result.point_precision and R is result.event_recall. Guard the case R = 0.",
)
def composite_f1(answer):
    from aelearn import events

    y = np.zeros(100, int)
    y[10:30] = y[50:70] = y[80:90] = 1
    alarm = np.zeros(100, bool)
    alarm[[12, 13, 40, 41, 42, 55]] = True  # two of three events; 3 of 6 alarms at anomalous points
    found = _tried(answer, y, alarm, what="composite_f1")
    if found is ...:
        return Blank
    value = a_number(found, "composite_f1(y, alarms)")

    def mean(a, b):
        return 2 * a * b / (a + b)

    r = events.evaluate_events(y, alarm)
    adjusted = events.point_adjusted(y, alarm.astype(float))
    right = mean(r.point_precision, r.event_recall)
    if not same(value, right):
        wrong = _known(
            value,
            [
                (
                    mean(adjusted @ y / adjusted.sum(), adjusted @ y / y.sum()),
                    "One hit made whole events into hits. Three alarms hit here, and you counted forty points.",
                ),
                (
                    mean(r.point_precision, r.point_recall),
                    "That is the F1 by points: an event found at two of its points should count as found.",
                ),
                (
                    mean(r.n_found / (r.n_found + r.n_false_alarms), r.event_recall),
                    "The precision is by events too: a hundred false alarms in one run would count as one. Take it by points.",
                ),
                (
                    mean(r.event_precision, r.event_recall),
                    "The precision is by events too: a hundred false alarms in one run would count as one. Take it by points.",
                ),
                (
                    mean(r.event_precision, r.point_recall),
                    "Turned round: the precision by points, the recall by events.",
                ),
                (
                    (r.point_precision + r.event_recall) / 2,
                    "That is the plain mean; a detector with one of the two at nothing would still get a half.",
                ),
                (right / 2, "A factor of 2 is missing."),
            ],
        )
        return (
            wrong
            or f"Precision {r.point_precision:.2f} by points, recall {r.event_recall:.2f} by events: you give {value:.3g}, and it is {right:.3g}."
        )
    for silent, when in ((np.zeros(100, bool), "no alarm was raised"), (y == 0, "all alarms are false")):
        nothing = _tried(answer, y, silent, what=f"composite_f1 (when {when})")
        try:
            if float(nothing) == 0:
                continue
        except (TypeError, ValueError):
            pass
        return f"When {when}, return 0; you return {nothing}."


@exercise(
    "13.10",
    hint="np.sort puts the largest last: np.sort(errors)[:n_kept].mean() with n_kept = len(errors) - int(share * len(errors)).",
)
def trimmed_mean(answer):
    rng = np.random.default_rng(0)
    for errors, share in (
        (rng.permutation(np.append(np.linspace(1, 2, 9) ** 3, 50.0)), 0.25),
        (rng.gamma(2, size=23), 0.4),
    ):
        found = _tried(answer, errors.copy(), share, what="trimmed_mean")
        if found is ...:
            return Blank
        value = a_number(found, "trimmed_mean(errors, share)")
        n, ranked = int(share * len(errors)), np.sort(errors)
        right = ranked[: len(errors) - n].mean()
        if same(value, right):
            continue
        wrong = _known(
            value,
            [
                (
                    errors.mean(),
                    "All rows are in it, the worst too, and they pull hardest: the model will learn the anomalies.",
                ),
                (ranked[n:].mean(), "You left out the smallest errors; the largest are the suspects."),
                (ranked[n : len(errors) - n].mean(), "You trimmed both ends; rows that fit well are no anomalies."),
                (right * (len(errors) - n) / len(errors), "You divided by all rows, not by those that were kept."),
                (errors[: len(errors) - n].mean(), "You left out the last rows; sort them by error first."),
                (ranked[:n].mean(), "You kept a share; leave it out and keep the rest."),
                (np.median(errors), "That is the median, which gives a gradient to one or two rows only."),
            ],
        )
        return (
            wrong
            or f"Of {len(errors)} errors, {n} are to be left out at share {share}: you give {value:.4g}, and it is {right:.4g}."
        )


@exercise(
    "13.11",
    hint="allowed = np.flatnonzero(copied < 0.5) gives the indices to choose from; normal_errors[allowed].argmin() is a place among *them*.",
)
def choose_model(answer):
    cases = [
        ([0.001, 0.02, 0.015, 0.09, 0.03], [0.99, 0.1, 0.3, 0.4, -0.2], 2),
        ([0.05, 0.01, 0.04], [0.2, 0.7, -3.0], 2),
        ([0.03, 0.02, 0.04], [0.5, 0.6, 0.49], 2),
    ]
    for errors, copied, right in cases:
        errors, copied = np.array(errors), np.array(copied)
        found = _tried(answer, errors.copy(), copied.copy(), what="choose_model", may_return_none=True)
        if found is ...:
            return Blank
        if found is None:
            return f"You find no model among copied shares {copied}; one below a half is there."
        value = a_number(found, "choose_model(...)")
        if same(value, right) and value == right:
            continue
        allowed = np.flatnonzero(copied < 0.5)
        known = [
            (
                errors.argmin(),
                f"The model with the smallest error copies {copied[errors.argmin()]:.0%} of nonsense: it would copy anomalies as well.",
            ),
            (errors[allowed].argmin(), "That is a place among the allowed models; return the index in the whole list."),
            (copied.argmin(), "That one copies the least; among the allowed ones the error on normals decides."),
            (allowed[errors[allowed].argmax()], "Of the allowed models you took the one with the largest error."),
        ]
        for wrong, sentence in known:
            if value == wrong:
                return sentence
        return f"Errors {errors}, copied shares {copied}: you choose {value:g}, and {right} is right."
    found = _tried(
        answer, np.array([0.1, 0.2]), np.array([0.9, 0.8]), what="choose_model (when all copy)", may_return_none=True
    )
    if found is not None:
        return "When every model copies nonsense, return None; you choose one all the same."


@exercise(
    "13.12",
    hint="Make one generator before the loop, rng = np.random.default_rng(seed), and hand it to every call of one_draw.",
)
def stable_scores(answer):
    x, drawn = np.arange(5.0)[:, None], []

    def one_draw(x, rng):
        drawn.append(x[:, 0] + rng.normal(size=len(x)))
        return drawn[-1].copy()

    def run(seed, n_draws=6):
        drawn.clear()
        return _tried(answer, one_draw, x, n_draws, seed, what="stable_scores")

    found = run(0)
    if found is ...:
        return Blank
    first, used = an_array(found, (5,), "stable_scores(...)"), np.array(drawn)
    again = an_array(run(0), (5,), "stable_scores(...)")
    if not np.array_equal(first, again):
        return "Two calls with the same seed give different scores: an alarm that cannot be repeated."
    if len(used) != 6:
        return f"one_draw was called {len(used)} times, and n_draws is 6."
    if len(np.unique(used.round(12), axis=0)) < 6:
        return "The draws are all the same: a generator made anew for each call starts anew. Make it once, before the loop."
    if same(first, used.sum(axis=0)):
        return "That is the sum of the draws; take the mean."
    if same(first, np.median(used, axis=0)):
        return "That is the median of the draws; take the mean."
    if not same(first, used.mean(axis=0)):
        return "The scores are not the mean of the draws."
    if same(an_array(run(1), (5,), "stable_scores(...)"), first):
        return "Another seed gives the same scores: hand seed to the generator."


@exercise(
    "13.13",
    hint="Compare with broadcasting: calibration <= log_density[:, None] is (n, m). Count each side, take the smaller, double it, cut at 1.",
)
def two_sided_p(answer):
    calibration = np.array([3.0, 5.0, 6.0, 7.0, 7.5, 8.0, 9.0, 11.0, 12.0])
    new = np.array([1.0, 5.5, 7.5, 10.0, 40.0])
    found = _tried(answer, calibration.copy(), new.copy(), what="two_sided_p")
    if found is ...:
        return Blank
    p = an_array(found, (5,), "two_sided_p(...)")
    low = (1 + np.sum(calibration <= new[:, None], axis=1)) / 10
    high = (1 + np.sum(calibration >= new[:, None], axis=1)) / 10
    right = np.minimum(1, 2 * np.minimum(low, high))
    wrong = _known(
        p,
        [
            (
                low,
                "A value far above all normals (40) gets a p-value of 1: you look at the low side only, and an empty page passes.",
            ),
            (high, "You look at the high side only; a value far below all normals passes."),
            (
                np.minimum(low, high),
                "Two chances to be extreme: without the factor 2 twice as many normals raise an alarm as promised.",
            ),
            (2 * np.minimum(low, high), "A p-value above 1; cut it there."),
            (
                np.minimum(1, 2 * np.maximum(low, high)),
                "You took the larger of the two sides; the smaller one says how extreme it is.",
            ),
            (np.minimum(1, low + high), "You added the two sides, which says nothing; double the smaller."),
            (
                np.minimum(1, 2 * np.minimum(low * 10 - 1, high * 10 - 1) / 9),
                "The new value itself must be counted: 1 above and below the line, or a p-value can be 0.",
            ),
        ],
    )
    if wrong:
        return wrong
    if not same(p, right):
        return f"For {new} you give {p.round(2)}, and the p-values are {right.round(2)}."


@exercise(
    "13.14",
    hint="stats.ks_2samp(calibration_scores, recent_scores).pvalue compares two samples; drift is a p-value of at most level.",
)
def drifted(answer):
    rng = np.random.default_rng(0)

    def says(old, new, level=0.01):
        found = _tried(answer, old, new, level, what="drifted")
        if found is ... or isinstance(found, bool | np.bool_):
            return found
        raise NotYet(f"drifted should return True or False, and returns {found!r}.")

    def source(n):
        return rng.gamma(3, size=n)

    first = says(source(200), source(300))
    if first is ...:
        return Blank
    cases = {
        "all scores fell by a third, so anomalies slip through, and no more alarms than before": lambda n: (
            source(n) * 0.67
        ),
        "all scores rose by a half": lambda n: source(n) * 1.5,
        "scores spread to both sides around the same middle: look at the whole distribution, not at its centre": lambda n: (
            2.67 + 2.2 * (source(n) - 2.67)
        ),
    }
    if all(says(source(200), source(300)) for _ in range(6)):
        return "You see drift where there is none."
    for what, change in cases.items():
        if not all(says(source(200), change(400)) for _ in range(3)):
            return f"Drift goes unseen when {what}."
    false = sum(says(source(60), source(1500), 0.05) for _ in range(60))
    if false > 10:
        return (
            f"With 60 calibration scores and no drift it cries wolf {false} times in 60 at level 0.05: the calibration "
            "scores are a sample themselves, so compare two samples."
        )
    false = sum(says(source(100), source(100), 0.5) for _ in range(40))
    if false < 8:
        return f"At level 0.5 it speaks up {false} times in 40, and about twenty are expected: use level."
