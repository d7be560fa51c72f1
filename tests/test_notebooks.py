"""Notebooks come from their sources, rebuild to the same bytes, and a failure of any kind stops the build."""

import base64
import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lessons
import minutes
import pytest

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("course_notebooks", ROOT / "tools" / "notebooks.py")
notebooks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notebooks)

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb")) + sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
HEADER = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: percent\n# ---\n"
SMALL = (
    HEADER
    + """
# %% [markdown]
# # A lesson
# **9 minutes** · needs nothing

# %%
print("before")

# %% tags=["exercise"]
# BEGIN SOLUTION
first, second = 1, 2
third = first + second
# END SOLUTION
print(third)

# %% tags=["exercise"]
def double(number):
    # BEGIN SOLUTION
    twice = 2 * number
    return twice
    # END SOLUTION

print(double(4))
"""
)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course in a folder of its own; write(text) makes its one lesson."""
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(lessons, "SOURCES", tmp_path / "notebooks" / "src")
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "notebooks" / "src" / "glossary.md").touch()
    source = tmp_path / "notebooks" / "src" / "00_small.py"

    def write(text):
        source.write_text(text, encoding="utf8")
        return source

    return write


def built(source, solved):
    fine, line = notebooks.build_one(source)
    assert fine, line
    return notebooks.target(source, solved)


def text_of(path, kind):
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == kind)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_stored_output_holds_an_error_a_path_or_a_word_on_stderr(path):
    for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error" and output.get("name") != "stderr"
            assert str(ROOT) not in json.dumps(output)
            assert "image/png" not in output.get("data", {}), "JupyterLab shows it without alternative text"
            for picture in re.findall(r"<img[^>]*>", "".join(output.get("data", {}).get("text/html", ""))):
                assert len(re.search(r'alt="([^"]*)"', picture)[1]) > 20


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_shown_as_html_says_what_the_text_beside_it_says_which_alone_is_compared(path):
    for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                said = html.unescape(re.sub(r"<[^>]*>", " ", "".join(data["text/html"])))
                assert said.split() == "".join(data["text/plain"]).split()


def test_the_committed_notebooks_are_those_of_their_sources():
    assert [line for line in notebooks.differences() if not isinstance(line, notebooks.Kept)] == []


def test_solutions_are_blanked_for_the_reader_and_kept_in_the_solution(course):
    source = course(SMALL)
    reader, solution = text_of(built(source, False), "code"), text_of(built(source, True), "code")
    assert "first = ...\nsecond = ...\nthird = ..." in reader and "    return ..." in reader
    assert "2 * number" not in reader and "first + second" not in reader
    assert "    twice = 2 * number\n    return twice" in solution and "SOLUTION" not in reader + solution


def test_a_rebuild_changes_no_byte(course):
    source = course(SMALL + "\n# %%\nfrom aelearn import data\ndata.load('vowel')\n")
    before = built(source, True).read_bytes()
    assert built(source, True).read_bytes() == before


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("%no_such_magic", "no_such_magic"),
        ("%%no_such_cell_magic\n1", "no_such_cell_magic"),
        ("!false", "this command failed: false"),
        ("!no-such-command-here", "this command failed"),
        ("%pip install -q --no-index no-such-package-xyz", "this command failed"),
        ("import os; os._exit(1)", "died"),
        ("import sys; print('careful', file=sys.stderr)", "stderr"),
        ("import warnings; warnings.warn('careful')", "stderr"),
        ("from aelearn.course import claim; claim('never', False)", "does not hold"),
        ("from aelearn.course import check; check('00.1', 0.5)", "00.1"),
    ],
)
def test_a_cell_that_fails_in_any_way_stops_the_build_and_is_shown(course, cell, named):
    fine, line = notebooks.build_one(course(SMALL + f"\n# %%\n{cell}\n"))
    assert not fine and named in line and "cell 5" in line
    assert not notebooks.target(notebooks.sources()[0], True).exists()


EXERCISE = """
# %% tags=["exercise"]
from aelearn import data
from aelearn.course import check

# BEGIN SOLUTION
answer = SOLUTION
# END SOLUTION
check("00.1", answer)

