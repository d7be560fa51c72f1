import itertools

import numpy as np
from scipy import stats

from aelearn import events, thresholds
from exercises import Exercise


def blank(*arguments):
    return ...


def picture_alarms(reduce, than=np.greater):
    return lambda x, copies, threshold: than(reduce((x - copies) ** 2), threshold)


def each_picture(squares):
    return squares.mean(axis=(1, 2))


def scaled(fit_on, z=lambda x, rows: (x - rows.mean(axis=0)) / rows.std(axis=0)):
    return lambda *parts: [z(x, fit_on(x, parts)) for x in parts]


def on_train(x, parts):
    return parts[0]


def f1(y, alarms):
    return 2 * np.sum(y * alarms) / (np.sum(y) + np.sum(alarms))


def best_threshold(y, scores):
    return max(np.unique(scores)[:-1], key=lambda limit: f1(y, scores > limit))


def shuffled_parts(starts, length, border):
    shuffled = np.random.default_rng(0).permutation(len(starts))
    train = shuffled < np.sum(starts < border)
    return train, ~train


def shuffled_rows(speakers, held_out):
    train = np.random.default_rng(0).permutation(len(speakers)) < np.sum(~np.isin(speakers, held_out))
    return train, ~train


def by_speaker(speakers, held_out):
    return ~np.isin(speakers, held_out), np.isin(speakers, held_out)


def limit_of(choose):
    return lambda errors_of, train, calibration, alpha: choose(
        [thresholds.conformal(errors_of(x), alpha) for x in (train, calibration)]
    )


def best_or_none(normal_errors, copied):
    best = normal_errors.argmin()
    return best if copied[best] < 0.5 else None


def two_tails(old, new, level):
    p = thresholds.p_values(old, new)
    return bool(np.mean(p <= 0.05) > 0.1 or np.mean(p >= 0.95) > 0.1)


def drift_by(decide, test=stats.ks_2samp):
    return lambda old, new, level: decide(test(old, new).pvalue, level)


def of_p_values(old, new):
    return stats.ks_2samp(thresholds.p_values(old, old), thresholds.p_values(old, new))


def legacy(one_draw, x, n_draws, seed):
    rng = np.random.RandomState(seed)
    return sum(one_draw(x, rng) for _ in range(n_draws)) / n_draws


def rates(y, alarms):
    return np.mean(alarms[y == 1]), np.mean(alarms[y == 0])


def composite(precision, recall, mean=lambda p, r: 2 * p * r / (p + r), nothing=0.0):
    def composite_f1(y, alarms):
        result = events.evaluate_events(y, alarms)
        p, r = getattr(result, precision), getattr(result, recall)
        return mean(p, r) if result.n_found else nothing

    return composite_f1


def no_zero_sum(y, alarms):
    result = events.evaluate_events(y, alarms)
    precision, recall = result.point_precision, result.event_recall
    return 0.0 if np.isnan(precision) else 2 * precision * recall / (precision + recall)


def trimmed(keep):
    return lambda errors, share: np.mean(keep(np.sort(errors), int(share * len(errors))))


def among_allowed(pick, none=None):
    def choose_model(normal_errors, copied):
        allowed = np.flatnonzero(copied < 0.5)
        return pick(allowed, normal_errors, copied) if len(allowed) else none

    return choose_model


clock = itertools.count()


def fresh_stream(one_draw, x, n_draws, seed):
    return one_draw(x, np.random.default_rng(next(clock)))


def draws(combine=np.mean, seeded=lambda seed: seed, extra=0):
    def stable_scores(one_draw, x, n_draws, seed):
        rng = np.random.default_rng(seeded(seed))
        return combine([one_draw(x, rng) for _ in range(n_draws + extra)], axis=0)

    return stable_scores


def reseeded(one_draw, x, n_draws, seed):
    return np.mean([one_draw(x, np.random.default_rng(seed)) for _ in range(n_draws)], axis=0)


