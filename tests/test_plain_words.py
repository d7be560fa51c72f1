"""The last lines of a failed run say what a person should do."""

import plain_words
import pytest

NOTEBOOK = "notebooks/solutions/09_one_class_svm.ipynb::Cell 7"


@pytest.mark.parametrize(
    ("nodeid", "words", "sentence"),
    [
        (NOTEBOOK, "OSError: [Errno 28] No space left on device", "The disk is full"),
        (NOTEBOOK, "plugin exception: Kernel died while running this cell", "memory ran out"),
        (NOTEBOOK, "plugin exception: Kernel dead on test start", "memory ran out"),
        ("tests/test_data.py::test_x", "MemoryError", "memory ran out"),
        (NOTEBOOK, "Timeout of 600 seconds exceeded executing cell", "longer than its ten minutes"),
        (
            NOTEBOOK,
            "Cell execution caused an exception",
            "A cell of a notebook stopped with an error: 09_one_class_svm, cell 7",
        ),
        ("tests/test_data.py::test_x", "assert 1 == 2", "A test of the package failed: tests/test_data.py::test_x"),
        ("tests/test_data.py::test_x", "ModuleNotFoundError: No module named 'keras'", "Delete the folder .venv"),
    ],
)
def test_a_failure_is_put_into_words(nodeid, words, sentence):
    assert sentence in "\n".join(plain_words.advice(nodeid, words))


def test_a_differing_output_shows_both_lines_and_where_to_report_it():
    lines = plain_words.advice(NOTEBOOK, "Cell outputs differ", ["AUC .902", "AUC .85"])
    assert "  stored: AUC .902" in lines and "  here:   AUC .85" in lines
    assert plain_words.where_to_report() in lines[-1]


def test_a_repository_is_where_faults_are_reported(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[tool.course]\nrepository = "someone/course"\n', encoding="utf8")
    monkeypatch.setattr(plain_words, "PROJECT", tmp_path / "pyproject.toml")
    assert plain_words.where_to_report().endswith("github.com/someone/course/issues")
