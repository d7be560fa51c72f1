"""Checks of lesson 13, Broken on purpose. The audits of the lesson ask them of the broken code as well."""

import numpy as np
from scipy import stats

from aelearn import events, thresholds
from aelearn.course.answers import NotYet
from aelearn.course.judging import function_exercise


def _shuffled_rows(speakers, held_out):
    train = np.random.default_rng(0).permutation(len(speakers)) < np.sum(~np.isin(speakers, held_out))
    return train, ~train


def _masks(result, *arguments):
    """The result as it is, unless its two parts are single answers or hold numbers in place of True and False."""
    if isinstance(result, tuple | list) and len(result) == 2:
        parts = [np.asarray(part) for part in result]
        if all(part.ndim == 0 and part.dtype == bool for part in parts):
            raise NotYet(
                "Each of your two is one True or False; `in` asks once for the whole array, np.isin asks for each row."
            )
        rows = len(arguments[0])
        if all(part.shape == (rows,) and part.dtype.kind in "iuf" and np.isin(part, (0, 1)).all() for part in parts):
            raise NotYet(
                "Your masks hold the numbers 0 and 1, by which NumPy would pick the rows 0 and 1; give True and False."
            )
    return result


@function_exercise(
    "13.1",
    view=_masks,
    examples=[
        (np.repeat(np.arange(5), 6), [1, 3]),
        ([2, 0, 1, 0, 2, 4], [0]),
        ([3, 1, 1, 2], [1, 2, 7]),
        ([5, 4, 4, 5], [9]),
    ],
    random=lambda rng: (rng.integers(0, 6, rng.integers(6, 30)), rng.permutation(6)[: rng.integers(1, 4)]),
    slips=[
        (_shuffled_rows, "Rows of one speaker are in both parts: the test rows have their twins in training."),
        (lambda speakers, held_out: (np.isin(speakers, held_out), ~np.isin(speakers, held_out)), "The two are exchanged: training first, and the speakers held out belong to the test."),
        (lambda speakers, held_out: np.isin(speakers, held_out), "That is the test part alone; return two masks, training first."),
        (lambda speakers, held_out: ~np.isin(speakers, held_out), "That is the training part alone; return two masks."),
        (lambda speakers, held_out: (np.flatnonzero(~np.isin(speakers, held_out)), np.flatnonzero(np.isin(speakers, held_out))), "Those are positions; return masks of True and False."),
        (lambda speakers, held_out: (speakers != held_out[0], speakers == held_out[0]), "Only the first speaker of the list is held out; all of them are meant."),
        (lambda speakers, held_out: (speakers > np.max(held_out), speakers <= np.max(held_out)), "You took all speakers up to the largest number; only those in the list are meant."),
        (lambda speakers, held_out: (np.ones(len(speakers), bool), np.isin(speakers, held_out)), "The speakers held out are in training as well."),
    ],
    hints=("For each row: is its speaker one of those in the list?", "np.isin(speakers, held_out) is the test mask, and ~ turns it round."),
    remark="data.split does the same wherever a data set knows its groups.",
)  # fmt: skip
def parts_by_speaker(speakers, held_out):
    return ~np.isin(speakers, held_out), np.isin(speakers, held_out)


class _Errors:
    """Errors of rows: the squared first column."""

    def __repr__(self):
        return "errors_of"

    def __call__(self, x):
        return np.asarray(x)[:, 0] ** 2


