"""The package is cheap to import, silent, layered, documented, and free of names that no lesson uses."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {path.name[:2]: path.read_text(encoding="utf8") for path in (ROOT / "notebooks" / "src").glob("*.py")}
PACKAGE = ROOT / "aelearn"
# Imports run one way: a module may import those before it, and inside a folder its own.
LAYERS = [
    "_shared",
    "_history",
    "_progress",
    "_files",
    "inputs",
    "_stream",
    "data",
    "windows",
    "models",
    "_loop",
    "training",
    "scoring",
    "thresholds",
    "detectors",
    "explaining",
    "serving",
    "evaluation",
    "events",
    "plots",
    "course",
    "__main__",
]
INSIDE = {
    "models": ["autoencoders", "gan", "recurrent", "__init__"],
    "detectors": ["storage", "base", "network", "autoencoder", "gan", "sequence", "__init__"],
}
FILES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = {name: path for name, path in FILES.items() if not name.startswith("course.checks")}
NOT_YET_WRITTEN = ("15",)  # lessons that will teach what some docstrings name them for
OF_KERAS = ("call", "get_config", "from_config")  # what Keras asks of a model, not a reader


def public_objects():
    """What a reader may import: names without underscore, of a folder those it lists; and the methods of their classes.

    Helpers that the package shares stand in modules with an underscore, or in a folder's modules and not on its list.
    """
    for name in LAYERS:
        if name.startswith("_") or name in ("inputs", "course"):
            continue
        module = importlib.import_module(f"aelearn.{name}")
        for key in getattr(module, "__all__", vars(module)):
            value = getattr(module, key)
            if not key.startswith("_") and getattr(value, "__module__", "").startswith(module.__name__):
                yield f"{name}.{key}", value
                if inspect.isclass(value) and name != "detectors":  # whose methods are scikit-learn's
                    yield from (
                        (f"{name}.{key}.{method}", function)
                        for method, function in vars(value).items()
                        if inspect.isfunction(function) and not method.startswith("_") and method not in OF_KERAS
                    )


PUBLIC = dict(public_objects())


def run_python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_import_aelearn_is_cheap_and_loads_no_tensorflow():
    code = "import time; t = time.perf_counter(); import aelearn; print(time.perf_counter() - t); import sys; assert 'tensorflow' not in sys.modules and 'numpy' not in sys.modules"
    seconds = []
    for _ in range(5):
        run = run_python(code)
        assert run.returncode == 0, run.stderr
        seconds.append(float(run.stdout))
    assert min(seconds) < 0.3


def test_tensorflow_starts_and_compiles_without_a_word_after_aelearn():
    run = run_python(
        "import aelearn, tensorflow as tf\n"
        "print(float(tf.function(lambda x: x + 1, jit_compile=True)(tf.constant(1.0))), tf.__spec__.name)"
    )
    assert run.stdout.split() == ["2.0", "tensorflow"] and run.stderr == ""


def test_a_missing_tensorflow_is_still_an_import_error():
    run = run_python("import sys; sys.modules['tensorflow.python'] = None\nimport aelearn\nimport tensorflow")
    assert "ImportError" in run.stderr or "ModuleNotFoundError" in run.stderr


def imports_of(path):
    """The modules of aelearn that a file imports, and what it takes from each: [(module, names)]; () for the module itself."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name.removeprefix("aelearn."), ()) for alias in node.names if "aelearn." in alias.name]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "aelearn":
            names = [alias.name for alias in node.names]
            inside = node.module.removeprefix("aelearn").strip(".")
            for name in names:
                whole = f"{inside}.{name}".strip(".")
                is_module = whole in FILES or f"{whole}.__init__" in FILES
                found.append((whole, ()) if is_module else (inside, (name,)))
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} has a relative import"
    return found


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way(name):
    layer, _, inner = name.partition(".")
    if name == "__init__":
        assert imports_of(MODULES[name]) == []
        return
    for module, taken in imports_of(MODULES[name]):
        other, _, other_inner = module.partition(".")
        if module == "":
            assert set(taken) <= {"silent_stderr"}  # the package's own
        elif other == layer != "course":
            order = INSIDE[layer]
            assert order.index(other_inner or "__init__") < order.index(inner), f"{name} imports {module}"
        else:
            assert LAYERS.index(other) < LAYERS.index(layer) or other == layer, f"{name} imports {module}"


@pytest.mark.parametrize("name", FILES)
def test_no_private_name_is_taken_from_another_module(name):
    """Neither by import nor as an attribute. A module with an underscore is the package's own: its names have none."""
    text = FILES[name].read_text(encoding="utf8")
    taken = imports_of(FILES[name])
    assert not [names for _, names in taken if any(part.startswith("_") for part in names)]
    tree = ast.parse(text)
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aelearn")
        for alias in node.names
        if any(f"{node.module}.{alias.name}" == f"aelearn.{module}" and not names for module, names in taken)
    }
    private = [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
    ]
    assert private == []


@pytest.mark.parametrize("name", MODULES)
def test_no_file_is_longer_than_300_lines(name):
    assert len(MODULES[name].read_text(encoding="utf8").splitlines()) <= 300


@pytest.mark.parametrize(
    "name", ["inputs", "data", "windows", "thresholds", "detectors", "explaining", "serving", "evaluation", "events"]
)
def test_what_needs_no_network_loads_no_tensorflow(name):
    run = run_python(f"import aelearn.{name}, sys; assert 'tensorflow' not in sys.modules")
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented_and_says_where_it_is_taught(name):
    text = inspect.getdoc(PUBLIC[name]) or ""
    assert re.search(r"Taught in: \d\d", text), f"{name} does not say where it is taught"


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_used_by_the_lesson_that_teaches_it(name):
    lesson = re.search(r"Taught in: (\d\d)", inspect.getdoc(PUBLIC[name]))[1]
    if lesson in NOT_YET_WRITTEN and lesson not in LESSONS:
        pytest.skip(f"lesson {lesson} is not written yet")
    assert re.search(rf"\b{name.rpartition('.')[2]}\b", LESSONS[lesson]), f"lesson {lesson} does not use {name}"


def test_the_doctor_reports_every_part_and_finds_this_machine_well(capsys):
    from aelearn.course import doctor

    assert doctor.report() is True
    text = capsys.readouterr().out
    for part in ("Python", "tensorflow", "keras", "memory", "disk", "data in", "trained in", "All is well"):
        assert part in text
    doctor.report(only_problems=True)
    assert capsys.readouterr().out == "All is well.\n"


def test_the_doctor_names_the_mend_for_what_is_missing(capsys, monkeypatch):
    from aelearn.course import doctor

    monkeypatch.setattr(doctor, "_PACKAGES", ("numpy", "no-such-package"))
    monkeypatch.setattr(doctor, "_FREE_GB", 1e9)
    assert doctor.report(only_problems=True) is False
    text = capsys.readouterr().out
    assert "MEND no-such-package is missing: run: pip install no-such-package" in text
    assert "delete files until" in text and "python -m aelearn" in text


def test_a_claim_shows_its_sentence_and_a_false_one_raises(capsys):
    from aelearn.course import claim

    claim("two is more than one", 2 > 1)
    assert capsys.readouterr().out == "✔ Claim holds: two is more than one\n"
    with pytest.raises(AssertionError, match="does not hold here: one is more than two"):
        claim("one is more than two", 1 > 2)


def test_nothing_in_the_package_runs_long_at_import():
    started = time.perf_counter()
    for name in ("inputs", "data", "thresholds", "scoring"):
        importlib.reload(importlib.import_module(f"aelearn.{name}"))
    assert time.perf_counter() - started < 1
