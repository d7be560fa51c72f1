"""Checks of lesson 12, Which method, when."""

import numpy as np
from scipy.stats import norm, rankdata, t

from aelearn.course.judging import function_exercise


def _ends(differences, ddof=1, quantile=None, share=0.975, root=np.sqrt, middle=np.mean):
    """The ends of an interval, made rightly unless told otherwise."""
    n = len(differences)
    factor = quantile(share) if quantile else t.ppf(share, n - 1)
    half = factor * np.std(differences, ddof=ddof) / root(n)
    return middle(differences) - half, middle(differences) + half


def _which_end(result, wanted, differences):
    (low, high), right = np.ravel(result), np.isclose(np.ravel(result), np.ravel(wanted))
    if right[0] != right[1]:
        good, bad = ("lower", "upper") if right[0] else ("upper", "lower")
        return f"Your {good} end is right, the {bad} one is not: they are the mean minus and plus the same half width."
    if np.isclose(low + high, np.sum(wanted)):
        return f"The middle is right, and the half width is not: for {len(differences)} values it is t times the standard deviation over the root of n."


@function_exercise(
    "12.1",
    examples=[
        ([0.02, -0.01, 0.03, 0.0, 0.05, -0.02],),
        ([1.0, 3.0],),  # two are the fewest that have a spread
        ([-0.5, -0.5, -0.25, 0.5, 8.0],),
    ],
    random=lambda rng: (rng.normal(rng.normal(), rng.uniform(0.1, 2), rng.integers(3, 12)),),
    slips=[
        (lambda differences: _ends(differences, ddof=0), "Your standard deviation divides by n; of few values take ddof=1, which divides by n - 1."),
        (lambda differences: _ends(differences, root=lambda n: 1), "That is an interval for single differences; for their mean the spread is divided by the root of n."),
        (lambda differences: _ends(differences, root=lambda n: n), "You divided by n; the formula has its root."),
        (lambda differences: _ends(differences, root=lambda n: np.sqrt(n - 1)), "You divided by the root of n - 1; under the root stands n itself."),
        (lambda differences: _ends(differences, share=0.95), "With .95 in t.ppf 5 % are left out on each side, 10 % in all; 2.5 % on each side is .975."),
        ([lambda differences: _ends(differences, quantile=norm.ppf), lambda differences: _ends(differences, quantile=lambda share: 1.96)],
         "You took the 1.96 of a normal distribution; for few values the number comes from t.ppf(0.975, n - 1) and is larger."),
        (lambda differences: _ends(differences, quantile=lambda share: 2.0), "Your t is always 2; how far it lies above 2 depends on n: t.ppf gives it."),
        (lambda differences: _ends(differences, quantile=lambda share: t.ppf(share, 5)), "Your t is that of six values, whatever n is; count the differences you are given."),
        (lambda differences: _ends(differences, quantile=lambda share: t.ppf(share, 5), root=lambda n: np.sqrt(6)), "Your n is always 6; count the differences you are given."),
        (lambda differences: _ends(differences, root=lambda n: np.sqrt(6)), "Under your root there is always 6; count the differences you are given."),
        (lambda differences: _ends(differences, quantile=lambda share: t.ppf(share, len(differences))), "The second argument of t.ppf is n - 1, not n."),
        (lambda differences: _ends(differences, middle=np.median), "You put the interval around the median; it stands around the mean."),
        (lambda differences: _ends(differences, middle=lambda x: 0.0), "Your interval stands around 0; add the mean."),
        (lambda differences: _ends(differences)[::-1], "The two ends are exchanged: the lower comes first."),
        (lambda differences: _ends(differences)[1] - np.mean(differences), "That is the half width alone; return mean minus it and mean plus it."),
        (lambda differences: np.quantile(differences, [0.025, 0.975]), "Those are quantiles of the differences themselves; asked for is the interval of their mean."),
        (lambda differences: (np.min(differences), np.max(differences)), "Those are the smallest and the largest difference; asked for is the interval of their mean."),
    ],
    hints=(
        "First the half width: t times the standard deviation over the root of n. Then the mean minus it, and plus it.",
        "half = t.ppf(0.975, n - 1) * np.std(differences, ddof=1) / np.sqrt(n)",
    ),
    otherwise=_which_end,
    remark="With six values t is 2.6; with sixty it is 2.0. Few sources make wide intervals twice: by t and by the root of n.",
)  # fmt: skip
def t_interval(differences):
    return _ends(differences)