@function_exercise(
    "13.2",
    examples=[
        (_Errors(), np.linspace(0, 1, 60)[:, None], np.linspace(0.1, 3, 41)[:, None], 0.05),
        (_Errors(), np.linspace(0, 1, 60)[:, None], np.linspace(0.1, 3, 41)[:, None], 0.2),
        (_Errors(), np.linspace(0, 4, 60)[:, None], np.linspace(0.1, 3, 41)[:, None], 0.1),  # training errors may be the larger
    ],
    random=lambda rng: (_Errors(), rng.normal(size=(60, 2)), 1.5 * rng.normal(size=(rng.integers(25, 80), 2)), rng.choice([0.05, 0.1, 0.2])),
    slips=[
        (lambda errors_of, x_train, x_calibration, alpha: thresholds.conformal(errors_of(x_train), alpha), "The errors are those of training rows, which the model knows: too small. Take rows it has not seen."),
        (lambda errors_of, x_train, x_calibration, alpha: thresholds.conformal(errors_of(np.concatenate([x_train, x_calibration])), alpha), "Training errors are still among them; use the held-out rows alone."),
        ([lambda errors_of, x_train, x_calibration, alpha: max(thresholds.conformal(errors_of(x), alpha) for x in (x_train, x_calibration)),
          lambda errors_of, x_train, x_calibration, alpha: min(thresholds.conformal(errors_of(x), alpha) for x in (x_train, x_calibration))], "Of two thresholds you take one; training errors must have no say, so take that of the held-out rows alone."),
        (lambda errors_of, x_train, x_calibration, alpha: np.quantile(errors_of(x_calibration), 1 - alpha), "The plain quantile is a little too low for few rows; asked for is the conformal threshold."),
        (lambda errors_of, x_train, x_calibration, alpha: thresholds.mean_plus_k_sd(errors_of(x_calibration)), "Mean and standard deviation promise nothing; asked for is the conformal threshold."),
        (lambda errors_of, x_train, x_calibration, alpha: errors_of(x_calibration).max(), "That is the largest error; it promises less than alpha, and misses more."),
        (lambda errors_of, x_train, x_calibration, alpha: thresholds.conformal(errors_of(x_calibration), 0.05), "You promise 5 % whatever alpha is."),
        (lambda errors_of, x_train, x_calibration, alpha: errors_of(x_calibration), "Those are the errors; the threshold is one number made of them."),
    ],
    hints=("Which of the two sets has the model not seen?", "The same call with other rows: errors_of(x_calibration)."),
)  # fmt: skip
def limit_that_holds(errors_of, x_train, x_calibration, alpha):
    return thresholds.conformal(errors_of(x_calibration), alpha)


def _f1(y, alarms):
    return 2 * np.sum(y * alarms) / (np.sum(y) + np.sum(alarms))


def _best(y, scores):
    return max(np.unique(scores)[:-1], key=lambda limit: _f1(y, scores > limit))


def _two_sets(rng):
    y, y_judge = rng.permutation(np.repeat([0, 1], [9, 4])), rng.permutation(np.repeat([0, 1], [9, 5]))
    return y, rng.normal(size=13) + y, y_judge, rng.normal(size=14) + y_judge


def _counts(y, scores, y_judge, scores_judge):
    alarm = scores_judge > _best(y, scores)
    return np.sum(y_judge * alarm), alarm.sum(), y_judge.sum()


@function_exercise(
    "13.3",
    examples=[
        ([0, 0, 0, 0, 1, 0, 1, 1], [1.0, 2, 3, 4, 8, 6, 10, 12], [0, 0, 1, 0, 1, 0, 1, 0, 0], [0.5, 1.5, 5, 2.5, 11, 13, 9, 3.5, 14]),
        ([0, 0, 0, 0, 1, 0, 1, 1], [1.0, 2, 3, 4, 8, 6, 10, 12], [0, 0, 1, 0], [6.0, 1, 11, 2]),  # one stands at the threshold
    ],
    random=_two_sets,
    slips=[
        (lambda y_choose, scores_choose, y_judge, scores_judge: _f1(y_judge, scores_judge > _best(y_judge, scores_judge)), "The threshold was chosen on the labels it is judged by: that is the best F1, not the one you will get."),
        (lambda y_choose, scores_choose, y_judge, scores_judge: _f1(y_choose, scores_choose > _best(y_choose, scores_choose)), "That is the F1 on the set the threshold was chosen on; report it on the other."),
        (lambda y_choose, scores_choose, y_judge, scores_judge: _f1(y_choose, scores_choose > _best(y_judge, scores_judge)), "The sets are exchanged: choose on the first, judge on the second."),
        (lambda y_choose, scores_choose, y_judge, scores_judge: _f1(y_judge, scores_judge >= _best(y_choose, scores_choose)), "A score equal to the threshold raises no alarm: take > as best_threshold does."),
        (lambda y, scores, y_judge, scores_judge: _f1(y_judge, scores_judge > _best(np.append(y, y_judge), np.append(scores, scores_judge))), "You chose the threshold on both sets together; the second must have no say in it."),
        (lambda y_choose, scores_choose, y_judge, scores_judge: _best(y_choose, scores_choose), "That is the threshold; return the F1 at it."),
        (lambda y_choose, scores_choose, y_judge, scores_judge: np.mean(y_judge == (scores_judge > _best(y_choose, scores_choose))), "That is the accuracy; asked for is the F1."),
        (lambda *sets: _counts(*sets)[0] / _counts(*sets)[1], "That is the precision; asked for is the F1."),
        (lambda *sets: _counts(*sets)[0] / _counts(*sets)[2], "That is the recall; asked for is the F1."),
    ],
    hints=("Two steps, and each uses one set only.", "best_threshold(y_choose, scores_choose) gives the threshold. Then f1 of the second set at it."),
    remark="It is lower, and it is the one you will get.",
)  # fmt: skip
def honest_f1(y_choose, scores_choose, y_judge, scores_judge):
    return _f1(y_judge, scores_judge > _best(y_choose, scores_choose))


