"""Checks of lesson 06, Sparse autoencoder."""

import numpy as np

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same

_ON = np.array([[2.0, 0.0, 0.3, 0.05, 0.4], [0.0, 0.0, 0.5, 0.02, 0.6], [1.0, 0.0, 0.0, 0.06, 0.3]])  # unit 1 is silent
_LEVEL = 0.1


def _tried(answer, *arguments, what, **how):
    """What the function returns, as NumPy sees it; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *arguments, what=what, **how)


@exercise("06.1", hint="Absolute values first, np.abs(code), then one mean over everything: all samples, all units.")
def l1_penalty(answer):
    for code in (np.array([[1.0, -2.0, 0.5, 0.0], [3.0, 0.25, -0.5, 1.0], [0.0, 4.0, -1.0, -0.25]]), 3 * _ON - 1):
        found = _tried(answer, code, what="l1_penalty")
        if found is ...:
            return Blank
        n, k = code.shape
        size = np.abs(code)
        if np.shape(found) == (k,):
            return "That is one number for each unit; the penalty is one number for the batch: take the mean over both."
        if np.shape(found) == (n,):
            return (
                "That is one number for each sample; the penalty is one number for the batch: take the mean over both."
            )
        value = a_number(found, "l1_penalty(code)")
        known = {
            size.sum(): "That is the sum. With the mean, the same weight suits batches and codes of every size.",
            code.mean(): "Without absolute values, negative activity would pay for positive: it could sink below zero.",
            np.square(code).mean(): "You squared. A square hardly punishes small activity, so nothing is pushed to "
            "exactly zero; take absolute values.",
            size.sum(axis=1).mean(): "You added up the units of each sample; take the mean over the units as well.",
            size.sum(axis=0).mean(): "You added up the samples for each unit; take the mean over the samples as well.",
        }
        for wrong, sentence in known.items():
            if same(value, wrong):
                return sentence
        if not same(value, size.mean()):
            return f"For a code of shape {code.shape} you give {value:.4g}, and the mean size is {size.mean():.4g}."


@exercise("06.2", hint="code > level is True where a unit is active; its mean along axis=1 is a share for each sample.")
def active_share(answer):
    for code, level in ((_ON, _LEVEL), (np.vstack([_ON, 4 * _ON, _ON[:1]]), 0.15)):
        found = _tried(answer, code, level, what="active_share")
        if found is ...:
            return Blank
        n, k = code.shape
        on = code > level
        if np.shape(found) == (k,):
            return "That is one number for each unit; asked for is one for each sample: the mean along axis=1."
        if np.shape(found) == ():
            return "That is one number for the whole batch; asked for is one for each sample."
        share = an_array(found, (n,), "active_share(code, level)")
        if same(share, on.sum(axis=1)):
            return "That is how many units are active; divide by the number of units."
        if same(share, (code > 0).mean(axis=1)):
            return "You counted every unit above zero; a unit is active when it exceeds level."
        if same(share, on.sum(axis=1) / on.any(axis=0).sum()):
            return "You divided by the units that are ever active. The share is one of all units, dead ones too."
        if same(share, 1 - on.mean(axis=1)):
            return "That is the share of silent units; an active unit is one above level."
        if same(share, code.mean(axis=1)):
            return "That is the mean activity; compare the code with level first, then take the mean."
        if not same(share, on.mean(axis=1)):
            return (
                f"For level {level} the shares are {np.round(on.mean(axis=1), 2)}, and you give {np.round(share, 2)}."
            )


@exercise("06.3", hint="Take each unit's largest activity over the rows, code.max(axis=0), and compare it with level.")
def count_dead(answer):
    rare = np.zeros((50, 5))
    rare[7, 0], rare[:, 1], rare[1:, 2:] = 2.0, 0.08, 0.5
    for code in (_ON, rare):
        found = _tried(answer, code, _LEVEL, what="count_dead")
        if found is ...:
            return Blank
        n, k = code.shape
        on = code > _LEVEL
        if np.shape(found) == (k,):
            return "That is one value for each unit; asked for is how many units are dead: add them up."
        if np.shape(found) == (n,):
            return "That is one value for each sample. A dead unit is one that no sample wakes: look down the columns."
        count = a_number(found, "count_dead(code, level)")
        dead = (~on.any(axis=0)).sum()
        if same(count, dead):
            continue
        known = [
            (
                (~on.all(axis=0)).sum(),
                "You counted units that are silent for some sample; a dead one is silent for all.",
            ),
            (on.any(axis=0).sum(), "That is how many units are alive; the others are dead."),
            (dead / k, "That is the share of dead units; asked for is their number."),
            ((code.max(axis=0) <= 0).sum(), "You asked for units never above zero; dead means never above level."),
            ((~on.any(axis=1)).sum(), "You counted samples without an active unit; count units that no sample wakes."),
            (
                (code.mean(axis=0) <= _LEVEL).sum(),
                "You looked at the mean activity of a unit. A unit that one single sample wakes is alive: "
                "look at the largest.",
            ),
        ]
        for wrong, sentence in known:
            if same(count, wrong):
                return sentence
        return f"In a code of {n} samples and {k} units you find {count:.4g} dead units, and there are {dead}."


_TABLES = [  # weights, errors, active shares, the right choice
    ([0.0, 0.1, 0.2, 0.3, 0.5, 1.0], [1.0, 1.05, 1.3, 1.1, 1.15, 2.0], [0.6, 0.4, 0.24, 0.2, 0.1, 0.05], 0.3),
    ([0.5, 0.1, 0.0, 0.2], [0.2, 0.14, 0.1, 0.115], [0.1, 0.2, 0.7, 0.15], 0.2),
    ([2.0, 0.0, 4.0], [5.5, 5.0, 9.0], [0.25, 0.5, 0.1], 2.0),
]


@exercise(
    "06.4",
    hint="Two conditions make a mask: errors <= 1.2 * errors[weights == 0] and active <= 0.25. "
    "Then weights[mask].min(), if the mask holds anything.",
)
def choose_weight(answer):
    for table in _TABLES:
        weights, errors, active = map(np.array, table[:3])
        found = _tried(answer, weights.copy(), errors.copy(), active.copy(), what="choose_weight", may_return_none=True)
        if found is ...:
            return Blank
        if found is None:
            return f"You find no weight for weights {weights}, errors {errors} and shares {active}; {table[3]} fits."
        weight = a_number(found, "choose_weight(...)")
        if same(weight, table[3]):
            continue
        close, sparse = errors <= 1.2 * errors[weights == 0], active <= 0.25
        both = close & sparse
        from_first = errors <= 1.2 * errors[0]
        known = [
            (
                weights[from_first & sparse].min(initial=np.inf),
                "You compared with the first row; compare with weight 0, wherever it stands.",
            ),
            (weights[both].max(), "That is the largest weight that fits; take the smallest, which costs the least."),
            (np.flatnonzero(both)[0], "That is a place in the table; return the weight that stands there."),
            (weights[sparse].min(), "That weight is sparse enough, but its error is more than 20 % above that of 0."),
            (weights[close].min(), "That weight keeps the error, but more than a quarter of the units are active."),
        ]
        for wrong, sentence in known:
            if same(weight, wrong):
                return sentence
        return (
            f"For weights {weights}, errors {errors} and shares {active} you choose {weight:.4g}; {table[3]} is right."
        )
    weights, errors, active = np.array([0.0, 1.0]), np.array([1.0, 3.0]), np.array([0.6, 0.1])
    if (
        _tried(answer, weights, errors, active, what="choose_weight (when no weight fits)", may_return_none=True)
        is not None
    ):
        return "When no weight fits, return None; you return one all the same."


@exercise(
    "06.5",
    hint="First rates = code.mean(axis=0), clipped to 1e-6 .. 1 - 1e-6. Then two terms for each unit, "
    "one for being active and one for being silent. Then the mean over the units.",
)
def kl_penalty(answer):
    code = np.array([[0.9, 0.2, 0.1, 0.6], [0.1, 0.3, 0.05, 0.7], [0.2, 0.1, 0.03, 0.9]])
    for wanted in (0.05, 0.2):
        found = _tried(answer, code, wanted, what="kl_penalty")
        if found is ...:
            return Blank
        rate = code.mean(axis=0)
        right = _divergence(wanted, rate)
        if np.shape(found) == rate.shape:
            return "That is one number for each unit; take their mean."
        value = a_number(found, "kl_penalty(code, target_rate)")
        known = {
            _divergence(
                rate, wanted
            ).mean(): "The two rates are exchanged: the target stands in front of the logarithm and in its numerator.",
            _divergence(wanted, code.mean(axis=1)).mean(): "You took the mean over the units first (axis=1). A rate "
            "belongs to a unit: the mean over the samples, axis=0.",
            _divergence(wanted, code).mean(): "You took the divergence of every single activity. The rate is the "
            "unit's mean over the batch: first the mean over the samples, then the divergence.",
            (wanted * np.log(wanted / rate)).mean(): "The second term is missing: the same for being silent, with "
            "1 - target_rate and 1 - rate.",
            right.sum(): "That is the sum over the units; take the mean.",
            -right.mean(): "The sign is wrong: a divergence is never below zero.",
            (right / np.log(2)).mean(): "You used the logarithm to base 2; take np.log.",
            _divergence(
                wanted, code.mean()
            ): "You used one rate for all units together; each unit has a rate of its own.",
        }
        for wrong, sentence in known.items():
            if same(value, wrong):
                return sentence
        if not same(value, right.mean()):
            return f"For target_rate {wanted} you give {value:.4g}, and the mean divergence is {right.mean():.4g}."
    value = np.asarray(_tried(answer, np.array([[0.0, 0.1], [0.0, 1.0]]), 0.05, what="kl_penalty"), dtype=float)
    if not np.isfinite(value).all():
        raise NotYet(
            "A unit whose rate is exactly 0 makes it infinite or NaN: clip the rates first, as the package does."
        )


def _divergence(a, b):
    return a * np.log(a / b) + (1 - a) * np.log((1 - a) / (1 - b))
