"""What came back, beside what is wanted: whether they agree, and in which words they differ.

`wanted` is what a reference solution returned: a number, an array, a truth value, text, None, or a tuple of these.
"""

import inspect
from collections.abc import Callable

import numpy as np

from aelearn.course.answers import NAN, as_numbers, not_numbers, same, shape_wanted, unpacked

KINDS = {  # what is wanted, by whether it is a truth value and whether it is a single one
    (False, True): "one number",
    (False, False): "an array of numbers",
    (True, True): "True or False",
    (True, False): "an array of True and False",
}
SHOWN = 12  # so many numbers of an array fit into a sentence


def agree(found, wanted, tolerance=1e-5):
    """Whether `found`, in any form that people give, is what is wanted."""
    if wanted is None or isinstance(wanted, str):
        return type(found) is type(wanted) and found == wanted
    if isinstance(wanted, tuple):
        parts = parts_of(found, len(wanted))
        return parts is not None and all(agree(f, w, tolerance) for f, w in zip(parts, wanted, strict=True))
    found, wanted = as_numbers(found), np.asarray(wanted, dtype=float)
    if found is None:
        return False
    if wanted.shape == () and found.size == 1:
        found = found.reshape(())
    return same(found, wanted, tolerance, equal_nan=True)


def parts_of(found, number):
    """The parts of a tuple, a list or an array of so many, or None."""
    found = unpacked(found)
    fits = isinstance(found, tuple | list | np.ndarray) and np.ndim(found if isinstance(found, np.ndarray) else [0]) > 0
    return list(found) if fits and len(found) == number else None


def malformed(found, wanted, what, shown):
    """The sentence for a result of another kind or shape than the wanted one, shown: for which input; or None."""
    place, what = (f" {shown}", f"What {what} returns") if shown else ("", what)
    if found is None and wanted is not None and shown:
        return f"{what}{place} is None: on that way through it returns nothing."
    if isinstance(wanted, tuple):
        parts = parts_of(found, len(wanted))
        if parts is None:
            return f"{what}{place} should be {len(wanted)} things, in the order asked for."
        for number, (part, right) in enumerate(zip(parts, wanted, strict=True), start=1):
            if problem := malformed(part, right, part_named(number, what), ""):
                return problem + (f" That was {shown}." if shown else "")
        return None
    if wanted is None or isinstance(wanted, str):
        return None
    array, right = as_numbers(found), np.asarray(wanted)
    if array is None:
        return not_numbers(found, KINDS[right.dtype == bool, right.ndim == 0], what + place)
    if array.shape != right.shape and not (right.ndim == 0 and array.size == 1):
        return f"{what}{place} has shape {array.shape}, and {shape_wanted(right.shape, array.shape)}"
    if right.dtype == bool and not np.isin(array, (0, 1)).all():
        return f"{what}{place} must be True or False{'' if right.ndim == 0 else ' everywhere'}; you have other numbers."
    if np.isnan(array).any() and not np.isnan(right.astype(float)).any():
        return f"{what}{place} {NAN}"
    return None


def part_named(number, what):
    return f"Part {number} of {what[0].lower() + what[1:]}"


RELATIONS: list[tuple[Callable, str]] = [  # what the answer is, computed from what is wanted, and the words for it
    (np.negative, "The sign is the wrong way round."),
    (lambda w: 100 * w, "That is a percentage; a share, from 0 to 1, is wanted."),
    (lambda w: w / 100, "That is a hundredth of what is wanted."),
    (lambda w: 1 - w, "That is 1 minus what is wanted."),
    (lambda w: w + 1, "That is 1 more than is wanted."),
    (lambda w: w - 1, "That is 1 less than is wanted."),
    (np.sqrt, "That is the square root of what is wanted."),
    (np.square, "That is the square of what is wanted."),
    (lambda w: 1 / w, "That is 1 divided by what is wanted."),
    (np.exp, "That is the exponential of what is wanted."),
    (np.log, "That is the logarithm of what is wanted."),
    (np.round, "You rounded to whole numbers; give it unrounded."),
    (np.floor, "You rounded down to whole numbers; give it unrounded."),
    (np.ceil, "You rounded up to whole numbers; give it unrounded."),
]


def relation(triples, reference, what, tolerance, of_value):
    """The sentence for how the results differ from the wanted ones on every input alike, or None.

    triples: (found, wanted, arguments) of each input. A rounded answer is told to be one: as a rule it is not right.
    """
    if isinstance(triples[0][1], tuple):
        return _relation_of_parts([(parts_of(f, len(w)), w, a) for f, w, a in triples], reference, what, tolerance)
    if any(as_numbers(f) is None or as_numbers(w) is None for f, w, _ in triples):
        return None
    pairs = [(as_numbers(f).reshape(np.shape(w)), np.asarray(w, dtype=float)) for f, w, _ in triples]
    found, wanted = (np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1))
    if not of_value and len(np.unique(found)) == 1 and len(np.unique(wanted)) > 1:
        return f"{what} returned {shown(found[0])} for every input that was tried; compute it from the arguments."
    if all(np.asarray(w).dtype == bool for _, w, _ in triples):
        if same(found, 1 - wanted):
            return "It is the wrong way round: exchange True and False."
    elif problem := _same_relation(found, wanted, pairs, tolerance, of_value):
        return problem
    if not of_value:
        return _careless(triples, found, wanted, reference, what, tolerance)
    return None


