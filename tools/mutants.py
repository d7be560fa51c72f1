"""Does each function exercise refuse what is wrong and take what is right? Called by a test, and by hand: python tools/mutants.py [NN ...]

From the solution in a lesson's source come mutants, each with one slip that people make, and equivalents, the same results
in other containers. Whether a mutant is wrong is decided without the check: by comparing it with the solution on the
check's examples and on a thousand other random inputs. The table counts wrong mutants that were accepted, right ones and
equivalents that were refused, and the share of wrong mutants that are told more than one input with its result.
"""

import ast
import copy
import importlib
import itertools
import re
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aelearn.course import answers, exercises
from aelearn.course.comparing import agree

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "notebooks" / "src"
LESSONS = sorted(path.stem[-2:] for path in (ROOT / "aelearn" / "course" / "checks").glob("lesson_*.py"))
TRIALS = 1000
SECONDS = 2  # for a mutant that runs for ever


# -- the solutions, from the lessons' sources ---------------------------------------------------


def cells(source):
    return [cell for cell in re.split(r"^# %%.*\n", source, flags=re.MULTILINE) if cell.strip()]


def solutions(lesson):
    """{exercise: (name of the function, source of its cell, source of the cells before)} of a lesson."""
    path = next(SOURCES.glob(f"{lesson}_*.py"))
    before, found = [], {}
    for cell in cells(path.read_text(encoding="utf8")):
        for exercise, name in re.findall(r"^check\(\s*[\"'](\d\d\.\d+)[\"'],\s*(\w+)", cell, re.MULTILINE):
            found[exercise] = name, cell, list(before)
        before.append(cell)
    return found


def statements(cell):
    """The top-level statements of a cell; none for a cell of text, or one that only IPython can read."""
    try:
        return ast.parse(cell).body
    except SyntaxError:
        return []


def binds(statement):
    """The names that an import, a definition or an assignment binds."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in statement.names]
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    nodes = [node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return [node.id for node in nodes if isinstance(node.ctx, ast.Store)]


def free_names(statement):
    """The names that a statement uses and does not bind itself, as an argument or a variable of its own."""
    nodes = list(ast.walk(statement))
    bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return [node.id for node in nodes if isinstance(node, ast.Name) and node.id not in bound]


def needed(function, before):
    """The statements of earlier cells that the function's free names stand for: imports, helpers, constants."""
    earlier = [s for cell in before for s in statements(cell) if not isinstance(s, ast.Expr)]
    wanted, taken = free_names(function), []
    for name in wanted:  # grows while it is read
        statement = next((s for s in reversed(earlier) if name in binds(s)), None)
        if statement is not None and statement not in taken and name != function.name:
            taken.append(statement)
            wanted += free_names(statement)
    return sorted(taken, key=lambda s: (not isinstance(s, ast.Import | ast.ImportFrom), earlier.index(s)))


def made(function, scope):
    """The function that a FunctionDef defines, in a copy of the scope."""
    scope = dict(scope)
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, "<mutant>", "exec"), scope)
    return scope[function.name]


# -- mutants ------------------------------------------------------------------------------------

OTHER_NAMES = {
    "mean": ("sum", "median", "max"),
    "nanmean": ("mean", "nanmedian"),
    "sum": ("mean", "max"),
    "median": ("mean", "max"),
    "nanmedian": ("median", "nanmean", "nanmax"),
    "max": ("min", "mean"),
    "min": ("max", "mean"),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "argmax": ("argmin", "max"),
    "argmin": ("argmax", "min"),
    "any": ("all",),
    "all": ("any",),
    "std": ("var",),
    "var": ("std",),
    "ceil": ("floor", "round"),
    "floor": ("ceil", "round"),
    "log": ("log2", "exp"),
    "exp": ("log", "square"),
    "square": ("abs",),
    "abs": ("square",),
    "argsort": ("sort",),
    "sort": ("argsort",),
}
UNWRAPPED = ("abs", "sqrt", "square", "sort", "exp", "log", "ceil", "floor", "tanh", "sum", "mean", "int", "sorted")
OTHER_COMPARISONS = {ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
                     ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,)}  # fmt: skip
OTHER_OPERATORS = {ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.Pow: (ast.Mult,)}  # fmt: skip


