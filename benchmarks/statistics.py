"""What a table of results allows one to say: intervals over sources and samples, tests of ranks, and what choosing costs."""

import itertools

import numpy as np
from scipy import stats

RESAMPLINGS = 100


def weighted_auc(y, scores, weights):
    """The area under the ROC curve for each row of weights (b, n): the weighted share of pairs in the right order, (b,)."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(scores[order]) > 0))  # of each run of equal scores
    anomalies, normals = (
        np.add.reduceat((weights * (y == label))[:, order], starts, axis=1) for label in (1, 0)
    )  # fmt: skip
    below = np.cumsum(normals, axis=1) - normals / 2
    return (anomalies * below).sum(axis=1) / (anomalies.sum(axis=1) * normals.sum(axis=1))


def resampled_auc(judged, units):
    """The mean AUC over the seeds, as other samples and other seeds would have given it, (100,).

    judged: for each seed (rows (n,), y (n,), scores (n,)), where rows are places in the data set. units: for each row of
    the data set the number of what is drawn as one: the row itself, or its group. Each unit gets a random weight
    (Rubin's Bayesian bootstrap, which never leaves a test part without an anomaly), and the seeds are drawn with
    repetition. Draw number b is the same for all methods of a task, so that differences are paired.
    """
    rng = np.random.default_rng(0)
    weights = rng.exponential(size=(RESAMPLINGS, units.max() + 1))
    seeds = rng.integers(len(judged), size=(RESAMPLINGS, len(judged)))
    auc = np.array([weighted_auc(y, scores, weights[:, units[rows]]) for rows, y, scores in judged])
    return auc[seeds, np.arange(RESAMPLINGS)[:, None]].mean(axis=1)


def t_interval(differences, confidence=0.95):
    """The t interval of the mean of a few independent differences, one a source: (low, high)."""
    return tuple(map(float, stats.ttest_1samp(differences, 0).confidence_interval(confidence)))


def sign_flip_p(differences):
    """The exact two-sided p of "the sign of each difference is a coin's": the share of sign patterns with a mean as large.

    With n differences it is at least 2 / 2**n: five sources cannot give less than .0625.
    """
    differences = np.asarray(differences, float)
    signs = np.array(list(itertools.product((-1, 1), repeat=len(differences))))
    sums = np.abs(signs @ differences)
    return float(np.mean(sums >= abs(differences.sum()) - 1e-12))


def iman_davenport(table):
    """F and p of "all methods are equal" from the ranks in table (tasks, methods), after Demsar (2006, section 3.2.2)."""
    n, k = np.shape(table)
    chi_square = stats.friedmanchisquare(*np.transpose(table)).statistic
    f = (n - 1) * chi_square / (n * (k - 1) - chi_square)
    return float(f), float(stats.f.sf(f, k - 1, (k - 1) * (n - 1)))


def if_all_equal(happens, n_tasks, n_methods, draws=2000):
    """How often `happens(ranks (n_tasks, n_methods))` (1 = best) is true when every order of the methods is as likely."""
    rng = np.random.default_rng(0)
    ranks = np.tile(np.arange(1, n_methods + 1), (n_tasks, 1))
    return float(np.mean([happens(rng.permuted(ranks, axis=1)) for _ in range(draws)]))


def by_source(table, sources):
    """The mean of the tasks of each source, (sources, methods): one vote a source. Sources in order of their names."""
    names, index = np.unique(sources, return_inverse=True)
    return np.array([np.asarray(table)[index == i].mean(axis=0) for i in range(len(names))])


def choosing(table, sources, reference):
    """What it costs to take the method that was best elsewhere: leave each source out and choose on the others.

    table (tasks, methods), higher is better; reference: the column that would be taken without looking. Returns a dict of
    lists, one number for each source left out: chosen (column), regret (what an oracle, which knows the best method of the
    source left out, has more: also a rule that never looks pays it), lead_elsewhere and lead_here (of the chosen over
    the reference, where it was chosen and on the source left out). Their mean difference is the optimism of choosing.
    """
    table = by_source(table, sources)
    found = {"chosen": [], "regret": [], "lead_elsewhere": [], "lead_here": []}
    for left_out in range(len(table)):
        elsewhere, here = np.delete(table, left_out, axis=0).mean(axis=0), table[left_out]
        chosen = int(elsewhere.argmax())
        found["chosen"].append(chosen)
        found["regret"].append(float(here.max() - here[chosen]))
        found["lead_elsewhere"].append(float(elsewhere[chosen] - elsewhere[reference]))
        found["lead_here"].append(float(here[chosen] - here[reference]))
    return found