# %%
print("the answer is", answer)
"""


def test_a_build_runs_each_exercise_solved_and_blank_and_the_cells_after_it_meet_the_blank(course):
    source = course(SMALL + EXERCISE.replace("= SOLUTION", "= data.load('mnist5k').y.mean()"))
    built(source, True)
    solution, reader = (outputs_of(notebooks.target(source, solved)) for solved in (True, False))
    assert "correct" in solution[-2] and "not tried yet" in reader[-2]
    assert solution[-1] == reader[-1] == "the answer is Ellipsis\n"


def outputs_of(path):
    """The text each code cell printed or showed."""
    cells = [cell for cell in json.loads(path.read_text(encoding="utf8"))["cells"] if cell["cell_type"] == "code"]
    return [
        "".join("".join(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in c["outputs"]) for c in cells
    ]


def test_a_wrong_solution_stops_the_build(course):
    fine, line = notebooks.build_one(course(SMALL + EXERCISE.replace("= SOLUTION", "= 0.5")))
    assert not fine and "00.1" in line


def test_check_finds_a_changed_source_a_missing_notebook_and_a_notebook_without_source(course):
    source = course(SMALL)
    assert sum("is missing" in line for line in notebooks.differences()) == 2
    for solved in (False, True):
        built(source, solved)
    assert list(notebooks.differences()) == []
    course(SMALL.replace("before", "after"))
    assert sum("differs from its source" in line for line in notebooks.differences()) == 2
    course(SMALL)
    shutil.copy(notebooks.target(source, False), notebooks.NOTEBOOKS / "99_stray.ipynb")
    assert [line for line in notebooks.differences() if "has no source" in line]


def test_check_finds_a_notebook_edited_by_hand_and_one_that_is_not_executed(course, monkeypatch):
    monkeypatch.setenv("CI", "true")  # where what is committed is checked
    source = course(SMALL)
    path = built(source, False)
    good = path.read_text(encoding="utf8")
    path.write_text(good.replace('print(\\"before\\")', 'print(\\"edited\\")'), encoding="utf8")
    assert any("differs" in line for line in notebooks.differences())
    notebook = json.loads(good)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    path.write_text(json.dumps(notebook), encoding="utf8")
    assert any("not executed" in line for line in notebooks.differences())


@pytest.mark.parametrize("solved", [False, True])
def test_an_output_that_only_one_edition_has_is_found(course, solved):
    path = built(course(SMALL), solved)
    path.write_text(path.read_text(encoding="utf8").replace("before\\n", "behind\\n"), encoding="utf8")
    assert any("another output than in the solution" in line for line in notebooks.differences())


def answered(path):
    """What a reader does to a notebook: an answer in an exercise cell, run and saved by JupyterLab."""
    notebook = json.loads(path.read_text(encoding="utf8"))
    notebook["metadata"]["language_info"]["version"] = "3.12.3"
    text = json.dumps(notebook).replace("first = ...", "first = 1").replace("before\\\\n", "printed anew\\\\n")
    path.write_text(text, encoding="utf8")
    return text


def test_a_readers_answers_are_no_fault_and_no_build_writes_over_them(course, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    source = course(SMALL)
    path = built(source, False)
    text = answered(path)
    assert notebooks.check() == 0
    assert "holds changes of yours, your answers perhaps: they are left as they are" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"00_small\.ipynb: changed since the build.*--over"):
        notebooks.build([])
    assert path.read_text(encoding="utf8") == text


def test_a_notebook_that_was_only_run_and_saved_is_no_fault(course, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    path = built(course(SMALL), False)
    path.write_text(answered(path).replace("first = 1", "first = ..."), encoding="utf8")
    assert list(notebooks.differences()) == []


def test_a_notebook_of_the_readers_own_is_left_alone(course):
    path = built(course(SMALL), False)
    shutil.copy(path, path.with_name("my_trials.ipynb"))
    assert list(notebooks.differences()) == []


FOR_READERS = """
# %% [markdown]
# An **autoencoder** gives back what it is given; a second **autoencoder** too.

