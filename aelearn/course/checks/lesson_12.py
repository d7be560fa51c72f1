"""Checks of lesson 12, Which method, when."""

import numpy as np
from scipy.stats import rankdata

from aelearn.course.exercises import Blank, a_function, a_number, an_array, exercise, same

_AUC = np.array([[0.9, 0.8, 0.7, 0.8], [0.6, 0.95, 0.5, 0.7], [0.99, 0.9, 0.97, 0.4]])  # 3 tasks, 4 methods, one tie


def _tried(answer, *arguments, what, **how):
    """What the function returns for copies of the arguments; NumPy's own warnings stay out of the notebook."""
    arguments = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    with np.errstate(all="ignore"):
        return a_function(answer, *arguments, what=what, **how)


def _known(value, known):
    """The sentence of the first wrong value that this one is, or None."""
    return next((sentence for wrong, sentence in known if same(value, wrong)), None)


@exercise("12.1", hint="rankdata(-auc, axis=1) ranks each task, best first; then the mean over the tasks, axis=0.")
def mean_ranks(answer):
    for auc in (_AUC, np.vstack([_AUC, [[0.5, 0.6, 0.7, 0.9], [0.3, 0.3, 0.3, 0.2]]])):
        found = _tried(answer, auc, what="mean_ranks")
        if found is ...:
            return Blank
        n_tasks, k = auc.shape
        right = rankdata(-auc, axis=1)
        if np.shape(found) == auc.shape and np.ndim(found) == 2:
            return "Those are the ranks on each task; take their mean over the tasks, axis=0."
        if np.shape(found) == (n_tasks,):
            return "That is one number for each task; asked for is one for each method: the mean over axis=0."
        ranks = an_array(found, (k,), "mean_ranks(auc)")
        known = [
            (
                rankdata(auc, axis=1).mean(axis=0),
                "Rank 1 went to the lowest AUC; the best method gets rank 1: rank -auc.",
            ),
            (rankdata(-auc.mean(axis=0)), "You ranked the mean AUC. Rank on each task first, then take the mean."),
            (
                rankdata(-auc, axis=0).mean(axis=0),
                "You ranked the tasks within a method; rank the methods within a task: axis=1.",
            ),
            (
                ((-auc).argsort(axis=1).argsort(axis=1) + 1).mean(axis=0),
                "Methods that tie got different ranks; they share the mean of their places, as rankdata does it.",
            ),
            (
                rankdata(-auc, axis=1, method="min").mean(axis=0),
                "Methods that tie both got the better place; they share the mean of their places.",
            ),
            (np.median(right, axis=0), "That is the median rank; take the mean."),
            (right.mean(axis=0) - 1, "Your best rank is 0; the best method of a task has rank 1."),
            (right.sum(axis=0), "Those are sums of ranks; divide by the number of tasks."),
        ]
        if sentence := _known(ranks, known):
            return sentence
        if not same(ranks, right.mean(axis=0)):
            return f"The mean ranks are {np.round(right.mean(axis=0), 2)}, and you give {np.round(ranks, 2)}."


@exercise(
    "12.2",
    hint="Square CD = q * sqrt(k (k + 1) / (6 N)), put `difference` for CD and solve for N; then round up with np.ceil.",
)
def tasks_needed(answer):
    for difference, k, q in ((3.0, 15, 3.391), (2.0, 4, 2.569), (1.0, 5, 3.0)):
        found = _tried(answer, difference, k, q, what="tasks_needed")
        if found is ...:
            return Blank
        number = a_number(found, "tasks_needed(difference, k, q)")
        exact = k * (k + 1) / 6 * (q / difference) ** 2
        right = np.ceil(exact)
        if same(number, right, 1e-9):
            continue
        known = [
            (exact, "That is the solution of the equation, but tasks come whole: round up."),
            (np.floor(exact), "You rounded down: with that few tasks CD is still larger than the difference."),
            (right + 1, "That is one more than needed: CD may equal the difference."),
            (
                np.ceil(k * (k + 1) / 6 * q / difference),
                "q and the difference enter squared: CD falls with the root of N.",
            ),
            (np.ceil(k * (k + 1) / 6 / difference**2), "q is missing."),
            (np.ceil(k * (k + 1) / 6 * q**2 / difference), "The difference enters squared."),
            (np.ceil(k * (k + 1) * (q / difference) ** 2), "The 6 under the root is missing."),
            (
                q * np.sqrt(k * (k + 1) / (6 * difference)),
                "That puts the difference in the place of N; solve for N instead.",
            ),
        ]
        if sentence := _known(number, known):
            return sentence
        return (
            f"To tell {difference:g} apart with k = {k} and q = {q} it takes {right:.0f} tasks; you give {number:.4g}."
        )