def _harmonic(precision, recall):
    return 2 * precision * recall / (precision + recall)


def _composite(precision, recall, mean=_harmonic):
    def composite_f1(y, alarms):
        result = events.evaluate_events(y, alarms)
        p, r = getattr(result, precision), getattr(result, recall)
        return mean(p, r) if result.n_found else 0.0

    return composite_f1


def _some_events(rng):
    y = np.zeros(12, int)
    y[1 : rng.integers(3, 5)] = y[6 : rng.integers(7, 10)] = 1
    return y, (rng.random(12) < 0.3).astype(int)


_THREE = np.array([0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0])
_SOME = np.array([0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0])


@function_exercise(
    "13.4",
    examples=[(_THREE, _SOME), (_THREE, 0 * _THREE), (_THREE, 1 - _THREE), (_THREE, _THREE)],
    random=_some_events,
    slips=[
        (lambda y, alarms: _f1(y, events.point_adjusted(y, alarms)), "One hit made whole events into hits."),
        (_composite("point_precision", "point_recall"), "That is the F1 by points: an event found at two of its points should count as found."),
        (_composite("event_precision", "event_recall"), "The precision is by events too: a hundred false alarms in one run would count as one. Take it by points."),
        (_composite("event_precision", "point_recall"), "Turned round: the precision by points, the recall by events."),
        (_composite("point_precision", "event_recall", lambda p, r: (p + r) / 2), "That is the plain mean; a detector with one of the two at nothing would still get a half."),
        (_composite("point_precision", "event_recall", lambda p, r: p * r / (p + r)), "A factor of 2 is missing."),
        (_composite("point_precision", "event_recall", lambda p, r: p), "That is the precision alone."),
        ([_composite("point_precision", "event_recall", lambda p, r: 2 * p * r), _composite("point_precision", "event_recall", lambda p, r: p + r), _composite("point_precision", "event_recall", lambda p, r: 2 * p * r * (p + r))], "It is a quotient: twice the product, divided by the sum."),
        ([_composite("point_precision", "event_recall", lambda p, r: 2 * p / (p + r)), _composite("point_precision", "event_recall", lambda p, r: 2 * r / (p + r)), _composite("point_precision", "event_recall", lambda p, r: 2 * p / r / (p + r)), _composite("point_precision", "event_recall", lambda p, r: r / (p + r))], "Above the line stands twice the product of both, 2 P R."),
        (_composite("point_precision", "event_recall", lambda p, r: r), "That is the share of events found, alone."),
        ([lambda y, alarms: _harmonic(events.evaluate_events(y, alarms).point_precision, events.evaluate_events(y, alarms).event_recall),
          lambda y, alarms: _composite("point_precision", "event_recall")(y, alarms) if events.evaluate_events(y, alarms).n_found else np.nan], "When nothing is found, or no alarm was raised, return 0."),
        (lambda y, alarms: _harmonic(events.evaluate_events(y, alarms).point_precision, events.evaluate_events(y, alarms).event_recall) if np.any(alarms) else 0.0,
         "When there are alarms and none of them finds an event, precision and recall are both 0, and their sum too: return 0."),
    ],
    hints=("Both numbers are there: result = events.evaluate_events(y, alarms). What if the recall is 0?", "P is result.point_precision and R is result.event_recall; return 0.0 unless R > 0."),
)  # fmt: skip
def composite_f1(y, alarms):
    return _composite("point_precision", "event_recall")(y, alarms)


