import numpy as np
from scipy.stats import rankdata, t, ttest_1samp

from exercises import Exercise


def blank(*arguments):
    return ...


def ranks(auc, **options):
    return rankdata(-auc, axis=1, **options)


def ends(ddof=1, factor=lambda n: t.ppf(0.975, n - 1), divisor=np.sqrt, middle=np.mean):
    """The interval, rightly unless told otherwise."""

    def t_interval(differences):
        n = len(differences)
        half = factor(n) * np.std(differences, ddof=ddof) / divisor(n)
        return middle(differences) - half, middle(differences) + half

    return t_interval


def leads(leave_out=True, best=np.argmax, finish=lambda elsewhere, here: (elsewhere, here)):
    """The leads, rightly unless told otherwise."""

    def answer(votes, reference):
        elsewhere, here = [], []
        for source in range(len(votes)):
            seen = np.delete(votes, source, axis=0) if leave_out else votes
            chosen = best(seen.mean(axis=0))
            elsewhere.append(np.mean(seen[:, chosen] - seen[:, reference]))
            here.append(votes[source, chosen] - votes[source, reference])
        return finish(np.array(elsewhere), np.array(here))

    return answer


def chosen_on_all(votes, reference):
    chosen = votes.mean(axis=0).argmax()
    here = votes[:, chosen] - votes[:, reference]
    return (here.sum() - here) / (len(here) - 1), here


def flattened(votes, reference):
    leads = []
    for source in range(len(votes)):
        others = np.delete(votes, source).mean()
        leads.append(others[others.argmax()] - others[reference])
    return np.array(leads)


def best(keeps=lambda seconds, budget: (seconds <= budget).all(axis=0), none=None, pick=None):
    """The best within the budget, rightly unless told otherwise."""

    def best_within(auc, seconds, budget):
        fits, mean = keeps(seconds, budget), auc.mean(axis=0)
        if not fits.any():
            return none
        return np.where(fits, mean, -np.inf).argmax() if pick is None else pick(mean, fits)

    return best_within


def best_or_none(auc, seconds, budget):
    place = auc.mean(axis=0).argmax()
    return place if (seconds[:, place] <= budget).all() else None


def a_day(samples, base_rate, false_alarm_rate, recall):
    false_alarms, real = samples * (1 - base_rate) * false_alarm_rate, samples * base_rate * recall
    return false_alarms, real / (false_alarms + real)