@exercise(
    "12.3",
    hint="differences[picks] has shape (repeats, sources): one mean for each row, then np.quantile(means, [.025, .975]).",
)
def paired_interval(answer):
    rng = np.random.default_rng(3)
    for n in (8, 5):
        differences, picks = rng.normal(0.02, 0.05, n), rng.integers(0, n, (400, n))
        found = _tried(answer, differences, picks, what="paired_interval")
        if found is ...:
            return Blank
        if np.shape(found) == (400,):
            return "Those are the means of the resamples; return their 2.5 % and 97.5 % quantiles."
        interval = an_array(found, (2,), "paired_interval(differences, picks)")
        drawn = differences[picks]
        means = drawn.mean(axis=1)
        right = np.quantile(means, [0.025, 0.975])
        known = [
            (right[::-1], "Low and high are exchanged; the low end comes first."),
            (
                np.quantile(differences, [0.025, 0.975]),
                "Those are quantiles of the differences themselves: where single sources lie. Asked for is the "
                "interval of their mean: use picks.",
            ),
            (np.quantile(drawn, [0.025, 0.975]), "You left out the means: one mean for each resample first."),
            (
                np.quantile(drawn.mean(axis=0), [0.025, 0.975]),
                "You averaged over the repeats (axis=0); each row of picks is one resample: axis=1.",
            ),
            (np.quantile(means, [0.05, 0.95]), "That interval holds 90 %; 95 % leave 2.5 % on each side."),
            (np.quantile(means, [0, 0.95]), "The 5 % left out belong to both sides, half each."),
            ([means.min(), means.max()], "Those are the extreme resamples; take the 2.5 % and 97.5 % quantiles."),
            (
                means.mean() + 1.96 * means.std() * np.array([-1, 1]),
                "You took the means for normally distributed. With so few sources they need not be: take quantiles.",
            ),
            (
                differences.mean() + 1.96 * means.std() * np.array([-1, 1]),
                "You took a normal interval around the mean; take the quantiles of the resampled means.",
            ),
            (np.quantile(np.median(drawn, axis=1), [0.025, 0.975]), "You took medians; take means."),
        ]
        if sentence := _known(interval, known):
            return sentence
        if not same(interval, right):
            return f"The interval is {np.round(right, 4)}, and you give {np.round(interval, 4)}."


@exercise(
    "12.4",
    hint="For each task: others = np.delete(auc, task, axis=0); chosen = rankdata(-others, axis=1).mean(axis=0).argmin().",
)
def left_out_loss(answer):
    for auc in (
        np.array([[0.9, 0.8, 0.7], [0.6, 0.95, 0.5], [0.8, 0.82, 0.99], [0.91, 0.85, 0.7]]),
        np.array([[0.9, 0.89, 0.2], [0.89, 0.91, 0.95], [0.92, 0.9, 0.99], [0.7, 0.95, 0.3], [0.6, 0.3, 0.65]]),
    ):
        found = _tried(answer, auc, what="left_out_loss")
        if found is ...:
            return Blank
        if np.shape(found) == ():
            a_number(found, "left_out_loss(auc)")
            return "That is one number; return the loss of each task, without their mean."
        losses = an_array(found, (len(auc),), "left_out_loss(auc)")
        known = [
            (
                _losses(auc, leave_out=False),
                "You chose with the task left in, so the choice has seen what it is tested on.",
            ),
            (
                _losses(auc, best=np.argmax),
                "You took the largest mean rank; rank 1 is the best, so take the smallest.",
            ),
            (-_losses(auc), "The sign is turned: a loss is the best minus the chosen, never negative."),
            (_losses(auc, by_mean=True), "You chose by mean AUC; asked for is the best mean rank."),
            (np.zeros(len(auc)), "Your chosen method is each task's own best: it was chosen on the task left out."),
            (
                auc.max(axis=1) - _losses(auc),
                "Those are the AUCs of the chosen methods; the loss is the best minus it.",
            ),
            (
                _losses(auc) - auc.max(axis=1) + auc.max(),
                "You compared with the best AUC of the whole table; compare with the best on the same task.",
            ),
        ]
        if not same(losses, _losses(auc)):
            if sentence := _known(losses, known):
                return sentence
            return f"The losses are {np.round(_losses(auc), 3)}, and you give {np.round(losses, 3)}."


def _losses(auc, *, leave_out=True, best=np.argmin, by_mean=False):
    losses = []
    for task in range(len(auc)):
        seen = np.delete(auc, task, axis=0) if leave_out else auc
        chosen = seen.mean(axis=0).argmax() if by_mean else best(rankdata(-seen, axis=1).mean(axis=0))
        losses.append(auc[task].max() - auc[task, chosen])
    return np.array(losses)