def _allowed(pick, below=0.5, none=None, share=lambda copied: copied):
    def choose_model(normal_errors, copied):
        allowed = np.flatnonzero(share(copied) < below)
        return int(pick(allowed, normal_errors, copied)) if len(allowed) else none

    return choose_model


def _smallest(allowed, errors, copied):
    return allowed[errors[allowed].argmin()]


def _up_to_half(normal_errors, copied):
    allowed = np.flatnonzero(copied <= 0.5)
    return int(_smallest(allowed, normal_errors, copied)) if len(allowed) else None


def _some_models(rng):
    n = rng.integers(3, 7)
    copied = rng.integers(-4, 16, n) / 16
    copied[rng.integers(n)] = 0.25
    return rng.permutation(np.arange(1, n + 1)) / 64, copied


@function_exercise(
    "13.5",
    examples=[
        ([0.03, 0.01, 0.02], [0.9, 0.1, 0.3]),
        ([0.001, 0.02, 0.015, 0.09, 0.03], [0.99, 0.1, 0.3, 0.4, -0.2]),
        ([0.25, 0.125, 0.125, 0.5], [0.1, 0.2, 0.3, 0.4]),  # of equal ones the first
        ([0.05, 0.01, 0.04], [0.2, 0.7, -3.0]),
        ([0.03, 0.02, 0.04], [0.5, 0.6, 0.49]),
        ([0.1, 0.2], [0.9, 0.8]),
    ],
    random=_some_models,
    slips=[
        (lambda normal_errors, copied: int(_smallest(np.flatnonzero(copied > 0.5), normal_errors, copied)) if (copied > 0.5).any() else None, "You chose among the models that copy more than a half; those that copy less are allowed."),
        (lambda normal_errors, copied: int(normal_errors.argmin()) if copied[normal_errors.argmin()] < 0.5 else None, "You ask only whether the model with the smallest error is allowed; where it is not, the best of the allowed ones is wanted."),
        (_allowed(lambda allowed, errors, copied: allowed[::-1][errors[allowed[::-1]].argmin()]), "Of models with equal errors you took the last; the first is asked for."),
        (lambda normal_errors, copied: int(np.argmin(normal_errors)), "The model with the smallest error copies nonsense: it would copy anomalies as well."),
        (_allowed(lambda allowed, errors, copied: errors[allowed].argmin()), "That is a place among the allowed models; return the index in the whole list."),
        ([_allowed(lambda allowed, errors, copied: copied.argmin()), lambda normal_errors, copied: int(copied.argmin())], "That one copies the least; among the allowed ones the error on normals decides."),
        (_allowed(lambda allowed, errors, copied: allowed[errors[allowed].argmax()]), "Of the allowed models you took the one with the largest error."),
        (_up_to_half, "A model that copies exactly a half is not allowed: less than a half."),
        (_allowed(_smallest, share=np.abs), "A model that copies less than nothing is allowed as well; take the share as it is."),
        ([_allowed(_smallest, none=0), _allowed(_smallest, none=-1)], "When every model copies nonsense, return None."),
        (_allowed(lambda allowed, errors, copied: allowed[0]), "You took the first allowed model; the error on normals decides."),
    ],
    hints=("First the indices that are allowed, then the smallest error among them.", "allowed = np.flatnonzero(copied < 0.5); normal_errors[allowed].argmin() is a place among *them*."),
    remark="The error on normals decides again, but only among models that can fail.",
)  # fmt: skip
def choose_model(normal_errors, copied):
    return _allowed(_smallest)(normal_errors, copied)


_GAMMA = np.random.default_rng(5)
_OLD, _NEW = _GAMMA.gamma(3, size=200), _GAMMA.gamma(3, size=300)


def _two_samples(rng):
    old, new = rng.gamma(3, size=rng.integers(30, 90)), rng.gamma(3, size=rng.integers(30, 300))
    return old, new * rng.choice([1, 1, 0.7, 1.4]) + rng.choice([0, 0, 0.8]), rng.choice([0.01, 0.05, 0.5])


def _pvalue_of(test):
    return lambda old, new, level: bool(test(old, new).pvalue <= level)