# %% tags=["fold"]
# Draw a line
print("a line")
"""


GLOSSARY = "## autoencoder\nA network that gives back its input.\nLesson: 00\n"


@pytest.fixture
def with_terms(course):
    """The small course with a glossary, its lesson with a term and a folded cell."""
    source = course(SMALL + FOR_READERS)
    source.with_name("glossary.md").write_text(GLOSSARY, encoding="utf8")
    return source


@pytest.mark.parametrize(("solved", "folder"), [(False, ""), (True, "../")])
def test_a_terms_first_bold_use_links_to_the_glossary_and_carries_its_meaning(with_terms, solved, folder):
    text = text_of(built(with_terms, solved), "markdown")
    link = f'[**autoencoder**]({folder}99_glossary.ipynb#autoencoder "A network that gives back its input.")'
    assert f"An {link} gives back" in text and "a second **autoencoder** too" in text


def test_the_build_makes_the_glossarys_page_and_check_misses_it_when_it_is_old(with_terms, monkeypatch):
    monkeypatch.setattr(notebooks, "ProcessPoolExecutor", ThreadPoolExecutor)
    assert notebooks.build([]) == 0 and list(notebooks.differences()) == []
    text = text_of(notebooks.NOTEBOOKS / "99_glossary.ipynb", "markdown")
    assert "### autoencoder" in text and "[Lesson 00](00_small.ipynb)" in text
    glossary = with_terms.with_name("glossary.md")
    glossary.write_text(GLOSSARY + "## code\nWhat the encoder gives.\nLesson: 00\n", encoding="utf8")
    assert [line for line in notebooks.differences() if line.startswith("notebooks/99_glossary.ipynb differs")]


def test_a_folded_cell_is_hidden_in_jupyterlab_and_a_form_with_a_title_on_colab(with_terms):
    cells = json.loads(built(with_terms, False).read_text(encoding="utf8"))["cells"]
    kernel, *folded = [cell for cell in cells if cell["metadata"].get("cellView") == "form"]
    assert "course-kernel" in kernel["metadata"]["tags"]
    assert len(folded) == 1 and folded[0]["metadata"]["jupyter"] == {"source_hidden": True}
    assert folded[0]["source"][0] == "# @title Draw a line\n" and folded[0]["outputs"][0]["text"] == ["a line\n"]


def test_a_build_of_the_text_alone_keeps_every_output_and_refuses_changed_code(with_terms):
    for solved in (False, True):
        built(with_terms, solved)
    before = notebooks.target(with_terms, True).read_bytes()
    assert notebooks.text_anew(with_terms)[0] and notebooks.target(with_terms, True).read_bytes() == before
    text = with_terms.read_text(encoding="utf8")
    with_terms.write_text(text.replace("gives back what", "returns what"), encoding="utf8")
    assert notebooks.text_anew(with_terms)[0]
    assert b"returns what" in notebooks.target(with_terms, True).read_bytes()
    with_terms.write_text(text.replace('"before"', '"after"'), encoding="utf8")
    fine, line = notebooks.text_anew(with_terms)
    assert not fine and "its code has changed too" in line


PRINTS = """
# %%
trained = "a fit"

# %%
print("AUC .902, rows 12")
"""


def compared(course, stored):
    """What pytest says of the small course's solution, run as the test run does, with one number stored otherwise."""
    path = built(course(SMALL + EXERCISE.replace("= SOLUTION", "= data.load('mnist5k').y.mean()") + PRINTS), True)
    text = path.read_text(encoding="utf8").replace(".902, rows 12\\n", f"{stored}, rows 12\\n")
    path.write_text(text, encoding="utf8")
    return said_of(path)


def said_of(path):
    shutil.copy(ROOT / "notebooks" / "conftest.py", path.parents[1])
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-v",
        "--color=no",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        str(path),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools"), "PYTEST_ADDOPTS": ""}
    folder = path.parents[1]
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=300).stdout


def test_nbval_runs_each_exercise_solved_wrong_and_blank_and_passes_another_last_digit(course):
    said = compared(course, ".901")
    for name in ("Cell 3", "Cell 3, answered None", "Cell 3, answered 0", "Cell 3, blank"):
        assert f"::{name} PASSED" in said
    assert "failed" not in said


def test_nbval_fails_on_more_than_a_last_digit(course):
    said = compared(course, ".952")
    assert "::Cell 7 FAILED" in said and "1 failed" in said