_BOARDS = [  # auc, seconds, budget, the right place
    ([[0.8, 0.9, 0.95, 0.7], [0.82, 0.85, 0.97, 0.99]], [[0.01, 0.3, 5.0, 0.02], [0.02, 0.9, 20.0, 0.05]], 1.0, 1),
    ([[0.7, 0.9, 0.8, 0.6], [0.7, 0.9, 0.85, 0.65]], [[2.0, 2.0, 0.5, 0.01], [3.0, 3.0, 1.0, 0.02]], 1.0, 2),
    ([[0.6, 0.95, 0.9], [0.9, 0.5, 0.58]], [[0.5, 0.1, 0.2], [0.5, 0.1, 0.2]], 0.3, 2),
    ([[0.7, 0.9, 0.95], [0.7, 0.9, 0.95]], [[0.6, 0.1, 5.0], [0.2, 9.0, 5.0]], 0.7, 0),
    ([[0.7, 0.9, 0.95], [0.7, 0.9, 0.95]], [[0.6, 0.1, 5.0], [0.2, 1.1, 5.0]], 0.7, 0),
]


@exercise(
    "12.5",
    hint="fits = (seconds <= budget).all(axis=0); give the others a mean AUC of -np.inf with np.where, then argmax.",
)
def best_within(answer):
    for auc, seconds, budget, right in _BOARDS:
        auc, seconds = np.array(auc), np.array(seconds)
        found = _tried(answer, auc, seconds, budget, what="best_within", may_return_none=True)
        if found is ...:
            return Blank
        if found is None:
            return f"You find no method within {budget:g} s, and method {right} keeps it on every task."
        place = a_number(found, "best_within(auc, seconds, budget)")
        if place == right:
            continue
        fits, mean = (seconds <= budget).all(axis=0), auc.mean(axis=0)
        known = [
            (mean.argmax(), "That method ranks best, but it does not keep the budget on every task."),
            (
                mean[fits].argmax(),
                "That is a place among those that keep the budget; return the place among all methods.",
            ),
            (mean.max(initial=0, where=fits), "That is the AUC; return the method's place."),
            (
                np.where((seconds < budget).all(axis=0), mean, -np.inf).argmax(),
                "A method that takes exactly the budget keeps it: compare with <=.",
            ),
            (seconds.sum(axis=0).argmin(), "That is the fastest method; asked for is the best of those fast enough."),
            (
                np.where(seconds.mean(axis=0) <= budget, mean, -np.inf).argmax(),
                "That method keeps the budget on average; it must keep it on every task.",
            ),
            (
                np.where((seconds <= budget).any(axis=0), mean, -np.inf).argmax(),
                "That method keeps the budget on one task; it must keep it on all.",
            ),
        ]
        if sentence := _known(place, known):
            return sentence
        return f"With a budget of {budget:g} s you choose method {place:g}, and {right} is the best that keeps it."
    none = _tried(
        answer,
        np.array(_BOARDS[0][0]),
        np.array(_BOARDS[0][1]),
        1e-4,
        what="best_within (no method fits)",
        may_return_none=True,
    )
    if none is not None:
        return "When no method keeps the budget, return None; you return one all the same."


@exercise(
    "12.6",
    hint="Normals a day: samples * (1 - base_rate). Each of them rings with false_alarm_rate, each anomaly with recall.",
)
def a_day(answer):
    for samples, base_rate, rate, recall in ((10_000, 0.001, 0.05, 0.8), (200, 0.1, 0.02, 0.5)):
        found = _tried(answer, samples, base_rate, rate, recall, what="a_day")
        if found is ...:
            return Blank
        pair = an_array(found, (2,), "a_day(...)")
        false_alarms, real = samples * (1 - base_rate) * rate, samples * base_rate * recall
        share = real / (false_alarms + real)
        if same(pair[0], false_alarms) and same(pair[1], share):
            continue
        known_false = [
            (share, "The order is exchanged: the false alarms first, then the share."),
            (
                samples * rate,
                "You counted every sample; only normals can raise a false alarm: samples * (1 - base_rate).",
            ),
            (false_alarms + real, "Those are all alarms; the false ones are those on normals."),
            (rate, "That is the rate; multiply by the normals of a day."),
            (
                samples * base_rate * rate,
                "You took the anomalies for the normals: 1 - base_rate of the samples are normal.",
            ),
        ]
        if not same(pair[0], false_alarms):
            return _known(pair[0], known_false) or (
                f"Of {samples} samples a day, {false_alarms:.4g} raise a false alarm, and you give {pair[0]:.4g}."
            )
        known_share = [
            (real, "The second number is how many alarms are real; asked for is their share of all alarms."),
            (1 - share, "The second number is the share of *false* alarms; asked for is that of the real ones."),
            (recall, "The second number is the recall, a share of the anomalies; asked for is a share of the alarms."),
            (real / false_alarms, "You divided by the false alarms; divide by all alarms, false and real."),
            (
                samples * base_rate / (false_alarms + samples * base_rate),
                "You counted every anomaly as an alarm; only the share `recall` of them is found.",
            ),
            (
                1 - rate,
                "One minus the false-alarm rate is the share of normals left in peace, not that of real alarms.",
            ),
            (recall / (recall + rate), "Without the base rate you act as if anomalies were as frequent as normals."),
        ]
        return _known(pair[1], known_share) or (
            f"{share:.4g} of the alarms are real, and you give {pair[1]:.4g}: real alarms divided by all alarms."
        )
