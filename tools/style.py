"""Teaching code is what a reader can write himself: what is held of every lesson's cells, read from their syntax trees.

python tools/style.py prints each lesson's figures and what is amiss.
"""

import ast
import sys
from itertools import pairwise

import lessons

MEAN_LINES = 7  # code lines a cell, comments and blank lines apart, folded cells and exercises included
LONG_CELL, SHARE_OF_LONG = 15, 0.10
MOST_CLAIMS = 15  # in a main part
LOADERS = ("load", "split")  # of aelearn.data: what they give is a lesson's data, and its name keeps its meaning

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def code_cells(source):
    return [cell for cell in lessons.cells(source) if cell.kind == "code"]


def figures(source):
    """What the limits are held against, and the share of code cells that stand directly after another."""
    cells = lessons.cells(source)
    code = [cell for cell in cells if cell.kind == "code"]
    lines = [lessons.code_lines(cell.text) for cell in code]
    follows = sum(one.kind == two.kind == "code" for one, two in pairwise(cells))
    claims = [name for cell in code if cell.part == "main" for name in calls(cell.tree) if name == "claim"]
    return {
        "cells": len(code),
        "mean": sum(lines) / len(code),
        "long": sum(count > LONG_CELL for count in lines) / len(code),
        "claims": len(claims),
        "after code": follows / len(code),
    }


def calls(tree):
    """The names of all functions that are called: claim for claim(...) and for course.claim(...)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", ""))


def dense(tree):
    """What a reader of the stated kind would not write, each as words and the line it stands in."""
    for node in ast.walk(tree):
        if isinstance(node, COMPREHENSIONS):
            inner = any(isinstance(other, COMPREHENSIONS) for other in ast.walk(node) if other is not node)
            if inner or len(node.generators) > 1:
                yield "a nested comprehension; write a loop", node.lineno
        keys = node.keys if isinstance(node, ast.Dict) else [getattr(node, "key", None)]
        if any(isinstance(key, ast.Tuple) for key in keys) or is_tuple_key(node):
            yield "a key that is a tuple; use a dict of dicts, or an array", node.lineno
        if isinstance(node, ast.Dict) and any(isinstance(value, ast.Lambda) for value in node.values):
            yield "a dict of lambdas; write functions with names", node.lineno


def is_tuple_key(node):
    """Whether this looks something up by a tuple that holds a text, which no array takes: board["vowel", seed]."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return False
    return any(
        isinstance(part, ast.JoinedStr) or isinstance(getattr(part, "value", None), str) for part in node.slice.elts
    )


def bound(tree):
    """Every name that a cell gives a meaning to, inside its functions and loops too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names


def kept(tree):
    """The names that a cell leaves behind: bound outside its functions and classes."""
    tree = ast.parse(ast.unparse(tree))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    outside = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return names | bound(ast.Module(body=outside, type_ignores=[]))


def read(tree):
    """The names that a cell takes from the cells before it."""
    loads = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return loads - bound(tree)


def of_exercises(cells):
    """Each name that a cell reads although an exercise was the last to bind it, where it is first read: (name, code cell)."""
    by_exercise = {}
    for place, cell in enumerate(cells):
        for name in sorted(read(cell.tree)):
            if by_exercise.get(name):
                yield name, place
                by_exercise[name] = False  # said once
        for name in kept(cell.tree):
            by_exercise[name] = "exercise" in cell.tags


def rebound_data(cells):
    """The names of loaded or split data that a later cell of the same lesson gives another meaning."""
    holds = {}
    for cell in cells:
        for node in cell.tree.body:
            if not isinstance(node, ast.Assign):
                continue
            value = ast.unparse(node.value)
            called = isinstance(node.value, ast.Call) and getattr(node.value.func, "attr", "") in LOADERS
            for target in node.targets:
                name = getattr(target, "id", None)
                if name in holds and holds[name] != value:
                    yield name
                elif name and called:
                    holds[name] = value


def faults(source):
    """One line for each way in which a lesson's code is not what its reader could write."""
    found, cells = figures(source), code_cells(source)
    if found["mean"] > MEAN_LINES:
        yield f"{found['mean']:.1f} lines a cell on average; {MEAN_LINES} are the most"
    if found["long"] > SHARE_OF_LONG:
        yield f"{found['long']:.0%} of the cells are longer than {LONG_CELL} lines; {SHARE_OF_LONG:.0%} are the most"
    if found["claims"] > MOST_CLAIMS:
        yield f"{found['claims']} claims in the main part; {MOST_CLAIMS} are the most"
    for place, cell in enumerate(cells):
        for what, line in dense(cell.tree):
            yield f"code cell {place}, line {line}: {what}"
        if "fold" in cell.tags and not cell.text.startswith("# "):
            yield f"code cell {place} is folded and does not begin with a comment that says what it does"
        if "exercise" in cell.tags and any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(cell.tree)):
            yield f"code cell {place} is an exercise that imports; an ordinary cell before it should"
    for name, place in of_exercises(cells):
        yield f"code cell {place} reads {name}, which an exercise bound last: a reader may have left that blank"
    for name in rebound_data(cells):
        yield f"{name} holds the lesson's data and is given another meaning later; give the other thing its own name"


def main():
    print("lesson   cells   lines a cell   longer than 15   claims   directly after code")
    for source in lessons.sources():
        f = figures(source)
        size = f"{f['cells']:7} {f['mean']:14.1f} {f['long']:16.0%}"
        print(f"{lessons.number(source):6} {size} {f['claims']:8} {f['after code']:21.0%}")
    for source in lessons.sources():
        for line in faults(source):
            print(f"{source.stem}: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