def test_a_kernel_that_dies_is_noticed_at_once(course):
    path = built(course(SMALL), True)
    text = path.read_text(encoding="utf8").replace('print(\\"before\\")', "import os; os._exit(1)")
    path.write_text(text, encoding="utf8")
    assert "Kernel died while running this cell" in said_of(path)


def test_with_a_repository_every_notebook_gets_a_badge_and_a_colab_cell(monkeypatch):
    monkeypatch.setattr(notebooks, "repository", lambda: "someone/course")
    for source in notebooks.sources():
        for solved in (False, True):
            badge, setup, *_ = notebooks.make(source, solved).cells
            folder = "notebooks/solutions" if solved else "notebooks"
            assert (
                f"colab.research.google.com/github/someone/course/blob/main/{folder}/{source.stem}.ipynb"
                in badge.source
            )
            assert '"aelearn @ git+https://github.com/someone/course@main"' in setup.source
            assert 'if "google.colab" in sys.modules' in setup.source


def test_the_colab_cell_does_nothing_elsewhere(course, monkeypatch):
    monkeypatch.setattr(notebooks, "repository", lambda: "someone/course")
    path = built(course(SMALL), False)
    setup = json.loads(path.read_text(encoding="utf8"))["cells"][1]
    assert setup["outputs"] == []


def test_without_a_repository_there_is_neither(monkeypatch):
    monkeypatch.setattr(notebooks, "repository", lambda: "")
    for source in notebooks.sources():
        assert not any("colab" in cell.source.lower() for cell in notebooks.make(source, False).cells[:2])


@pytest.mark.parametrize("solved", [False, True])
def test_a_kernel_without_the_package_is_told_in_the_first_cell_which_to_choose(course, solved):
    source = course(SMALL)
    assert "outputs" in json.loads(built(source, solved).read_text(encoding="utf8"))["cells"][1]
    first = next(cell for cell in notebooks.make(source, solved).cells if cell.cell_type == "code")
    assert first.metadata["jupyter"] == {"source_hidden": True}
    run = subprocess.run([sys.executable, "-I", "-S", "-c", first.source], capture_output=True, text=True)
    sentence = f"{sys.executable} has no aelearn; choose the course's kernel at the top right"
    assert run.stderr.splitlines()[-1].startswith(f"ModuleNotFoundError: {sentence}")
    run = subprocess.run([sys.executable, "-c", first.source], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_build_of_the_text_alone_adds_the_cells_that_a_repository_brings(course, monkeypatch):
    source = course(SMALL)
    for solved in (True, False):
        built(source, solved)
    without = json.loads(notebooks.target(source, True).read_text(encoding="utf8"))["cells"]
    monkeypatch.setattr(notebooks, "repository", lambda: "someone/course")
    assert notebooks.text_anew(source)[0] and list(notebooks.differences()) == []
    with_setup = json.loads(notebooks.target(source, True).read_text(encoding="utf8"))["cells"][2:]
    assert [cell.get("outputs") for cell in with_setup] == [cell.get("outputs") for cell in without]


README = (ROOT / "README.md").read_text(encoding="utf8")


@pytest.mark.parametrize("source", notebooks.sources(), ids=lambda source: source.stem)
def test_the_readme_lists_every_lesson_with_its_minutes(source):
    title = re.search(r"^# # \d\d · (.+)$", source.read_text(encoding="utf8"), re.MULTILINE)[1]
    main, deeper = minutes.stated(source)
    stated = f"{main} + {deeper}" if deeper else str(main)
    assert f"| {source.name[:2]} | [{title}](notebooks/{source.stem}.ipynb) | {stated} |" in README


def test_the_readmes_pictures_are_small_and_one_of_a_lesson_and_one_that_the_test_in_a_browser_takes():
    pictures = re.findall(r"!\[.{40,}\]\((.*\.png)\)", README)
    assert all((ROOT / picture).stat().st_size < 60_000 for picture in pictures)
    assert pictures[0] == "docs/exercise.png"
    for picture in pictures[1:]:
        wanted = base64.b64encode((ROOT / picture).read_bytes()).decode()
        assert any(wanted in path.read_text(encoding="utf8").replace("\\n", "") for path in NOTEBOOKS)