def changed_nodes(node):
    """What may stand in place of an expression, each with one slip."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for other in OTHER_NAMES.get(name, ()):
            new = copy.deepcopy(node)
            if isinstance(new.func, ast.Attribute):
                new.func.attr = other
                yield new
        if name in UNWRAPPED and node.args:
            yield node.args[0]
        elif name in UNWRAPPED and isinstance(node.func, ast.Attribute):
            yield node.func.value
        for place, keyword in enumerate(node.keywords):
            if keyword.arg == "axis":
                without = copy.deepcopy(node)
                del without.keywords[place]
                yield without
        if name in ("where", "subtract", "clip") and len(node.args) > 1:
            new = copy.deepcopy(node)
            new.args[-2:] = new.args[:-3:-1]
            yield new
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in OTHER_COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BinOp):
        for other in OTHER_OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        yield node.left
        yield node.right
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1 if type(node.value) is int else node.value / 2)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield ast.Tuple(node.elts[::-1], node.ctx)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value


class Replaced(ast.NodeTransformer):
    """Puts one expression or statement of a tree in place of another; None takes a statement out."""

    def __init__(self, number, new):
        self.number, self.new, self.count = number, new, -1

    def visit(self, node):
        self.count += 1
        if self.count == self.number:
            return self.new
        return self.generic_visit(node)


def preorder(tree):
    """The nodes in the order in which a NodeTransformer meets them."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from preorder(child)


def mutants(function):
    """FunctionDefs that differ from this one by one slip, no two alike."""
    seen = {ast.unparse(function)}
    for mutant in _mutants(function):
        try:
            text = ast.unparse(ast.fix_missing_locations(mutant))
            compile(text, "<mutant>", "exec")
        except SyntaxError:
            continue
        if text not in seen:
            seen.add(text)
            yield mutant


def _mutants(function):
    for number, node in enumerate(preorder(function)):
        if isinstance(node, ast.expr):
            for new in changed_nodes(node):
                yield Replaced(number, copy.deepcopy(new)).visit(copy.deepcopy(function))
        elif isinstance(node, ast.Return) and node.value is not None:
            yield Replaced(number, ast.Expr(copy.deepcopy(node.value))).visit(copy.deepcopy(function))
            for value in (0, 1, True):
                yield Replaced(number, ast.Return(ast.Constant(value))).visit(copy.deepcopy(function))
            for name in dict.fromkeys(
                n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ):
                yield Replaced(number, ast.Return(ast.Name(name, ast.Load()))).visit(copy.deepcopy(function))
        elif isinstance(
            node, ast.Assign | ast.AugAssign | ast.Continue | ast.Break
        ):  # never set, never reset, never left
            yield Replaced(number, ast.Pass()).visit(copy.deepcopy(function))
    for a, b in itertools.combinations(range(len(function.args.args)), 2):
        exchanged = copy.deepcopy(function)
        arguments = exchanged.args.args
        arguments[a], arguments[b] = arguments[b], arguments[a]
        yield exchanged


# -- equivalents --------------------------------------------------------------------------------


class Tensor:
    """What a tensor is to a check: something that gives an array when asked."""

    def __init__(self, value):
        self.value = value

    def numpy(self):
        return np.asarray(self.value)


def as_series(value):
    import pandas

    return pandas.Series(value)


CONTAINERS = {  # another form of the same result: for arrays, for numbers
    "list": (np.ndarray, lambda v: v.tolist()),
    "tuple": (np.ndarray, lambda v: tuple(v.tolist())),
    "generator": (np.ndarray, lambda v: (part for part in v)),
    "float32": (np.ndarray, lambda v: v.astype("float32")),
    "float64": (np.ndarray, lambda v: v.astype(float)),
    "tensor": (np.ndarray | np.number | float | int, Tensor),
    "series": (np.ndarray, lambda v: as_series(v) if v.ndim == 1 else v),
    "Python number": (np.number | np.bool_, lambda v: v.item()),
    "float": (np.number | float | int, float),
    "NumPy float32": (np.number | float | int, np.float32),
    "array of none": (np.number | float | int, np.asarray),
    "array of one": (np.number | float | int, lambda v: np.asarray([v])),
    "list of a tuple": (tuple, list),
}


def equivalents(solution, example):
    """{name: a function with the same results in another form}, those that apply to the result of an example."""
    result = solution(*copy.deepcopy(example))
    for name, (kinds, form) in CONTAINERS.items():
        if isinstance(result, kinds):
            yield name, lambda *arguments, form=form, kinds=kinds: _formed(solution(*arguments), form, kinds)


def _formed(value, form, kinds):
    return form(value) if isinstance(value, kinds) else value


# -- the table ----------------------------------------------------------------------------------


