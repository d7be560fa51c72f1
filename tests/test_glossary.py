"""Every term has one meaning, written down once, and no main part uses one that a reader has not met."""

import glossary
import lessons
import pytest

ENTRIES = """# Glossary

## autoencoder
A network that gives back its input.
Lesson: 00

## reconstruction error
How far what comes back lies
from what went in.
Lesson: 01
Also called: anomaly score

## code
The few numbers in the middle.
Lesson: 01
Everyday: yes

## capacity
How much a network can learn.
Lesson: 02
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """course(text, ...) writes lessons 00, 01, ... with an opening cell each; gives the glossary's faults without them."""
    monkeypatch.setattr(lessons, "SOURCES", tmp_path)

    def write(*texts, entries=ENTRIES):
        (tmp_path / "glossary.md").write_text(entries, encoding="utf8")
        for number in range(3):
            text = texts[number] if number < len(texts) else ""
            opening = "# %% [markdown]\n# # 00 Small\n# What capacity is.\n\n"
            (tmp_path / f"{number:02}_small.py").write_text(opening + text, encoding="utf8")
        return list(glossary.faults())

    return write


def markdown(text):
    return "# %% [markdown]\n" + "\n".join(f"# {line}" for line in text.splitlines()) + "\n\n"


def test_the_courses_own_glossary_holds():
    assert list(glossary.faults()) == []


def test_every_entry_is_a_word_of_the_lesson_it_names():
    texts = {lessons.number(source): source.read_text(encoding="utf8").lower() for source in lessons.sources()}
    entries = glossary.read(lessons.SOURCES / "glossary.md")
    assert [e.term for e in entries if not any(form.lower() in texts[e.lesson] for form in e.forms)] == []


def test_entries_are_read_with_their_other_names_and_plurals(course):
    course()
    entries = {entry.term: entry for entry in glossary.read(lessons.SOURCES / "glossary.md")}
    error = entries["reconstruction error"]
    assert error.meaning == "How far what comes back lies from what went in." and error.lesson == "01"
    assert {"reconstruction errors", "anomaly score", "anomaly scores"} <= error.forms
    assert entries["capacity"].forms >= {"capacities"} and entries["code"].everyday


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A **manifold** is bent.", "**manifold** has no entry"),
        ("The capacity is small.", "capacity is used before"),
        ("Two\ncapacities differ.", "capacity is used before"),
        ("The capacity, or **capacity**, is small.", "capacity is used before"),
        ("The anomaly\nscore is small.", "reconstruction error is used before"),
    ],
)
def test_a_word_the_reader_has_not_met_is_found(course, text, said):
    (line,) = course(markdown(text))
    assert line.startswith("00_small: ") and said in line


@pytest.mark.parametrize(
    "texts",
    [
        ["**Capacity** is much. The capacity grows."],
        ["A **capacity**.", "The capacity of lesson 00 again."],
        ["The code of the book."],
        ["", "", "The reconstruction error of lesson 01."],
        ["## Capacity\nComes later; `capacity` and $capacity$ too, and incapacity."],
        ["## Going deeper\nThe capacity is shown here."],
        ["**Predict first.** **40 minutes**, *emphasis*, **a whole sentence ends so.** **Shift + Enter (key)**"],
    ],
    ids=["bold first", "met before", "a plain word", "defined before", "no prose", "deeper part", "no term"],
)
def test_a_word_that_is_met_or_meant_otherwise_is_no_fault(course, texts):
    assert course(*(markdown(text) if text else "" for text in texts)) == []


def test_a_later_term_inside_an_earlier_one_is_no_use_of_it(course):
    error = "\n## error\nWhat one sample has.\nLesson: 02\n"
    texts = [markdown("A **reconstruction error**."), markdown("Its reconstruction error again.")]
    assert course(*texts, entries=ENTRIES.replace("Lesson: 01\nAlso", "Lesson: 00\nAlso") + error) == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("## x\nA letter of the alphabet.\nLesson: 77\n", "names lesson '77'"),
        ("## x\nA letter of the alphabet.\n", "names lesson ''"),
        ("## x\nLesson: 00\n", "x has no meaning"),
        ("## codes\nMany of the few numbers.\nLesson: 00\n", "codes is a name of code and of codes"),
    ],
)
def test_an_entry_that_says_too_little_or_says_it_twice_is_found(course, entry, said):
    assert any(said in line for line in course(entries=ENTRIES + "\n" + entry))
