"""Answers as people give them: one plain form for all of them, and a sentence for what is none.

Numbers may come as Python or NumPy numbers, booleans, float32, lists, tuples, generators, tensors or pandas
columns: `as_numbers` makes an array of all of them. Whatever runs a reader's code runs it inside `time_limit`.
The helpers `an_array`, `a_number` and `a_function` raise NotYet with a sentence for the usual slips.
"""

import re
import signal
import threading
import warnings
from collections.abc import Iterator, KeysView, ValuesView
from contextlib import contextmanager

import numpy as np

SECONDS = 10  # after which an answer is taken to run for ever
NAN = "holds NaN: look for 0 / 0, for the logarithm or root of a negative number, or for a missing value that was not filled."
ALWAYS_NONE = "returned None for every input that was tried; for some of them there is something to return."
NOTHING = "returns nothing; end it with return and what is asked for (print only shows it)."


class NotYet(Exception):
    """An answer that is not right yet; its text says why."""


class Blank:
    """What a check returns when a function still returns ... : not tried yet."""


class TooLong(BaseException):
    """Raised inside an answer that runs too long. No Exception: `except Exception` in the answer must not catch it."""


@contextmanager
def time_limit(seconds=None):
    """Raise TooLong in what runs inside after `seconds` (default: SECONDS).

    It needs the main thread, where notebooks and tests run their code, and a system with SIGALRM (not Windows); elsewhere,
    and inside another timer, it does nothing, and the reader interrupts the kernel.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "SIGALRM") or not in_main or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def stop(signum, frame):
        raise TooLong

    seconds, before = seconds or SECONDS, signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # again each second, for an answer that catches everything
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def unpacked(value):
    """A generator as a list, a tensor or a pandas object as a NumPy array, anything else as it is."""
    if isinstance(value, Iterator | range | KeysView | ValuesView):
        return list(value)
    for method in ("numpy", "to_numpy"):
        if callable(getattr(value, method, None)) and not isinstance(value, type):
            return getattr(value, method)()
    return value


def as_numbers(value):
    """The value as a float array, or None when it is not made of numbers (text, None, rows of unequal length ...)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.asarray(unpacked(value))
            if array.dtype.kind not in "biufO" or any(part is None or isinstance(part, str) for part in array.flat):
                return None
            return array.astype(float)
    except (TypeError, ValueError, OverflowError):
        return None


def is_blank(value):
    """Whether a result is ..., or a pair or list that still holds one."""
    return value is ... or (isinstance(value, tuple | list) and any(part is ... for part in value))


def not_numbers(value, wanted, what):
    """The sentence for something of which `as_numbers` makes nothing."""
    if value is None:
        return f"{what} is None: nothing was assigned to it. (print, for one, shows a value and returns None.)"
    if callable(value):
        return f"{what} is a function; call it and pass what it returns."
    if isinstance(value, str):
        return f"{what} is text, and {wanted} is wanted."
    if isinstance(value, tuple | list) and any(isinstance(part, str) for part in value):
        return f"{what} is a {type(value).__name__} of text, and {wanted} is wanted."
    if isinstance(value, tuple | list) and any(isinstance(part, tuple | list | np.ndarray) for part in value):
        return f"{what} is a {type(value).__name__} of rows of unequal length, and {wanted} is wanted."
    return f"{what} is a {type(value).__name__}, and {wanted} is wanted."


def an_array(answer, shape, what="your answer"):
    """The answer as a float array of this shape (None: any length along that axis), or NotYet."""
    array = as_numbers(answer)
    if array is None:
        raise NotYet(not_numbers(answer, "an array of numbers", what))
    if shape == () and array.size == 1:
        array = array.reshape(())
    fits = array.ndim == len(shape) and all(w is None or w == f for w, f in zip(shape, array.shape, strict=True))
    if not fits:
        raise NotYet(f"{what} has shape {array.shape}, and {shape_wanted(shape, array.shape)}")
    if np.isnan(array).any():
        raise NotYet(f"{what} {NAN}")
    return array


