"""The one place where arguments are checked and refused.

Every function here returns the checked value or raises ValueError with one sentence:
the argument, what was found, what was wanted, and what mends it.
"""

import contextlib
import reprlib
from numbers import Integral, Real

import numpy as np

_OWN = {
    "Dataset": "dataset.x, or a part of what split(dataset) gives",
    "Split": "one part of it, such as split.x_train",
}


def array_like(values, name="x"):
    """`values` as they came, or a ValueError for what NumPy misreads: None, masked values, sparse, not arrays, text."""
    kind = type(values)
    if values is None:
        raise ValueError(f"{name} is None and an array of numbers is wanted; pass the data")
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        masked = np.ma.getmaskarray(values)
        bad = np.flatnonzero(masked.reshape(len(masked), -1).any(axis=1)) if masked.ndim else [0]
        raise ValueError(
            f"{name} holds masked values in {len(bad)} of {len(masked) if masked.ndim else 1} rows (first: row {bad[0]}); "
            "drop those rows or fill them in (lesson 01)"
        )
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise ValueError(f"{name} is sparse ({kind.__name__}) and a dense array is wanted; pass {name}.toarray()")
    if kind.__module__ == "aelearn.data" and kind.__name__ in _OWN:
        mend = _OWN[kind.__name__]
        raise ValueError(f"{name} is a {kind.__name__} and an array (rows, columns) is wanted; pass {mend}")
    if any(base.__module__.startswith("tensorflow.python.data") for base in kind.__mro__):
        raise ValueError(
            f"{name} is a tf.data.Dataset and an array is wanted; put its batches together: "
            f"np.concatenate(list({name}.as_numpy_iterator()))"
        )
    if hasattr(values, "columns") and hasattr(values, "iloc"):
        _frame_of_numbers(values, name)
    return values


def _frame_of_numbers(frame, name):
    for place, column in enumerate(frame.columns):
        values = np.asarray(frame.iloc[:, place])
        if values.dtype.kind == "O":
            with contextlib.suppress(TypeError, ValueError):
                values = values.astype(float)
        if values.dtype.kind not in "biufc":
            kind = f"such as {str(values[0])[:20]!r}" if len(values) and values.dtype.kind in "OU" else values.dtype
            raise ValueError(
                f"{name} holds no numbers in column {str(column)!r} ({kind}) and numbers are wanted; "
                "drop that column or encode it first"
            )


def _numbers(values, name, dtype) -> np.ndarray:
    values = array_like(values, name)
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths; every row needs the same number of values") from None
    if array.dtype.kind not in "biuf":
        if array.dtype.kind == "O":
            with contextlib.suppress(TypeError, ValueError):
                array = array.astype(float)
        if array.dtype.kind != "f":
            raise ValueError(f"{name} holds {array.dtype} values and numbers are wanted; drop or encode them first")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(axis=1)) if array.ndim else np.empty(0)
        raise ValueError(
            f"{name} holds NaN or infinity in {len(bad)} of {len(array)} rows (first: row {bad[0]}); "
            "drop those rows or fill them in (lesson 01)"
            if array.ndim
            else f"{name} is {array} and a finite number is wanted; look where it was computed"
        )
    with np.errstate(over="ignore"):
        converted = array.astype(dtype, copy=False)
    if dtype == np.float32 and not np.isfinite(converted).all():
        raise ValueError(f"{name} holds values beyond 3e38, too large for 32-bit numbers; scale it first (lesson 01)")
    return converted