def _relation_of_parts(triples, reference, what, tolerance):
    """The same for a tuple: its parts exchanged, or all right but one, which stands in a relation."""
    if not all(parts for parts, _, _ in triples):
        return None
    if all(agree(parts[::-1], w, tolerance) for parts, w, _ in triples):
        return f"{what} gives the right things in the wrong order."
    places = range(len(triples[0][1]))
    wrong = [i for i in places if not all(agree(parts[i], w[i], tolerance) for parts, w, _ in triples)]
    if len(wrong) == 1:
        of_part = [(parts[wrong[0]], w[wrong[0]], a) for parts, w, a in triples]
        if problem := relation(of_part, reference, what, tolerance, of_value=True):
            return f"{part_named(wrong[0] + 1, f'what {what} returns')} is not right. {problem}"
    return None


def _same_relation(found, wanted, pairs, tolerance, of_value):
    exact = min(tolerance, 1e-5)
    near = np.allclose(found, wanted, rtol=0, atol=0.05 * np.abs(wanted).max(initial=0))
    if near and any(same(found, np.round(wanted, d), exact) for d in range(2, 7)):
        return "It is right as far as it goes, but rounded; give it unrounded, as the computation returns it."
    with np.errstate(all="ignore"):
        fitting = [words for function, words in RELATIONS if same(found, function(wanted), tolerance)]
    if len(fitting) == 1:
        return fitting[0]
    if np.unique(wanted).size > 2 and np.isfinite(found).all() and np.isfinite(wanted).all():
        ratio, shift = found @ wanted / max(wanted @ wanted, 1e-300), np.mean(found - wanted)
        if same(found, ratio * wanted, tolerance) and ratio:
            return f"Every result is {ratio:.4g} times what is wanted."
        if same(found, wanted + shift, tolerance):
            return f"Every result is {abs(shift):.4g} too {'large' if shift > 0 else 'small'}."
    if not of_value or wanted.size > 1:
        moved = any(f.ndim == 1 and not same(f, w, tolerance) for f, w in pairs)
        if moved and all(same(np.sort(f, axis=None), np.sort(w, axis=None), tolerance) for f, w in pairs):
            return "The numbers are right and stand in the wrong order."
    return None


def _careless(triples, found, wanted, reference, what, tolerance):
    """Answers that hand an argument back, or its length."""
    for number, name in enumerate(inspect.signature(reference).parameters):
        given = [(f, case[number]) for f, _, case in triples if as_numbers(case[number]) is not None]
        if len(given) == len(triples) and all(agree(f, as_numbers(a), tolerance) for f, a in given):
            return f"{what} returns its argument {name} as it came."
        lengths = [len(case[number]) for _, _, case in triples if isinstance(case[number], np.ndarray)]
        if len(lengths) == len(triples) and np.array_equal(found, lengths):
            return f"{what} returns how long {name} is."
    return None


def size_of(arguments):
    """How many numbers the arguments hold, and how long their digits are: the smallest input is the easiest to read."""
    return sum(np.size(a) for a in arguments), sum(len(shown(a)) for a in arguments)


def shown(value, digits=4):
    """A value in a sentence: short, with so many significant digits; an object without words of its own gives ''.

    Words of its own are what an example's made-up model or loss says of itself, not "<function ...>".
    """
    numbers = None if isinstance(value, str) or callable(value) else as_numbers(value)
    if numbers is not None:
        if np.asarray(unpacked(value)).dtype == bool:
            return str(np.asarray(value).tolist())
        if numbers.size > SHOWN:
            return f"an array of shape {numbers.shape}"
        text = np.vectorize(lambda v: f"{v:.{digits}g}", otypes=[object])(numbers).tolist()
        return str(text).replace("'", "")
    if isinstance(value, tuple):
        return ", ".join(shown(part, digits) for part in value)
    if value is None or isinstance(value, str):
        return repr(value)
    text = "" if isinstance(value, np.random.Generator) else repr(value)
    return "" if text.startswith("<") else text


def input_shown(reference, arguments):
    """ "for x = [1, 2] and level = 3": the names are those of the reference's parameters."""
    named = [(name, shown(a)) for name, a in zip(inspect.signature(reference).parameters, arguments, strict=False)]
    parts = [f"{name} {'of' if text.startswith('an array') else '='} {text.removeprefix('an array of ')}" for name, text in named if text]  # fmt: skip
    return "for " + " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) if parts else ""


def furthest(found, wanted, place=""):
    """(found, wanted, place) of a long array at the entry that is furthest off; anything short as it is."""
    if found is None or wanted is None or isinstance(wanted, tuple | str) or np.size(wanted) <= SHOWN:
        return found, wanted, place
    found, wanted = as_numbers(found), np.asarray(wanted, dtype=float)
    entry = np.unravel_index(np.nanargmax(np.abs(found - wanted)), wanted.shape)
    return found[entry], wanted[entry], f"{place}, entry {', '.join(map(str, entry))}".removeprefix(", ")


def results_shown(found, wanted, place):
    """The general sentence: for which input what came back, and what is wanted, with as many digits as tell them apart."""
    found, wanted, place = furthest(found, wanted, place)
    for digits in (4, 6, 10, 17):
        left, right = shown(found, digits), shown(wanted, digits)
        if left != right:
            break
    sentence = f"{place} it returns {left}; {right} is wanted.".lstrip()
    return sentence[0].upper() + sentence[1:]


def value_shown(found, wanted, asked_for):
    """The general sentence for a value, which must not give the right one away."""
    found, _, place = furthest(found, wanted)
    return f"{place and f'In {place}: '}{shown(found)} is not {asked_for}."
