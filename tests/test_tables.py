"""A table says the same in a notebook, in a terminal and to a screen reader, whatever form its rows come in."""

import html
import re

import numpy as np
import pytest

from aelearn.course import show_table, tables

TEXT = """\
What each is worth
method         AUC  alarms  note
PCA          0.873      5%  <old>
autoencoder  0.912     12%  new"""

FORMS = {
    "lists": [["PCA", 0.8731, 0.05, "<old>"], ["autoencoder", 0.912, 0.12, "new"]],
    "names": {"PCA": [0.8731, 0.05, "<old>"], "autoencoder": [0.912, 0.12, "new"]},
    "dicts": [
        {"method": "PCA", "AUC": np.float32(0.8731), "alarms": 0.05, "note": "<old>"},
        {"method": "autoencoder", "note": "new", "AUC": np.float64(0.912), "alarms": 0.12},
    ],
    "names of dicts": {
        "PCA": {"AUC": 0.8731, "alarms": 0.05, "note": "<old>"},
        "autoencoder": {"AUC": 0.912, "alarms": 0.12, "note": "new"},
    },
}


@pytest.fixture
def shown(monkeypatch):
    """What a notebook is given to display: a list that show_table adds to."""
    outputs = []
    monkeypatch.setattr(tables, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: outputs.append(data))
    return outputs


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_rows_gives_the_same_table(form, capsys):
    show_table(
        FORMS[form], columns=["method", "AUC", "alarms", "note"], percent=["alarms"], caption="What each is worth"
    )
    assert capsys.readouterr().out.rstrip("\n") == TEXT


def test_a_notebook_gets_both_and_they_say_the_same(shown):
    show_table(FORMS["dicts"], percent=["alarms"], caption="What each is worth")
    (output,) = shown
    assert output["text/plain"] == TEXT
    assert html.unescape(re.sub(r"<[^>]*>", " ", output["text/html"])).split() == TEXT.split()


def test_a_screen_reader_is_told_what_a_number_belongs_to(shown):
    show_table(FORMS["dicts"], percent=["alarms"], caption="What each is worth")
    page = shown[0]["text/html"]
    assert page.count('<th scope="col"') == 4 and page.count('<th scope="row"') == 2
    assert re.search(r"<caption[^>]*>What each is worth</caption>", page) and "<td" in page
    assert "color" not in page and "background" not in page  # the theme's own, light or dark


def test_numbers_stand_right_and_words_left(shown):
    show_table(FORMS["dicts"], percent=["alarms"], caption="c")
    sides = re.findall(r"<td[^>]*text-align: (\w+)", shown[0]["text/html"])
    assert sides == ["right", "right", "left"] * 2


def test_decimals_by_column_pairs_counts_and_empty_cells(capsys):
    rows = [["a", 3, (0.25, 0.5), 0.123], ["b", 12, None, 0.5]]
    show_table(
        rows, ["", "rows", "interval", "share"], caption="c", digits={"interval": 1, "share": 1}, percent=["share"]
    )
    assert capsys.readouterr().out.splitlines()[2:] == ["a     3  0.2 to 0.5  12.3%", "b    12              50.0%"]


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ([["a", 1], ["b"]], {"columns": ["x", "y"]}, r"\['b'\] has 1 cells, and there are 2 columns"),
        ([], {"columns": ["x"]}, "0 rows"),
        ([["a", 1]], {}, "columns is None"),
        ([["a", 1]], {"columns": ["x", "y"], "percent": ["z"]}, "'z' is no column; there are 'x', 'y'"),
        ([["a", 1]], {"columns": ["x", "y"], "digits": {"z": 1}}, "'z' is no column"),
    ],
)
def test_what_does_not_fit_is_named(rows, more, said):
    with pytest.raises(ValueError, match=said):
        show_table(rows, caption="c", **more)
