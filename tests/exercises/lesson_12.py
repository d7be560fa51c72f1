import numpy as np
from scipy.stats import rankdata

from exercises import Exercise


def blank(*arguments):
    return ...


def ranks(auc, **options):
    return rankdata(-auc, axis=1, **options)


def needed(difference, k, q):
    return k * (k + 1) / 6 * (q / difference) ** 2


def interval(low=0.025, high=0.975, means=lambda drawn: drawn.mean(axis=1)):
    """The interval, rightly unless told otherwise."""
    return lambda differences, picks: np.quantile(means(differences[picks]), [low, high])


def losses(leave_out=True, best=np.argmin, by_mean=False, finish=lambda auc, chosen: auc.max(axis=1) - chosen):
    """The losses, rightly unless told otherwise."""

    def left_out_loss(auc):
        chosen = []
        for task in range(len(auc)):
            seen = np.delete(auc, task, axis=0) if leave_out else auc
            method = seen.mean(axis=0).argmax() if by_mean else best(ranks(seen).mean(axis=0))
            chosen.append(auc[task, method])
        return finish(auc, np.array(chosen))

    return left_out_loss


def best(keeps=lambda seconds, budget: (seconds <= budget).all(axis=0), none=None, pick=None):
    """The best within the budget, rightly unless told otherwise."""

    def best_within(auc, seconds, budget):
        fits, mean = keeps(seconds, budget), auc.mean(axis=0)
        if not fits.any():
            return none
        return np.where(fits, mean, -np.inf).argmax() if pick is None else pick(mean, fits)

    return best_within


def a_day(samples, base_rate, false_alarm_rate, recall):
    false_alarms, real = samples * (1 - base_rate) * false_alarm_rate, samples * base_rate * recall
    return false_alarms, real / (false_alarms + real)