def _leads(votes, reference, leave_out=True, best=np.argmax, against=None, middle=np.mean):
    """The leads, made rightly unless told otherwise."""
    elsewhere, here = [], []
    for source in range(len(votes)):
        others = middle(np.delete(votes, source, axis=0) if leave_out else votes, axis=0)
        chosen = best(others)
        elsewhere.append(others[chosen] - others[reference])
        here.append(votes[source, chosen] - votes[source, reference])
    return np.array(elsewhere), np.array(here)


def _chosen_on_all(votes, reference):
    chosen = votes.mean(axis=0).argmax()
    gains = votes - votes[:, [reference]]
    return np.array([np.delete(gains[:, chosen], row).mean() for row in range(len(votes))]), gains[:, chosen]


def _own_best(votes, reference):
    chosen = votes.argmax(axis=1)
    others = np.array([np.delete(votes, row, axis=0).mean(axis=0) for row in range(len(votes))])
    rows = np.arange(len(votes))
    return others[rows, chosen] - others[:, reference], votes[rows, chosen] - votes[:, reference]


def _by_rank(votes, reference):
    elsewhere, here = [], []
    for source in range(len(votes)):
        rest = np.delete(votes, source, axis=0)
        chosen = rankdata(-rest, axis=1).mean(axis=0).argmin()
        elsewhere.append(rest.mean(axis=0)[chosen] - rest.mean(axis=0)[reference])
        here.append(votes[source, chosen] - votes[source, reference])
    return np.array(elsewhere), np.array(here)


def _summed(votes, reference):
    elsewhere, here = _leads(votes, reference)
    return elsewhere * (len(votes) - 1), here


@function_exercise(
    "12.2",
    examples=[
        ([[0.9, 0.8, 0.7, 0.75], [0.6, 0.95, 0.5, 0.7], [0.99, 0.9, 0.97, 0.4]], 3),
        ([[0.9, 0.5, 0.6], [0.7, 0.9, 0.6], [0.5, 0.9, 0.65], [0.6, 0.55, 0.7]], 0),
        ([[0.75, 0.5], [0.25, 0.875]], 1),  # two sources: the other one alone decides
        ([[0.9, 0.1, 0.8], [0.1, 0.9, 0.7], [0.2, 0.95, 0.75]], 2),
    ],
    random=lambda rng: (rng.uniform(0.4, 1, (rng.integers(3, 8), rng.integers(3, 7))), int(rng.integers(3))),
    slips=[
        (lambda votes, reference: _leads(votes, reference, leave_out=False), "You chose with the source left in: delete its row before you take the mean."),
        (_chosen_on_all, "You chose one method, on all sources; choose anew for each source, on the others alone."),
        (_own_best, "Your chosen method is each source's own best: it was chosen on the source left out."),
        (_by_rank, "You chose by mean rank; asked for is the largest mean."),
        (lambda votes, reference: _leads(votes, reference, best=np.argmin), "You chose the method with the smallest mean; the best has the largest."),
        (lambda votes, reference: _leads(votes, reference, middle=np.median), "You chose by the median; asked for is the mean."),
        (lambda votes, reference: _leads(votes, reference)[1], "Return both arrays: the leads elsewhere, then the leads on the source left out."),
        (lambda votes, reference: _leads(votes, reference)[0], "Return both arrays: the leads elsewhere, then the leads on the source left out."),
        (lambda votes, reference: tuple(np.mean(part) for part in _leads(votes, reference)), "Those are the means; return one number for each source."),
        (lambda votes, reference: tuple(-part for part in _leads(votes, reference)), "The signs are turned: a lead is the chosen method minus the reference."),
        (_summed, "The lead elsewhere is a sum over the other sources; take the mean."),
    ],
    hints=(
        "A loop over the rows. What would you choose if this row did not exist?",
        "np.delete(votes, source, axis=0) is the table without one source; what does its mean over the sources choose?",
    ),
    remark="The first array cannot be negative: the reference itself could be chosen. The second can.",
)  # fmt: skip
def leads(votes, reference):
    return _leads(votes, reference)


def _day(samples, base_rate, false_alarm_rate, recall):
    false_alarms, real = samples * (1 - base_rate) * false_alarm_rate, samples * base_rate * recall
    return false_alarms, real, real / (false_alarms + real)