@function_exercise(
    "13.6",
    examples=[
        (_OLD, 0.67 * _NEW, 0.01),
        (_OLD, _NEW, 0.01),
        (_OLD, 1.5 * _NEW, 0.01),
        (_OLD, _NEW + 1, 0.01),
        (_OLD, 3 + 2.2 * (_NEW - 3), 0.01),
        ([1.0, 2, 3, 4], [5.0, 6, 7, 8], stats.ks_2samp([1, 2, 3, 4], [5, 6, 7, 8]).pvalue),  # exactly at the level
    ],
    random=_two_samples,
    slips=[
        (lambda old, new, level: bool(np.mean(thresholds.p_values(old, new) <= 0.05) > 0.1), "A fall of the scores goes unseen: you look at the alarms alone, and anomalies slip through."),
        (_pvalue_of(lambda old, new: stats.kstest(thresholds.p_values(old, new), "uniform")), "It cries wolf: the calibration scores are a sample themselves, so compare two samples."),
        ([_pvalue_of(stats.mannwhitneyu), _pvalue_of(stats.ttest_ind)], "You compare the middle of the scores; scores that spread to both sides go unseen. Take the Kolmogorov-Smirnov test."),
        (_pvalue_of(lambda old, new: stats.mannwhitneyu(old, new, alternative="greater")), "You see a fall only."),
        ([_pvalue_of(stats.levene), _pvalue_of(stats.fligner), _pvalue_of(stats.bartlett)], "You compare the spread; scores that all rose by the same go unseen."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= 2 * level), "Drift is called at twice the level."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue < level), "A p-value of exactly level is drift too: compare with <=."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= 1 - level), "You compared with 1 - level; level itself is the share of false drift alarms."),
        ([lambda old, new, level: True if stats.ks_2samp(old, new).pvalue <= level else None, lambda old, new, level: None if stats.ks_2samp(old, new).pvalue <= level else False],
         "On one of the two ways through, nothing is returned: return True where there is drift and False where there is none."),
        ([_pvalue_of(lambda old, new: stats.ks_2samp(thresholds.p_values(old, old), thresholds.p_values(old, new)))],
         "Compare the scores themselves: in p-values of the calibration scores among themselves each counts itself."),
        ([lambda old, new, level: bool(np.mean(thresholds.p_values(old, new) <= 0.05) > 0.1 or np.mean(thresholds.p_values(old, new) >= 0.95) > 0.1),
          lambda old, new, level: bool(np.mean(np.abs(thresholds.p_values(old, new) - 0.5) >= 0.45) > 0.2)], "You look at the two ends alone, and level has no say; the test looks at all scores."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue > level), "Turned round: a small p-value speaks for drift."),
        (lambda old, new, level: stats.ks_2samp(old, new).pvalue, "That is the p-value; compare it with level, and return True or False."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).statistic <= level), "You compared the distance with level; the p-value belongs there."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= 0.05), "You test at 5 % whatever level is."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= 0.01), "You test at 1 % whatever level is."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new, alternative="less").pvalue <= level), "You test one side only; drift may go either way."),
        (lambda old, new, level: bool(stats.ks_2samp(old, new, alternative="greater").pvalue <= level), "You test the other side alone; drift may go either way."),
    ],
    readings=[lambda calibration_scores, recent_scores, level: bool(stats.ks_2samp(calibration_scores, recent_scores, method="asymp").pvalue <= level)],
    hints=("Is the distribution of the calibration scores known, or do you have a sample of it?", "stats.ks_2samp compares two samples; when does its .pvalue speak for drift?"),
    remark="Turned round in time, the same test says whether a repair has worked.",
)  # fmt: skip
def drifted(calibration_scores, recent_scores, level):
    return bool(stats.ks_2samp(calibration_scores, recent_scores).pvalue <= level)


def _some_answers(rng):
    y = rng.permutation(np.repeat([0, 1], [rng.integers(5, 12), rng.integers(3, 6)]))
    predictions = rng.choice([-1, 1], len(y))
    predictions[:2] = 1, -1
    return y, predictions


