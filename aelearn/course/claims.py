"""A result that the text states, bound to the condition that makes it true."""

import numpy as np

from aelearn.course._display import show


def claim(sentence, holds):
    """Show the sentence with a mark when `holds` is true; raise AssertionError when it is not.

    holds: one truth value. An array of them raises ValueError: say all() or any(). Taught in: 00
    """
    if np.ndim(holds) != 0:
        raise ValueError("holds is an array and one truth value is wanted; use .all() or .any()")
    if not isinstance(holds, bool | np.bool_):
        raise ValueError(f"holds is {holds!r} and a comparison is wanted, such as auc > 0.9")
    if not holds:
        raise AssertionError(f"this claim does not hold here: {sentence}")
    show("✔", f"Claim holds: {sentence}")