def _share(wrong):
    """The right false alarms, and a wrong share made by wrong(false alarms, real, base rate, rate, recall)."""

    def slip(samples, base_rate, false_alarm_rate, recall):
        false_alarms, real, _ = _day(samples, base_rate, false_alarm_rate, recall)
        return false_alarms, wrong(false_alarms, real, samples * base_rate, false_alarm_rate, recall)

    return slip


def _false(wrong):
    """The right share, and wrong false alarms."""
    return lambda samples, base_rate, false_alarm_rate, recall: (
        wrong(samples, base_rate, false_alarm_rate, recall),
        _day(samples, base_rate, false_alarm_rate, recall)[2],
    )


def _which_number(result, wanted, *arguments):
    right = np.isclose(np.ravel(result), np.ravel(wanted))
    if right[0]:
        return "The false alarms are right, the share is not: real alarms divided by all alarms, real and false."
    if right[1]:
        return "The share is right, the false alarms are not: normals of a day times the false-alarm rate."


@function_exercise(
    "12.3",
    examples=[
        (10_000, 0.001, 0.05, 0.8),
        (200, 0.1, 0.02, 0.5),
        (1000, 0.5, 0.25, 1.0),  # nothing missed
        (400, 0.25, 0.5, 0.125),
    ],
    random=lambda rng: (int(rng.integers(100, 20_000)), rng.uniform(0.01, 0.4), rng.uniform(0.01, 0.3), rng.uniform(0.2, 1)),
    slips=[
        (lambda samples, base_rate, false_alarm_rate, recall: _day(samples, base_rate, false_alarm_rate, recall)[::2][::-1], "The order is exchanged: the false alarms first, then the share."),
        (_false(lambda n, b, f, r: n * f), "You counted every sample; only normals can raise a false alarm."),
        (lambda n, b, f, r: (n * f, n * b * r / (n * f + n * b * r)), "You counted every sample; only normals can raise a false alarm."),
        (_false(lambda n, b, f, r: n * (1 - b) * f + n * b * r), "Those are all alarms; the false ones are those on normals."),
        (_false(lambda n, b, f, r: f), "The first number is the rate; multiply it by the normals of a day."),
        (_false(lambda n, b, f, r: n * b * f), "You took the anomalies for the normals: base_rate is the share of the anomalies."),
        (_share(lambda false, real, anomalies, f, r: real), "The second number is how many alarms are real; asked for is their share of all alarms."),
        (_share(lambda false, real, anomalies, f, r: 100 * real / (false + real)), "The second number is in per cent; give the share itself, from 0 to 1."),
        (_share(lambda false, real, anomalies, f, r: false / (false + real)), "The second number is the share of *false* alarms; asked for is that of the real ones."),
        (_share(lambda false, real, anomalies, f, r: r), "The second number is the recall, a share of the anomalies; asked for is a share of the alarms."),
        (_share(lambda false, real, anomalies, f, r: anomalies / (false + anomalies)), "You counted every anomaly as an alarm; only the share `recall` of them is found."),
        (_share(lambda false, real, anomalies, f, r: 1 - f), "One minus the false-alarm rate is the share of normals left in peace, not that of real alarms."),
        (_share(lambda false, real, anomalies, f, r: real / false), "You divided by the false alarms; divide by all alarms, false and real."),
        (_share(lambda false, real, anomalies, f, r: r / (r + f)), "Without the base rate you act as if anomalies were as frequent as normals."),
        (lambda n, b, f, r: _day(n, b, f, r)[0], "Return two numbers: the false alarms, and the share of alarms that are real."),
    ],
    hints=(
        "How many samples of a day are normal, and how many of these raise an alarm? The same for the anomalies.",
        "Normals a day: samples * (1 - base_rate). Each of them rings with false_alarm_rate, each anomaly with recall.",
    ),
    otherwise=_which_number,
    remark="The share is the precision of lesson 04, at the base rate of your day and not at that of a test part.",
)  # fmt: skip
def a_day(samples, base_rate, false_alarm_rate, recall):
    false_alarms, _, share = _day(samples, base_rate, false_alarm_rate, recall)
    return false_alarms, share