@function_exercise(
    "13.7",
    examples=[
        ([0, 0, 0, 0, 0, 1, 1, 1, 1], [1, 1, -1, -1, 1, -1, 1, -1, -1]),
        ([0, 0, 0, 0, 1, 1], [1, -1, 1, 1, -1, -1]),
    ],
    random=_some_answers,
    slips=[
        (lambda y, predictions: (np.mean(predictions[y == 0] == 1), np.mean(predictions[y == 1] == 1)), "Normals are taken for what is to be found: your first number is the share of normals that pass."),
        (lambda y, predictions: (np.mean(predictions[y == 0] == -1), np.mean(predictions[y == 1] == -1)), "The two are exchanged: first the recall, then the false-alarm rate."),
        (lambda y, predictions: (np.mean(predictions[y == 1] == 1), np.mean(predictions[y == 0] == 1)), "You counted +1 as an alarm; -1 is the alarm."),
        (lambda y, predictions: (np.mean(predictions[y == 1] == -1), np.mean(y[predictions == -1] == 0)), "Your second number is the share of alarms that are false; the rate is a share of the normals."),
        (lambda y, predictions: (np.mean(y[predictions == -1] == 1), np.mean(predictions[y == 0] == -1)), "Your first number is the precision, a share of the alarms; recall is a share of the anomalies."),
        (lambda y, predictions: (np.mean(y[predictions == -1] == 1), np.mean(y[predictions == -1] == 0)), "Both are shares of the alarms; recall is a share of the anomalies, the other of the normals."),
        ([lambda y, predictions: (np.mean(predictions[y == -1] == -1), np.mean(predictions[y == 1] == -1)), lambda y, predictions: (np.mean(predictions[y == -1] == -1), np.mean(predictions[y == 0] == -1))], "No y is -1: there an anomaly is 1 and a normal 0; -1 and +1 stand in predictions."),
        (lambda y, predictions: (np.mean((predictions == -1) & (y == 1)), np.mean((predictions == -1) & (y == 0))), "You divided by all samples; each rate has its own class below the line."),
        (lambda y, predictions: np.mean(predictions[y == 1] == -1), "That is the recall alone; return both."),
        ([lambda y, predictions: (np.sum(predictions[y == 1] == -1), np.mean(predictions[y == 0] == -1)), lambda y, predictions: (np.mean(predictions[y == 1] == -1), np.sum(predictions[y == 0] == -1)), lambda y, predictions: (np.sum(predictions[y == 1] == -1), np.sum(predictions[y == 0] == -1))], "You counted; a rate is a share, the mean of True and False."),
        ([lambda y, predictions: (np.mean(predictions == -1), np.mean(predictions[y == 0] == -1)), lambda y, predictions: (np.mean(predictions[y == 1] == -1), np.mean(predictions == -1))], "One of your rates is the share of alarms among all samples; each has its own class."),
        ([lambda y, predictions: (np.mean(predictions[y == 1] == -1), np.mean(predictions[y == 1] == -1)), lambda y, predictions: (np.mean(predictions[y == 0] == -1), np.mean(predictions[y == 0] == -1))], "Both rates are taken from the same class; the recall is a share of anomalies, the other of normals."),
    ],
    hints=("First one array that says who raised an alarm.", "alarm = predictions == -1; then its mean where y == 1, and where y == 0."),
)  # fmt: skip
def recall_and_false_alarms(y, predictions):
    return np.mean(predictions[y == 1] == -1), np.mean(predictions[y == 0] == -1)


def _shuffled_windows(starts, length, border):
    train = np.random.default_rng(0).permutation(len(starts)) < np.sum(starts < border)
    return train, ~train


