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


def rates(y, alarms):
    return np.mean(alarms[y == 1]), np.mean(alarms[y == 0])


def composite(precision, recall, mean=lambda p, r: 2 * p * r / (p + r), nothing=0.0):
    def composite_f1(y, alarms):
        result = events.evaluate_events(y, alarms)
        p, r = getattr(result, precision), getattr(result, recall)
        return mean(p, r) if result.n_found else nothing

    return composite_f1


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
        right=picture_alarms(each_picture),
        blank=blank,
        wrong=[
            (
                lambda x, copies, threshold: bool(np.mean((x - copies) ** 2) > threshold),
                "One answer for the whole batch",
            ),
            (picture_alarms(lambda s: s.mean(axis=1)), "both axes of a picture"),
            (picture_alarms(lambda s: s.sum(axis=(1, 2))), "the sum over the pixels"),
            (picture_alarms(lambda s: s.max(axis=(1, 2))), "the worst pixel"),
            (picture_alarms(each_picture, np.less_equal), "Turned round"),
            (lambda x, copies, threshold: each_picture((x - copies) ** 2), "Those are the errors"),
            (lambda x, copies, threshold: np.squeeze(each_picture((x - copies) ** 2) > threshold), "a batch of one"),
            (lambda x, copies, threshold: np.zeros(len(x), bool), "you give"),
        ],
    ),
    Exercise(
        "13.2",
        right=lambda y, predictions: rates(y, predictions == -1),
        blank=blank,
        wrong=[
            (lambda y, predictions: rates(y, predictions == 1)[::-1], "taken for what is to be found"),
            (lambda y, predictions: rates(y, predictions == -1)[::-1], "are exchanged"),
            (lambda y, predictions: rates(y, predictions == 1), "counted +1 as an alarm"),
            (lambda y, predictions: (2 / 3, np.mean(y[predictions == -1] == 0)), "share of alarms that are false"),
            (
                lambda y, predictions: (
                    np.mean((predictions == -1) & (y == 1)),
                    np.mean((predictions == -1) & (y == 0)),
                ),
                "divided by all samples",
            ),
            (lambda y, predictions: 0.5, "two things"),
        ],
    ),
    Exercise(
        "13.3",
        right=scaled(on_train),
        blank=blank,
        wrong=[
            (scaled(lambda x, parts: np.concatenate(parts)), "has seen the test part"),
            (scaled(lambda x, parts: np.concatenate(parts[:2])), "has seen the calibration part"),
            (scaled(lambda x, parts: x), "scaled by itself"),
            (scaled(on_train, lambda x, rows: x - rows.mean(axis=0)), "the mean only"),
            (scaled(on_train, lambda x, rows: (x - rows.min(axis=0)) / np.ptp(rows, axis=0)), "min-max"),
            (lambda *parts: parts, "Nothing was scaled"),
            (lambda *parts: parts[0], "three arrays"),
            (lambda *parts: [2 * x for x in parts], "has not mean 0"),
        ],
    ),
    Exercise(
        "13.4",
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
                lambda errors_of, train, calibration, alpha: thresholds.conformal(errors_of(calibration), 0.05),
                "whatever alpha is",
            ),
        ],
    ),
    Exercise(
        "13.5",
        right=lambda y, s, y_judge, s_judge: f1(y_judge, s_judge > best_threshold(y, s)),
        blank=blank,
        wrong=[
            (
                lambda y, s, y_judge, s_judge: f1(y_judge, s_judge > best_threshold(y_judge, s_judge)),
                "the labels it is judged by",
            ),
            (lambda y, s, y_judge, s_judge: f1(y, s > best_threshold(y, s)), "the set the threshold was chosen on"),
            (lambda y, s, y_judge, s_judge: np.mean(y_judge == (s_judge > best_threshold(y, s))), "the accuracy"),
            (lambda y, s, y_judge, s_judge: 0.123, "You give"),
        ],
    ),
    Exercise(
        "13.6",
        right=lambda starts, length, border: (starts + length <= border, starts >= border),
        blank=blank,
        wrong=[
            (shuffled_parts, "side by side in time"),
            (lambda starts, length, border: (starts < border, starts >= border), "reaches over border"),
            (lambda starts, length, border: (starts + length <= border + 1, starts >= border), "One window too many"),
            (
                lambda starts, length, border: (starts + length <= border, starts + length > border),
                "starts before border",
            ),
            (lambda starts, length, border: (starts >= border, starts + length <= border), "Turned round"),
            (lambda starts, length, border: (starts + length < border, starts >= border), "is missing from training"),
            (
                lambda starts, length, border: (starts + length <= border, starts > border),
                "is missing from the test part",
            ),
            (lambda starts, length, border: (starts >= 0, starts >= border), "in both parts"),
            (lambda starts, length, border: (starts, starts + 1), "not positions"),
        ],
    ),
    Exercise(
        "13.7",
        right=lambda y, alarms: (rates(y, alarms)[0] + 1 - rates(y, alarms)[1]) / 2,
        blank=blank,
        wrong=[
            (lambda y, alarms: np.mean(y == alarms), "silence looks brilliant"),
            (lambda y, alarms: sum(rates(y, alarms)) / 2, "a false alarm is a fault"),
            (lambda y, alarms: rates(y, alarms)[0] + 1 - rates(y, alarms)[1], "perfect is 1"),
            (lambda y, alarms: f1(y, alarms) if alarms.any() else 0.5, "That is F1"),
            (lambda y, alarms: rates(y, alarms)[0] if alarms.any() else 0.5, "the recall alone"),
            (lambda y, alarms: 1 - rates(y, alarms)[1], "left in peace"),
            (lambda y, alarms: 0.5, "you give"),
        ],
    ),
    Exercise(
        "13.8",
        right=lambda r, p, b: r * b * (1 - p) / (p * (1 - b)),
        blank=blank,
        wrong=[
            (lambda r, p, b: r * (1 - p) / p, "The base rate is not in it"),
            (lambda r, p, b: r * b * (1 - p) / p, "divide by it"),
            (lambda r, p, b: b * (1 - p) / (p * (1 - b)), "The recall is missing"),
            (lambda r, p, b: r * b * p / ((1 - p) * (1 - b)), "are exchanged"),
            (lambda r, p, b: r * b / (p * (1 - b)), "counts all alarms"),
            (lambda r, p, b: r * (1 - b) * (1 - p) / (p * b), "turned round"),
            (lambda r, p, b: 0.01, "is wanted"),
        ],
    ),
    Exercise(
        "13.9",
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
        ],
    ),
    Exercise(
        "13.10",
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
            (lambda errors, share: 3.0, "are to be left out"),
        ],
    ),
    Exercise(
        "13.11",
        right=among_allowed(lambda allowed, errors, copied: int(allowed[errors[allowed].argmin()])),
        blank=blank,
        wrong=[
            (lambda normal_errors, copied: int(np.argmin(normal_errors)), "would copy anomalies as well"),
            (among_allowed(lambda allowed, errors, copied: errors[allowed].argmin()), "a place among the allowed"),
            (among_allowed(lambda allowed, errors, copied: copied.argmin()), "copies the least"),
            (among_allowed(lambda allowed, errors, copied: allowed[errors[allowed].argmax()], None), "largest error"),
            (among_allowed(lambda allowed, errors, copied: allowed[errors[allowed].argmin()], none=0), "return None"),
            (lambda normal_errors, copied: None, "You find no model"),
        ],
    ),
    Exercise(
        "13.12",
        right=draws(),
        blank=blank,
        wrong=[
            (fresh_stream, "Two calls with the same seed"),
            (lambda one_draw, x, n_draws, seed: one_draw(x, np.random.default_rng(seed)), "called 1 times"),
            (reseeded, "The draws are all the same"),
            (draws(np.sum), "the sum of the draws"),
            (draws(np.median), "the median of the draws"),
            (draws(np.max), "not the mean of the draws"),
            (draws(seeded=lambda seed: 7), "Another seed"),
        ],
    ),
    Exercise(
        "13.13",
        right=p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, high))),
        blank=blank,
        wrong=[
            (p_of(lambda low, high: low), "the low side only"),
            (p_of(lambda low, high: high), "the high side only"),
            (p_of(np.minimum), "without the factor 2"),
            (p_of(lambda low, high: 2 * np.minimum(low, high)), "cut it there"),
            (p_of(lambda low, high: np.minimum(1, 2 * np.maximum(low, high))), "the larger of the two"),
            (p_of(lambda low, high: np.minimum(1, 2 * np.minimum(low, high)), plus=0), "must be counted"),
            (lambda calibration, values: np.full(len(values), 0.3), "the p-values are"),
        ],
    ),
    Exercise(
        "13.14",
        right=lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= level),
        blank=blank,
        wrong=[
            (alarm_rate_rose, "all scores fell by a third"),
            (
                lambda old, new, level: bool(stats.mannwhitneyu(old, new, alternative="greater").pvalue <= level),
                "all scores rose by a half",
            ),
            (lambda old, new, level: bool(stats.mannwhitneyu(old, new).pvalue <= level), "not at its centre"),
            (
                lambda old, new, level: bool(stats.kstest(thresholds.p_values(old, new), "uniform").pvalue <= level),
                "cries wolf",
            ),
            (lambda old, new, level: bool(stats.ks_2samp(old, new).pvalue <= 0.001), "use level"),
            (lambda old, new, level: True, "where there is none"),
            (lambda old, new, level: stats.ks_2samp(old, new).pvalue, "True or False"),
        ],
    ),
]