@dataclass
class Row:
    """What came of one exercise. The lists name what was judged wrongly."""

    exercise: str
    wrong: int = 0
    told: int = 0
    accepted_wrongly: list = field(default_factory=list)
    refused_wrongly: list = field(default_factory=list)
    equivalents: int = 0
    general: list = field(default_factory=list)

    def line(self):
        share = self.told / max(self.wrong, 1)
        return (f"{self.exercise:<8} {self.wrong:>7} {len(self.accepted_wrongly):>17} {self.equivalents:>11} "
                f"{len(self.refused_wrongly):>15} {share:>12.0%}")  # fmt: skip


HEAD = "exercise mutants  accepted wrongly equivalents refused wrongly own sentence"


def result_of(function, task, case):
    with answers.time_limit(SECONDS):
        return task.run(function, case)


def differs(task, mutant, solution, cases):
    """Whether a mutant gives something else than the solution and every other reading of the text."""
    open_readings = [solution, *task.readings]
    try:
        for case in cases:
            found = result_of(mutant, task, case)
            wanted = {reading: task.run(reading, case) for reading in open_readings}
            open_readings = [r for r in open_readings if _equal(found, wanted[r], task.tolerance)]
            if not open_readings:
                return True
    except answers.TooLong:
        return True
    return False


def _equal(a, b, tolerance):
    if a.error or b.error:
        return type(a.error) is type(b.error)
    return agree(a.value, b.value, tolerance)


def row_of(exercise, name, cell, before):
    """The Row of a function exercise that is judged by a Task; None for any other."""
    task = exercises._EXERCISES[exercise].task
    function = next((s for s in statements(cell) if isinstance(s, ast.FunctionDef) and s.name == name), None)
    if task is None or task.of_value or function is None:
        return None
    scope, row = {}, Row(exercise)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(ast.Module(needed(function, before), []), "<lesson>", "exec"), scope)
        solution, rng = made(function, scope), np.random.default_rng(77)
        cases = task.cases({})
        trials = [*cases, *(task.random(rng) for _ in range(TRIALS if task.random else 0))]
        for mutant in mutants(function):
            judge(row, task, mutant, made(mutant, scope), solution, trials)
        for container, equivalent in equivalents(solution, cases[0]):
            row.equivalents += 1
            if problem := task.judge(equivalent):
                row.refused_wrongly.append(f"{container}: {problem}")
    return row


def judge(row, task, tree, mutant, solution, trials):
    """Count one mutant."""
    seconds, task.seconds = task.seconds, SECONDS
    problem = task.diagnose(mutant)
    task.seconds = seconds
    text = ast.unparse(tree)
    if differs(task, mutant, solution, trials):
        row.wrong += 1
        if problem is None:
            row.accepted_wrongly.append(text)
        elif problem[0] != "general":
            row.told += 1
        else:
            row.general.append(f"{text}\n    -> {problem[1]}")
    elif problem is not None:
        row.refused_wrongly.append(f"{text}\n    -> {problem[1]}")


def table(lessons=()):
    """The rows of all function exercises of these lessons, by default of all."""
    rows = []
    for lesson in lessons or LESSONS:
        importlib.import_module(f"aelearn.course.checks.lesson_{lesson}")
        for exercise, (name, cell, before) in solutions(lesson).items():
            rows.append(row_of(exercise, name, cell, before) or exercise)
    return rows


def slips_alike(task):
    """The pairs of sentences whose slips no input of a function exercise tells apart, from each other or from a right answer."""
    cases = task.cases({})
    results = [("a right answer", task.outcomes(reading, cases)) for reading in (task.reference, *task.readings)]
    for functions, sentence in task.slips:
        for function in functions if isinstance(functions, list) else [functions]:
            results.append((sentence, task.outcomes(function, cases)))
    for (one, first), (other, second) in itertools.combinations(results, 2):
        if one != other and all(task.agrees(a, b) for a, b in zip(first, second, strict=True)):
            yield one, other


def main(arguments):
    lessons = [a for a in arguments if a[:2].isdigit()]
    print(HEAD)
    for row in table(lessons):
        if isinstance(row, str):
            print(f"{row:<8} {'a value' if exercises._EXERCISES[row].task else 'not yet converted'}")
            continue
        print(row.line())
        for pair in slips_alike(exercises._EXERCISES[row.exercise].task):
            print("  slips alike:\n    " + "\n    ".join(pair))
        for title in ("accepted_wrongly", "refused_wrongly", *(["general"] if "--all" in arguments else [])):
            for text in getattr(row, title):
                print(f"  {title}:\n    " + text.replace("\n", "\n    "))


if __name__ == "__main__":
    main(sys.argv[1:])