EXERCISES = [
    Exercise(
        "12.1",
        right=lambda auc: ranks(auc).mean(axis=0),
        blank=blank,
        wrong=[
            (lambda auc: rankdata(auc, axis=1).mean(axis=0), "lowest AUC"),
            (lambda auc: ranks(auc), "ranks on each task"),
            (lambda auc: ranks(auc).mean(axis=1), "one number for each task"),
            (lambda auc: rankdata(-auc.mean(axis=0)), "ranked the mean AUC"),
            (lambda auc: rankdata(-auc, axis=0).mean(axis=0), "ranked the tasks"),
            (lambda auc: ((-auc).argsort(axis=1).argsort(axis=1) + 1).mean(axis=0), "got different ranks"),
            (lambda auc: ranks(auc, method="min").mean(axis=0), "the better place"),
            (lambda auc: np.median(ranks(auc), axis=0), "median rank"),
            (lambda auc: ranks(auc).mean(axis=0) - 1, "best rank is 0"),
            (lambda auc: ranks(auc).sum(axis=0), "sums of ranks"),
            (lambda auc: np.zeros(auc.shape[1]), "The mean ranks are"),
        ],
    ),
    Exercise(
        "12.2",
        right=lambda difference, k, q: np.ceil(needed(difference, k, q)),
        blank=blank,
        wrong=[
            (needed, "round up"),
            (lambda difference, k, q: np.floor(needed(difference, k, q)), "rounded down"),
            (lambda difference, k, q: np.floor(needed(difference, k, q)) + 1, "one more than needed"),
            (lambda difference, k, q: np.ceil(k * (k + 1) / 6 * q / difference), "enter squared"),
            (lambda difference, k, q: np.ceil(k * (k + 1) / 6 / difference**2), "q is missing"),
            (lambda difference, k, q: np.ceil(k * (k + 1) / 6 * q**2 / difference), "The difference enters"),
            (lambda difference, k, q: np.ceil(6 * needed(difference, k, q)), "The 6 under the root"),
            (lambda difference, k, q: q * np.sqrt(k * (k + 1) / (6 * difference)), "in the place of N"),
            (lambda difference, k, q: 2, "it takes"),
        ],
    ),
    Exercise(
        "12.3",
        right=interval(),
        blank=blank,
        wrong=[
            (lambda differences, picks: interval()(differences, picks)[::-1], "are exchanged"),
            (lambda differences, picks: np.quantile(differences, [0.025, 0.975]), "differences themselves"),
            (interval(means=lambda drawn: drawn), "left out the means"),
            (interval(means=lambda drawn: drawn.mean(axis=0)), "over the repeats"),
            (interval(0.05, 0.95), "holds 90 %"),
            (interval(0, 0.95), "both sides"),
            (interval(0, 1), "extreme resamples"),
            (interval(means=lambda drawn: np.median(drawn, axis=1)), "You took medians"),
            (lambda differences, picks: differences[picks].mean(axis=1), "means of the resamples"),
            (
                lambda differences, picks: (
                    differences[picks].mean() + 1.96 * differences[picks].mean(axis=1).std() * np.array([-1, 1])
                ),
                "normally distributed",
            ),
            (
                lambda differences, picks: (
                    differences.mean() + 1.96 * differences[picks].mean(axis=1).std() * np.array([-1, 1])
                ),
                "normal interval",
            ),
            (lambda differences, picks: (0, 1), "The interval is"),
        ],
    ),
    Exercise(
        "12.4",
        right=losses(),
        blank=blank,
        wrong=[
            (losses(leave_out=False), "task left in"),
            (losses(best=np.argmax), "largest mean rank"),
            (losses(finish=lambda auc, chosen: chosen - auc.max(axis=1)), "sign is turned"),
            (losses(finish=lambda auc, chosen: np.mean(auc.max(axis=1) - chosen)), "That is one number"),
            (losses(by_mean=True), "chose by mean AUC"),
            (losses(finish=lambda auc, chosen: chosen), "AUCs of the chosen"),
            (losses(finish=lambda auc, chosen: auc.max() - chosen), "the whole table"),
            (lambda auc: np.zeros(len(auc)), "own best"),
            (lambda auc: np.ones(len(auc)), "The losses are"),
        ],
    ),
    Exercise(
        "12.5",
        right=best(),
        blank=blank,
        wrong=[
            (lambda auc, seconds, budget: auc.mean(axis=0).argmax(), "does not keep the budget"),
            (best(pick=lambda mean, fits: mean[fits].argmax()), "among all methods"),
            (best(pick=lambda mean, fits: mean[fits].max()), "That is the AUC"),
            (best(keeps=lambda seconds, budget: (seconds < budget).all(axis=0)), "compare with <="),
            (lambda auc, seconds, budget: seconds.sum(axis=0).argmin(), "the fastest method"),
            (best(keeps=lambda seconds, budget: seconds.mean(axis=0) <= budget), "on average"),
            (best(keeps=lambda seconds, budget: (seconds <= budget).any(axis=0)), "on one task"),
            (best(none=0), "return None"),
            (lambda auc, seconds, budget: None, "You find no method"),
            (lambda auc, seconds, budget: -7, "you choose method"),
        ],
    ),
    Exercise(
        "12.6",
        right=a_day,
        blank=blank,
        wrong=[
            (lambda *a: a_day(*a)[::-1], "order is exchanged"),
            (lambda s, b, f, r: (s * f, a_day(s, b, f, r)[1]), "counted every sample"),
            (lambda s, b, f, r: (s * (1 - b) * f + s * b * r, a_day(s, b, f, r)[1]), "all alarms; the false"),
            (lambda s, b, f, r: (f, a_day(s, b, f, r)[1]), "multiply by the normals"),
            (lambda s, b, f, r: (s * b * f, a_day(s, b, f, r)[1]), "anomalies for the normals"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], s * b * r), "how many alarms are real"),
            (lambda *a: (a_day(*a)[0], 1 - a_day(*a)[1]), "share of *false* alarms"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], r), "is the recall"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], b * r / ((1 - b) * f)), "by the false alarms; divide"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], b / (b + (1 - b) * f)), "every anomaly as an alarm"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], 1 - f), "left in peace"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], r / (r + f)), "Without the base rate"),
            (lambda s, b, f, r: (0, 0), "raise a false alarm"),
            (lambda s, b, f, r: (a_day(s, b, f, r)[0], 0), "of the alarms are real"),
        ],
    ),
]