EXERCISES = [
    Exercise(
        "12.1",
        right=ends(),
        also=[lambda differences: ttest_1samp(differences, 0).confidence_interval(0.95)],
        blank=blank,
        wrong=[
            (ends(ddof=0), "ddof=1"),
            (ends(divisor=lambda n: 1), "single differences"),
            (ends(divisor=lambda n: n), "the formula has its root"),
            (ends(divisor=lambda n: np.sqrt(n - 1)), "root of n - 1"),
            (ends(factor=lambda n: t.ppf(0.95, n - 1)), "10 % in all"),
            (ends(factor=lambda n: 1.96), "1.96 of a normal"),
            (ends(factor=lambda n: t.ppf(0.975, n)), "is n - 1, not n"),
            (ends(factor=lambda n: 2), "always 2"),
            (ends(factor=lambda n: t.ppf(0.975, 5)), "t is that of six values"),
            (ends(factor=lambda n: t.ppf(0.975, 5), divisor=lambda n: np.sqrt(6)), "n is always 6"),
            (ends(divisor=lambda n: np.sqrt(6)), "Under your root"),
            (ends(middle=np.median), "around the median"),
            (ends(middle=lambda x: 0), "around 0"),
            (lambda differences: ends()(differences)[::-1], "ends are exchanged"),
            (lambda differences: ends()(differences)[1] - np.mean(differences), "half width alone"),
            (lambda differences: np.quantile(differences, [0.025, 0.975]), "quantiles of the differences"),
        ],
    ),
    Exercise(
        "12.2",
        right=leads(),
        blank=blank,
        wrong=[
            (leads(leave_out=False), "source left in"),
            (leads(best=np.argmin), "smallest mean"),
            (chosen_on_all, "choose anew for each source"),
            (flattened, "or of np.delete"),
            (leads(finish=lambda elsewhere, here: here), "Return both arrays"),
            (leads(finish=lambda elsewhere, here: (elsewhere.mean(), here.mean())), "Those are the means"),
            (leads(finish=lambda elsewhere, here: (-elsewhere, -here)), "signs are turned"),
        ],
    ),
    Exercise(
        "12.3",
        right=a_day,
        blank=blank,
        wrong=[
            (lambda *a: a_day(*a)[::-1], "order is exchanged"),
            (lambda s, b, f, r: (s * f, a_day(s, b, f, r)[1]), "counted every sample"),
            (lambda s, b, f, r: (s * (1 - b) * f + s * b * r, a_day(s, b, f, r)[1]), "all alarms; the false"),
            (lambda s, b, f, r: (f, a_day(s, b, f, r)[1]), "multiply it by the normals"),
            (lambda s, b, f, r: (s * b * f, a_day(s, b, f, r)[1]), "anomalies for the normals"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], s * b * r), "how many alarms are real"),
            (lambda *a: (a_day(*a)[0], 1 - a_day(*a)[1]), "share of *false* alarms"),
            (lambda *a: (a_day(*a)[0], 100 * a_day(*a)[1]), "is in per cent"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], r), "is the recall"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], b * r / ((1 - b) * f)), "by the false alarms; divide"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], b / (b + (1 - b) * f)), "every anomaly as an alarm"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], 1 - f), "left in peace"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], r / (r + f)), "Without the base rate"),
            (lambda s, b, f, r: (0, 0), "Where samples should matter"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], 0.3), "the share is not: real alarms"),
        ],
    ),
    Exercise(
        "12.4",
        right=lambda auc: ranks(auc).mean(axis=0),
        blank=blank,
        wrong=[
            (lambda auc: rankdata(auc, axis=1).mean(axis=0), "lowest value"),
            (lambda auc: ranks(auc), "ranks on each source"),
            (lambda auc: ranks(auc).mean(axis=1), "one number for each source"),
            (lambda auc: rankdata(-auc.mean(axis=0)), "ranked the mean values"),
            (lambda auc: rankdata(-auc, axis=0).mean(axis=0), "ranked the sources"),
            (lambda auc: ((-auc).argsort(axis=1).argsort(axis=1) + 1).mean(axis=0), "got different ranks"),
            (lambda auc: ranks(auc, method="min").mean(axis=0), "the better place"),
            (lambda auc: ((-auc).argsort(axis=1) + 1).mean(axis=0), "which method stands at a place"),
            (lambda auc: rankdata(1 / auc, axis=1).mean(axis=0), "1 / values turns"),
            (lambda auc: np.median(ranks(auc), axis=0), "median rank"),
            (lambda auc: ranks(auc).mean(axis=0) - 1, "best rank is 0"),
            (lambda auc: ranks(auc).sum(axis=0), "sums of ranks"),
            (lambda auc: np.zeros(auc.shape[1]), "for every input that was tried"),
        ],
    ),
    Exercise(
        "12.5",
        right=best(),
        blank=blank,
        wrong=[
            (lambda auc, seconds, budget: auc.mean(axis=0).argmax(), "need not keep the budget"),
            (best(pick=lambda mean, fits: mean[fits].argmax()), "among all methods"),
            (best(pick=lambda mean, fits: mean[fits].max()), "That is the AUC"),
            (best(keeps=lambda seconds, budget: (seconds < budget).all(axis=0)), "compare with <="),
            (lambda auc, seconds, budget: seconds.sum(axis=0).argmin(), "the fastest method"),
            (best(keeps=lambda seconds, budget: seconds.mean(axis=0) <= budget), "on average"),
            (best(keeps=lambda seconds, budget: (seconds <= budget).any(axis=0)), "on one task"),
            (best(none=0), "return None"),
            (best_or_none, "only whether the best of all"),
            (lambda auc, seconds, budget: auc[:, (seconds <= budget).all(axis=1)].mean(axis=1).argmax(), "IndexError"),
            (best(keeps=lambda seconds, budget: (seconds <= budget).all(axis=1)), "axis=1 leaves one answer"),
            (lambda auc, seconds, budget: None, "returned None for every"),
            (lambda auc, seconds, budget: -7, "Where auc should matter"),
        ],
    ),
]