@function_exercise(
    "12.4",
    examples=[
        ([[0.9, 0.8, 0.7, 0.8], [0.6, 0.95, 0.5, 0.7], [0.99, 0.9, 0.97, 0.4]],),  # a tie in the first row
        ([[0.9, 0.8, 0.7], [0.3, 0.3, 0.3]],),  # all tie
        ([[0.5, 0.75]],),  # one source
        ([[0.99, 0.5, 0.6], [0.4, 0.5, 0.6], [0.4, 0.5, 0.6], [0.7, 0.5, 0.6]],),
        ([[-0.5, 0.25, 0.0], [0.75, -0.25, -0.125]],),  # below zero, as differences are
    ],
    random=lambda rng: (rng.integers(-3, 8, (rng.integers(1, 7), rng.integers(2, 6))) / 8,),
    slips=[
        (lambda values: rankdata(values, axis=1).mean(axis=0), "Rank 1 went to the lowest value; the best method gets rank 1: rank -values."),
        (lambda values: rankdata(-values, axis=1), "Those are the ranks on each source; take their mean over the sources."),
        (lambda values: rankdata(-values, axis=1).mean(axis=1), "That is one number for each source; asked for is one for each method."),
        (lambda values: rankdata(-values.mean(axis=0)), "You ranked the mean values. Rank on each source first, then take the mean."),
        (lambda values: rankdata(-values, axis=0).mean(axis=0), "You ranked the sources within a method; rank the methods within a source: axis=1."),
        (lambda values: rankdata(-values).reshape(values.shape).mean(axis=0), "You ranked all numbers of the table together; rank within each source: axis=1."),
        ([lambda values: ((-values).argsort(axis=1).argsort(axis=1) + 1).mean(axis=0), lambda values: rankdata(-values, axis=1, method="ordinal").mean(axis=0),
          lambda values: ((-values).argsort(axis=1, kind="stable").argsort(axis=1) + 1).mean(axis=0)], "Methods that tie got different ranks; they share the mean of their places, as rankdata does it."),
        ([lambda values: ((-values).argsort(axis=1) + 1).mean(axis=0), lambda values: (-values).argsort(axis=1).mean(axis=0),
          lambda values: ((-values).argsort(axis=1, kind="stable") + 1).mean(axis=0)], "argsort says which method stands at a place, not at which place a method stands; rankdata says the latter."),
        (lambda values: rankdata(1 / values, axis=1).mean(axis=0), "1 / values turns the order round only where all values are above zero; -values does so always."),
        (lambda values: rankdata(-values, axis=1, method="min").mean(axis=0), "Methods that tie both got the better place; they share the mean of their places."),
        (lambda values: rankdata(-values, axis=1, method="dense").mean(axis=0), "After a tie your next place is too good; two that tie for the first place leave the third to the next."),
        (lambda values: np.median(rankdata(-values, axis=1), axis=0), "That is the median rank; take the mean."),
        (lambda values: rankdata(-values, axis=1).mean(axis=0) - 1, "Your best rank is 0; the best method of a source has rank 1."),
        (lambda values: rankdata(-values, axis=1).sum(axis=0), "Those are sums of ranks; divide by the number of sources."),
    ],
    hints=(
        "rankdata gives rank 1 to the smallest: what must happen to values where higher is better?",
        "rankdata(-values, axis=1) ranks each source, best first; then the mean over the sources, axis=0.",
    ),
)  # fmt: skip
def mean_ranks(values):
    return rankdata(-values, axis=1).mean(axis=0)


def _best(auc, seconds, budget, keeps=lambda seconds, budget: (seconds <= budget).all(axis=0)):
    fits = keeps(seconds, budget)
    return int(np.where(fits, auc.mean(axis=0), -np.inf).argmax()) if fits.any() else None


def _wrong_axis(keeps_axis, mean_axis):
    def slip(auc, seconds, budget):
        fits = (seconds <= budget).all(axis=keeps_axis)
        return int(np.where(fits, auc.mean(axis=mean_axis), -np.inf).argmax()) if fits.any() else None

    return slip


def _best_or_none(auc, seconds, budget):
    best = int(auc.mean(axis=0).argmax())
    return best if (seconds[:, best] <= budget).all() else None


def _some_board(rng):
    shape = rng.integers(2, 5), rng.integers(3, 7)
    seconds = rng.choice([0.25, 0.5, 1.0, 2.0, 4.0], shape)
    return rng.permutation(rng.uniform(0.5, 1, shape)), seconds, rng.choice([0.5, 1.0, 2.0, 4.0])