def shape_wanted(shape, found):
    """The end of the sentence on a wrong shape; a column, where a row of numbers is meant, is told so."""
    wanted = "one number" if shape == () else f"shape {shape}".replace("None", "n")
    if len(shape) == 1 and len(found) == 2 and found[1] == 1 and shape[0] in (None, found[0]):
        return f"{wanted} is wanted: it is a column, of which [:, 0] makes what is asked for."
    return f"{wanted} is wanted."


def a_number(answer, what="your answer"):
    """The answer as a float, or NotYet. An array of one number is that number."""
    return float(an_array(answer, (), what))


def a_function(answer, *arguments, what="your function", may_return_none=False):
    """What the answer, a function, returns for these arguments; Ellipsis when it is still blank; or NotYet."""
    if not callable(answer):
        raise NotYet(no_function(answer, what))
    try:
        with time_limit():
            found = answer(*arguments)
            found = list(found) if isinstance(found, Iterator) else found
    except NotYet:
        raise
    except TooLong:
        raise NotYet(never_ends(what, SECONDS)) from None
    except (Exception, SystemExit) as error:
        raise NotYet(f"{what} raised {type(error).__name__}: {error}") from None
    if found is None and not may_return_none:
        raise NotYet(f"{what} {NOTHING}")
    return ... if is_blank(found) else found


def no_function(answer, what):
    if answer is None:
        return f"{what} is None, and a function is wanted: write it with def, and pass its name, without calling it."
    return f"{what} is a {type(answer).__name__}, and a function is wanted: pass its name, without calling it."


# What NumPy and Python say of the commonest slips, and the same in plain words.
ERRORS = (
    (
        r"operands could not be broadcast together .*",
        "two arrays do not fit together entry by entry; look at their shapes, and whether one needs [:, None] or keepdims=True",
    ),
    (r"(only integers, slices .* are valid indices|list indices must be integers or slices).*", "a place in an array is a whole number, which int(...) makes"),
    (r"'NoneType' object is not subscriptable", "something is None where an array is meant; x.sort(), for one, sorts x itself and returns None"),
    (r"axis (\d+) is out of bounds for array of dimension (\d+)", r"axis={1} was asked of an array with {2} axes (the first is 0)"),
    (
        r"(matmul|dot|shapes).*(mismatch in its core dimension|not aligned).*",
        "a matrix product needs as many columns in the first as rows in the second; .T exchanges a matrix's axes",
    ),
    (r"The truth value of an array .* is ambiguous.*", "`if`, `and`, `or` and `not` take one truth value, not an array; np.where, & and | go entry by entry"),
    (r"(float |integer |)division (or modulo )?by zero", "something is divided by 0; look for the input that makes it 0"),
    (r"(index|list index|tuple index).*out of (bounds|range).*", "there is no such place; the first is 0, the last one less than the length"),
    (r"too many indices for array.*", "the array has fewer axes than that"),
    (r"all the input array dimensions.*must match exactly.*", "the arrays do not fit along that axis; axis=1 sets columns beside each other"),
    (
        r"(only integer .*arrays.* can be (converted|used)|.* cannot be interpreted as an integer).*",
        "one whole number is wanted there, which int(...) makes, or a shape, as x.shape is",
    ),
    (r"Cannot interpret '\d+' as a data type", "a shape is one argument, in brackets of its own, as x.shape is: (3, 4)"),
    (r".*Generator' object is not callable", "a random generator is no function; its methods draw, as in rng.random(x.shape)"),
    (r"invalid index to scalar variable.*", "a single number has no places; was an array wanted there, by an axis= of a mean, say, or of np.delete?"),
    (r"output array .*", "a third array is taken for the place to write to; chain three factors by @"),
)  # fmt: skip


def in_words(error):
    """The message of an error, and the same in plain words where it is one of the common ones."""
    message = str(error)
    for pattern, words in ERRORS:
        if found := re.match(pattern, message):
            return f"{message.rstrip('.')}. That is: {words.format(found[0], *found.groups())}."
    return message


def never_ends(what, seconds):
    return f"{what} had not come to an end after {seconds:g} seconds and was stopped: look for a loop that never ends."


def same(a, b, tolerance=1e-5, equal_nan=False):
    """Whether two arrays of one shape agree to a relative tolerance."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        return False
    largest = np.abs(b[np.isfinite(b)]).max(initial=0)
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * max(largest, 1e-12), equal_nan=equal_nan))