def table(x, name="x", *, columns=None, min_rows=1, dtype=np.float32) -> np.ndarray:
    """x as an array (n, d) of finite numbers with at least `min_rows` rows and, if given, `columns` columns."""
    array = _numbers(x, name, dtype)
    if array.ndim != 2:
        mend = (
            f"one row is {name}[None, :]"
            if array.ndim == 1
            else f"flatten each sample to one row: {name}.reshape(len({name}), -1)"
        )
        raise ValueError(f"{name} has shape {array.shape} and (rows, columns) is wanted; {mend}")
    if array.shape[1] == 0:
        raise ValueError(f"{name} has no columns; pass at least one feature")
    if len(array) < min_rows:
        raise ValueError(f"{name} has {len(array)} rows and at least {min_rows} are wanted; pass more data")
    if columns is not None and array.shape[1] != columns:
        raise ValueError(
            f"{name} has {array.shape[1]} columns and {columns} are wanted; pass the same features in the same order"
        )
    return array


def scores(values, name="scores", *, min_rows=1) -> np.ndarray:
    """One finite number a sample, as float64 (n,)."""
    array = _numbers(values, name, np.float64)
    if array.ndim != 1:
        raise ValueError(
            f"{name} has shape {array.shape} and (rows,) is wanted: one number a sample, such as errors.mean(axis=1)"
        )
    if len(array) < min_rows:
        raise ValueError(f"{name} has {len(array)} values and at least {min_rows} are wanted; pass more samples")
    return array


def labels(y, name="y", *, rows=None) -> np.ndarray:
    """Labels (n,) that are 0 (normal) or 1 (anomaly), as int."""
    array = _numbers(y, name, np.float64)
    found = np.unique(array)
    if not np.isin(found, (0, 1)).all():
        mend = (
            f"np.where({name} == -1, 1, 0)" if set(found) <= {-1, 1} else f"({name} == the_anomalous_class).astype(int)"
        )
        shown = ", ".join(f"{value:g}" for value in found[:5])
        raise ValueError(f"{name} holds {shown} and only 0 (normal) and 1 (anomaly) are wanted; use {mend}")
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape} and (rows,) is wanted; use {name}.ravel()")
    if rows is not None and len(array) != rows:
        raise ValueError(
            f"{name} has {len(array)} labels and {rows} are wanted: one for each sample, in the same order"
        )
    return array.astype(int)


def both_classes(y, name="y", *, rows=None):
    """Like `labels`, with at least one normal sample and one anomaly in it."""
    array = labels(y, name, rows=rows)
    if len(np.unique(array)) < 2:
        kind = "only anomalies" if array[0] else "only normal samples"
        raise ValueError(f"{name} holds {kind} and both kinds are wanted; judge on a test set that has some of each")
    return array


def _as_float(value):
    """`value` as float; NaN for what is no number, or is too large for one."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.nan


def between(value, name, low=0.0, high=1.0):
    """A number strictly between low and high, as float."""
    found = _as_float(value)
    if not low < found < high:
        hint = f"; for {value} % pass {found / 100:g}" if 1 < found < 100 and high == 1 else ""
        raise ValueError(f"{name} is {value!r} and a number between {low:g} and {high:g} is wanted{hint}")
    return found


def number(value, name, *, above=None, least=None):
    """A finite number, as float; greater than `above` or at least `least` if that is given."""
    bound = f" above {above:g}" if above is not None else f" of at least {least:g}" if least is not None else ""
    wanted = "a finite number" + bound
    found = _as_float(value)
    if not np.isfinite(found):
        raise ValueError(f"{name} is {reprlib.repr(value)} and {wanted} is wanted")
    if (above is not None and found <= above) or (least is not None and found < least):
        raise ValueError(f"{name} is {value:g} and {wanted} is wanted")
    return found


def count(value, name, *, least=1):
    """A whole number of at least `least`, as int."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} is {value!r} and a whole number of at least {least} is wanted")
    return int(value)


def sizes(values, name):
    """Layer sizes, a possibly empty sequence of whole numbers from 1, as a tuple."""
    if isinstance(values, Integral):
        raise ValueError(f"{name} is {values} and a sequence of sizes is wanted; for one layer pass ({values},)")
    return tuple(count(value, name) for value in values)


def choice(value, name, options):
    """One of the options."""
    if value not in options:
        raise ValueError(f"{name} is {value!r} and one of {', '.join(map(repr, options))} is wanted")
    return value