@function_exercise(
    "12.5",
    examples=[
        ([[0.8, 0.9, 0.7], [0.7, 0.8, 0.75]], [[0.25, 1.0, 0.5], [0.25, 0.5, 2.0]], 1.0),
        ([[0.8, 0.9, 0.95, 0.7], [0.82, 0.85, 0.97, 0.99]], [[0.01, 0.3, 5.0, 0.02], [0.02, 0.9, 20.0, 0.05]], 1.0),
        ([[0.7, 0.9, 0.8, 0.6], [0.7, 0.9, 0.85, 0.65]], [[2.0, 2.0, 0.5, 0.01], [3.0, 3.0, 1.0, 0.02]], 1.0),
        ([[0.6, 0.95, 0.9], [0.9, 0.5, 0.58]], [[0.5, 0.1, 0.2], [0.5, 0.1, 0.2]], 0.3),
        ([[0.7, 0.9, 0.95], [0.7, 0.9, 0.95]], [[0.6, 0.1, 5.0], [0.2, 9.0, 5.0]], 0.7),
        ([[0.7, 0.9, 0.95], [0.7, 0.9, 0.95]], [[0.6, 0.1, 5.0], [0.2, 1.1, 5.0]], 0.7),
        ([[0.8, 0.9], [0.8, 0.7]], [[2.0, 3.0], [2.0, 0.5]], 1.0),  # none keeps it on both
        ([[0.8, 0.9, 0.85]], [[1.0, 4.0, 0.5]], 0.25),  # none at all
    ],
    random=_some_board,
    slips=[
        (lambda auc, seconds, budget: int(auc.mean(axis=0).argmax()), "That method ranks best, but it need not keep the budget on every task."),
        (lambda auc, seconds, budget: int(auc[:, (seconds <= budget).all(axis=0)].mean(axis=0).argmax()) if (seconds <= budget).all(axis=0).any() else None,
         "That is a place among those that keep the budget; return the place among all methods."),
        (lambda auc, seconds, budget: float(auc[:, (seconds <= budget).all(axis=0)].mean(axis=0).max()) if (seconds <= budget).all(axis=0).any() else None, "That is the AUC; return the method's place."),
        (lambda auc, seconds, budget: _best(auc, seconds, budget, lambda s, b: (s < b).all(axis=0)), "A method that takes exactly the budget keeps it: compare with <=."),
        (lambda auc, seconds, budget: _best(auc, seconds, budget, lambda s, b: s.mean(axis=0) <= b), "That method keeps the budget on average; it must keep it on every task."),
        (lambda auc, seconds, budget: _best(auc, seconds, budget, lambda s, b: s.sum(axis=0) <= b), "You compared the sum of the seconds with the budget; each task has it for itself."),
        (lambda auc, seconds, budget: _best(auc, seconds, budget, lambda s, b: (s <= b).any(axis=0)), "That method keeps the budget on one task; it must keep it on all."),
        (lambda auc, seconds, budget: int(np.where((seconds <= budget).all(axis=0), auc.mean(axis=0), -np.inf).argmax()), "When no method keeps the budget, return None; argmax of a row of -inf is 0."),
        (lambda auc, seconds, budget: _best(np.tile(np.median(auc, axis=0), (2, 1)), seconds, budget), "You compared medians; asked for is the highest mean AUC."),
        (lambda auc, seconds, budget: _best(np.tile(auc.max(axis=0), (2, 1)), seconds, budget), "You compared the best AUC of each method; asked for is the highest mean."),
        (_best_or_none, "You ask only whether the best of all keeps the budget; where it does not, the best of those that do is wanted."),
        ([_wrong_axis(1, 0), _wrong_axis(0, 1), _wrong_axis(1, 1)], "axis=1 leaves one answer for each task; axis=0 goes through the tasks and leaves one for each method."),
        (lambda auc, seconds, budget: int(seconds.sum(axis=0).argmin()), "That is the fastest method; asked for is the best of those fast enough."),
        (lambda auc, seconds, budget: (seconds <= budget).all(axis=0), "That says which methods keep the budget; return the place of the best of them."),
    ],
    hints=(
        "First say of each method whether it keeps the budget on all tasks; the others must not win.",
        "(seconds <= budget).all(axis=0) says which methods keep it; what mean AUC could the others get so that none of them is the largest?",
    ),
)  # fmt: skip
def best_within(auc, seconds, budget):
    return _best(auc, seconds, budget)
