"""What a reader writes stays, whatever the course does; what he has not touched is the course's newest."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lab
import nbformat
import pytest
import working_copies

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def folders(tmp_path):
    """(lessons, copies): a small course with one lesson, its solution and a glossary, and nothing laid yet."""
    lessons = tmp_path / "notebooks"
    (lessons / "solutions").mkdir(parents=True)
    for name in ("04_errors.ipynb", "solutions/04_errors.ipynb", "99_glossary.ipynb"):
        lesson(lessons / name, "first")
    (lessons / "mine.ipynb").write_text("not a lesson")
    return lessons, tmp_path / "my-notebooks"


def lesson(path, text):
    """Store a lesson, as a build would: with an output, and with what it was made from."""
    output = nbformat.v4.new_output("stream", text="All is well.\n")
    cells = [
        nbformat.v4.new_markdown_cell(f"# {text}, see [the glossary](99_glossary.ipynb)"),
        nbformat.v4.new_code_cell("answer = ...", outputs=[output], execution_count=1),
    ]
    made_from = working_copies.fingerprint(cell.source for cell in cells)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"made_from": made_from}), path)


def answer(path, text="answer = 7"):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = text
    nbformat.write(notebook, path)  # as JupyterLab saves it


def text_of(path):
    return nbformat.read(path, as_version=4).cells[0].source


def laid(copies):
    return sorted(path.relative_to(copies).as_posix() for path in copies.rglob("*") if path.is_file())


FIRST = ["04_errors.ipynb", "99_glossary.ipynb", "solutions/04_errors.ipynb"]


def test_copies_of_lessons_hold_no_outputs_and_those_of_solutions_hold_theirs(folders):
    lessons, copies = folders
    before = (lessons / "04_errors.ipynb").read_bytes()
    assert working_copies.lay(lessons, copies) == (3, []) and laid(copies) == FIRST
    copy = nbformat.read(copies / "04_errors.ipynb", as_version=4)
    nbformat.validate(copy)
    assert copy.cells[1].outputs == [] and copy.cells[1].execution_count is None
    assert nbformat.read(copies / "solutions/04_errors.ipynb", as_version=4).cells[1].outputs
    assert (lessons / "04_errors.ipynb").read_bytes() == before


def test_laid_twice_nothing_is_written(folders):
    working_copies.lay(*folders)
    answer(folders[1] / "04_errors.ipynb")
    before = (folders[1] / "04_errors.ipynb").read_bytes()
    assert working_copies.lay(*folders) == (0, [])
    assert (folders[1] / "04_errors.ipynb").read_bytes() == before and laid(folders[1]) == FIRST


def test_an_untouched_copy_is_renewed_though_it_was_run(folders):
    lessons, copies = folders
    working_copies.lay(lessons, copies)
    ran = nbformat.read(copies / "04_errors.ipynb", as_version=4)
    ran.cells[1].execution_count = 3
    nbformat.write(ran, copies / "04_errors.ipynb")
    lesson(lessons / "04_errors.ipynb", "second")
    assert working_copies.lay(lessons, copies) == (1, [])
    assert text_of(copies / "04_errors.ipynb").startswith("# second") and laid(copies) == FIRST


@pytest.mark.parametrize("change", ["an answer", "a cell more", "a broken file", "another notebook under this name"])
def test_what_a_reader_wrote_stays_and_the_changed_lesson_lies_beside_it(folders, change):
    lessons, copies = folders
    working_copies.lay(lessons, copies)
    copy = copies / "04_errors.ipynb"
    if change == "an answer":
        answer(copy)
    elif change == "a broken file":
        copy.write_text('{"cells": [')
    else:
        notebook = nbformat.read(copy, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell("my_idea = 1"))
        if "another" in change:
            notebook.metadata.pop("made_from")
        nbformat.write(notebook, copy)
    before = copy.read_bytes()
    lesson(lessons / "04_errors.ipynb", "second")
    written, (sentence,) = working_copies.lay(lessons, copies)
    assert written == 1 and copy.read_bytes() == before
    assert sentence.startswith("04_errors.ipynb holds what you wrote and stays as it is; the lesson has changed since")
    assert sentence.endswith("beside it: 04_errors_updated.ipynb")
    assert text_of(copies / "04_errors_updated.ipynb").startswith("# second")
    assert working_copies.lay(lessons, copies) == (0, [])


def test_a_second_update_renews_the_copy_beside_or_lies_beside_it_too(folders):
    lessons, copies = folders
    working_copies.lay(lessons, copies)
    answer(copies / "04_errors.ipynb")
    for text in ("second", "third"):
        lesson(lessons / "04_errors.ipynb", text)
        working_copies.lay(lessons, copies)
    assert laid(copies) == sorted([*FIRST, "04_errors_updated.ipynb"])
    assert text_of(copies / "04_errors_updated.ipynb").startswith("# third")
    answer(copies / "04_errors_updated.ipynb", "answer = 8")
    lesson(lessons / "04_errors.ipynb", "fourth")
    working_copies.lay(lessons, copies)
    assert text_of(copies / "04_errors_updated_2.ipynb").startswith("# fourth")
    assert "answer = 8" in (copies / "04_errors_updated.ipynb").read_text()
    assert "answer = 7" in (copies / "04_errors.ipynb").read_text()


def test_answers_that_were_written_into_the_lesson_itself_are_taken_along_and_kept(folders):
    lessons, copies = folders
    answer(lessons / "04_errors.ipynb")
    working_copies.lay(lessons, copies)
    assert "answer = 7" in (copies / "04_errors.ipynb").read_text()
    lesson(lessons / "04_errors.ipynb", "second")
    assert working_copies.lay(lessons, copies)[1] and "answer = 7" in (copies / "04_errors.ipynb").read_text()


def test_a_course_without_solutions_lays_none(folders):
    lessons, copies = folders
    shutil.rmtree(lessons / "solutions")
    working_copies.lay(lessons, copies)
    assert laid(copies) == FIRST[:2]


@pytest.mark.parametrize("name", ["04", "4", "04_errors", "04_errors.ipynb", "my-notebooks/04_errors.ipynb"])
def test_a_lesson_is_found_by_number_and_by_name(folders, name):
    assert working_copies.find(name, *folders) == "04_errors.ipynb"


def test_a_notebook_of_the_readers_own_is_found(folders):
    working_copies.lay(*folders)
    (folders[1] / "plans.ipynb").write_text("{}")
    assert working_copies.find("plans", *folders) == "plans.ipynb"


@pytest.mark.parametrize("name", ["77", "", "thresholds"])
def test_an_unknown_lesson_is_one_sentence(folders, name):
    with pytest.raises(SystemExit, match=f"there is no lesson {name}; there are 04, 99$"):
        working_copies.find(name, *folders)
    with pytest.raises(SystemExit, match="there is no lesson 77"):
        lab.options(["77", "--no-browser"])


def test_every_relative_link_of_the_lessons_leads_somewhere_among_the_copies(tmp_path):
    working_copies.lay(copies=tmp_path)
    links = 0
    for path in [*tmp_path.glob("*.ipynb"), *tmp_path.glob("solutions/*.ipynb")]:
        for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for link in re.findall(r"\]\(([^)#\s:]+\.\w+)[^):]*\)", "".join(cell["source"])):
                    links += 1
                    assert (path.parent / link).is_file(), (path.name, link)
    assert links > 100


def test_a_lesson_is_named_first_and_options_are_handed_on():
    chosen = lab.options(["13", "--no-browser", "--port=8899"])
    assert chosen[-2:] == ["--no-browser", "--port=8899"]
    assert "--LabApp.default_url=/lab/tree/13_broken_on_purpose.ipynb" in chosen
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in lab.options(["--no-browser"])


def test_git_sees_no_copy():
    assert "my-notebooks/" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_settings_of_jupyterlab_are_ones_it_knows():
    """They say no to the news pop-up; what JupyterLab does not know it would ignore in silence."""
    share = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"
    overrides = json.loads((ROOT / "tools" / "lab_settings" / "overrides.json").read_text(encoding="utf8"))
    for plugin, settings in overrides.items():
        package, _, name = plugin.partition(":")
        known = json.loads((share / package / f"{name}.json").read_text(encoding="utf8"))["properties"]
        for setting, value in settings.items():
            assert setting in known
            choices = [choice["const"] for choice in known[setting].get("oneOf", [])]
            assert not choices or value in choices


def test_a_missing_name_is_said_in_a_sentence_and_a_plain_python_is_left_alone():
    code = f"get_ipython().run_line_magic('run', '-i {ROOT / 'tools/kernel_start.py'}')\ncheck('04.1', ...)"
    run = subprocess.run(
        [sys.executable, "-m", "IPython", "--colors=NoColor", "-c", code], capture_output=True, text=True
    )
    last = (run.stdout + run.stderr).strip().splitlines()[-1]
    assert last.startswith("NameError: name 'check' is not defined: if the lesson defines it, run the cells above")
    plain = subprocess.run([sys.executable, ROOT / "tools" / "kernel_start.py"], capture_output=True, text=True)
    assert (plain.returncode, plain.stdout, plain.stderr) == (0, "", "")
