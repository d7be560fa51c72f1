"""A lesson can be followed by its reader: in the minutes it states, in code he could write himself."""

import lessons
import minutes
import pytest
import style

HEADER = "# ---\n# jupyter:\n# ---\n"
LESSONS = pytest.mark.parametrize("source", lessons.sources(), ids=lambda source: source.stem)


@pytest.fixture
def lesson(tmp_path):
    """lesson(text) writes a source and gives its path."""

    def write(text, name="04_small.py"):
        path = tmp_path / name
        path.write_text(HEADER + text, encoding="utf8")
        return path

    return write


@LESSONS
@pytest.mark.parametrize("held", [minutes, style], ids=lambda module: module.__name__)
def test_a_lesson_holds(source, held):
    assert list(held.faults(source)) == []


def test_all_main_parts_fit_into_the_hours():
    assert minutes.main_hours(lessons.sources()) <= minutes.MOST_HOURS


PARTS = """
# %% [markdown]
# # 04 · Small
# **1 minutes**, and 2 for going deeper · needs nothing

# %% tags=["fold"]
# Draw
one = 1

# %% [markdown]
# ## Going deeper
# words

# %%
two = 2

# %% [markdown]
# ## Sources
"""


def test_cells_know_their_part_and_their_tags(lesson):
    cells = lessons.cells(lesson(PARTS))
    assert [(cell.kind, cell.part) for cell in cells] == [
        ("markdown", "main"),
        ("code", "main"),
        ("markdown", "deeper"),
        ("code", "deeper"),
        ("markdown", "end"),
    ]
    assert cells[1].tags == ("fold",) and cells[1].text == "# Draw\none = 1"
    assert minutes.stated(lesson(PARTS)) == (1, 2)


def minutes_of(lesson, text):
    return minutes.computed(lesson("\n# %% [markdown]\n# # 04\n" + text))[0]


@pytest.mark.parametrize(
    ("more", "costs"),
    [
        ("# " + "word " * 120, 1.0),
        ("# $$x = y$$", minutes.FORMULA),
        ("# the symbol $x$", 2 / 120 + minutes.SYMBOL),
        ("# **Predict first.** So?", 3 / 120 + minutes.PREDICTION),
        ("# <details><summary></summary></details>", minutes.QUESTION),
        ("\n# %%\na = 1\n# a comment\nb = 2", 2 * minutes.CODE_LINE),
        ('\n# %% tags=["fold"]\n# Draw\na = 1\nb = 2', 0.0),
        ("\n# %%\ntraining.train(model, x)", minutes.CODE_LINE + minutes.TRAINING),
        (
            '\n# %% tags=["exercise"]\n# BEGIN SOLUTION\na = 1\nb = 2\n# END SOLUTION\ncheck("04.1", a)',
            minutes.EXERCISE + 2 * minutes.SOLUTION_LINE + minutes.CODE_LINE,
        ),
    ],
)
def test_what_each_thing_costs(lesson, more, costs):
    assert minutes_of(lesson, more) - minutes_of(lesson, "") == pytest.approx(costs)


def test_a_header_that_states_half_of_what_the_rule_gives_is_found(lesson):
    text = "\n# %% [markdown]\n# **10 minutes** · needs nothing\n# " + "word " * 2400
    assert any("states 10 minutes for the main part, and the rule gives 20" in f for f in minutes.faults(lesson(text)))
    assert list(minutes.faults(lesson(text.replace("10", "20")))) == []
    assert any("40 are the most" in f for f in minutes.faults(lesson(text + "word " * 3000, "00_small.py")))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("[[a for a in b] for b in c]", "nested comprehension"),
        ("{a: b for a in c for b in a}", "nested comprehension"),
        ("max(sum(a for a in b) for b in c)", "nested comprehension"),
        ("f = {'a': lambda x: x}", "dict of lambdas"),
        ("d = {(1, 2): 3}", "a key that is a tuple"),
        ("d = {(a, 1): 3 for a in b}", "a key that is a tuple"),
        ("d['vowel', seed]", "a key that is a tuple"),
        ("d[f'{a}', seed]", "a key that is a tuple"),
        ("%matplotlib inline\nd = {(1, 2): 3}", "a key that is a tuple"),
    ],
)
def test_dense_code_is_found(lesson, code, said):
    assert said in "\n".join(style.faults(lesson(f"\n# %%\n{code}\n")))


@pytest.mark.parametrize("code", ["x[:, 0]", "x[i, j]", "[a for a in b]", "{'a': f}", "sorted(b, key=lambda a: a)"])
def test_plain_code_is_no_fault(lesson, code):
    assert list(style.faults(lesson(f"\n# %%\n{code}\n"))) == []


def test_long_cells_and_many_claims_are_found(lesson):
    long = "\n# %%\n" + "a = 1\n" * 16
    assert "16.0 lines a cell" in "\n".join(style.faults(lesson(long))) and style.figures(lesson(long))["long"] == 1
    claims = "\n# %%\nclaim('a', True)\n" * 16
    assert any("16 claims" in line for line in style.faults(lesson(claims)))
    deeper = "\n# %% [markdown]\n# ## Going deeper\n" + claims
    assert list(style.faults(lesson(deeper))) == [] and style.figures(lesson(claims))["after code"] == 15 / 16


EXERCISE = '\n# %% tags=["exercise"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EXERCISE + "answer = ...\n\n# %%\nprint(answer)", "reads answer"),
        (EXERCISE + "def answer(): ...\n\n# %%\ndef f():\n    return answer()", "reads answer"),
        ("\n# %%\nx = 1\n" + EXERCISE + "x = ...\n\n# %%\nprint(x)", "reads x"),
        (EXERCISE + "a = 1\n" + EXERCISE + "check(a)", "reads a"),
        (EXERCISE + "import numpy as np\nanswer = np.ones(3)", "an exercise that imports"),
        ("\n# %%\nx = data.load('a')\n\n# %%\nx = data.split(x)", "x holds the lesson's data"),
        ('\n# %% tags=["fold"]\nprint(1)', "does not begin with a comment"),
    ],
)
def test_what_breaks_for_a_reader_who_answers_nothing_or_goes_back_is_found(lesson, text, said):
    assert said in "\n".join(style.faults(lesson(text)))


@pytest.mark.parametrize(
    "text",
    [
        EXERCISE + "answer = ...\ncheck(answer)\n\n# %%\nanswer = 2\nprint(answer)",
        EXERCISE + "answer = ...\n\n# %%\ndef f(answer):\n    return answer",
        "\n# %%\nx = data.load('a')\nparts = data.split(x)\n\n# %%\nx = data.load('a')",
    ],
)
def test_what_breaks_nothing_is_no_fault(lesson, text):
    assert list(style.faults(lesson(text))) == []
