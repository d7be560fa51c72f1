"""The check of claims finds one that cannot fail, and leaves alone those that can."""

import claims_check
import claims_perturbed
import numpy as np
import pytest
from claims_check import Claim, judged
from sklearn.metrics import roc_auc_score

from aelearn import data

LESSON = """\
# %% [markdown]
# # A lesson made up for this test

# %%
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from aelearn import data
from aelearn.course import claim

parts = data.split(data.load("breast_cancer"), seed=0)
nearest = NearestNeighbors(n_neighbors=1).fit(parts.x_train)
auc = roc_auc_score(parts.y_test, nearest.kneighbors(parts.x_test)[0][:, 0])

# %%
for limit in (0.8, 0):
    claim(f"The AUC is above {limit}", auc > limit)

# %%
claim("Five anomalies or more", parts.y_test.sum() >= 5)
"""


def test_a_claim_that_cannot_fail_is_found_and_one_that_can_is_not(tmp_path, monkeypatch, capsys):
    source, reasons = tmp_path / "99_made_up.py", tmp_path / "always.toml"
    source.write_text(LESSON, encoding="utf8")
    reasons.write_text('[99]\n"Five anomalies or more" = "a fact of the data set"\n', encoding="utf8")
    monkeypatch.setattr(claims_check, "sources", lambda numbers: [source])
    monkeypatch.setattr(claims_check, "ALWAYS", reasons)
    monkeypatch.setattr(claims_check, "PERTURBATIONS", {name: "" for name in ("labels", "random", "untrained")})
    monkeypatch.setattr(claims_check, "NOTEBOOKS", tmp_path)
    assert claims_check.main([]) == 1
    table, _, found = capsys.readouterr().out.partition("no reason is given:\n")
    assert found.split() == ["line", "17:", "The", "AUC", "is", "above", "0"]
    rows = [line.split(None, 4) for line in table.splitlines()[-4:-1]]
    assert [row[:3] for row in rows] == [["x", "x", "2"], ["·", "·", "2"], ["·", "·", "3"]]  # nothing is trained: blank


def claim(sentence, **verdicts):
    return Claim(1, 1, sentence, "holds", verdicts)


def test_a_claim_that_was_only_not_reached_is_named_apart():
    kinds = judged([claim("a", labels="error"), claim("b", labels="fails", random="error")], {})
    assert list(kinds.values()) == [["line 1: a"]] and "no fault" in next(iter(kinds))


def test_reasons_are_held_to_the_claims_there_are():
    kinds = judged([claim("a", labels="fails"), claim("b", labels="holds")], {"a": "", "b": "", "c": ""})
    assert list(kinds.values()) == [["line 1: a ()"], ["c"]]


def test_cells_keep_the_lines_of_their_file(tmp_path):
    (tmp_path / "lesson.py").write_text("# %% [markdown]\n# text\n\n# %%\nx = 1\n\n# %%\ny = 2\n", encoding="utf8")
    cells = dict(claims_perturbed.code_cells(tmp_path / "lesson.py"))
    assert [code.count("\n", 0, code.index("=")) + 1 for code in cells.values()] == [5, 8] and list(cells) == [1, 2]


def test_what_is_shuffled_keeps_its_numbers():
    vowel, split = data.load("vowel"), data.split(data.load("vowel"), seed=0)
    labels = claims_perturbed.labels_elsewhere(data.load, "vowel")
    assert labels.y.sum() == vowel.y.sum() and (labels.y != vowel.y).any() and (labels.x == vowel.x).all()
    numbers = claims_perturbed.numbers_shuffled(data.load, "vowel")
    assert (np.sort(numbers.x, axis=None) == np.sort(vowel.x, axis=None)).all() and (numbers.x != vowel.x).any()
    on_test = claims_perturbed.trained_on_test(data.split, vowel, seed=0)
    assert on_test.x_train.shape == split.x_train.shape and set(on_test.rows_train) <= set(split.rows_test)


def test_an_uneven_ranking_is_perfect_or_noise():
    y, scores = np.array([0, 1] * 200), np.random.default_rng(0).random(400)
    aucs = np.array([claims_perturbed.second_uneven(roc_auc_score, y, scores) for _ in range(20)])
    assert set(aucs > 0.65) == {True, False} and (aucs[aucs > 0.65] == 1).all()


@pytest.mark.parametrize("change", [claims_perturbed.exchanged, claims_perturbed.in_order])
@pytest.mark.parametrize(
    "name, path", [("scoreboard", ("table", "vowel")), ("picture_sizes", ("pictures", "7", "auc"))]
)
def test_a_board_has_its_numbers_under_other_methods(name, path, change):
    before, after = data.results(name), change(data.results, name)
    for key in path:
        before, after = before[key], after[key]
    assert sum(before[method] != after[method] for method in before) > len(before) / 2
    assert sorted(map(str, lists(before))) == sorted(map(str, lists(after)))


def test_a_sorted_board_has_the_same_winner_on_every_table():
    board = claims_perturbed.in_order(data.results, "scoreboard")
    means = [[np.mean(method["auc"]) for method in board["table"][task].values()] for task in ("vowel", "page_blocks")]
    assert means == [sorted(row) for row in means]


def lists(values):
    return [values] if isinstance(values, list) else [found for value in values.values() for found in lists(value)]