@function_exercise(
    "13.8",
    view=_masks,
    examples=[(np.arange(0, 40, 2), 6, 20), (np.arange(30), 5, 12)],
    random=lambda rng: (np.arange(rng.integers(35, 50)), int(rng.integers(3, 7)), int(rng.integers(12, 20))),
    slips=[
        (_shuffled_windows, "Windows of the two parts lie side by side in time and share most of their points: cut by time, at border."),
        (lambda starts, length, border: (starts < border, starts >= border), "Training windows reach over border, and there is no gap."),
        (lambda starts, length, border: (starts < border, starts >= border + length), "Training windows that start before border reach over it: they must end before it."),
        (lambda starts, length, border: (starts + length <= border, starts >= border), "The gap is missing: testing starts one window's length after border."),
        (lambda starts, length, border: (starts + length <= border, starts > border), "The gap is missing: testing begins right after border."),
        (lambda starts, length, border: (starts + length <= border + 1, starts >= border + length), "One training window too many: it still holds the point border itself."),
        (lambda starts, length, border: (starts + length < border, starts >= border + length), "A training window that ends right before border is missing: the last point is starts + length - 1."),
        (lambda starts, length, border: (starts + length <= border, starts > border + length), "The test window that starts at border + length is missing."),
        (lambda starts, length, border: (starts + length <= border, starts + length > border), "Each window is in one of the parts; those around border belong to neither."),
        (lambda starts, length, border: (starts >= border + length, starts + length <= border), "Turned round: training comes first in time."),
        (lambda starts, length, border: (starts[starts + length <= border], starts[starts >= border + length]), "Those are the starts; return masks of True and False."),
    ],
    hints=("Where does a window end? And which is the first start after the gap?", "The last point, starts + length - 1, lies before border; testing is starts >= border + length."),
)  # fmt: skip
def parts_by_time(starts, length, border):
    return starts + length <= border, starts >= border + length


def _trimmed(keep):
    return lambda errors, share: np.mean(keep(np.sort(errors), int(share * len(errors))))


@function_exercise(
    "13.9",
    examples=[
        ([3.0, 1, 50, 2, 8, 5, 4, 1.5, 9, 7], 0.25),
        ([4.0, 1, 2, 9], 0.0),
        ([4.0, 1, 2, 9, 16], 0.5),
    ],
    random=lambda rng: (rng.permutation(32)[: rng.integers(6, 12)] / 4, rng.choice([0.125, 0.25, 0.375])),
    slips=[
        (lambda errors, share: errors.mean(), "All rows are in it, the worst too, and they pull hardest: the model will learn the anomalies."),
        (_trimmed(lambda ranked, n: ranked[n:]), "You left out the smallest errors; the largest are the suspects."),
        (_trimmed(lambda ranked, n: ranked[n : len(ranked) - n]), "You trimmed both ends; rows that fit well are no anomalies."),
        (_trimmed(lambda ranked, n: np.append(ranked[: len(ranked) - n], np.zeros(n))), "You divided by all rows, not by those that were kept."),
        (lambda errors, share: errors[: len(errors) - int(share * len(errors))].mean(), "You left out the last rows; sort them by error first."),
        (_trimmed(lambda ranked, n: ranked[:n]), "You kept a share; leave it out and keep the rest."),
        (_trimmed(lambda ranked, n: ranked[len(ranked) - n :]), "You averaged the rows to be left out."),
        (_trimmed(lambda ranked, n: ranked[:-n]), "At a share of 0 the slice [:-0] is empty; count the rows that are kept."),
        (lambda errors, share: np.mean(np.sort(errors)[: len(errors) - round(share * len(errors))]), "You rounded the number of rows left out; int cuts it off."),
        (lambda errors, share: np.median(errors), "That is the median, which gives a gradient to one or two rows only."),
        (_trimmed(lambda ranked, n: ranked[: len(ranked) - n].sum()), "That is the sum of the kept errors; take the mean."),
        (lambda errors, share: np.sort(errors)[: int((1 - share) * len(errors))].mean(), "You rounded the kept rows down; leave out int(share * n) of them."),
        (lambda errors, share: np.sort(errors)[: len(errors) - int(share * len(errors))], "Those are the kept errors; return their mean."),
    ],
    hints=("Sort; how many rows are kept?", "np.sort(errors)[:n_kept].mean() with n_kept = len(errors) - int(share * len(errors))."),
)  # fmt: skip
def trimmed_mean(errors, share):
    return _trimmed(lambda ranked, n: ranked[: len(ranked) - n])(errors, share)


class _OneDraw:
    """A score with noise of its own."""

    def __repr__(self):
        return "one_draw"

    def __call__(self, x, rng):
        return x[:, 0] + rng.normal(size=len(x))


def _clock(one_draw, x, n_draws, seed):
    return one_draw(x, np.random.default_rng())


def _draws(combine=np.mean, seeded=lambda seed: seed, extra=0):
    def stable_scores(one_draw, x, n_draws, seed):
        rng = np.random.default_rng(seeded(seed))
        return combine([one_draw(x, rng) for _ in range(n_draws + extra)], axis=0)

    return stable_scores