def sides(calibration, values, plus=1):
    m = len(calibration) + plus
    low = (plus + np.sum(calibration <= values[:, None], axis=1)) / m
    return low, (plus + np.sum(calibration >= values[:, None], axis=1)) / m


def p_of(combine, plus=1):
    return lambda calibration, values: combine(*sides(calibration, values, plus))


def alarm_rate_rose(old, new, level):
    return bool(np.mean(thresholds.p_values(old, new) <= 0.05) > 0.1)


EXERCISES = [
    Exercise(
        "13.1",
        right=by_speaker,
        blank=blank,
        also=[
            lambda speakers, held_out: tuple(
                np.array([(s in list(held_out)) == part for s in speakers]) for part in (False, True)
            )
        ],
        wrong=[
            (shuffled_rows, "their twins in training"),
            (
                lambda speakers, held_out: (np.isin(speakers, held_out), ~np.isin(speakers, held_out)),
                "training first, and",
            ),
            (lambda speakers, held_out: np.isin(speakers, held_out), "the test part alone"),
            (lambda speakers, held_out: (speakers != held_out[0], speakers == held_out[0]), "Only the first speaker"),
            (
                lambda speakers, held_out: tuple(part.astype(int) for part in by_speaker(speakers, held_out)),
                "numbers 0 and 1",
            ),
            (lambda speakers, held_out: (speakers not in held_out, speakers in held_out), "`in` asks once"),
        ],
    ),
    Exercise(
        "13.2",
        right=lambda errors_of, train, calibration, alpha: thresholds.conformal(errors_of(calibration), alpha),
        blank=blank,
        wrong=[
            (
                lambda errors_of, train, calibration, alpha: thresholds.conformal(errors_of(train), alpha),
                "those of training rows",
            ),
            (
                lambda errors_of, train, calibration, alpha: thresholds.conformal(
                    errors_of(np.concatenate([train, calibration])), alpha
                ),
                "still among them",
            ),
            (
                lambda errors_of, train, calibration, alpha: np.quantile(errors_of(calibration), 1 - alpha),
                "plain quantile",
            ),
            (
                lambda errors_of, train, calibration, alpha: thresholds.mean_plus_k_sd(errors_of(calibration)),
                "promise nothing",
            ),
            (lambda errors_of, train, calibration, alpha: errors_of(calibration).max(), "the largest error"),
            (
                lambda errors_of, train, calibration, alpha: thresholds.conformal(calibration, alpha),
                "one number a sample",
            ),
            (limit_of(max), "Of two thresholds you take one"),
            (
                lambda errors_of, train, calibration, alpha: thresholds.conformal(errors_of(calibration), 0.05),
                "whatever alpha is",
            ),
        ],
    ),
    Exercise(
        "13.3",
        right=lambda y, s, y_judge, s_judge: f1(y_judge, s_judge > best_threshold(y, s)),
        blank=blank,
        wrong=[
            (
                lambda y, s, y_judge, s_judge: f1(y_judge, s_judge > best_threshold(y_judge, s_judge)),
                "the labels it is judged by",
            ),
            (lambda y, s, y_judge, s_judge: f1(y, s > best_threshold(y, s)), "the set the threshold was chosen on"),
            (lambda y, s, y_judge, s_judge: np.mean(y_judge == (s_judge > best_threshold(y, s))), "the accuracy"),
            (lambda y, s, y_judge, s_judge: 0.123, "returned 0.123 for"),
            (lambda y, s, y_judge, s_judge: f1(y_judge, s_judge >= best_threshold(y, s)), "raises no alarm"),
            (
                lambda y, s, y_judge, s_judge: f1(
                    y_judge, s_judge > best_threshold(np.append(y, y_judge), np.append(s, s_judge))
                ),
                "on both sets together",
            ),
        ],
    ),
    Exercise(
        "13.4",
        right=composite("point_precision", "event_recall"),
        blank=blank,
        wrong=[
            (
                lambda y, alarms: f1(y, events.point_adjusted(y, alarms.astype(float))),
                "made whole events into hits",
            ),
            (composite("point_precision", "point_recall"), "the F1 by points"),
            (composite("event_precision", "event_recall"), "Take it by points"),
            (composite("event_precision", "point_recall"), "Turned round"),
            (composite("point_precision", "event_recall", lambda p, r: (p + r) / 2), "the plain mean"),
            (composite("point_precision", "event_recall", lambda p, r: p * r / (p + r)), "factor of 2"),
            (composite("point_precision", "event_recall", nothing=float("nan")), "no alarm was raised, return 0"),
            (no_zero_sum, "none of them finds an event"),
        ],
    ),
    Exercise(
        "13.5",
        right=among_allowed(lambda allowed, errors, copied: int(allowed[errors[allowed].argmin()])),
        blank=blank,
        wrong=[
            (lambda normal_errors, copied: int(np.argmin(normal_errors)), "would copy anomalies as well"),
            (among_allowed(lambda allowed, errors, copied: errors[allowed].argmin()), "a place among the allowed"),
            (among_allowed(lambda allowed, errors, copied: copied.argmin()), "copies the least"),
            (among_allowed(lambda allowed, errors, copied: allowed[errors[allowed].argmax()], None), "largest error"),
            (among_allowed(lambda allowed, errors, copied: allowed[errors[allowed].argmin()], none=0), "return None"),
            (lambda normal_errors, copied: None, "returned None for every"),
            (
                lambda errors, copied: np.where(copied > 0.5, errors, 9).argmin() if (copied > 0.5).any() else None,
                "more than a half",
            ),
            (best_or_none, "only whether the model"),
            (among_allowed(lambda a, errors, copied: a[::-1][errors[a[::-1]].argmin()]), "you took the last"),
        ],
    ),
    Exercise(
        "13.6",
        right=lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= level),
        blank=blank,
        wrong=[
            (alarm_rate_rose, "A fall of the scores"),
            (
                lambda old, new, level: bool(stats.mannwhitneyu(old, new, alternative="greater").pvalue <= level),
                "You see a fall only",
            ),
            (lambda old, new, level: bool(stats.mannwhitneyu(old, new).pvalue <= level), "the middle of the scores"),
            (
                lambda old, new, level: bool(stats.kstest(thresholds.p_values(old, new), "uniform").pvalue <= level),
                "cries wolf",
            ),
            (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= 0.001), "Where level should matter"),
            (lambda old, new, level: True, "returned 1 for"),
            (drift_by(lambda p, level: p < level), "exactly level"),
            (drift_by(lambda p, level: p <= 1 - level), "with 1 - level"),
            (drift_by(lambda p, level: True if p <= level else None), "nothing is returned"),
            (drift_by(lambda p, level: p <= level, of_p_values), "Compare the scores themselves"),
            (two_tails, "two ends alone"),
            (lambda old, new, level: stats.ks_2samp(old, new).pvalue, "True or False"),
        ],
    ),
    Exercise(
        "13.7",
        right=lambda y, predictions: rates(y, predictions == -1),
        blank=blank,
        wrong=[
            (lambda y, predictions: rates(y, predictions == 1)[::-1], "taken for what is to be found"),
            (lambda y, predictions: rates(y, predictions == -1)[::-1], "are exchanged"),
            (lambda y, predictions: rates(y, predictions == 1), "counted +1 as an alarm"),
            (
                lambda y, predictions: (np.mean(predictions[y == 1] == -1), np.mean(y[predictions == -1] == 0)),
                "share of alarms that are false",
            ),
            (
                lambda y, predictions: (
                    np.mean((predictions == -1) & (y == 1)),
                    np.mean((predictions == -1) & (y == 0)),
                ),
                "divided by all samples",
            ),
            (lambda y, predictions: 0.5, "should be 2 things"),
            (
                lambda y, predictions: (np.mean(y[predictions == -1] == 1), rates(y, predictions == -1)[1]),
                "is the precision",
            ),
            (
                lambda y, predictions: tuple(np.mean(y[predictions == -1] == kind) for kind in (1, 0)),
                "shares of the alarms; recall",
            ),
            (
                lambda y, predictions: (np.mean(predictions[y == -1] == -1), rates(y, predictions == -1)[1]),
                "No y is -1",
            ),
        ],
    ),
    Exercise(
        "13.8",
        right=lambda starts, length, border: (starts + length <= border, starts >= border + length),
        blank=blank,
        wrong=[
            (shuffled_parts, "side by side in time"),
            (lambda starts, length, border: (starts < border, starts >= border), "and there is no gap"),
            (lambda starts, length, border: (starts < border, starts >= border + length), "they must end before it"),
            (lambda starts, length, border: (starts + length <= border, starts >= border), "one window's length after"),
            (
                lambda starts, length, border: (starts + length <= border + 1, starts >= border + length),
                "One training window too many",
            ),
            (
                lambda starts, length, border: (starts + length < border, starts >= border + length),
                "ends right before border is missing",
            ),
            (
                lambda starts, length, border: (starts + length <= border, starts > border + length),
                "starts at border + length is missing",
            ),
            (lambda starts, length, border: (starts >= border + length, starts + length <= border), "Turned round"),
        ],
    ),
    Exercise(
        "13.9",
        right=trimmed(lambda ranked, n: ranked[: len(ranked) - n]),
        blank=blank,
        wrong=[
            (lambda errors, share: np.mean(errors), "All rows are in it"),
            (trimmed(lambda ranked, n: ranked[n:]), "left out the smallest"),
            (trimmed(lambda ranked, n: ranked[n : len(ranked) - n]), "both ends"),
            (trimmed(lambda ranked, n: np.append(ranked[: len(ranked) - n], np.zeros(n))), "divided by all rows"),
            (lambda errors, share: errors[: len(errors) - int(share * len(errors))].mean(), "left out the last rows"),
            (trimmed(lambda ranked, n: ranked[:n]), "You kept a share"),
            (lambda errors, share: np.median(errors), "the median"),
            (
                lambda errors, share: np.sort(errors)[: len(errors) - round(share * len(errors))].mean(),
                "number of rows left out",
            ),
            (lambda errors, share: 3.0, "returned 3 for"),
        ],
    ),
    Exercise(
        "13.10",
        right=draws(),
        blank=blank,
        wrong=[
            (fresh_stream, "all from one np.random.default_rng(seed)"),
            (legacy, "RandomState draws other numbers"),
            (reseeded, "n_draws times the same"),
            (draws(np.sum), "the sum of the draws"),
            (draws(np.median), "the median of the draws"),
            (draws(np.max), "the largest of the draws"),
            (draws(seeded=lambda seed: 0), "Another seed"),
        ],
    ),
    Exercise(
        "13.11",
        right=p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, high))),
        blank=blank,
        wrong=[
            (p_of(lambda low, high: low), "the low side only"),
            (p_of(lambda low, high: high), "the high side only"),
            (p_of(np.minimum), "without the factor 2"),
            (p_of(lambda low, high: np.minimum(1, 2 * np.maximum(low, high))), "All your p-values are 1"),
            (p_of(np.maximum), "the larger of the two sides"),
            (lambda calibration, values: np.sum(calibration <= values, axis=1), "needs [:, None]"),
            (p_of(lambda low, high: 2 * np.minimum(low, high)), "cut it there"),
            (p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, high)), plus=0), "must be counted"),
            (lambda calibration, values: np.full(len(values), 0.3), "returned 0.3 for"),
        ],
    ),
]
