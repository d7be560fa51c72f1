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
# Imports run one way: a module may import those before it.
LAYERS = [
    "inputs",
    "_progress",
    "data",
    "windows",
    "models",
    "training",
    "scoring",
    "thresholds",
    "detectors",
    "gan",
    "sequences",
    "evaluation",
    "plots",
]


def public_objects():
    for name in LAYERS:
        if name not in ("inputs", "_progress"):
            module = importlib.import_module(f"aelearn.{name}")
            for key, value in vars(module).items():
                if not key.startswith("_") and getattr(value, "__module__", None) == module.__name__:
                    yield f"{name}.{key}", value
                    if inspect.isclass(value) and name != "detectors":  # whose methods are scikit-learn's
                        yield from (
                            (f"{name}.{key}.{method}", function)
                            for method, function in vars(value).items()
                            if inspect.isfunction(function) and not method.startswith("_") and method != "call"
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


@pytest.mark.parametrize("name", LAYERS)
def test_imports_run_one_way(name):
    tree = ast.parse((ROOT / "aelearn" / f"{name}.py").read_text(encoding="utf8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aelearn"):
            imported |= {node.module.removeprefix("aelearn").strip(".")} - {""} or {alias.name for alias in node.names}
    assert imported - {"_silent_stderr"} <= set(LAYERS[: LAYERS.index(name)])  # that one is the package's own


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented_and_says_where_it_is_taught(name):
    text = inspect.getdoc(PUBLIC[name]) or ""
    assert re.search(r"Taught in: \d\d", text), f"{name} does not say where it is taught"


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_used_by_the_lesson_that_teaches_it(name):
    lesson = re.search(r"Taught in: (\d\d)", inspect.getdoc(PUBLIC[name]))[1]
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