def _legacy(one_draw, x, n_draws, seed):
    rng = np.random.RandomState(seed)
    return np.mean([one_draw(x, rng) for _ in range(n_draws)], axis=0)


@function_exercise(
    "13.10",
    examples=[(_OneDraw(), np.arange(5.0)[:, None], 6, 0), (_OneDraw(), np.arange(5.0)[:, None], 6, 1)],
    random=lambda rng: (_OneDraw(), rng.normal(size=(rng.integers(3, 7), 2)), int(rng.integers(3, 7)), int(rng.integers(2, 1000))),
    slips=[
        (lambda one_draw, x, n_draws, seed: one_draw(x, np.random.default_rng(seed)), "That is one draw, or n_draws times the same: make the random generator once, before the loop, and take the mean."),
        (lambda one_draw, x, n_draws, seed: np.mean([one_draw(x, np.random.default_rng(seed + i)) for i in range(n_draws)], axis=0), "A new random generator for each draw; make one before the loop, and hand it to every call."),
        (_legacy, "np.random.RandomState draws other numbers; use np.random.default_rng(seed)."),
        (_draws(np.sum), "That is the sum of the draws; take the mean."),
        (_draws(np.median), "That is the median of the draws; take the mean."),
        (_draws(np.max), "That is the largest of the draws; take the mean."),
        (_draws(seeded=lambda seed: 0), "Another seed gives the same scores: hand seed to the random generator."),
        (_draws(extra=1), "One draw too many."),
        (_draws(lambda drawn, axis: drawn), "Those are all the draws; return their mean, one number for each row."),
        (_draws(lambda drawn, axis: np.mean(drawn, axis=1)), "The mean must run over the draws, axis=0."),
    ],
    otherwise=lambda result, wanted, *arguments: "That is not the mean of n_draws draws, all from one np.random.default_rng(seed).",
    hints=("Where is the random generator made: before the loop, or in it?", "rng = np.random.default_rng(seed) once; then the mean over axis 0 of a list of one_draw(x, rng)."),
)  # fmt: skip
def stable_scores(one_draw, x, n_draws, seed):
    return _draws()(one_draw, x, n_draws, seed)


def _p_of(combine, plus=1):
    def two_sided_p(calibration, log_density):
        low = (plus + np.sum(calibration <= log_density[:, None], axis=1)) / (len(calibration) + plus)
        high = (plus + np.sum(calibration >= log_density[:, None], axis=1)) / (len(calibration) + plus)
        return combine(low, high)

    return two_sided_p


@function_exercise(
    "13.11",
    examples=[([3.0, 5, 6, 7, 7.5, 8, 9, 11, 12], [1.0, 5.5, 7.5, 10, 40]), ([2.0, 2, 4, 4, 4], [2.0, 3, 4])],
    random=lambda rng: (rng.integers(0, 12, rng.integers(8, 20)) / 2, rng.integers(-2, 14, rng.integers(4, 8)) / 2),
    slips=[
        (_p_of(lambda low, high: low), "A value far above all normals gets a p-value of 1: you look at the low side only, and an empty page passes."),
        (_p_of(lambda low, high: high), "You look at the high side only; a value far below all normals passes."),
        (_p_of(np.minimum), "Two chances to be extreme: without the factor 2 twice as many normals raise an alarm as promised."),
        (_p_of(lambda low, high: 2 * np.minimum(low, high)), "A p-value above 1; cut it there."),
        ([_p_of(lambda low, high: np.minimum(1, low + high)), _p_of(lambda low, high: np.minimum(1, 2 * np.maximum(low, high)))], "All your p-values are 1: neither the sum nor the larger side says anything; double the smaller."),
        (_p_of(np.maximum), "You took the larger of the two sides; double the smaller."),
        (_p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, high)), plus=0), "The new value itself must be counted: 1 above and below the line, or a p-value can be 0."),
        (_p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, 1 - low))), "The high side is not one minus the low side: count the values at least as large."),
    ],
    hints=("Count each side for every new value at once: compare with a column.", "log_density[:, None] makes the column. Count where calibration is at most that, and where it is at least that, along axis=1."),
)  # fmt: skip
def two_sided_p(calibration, log_density):
    return _p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, high)))(calibration, log_density)
