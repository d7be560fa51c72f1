"""How many minutes a lesson takes, by a rule: python tools/minutes.py prints the table.

The rule stands for a reader who knows Python and a little NumPy, and who reads every line, predicts before running, solves the
exercises and takes the quiz. Its numbers were fitted to one careful reading of lessons 00 to 13 as they once were: the
sum over the lessons came out within 2 %, a single lesson within 8 % on average and 17 % at most.
"""

import re
import sys

import comparison
import lessons

WORD = 1 / 120
FORMULA = 3.0  # on a line of its own
SYMBOL = 0.7  # a formula inside a sentence
CODE_LINE = 0.075  # of a cell that is not folded, without the solutions
PREDICTION = 1.0
EXERCISE, SOLUTION_LINE = 2.0, 1.1  # understanding what is asked, and then each line that answers it
QUESTION = 0.75  # of the quiz
TRAINING = 0.1  # waiting for a cell that trains

MOST_MAIN, MOST_OF_FIRST = 60, 40  # minutes of a main part; of lesson 00
MOST_HOURS = 15  # of all main parts together
TOLERANCE = 0.15  # between what a header states and what the rule gives

STATED = re.compile(r"\*\*(\d+) minutes\*\*(?:, and (\d+) for going deeper)?")
SOLUTION = re.compile(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", re.DOTALL)


def of_text(text):
    """Minutes to read a markdown cell."""
    formulas = re.findall(r"\$\$.+?\$\$", text, re.DOTALL)
    symbols = re.findall(r"\$[^$]+\$", re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL))
    plain = re.sub(r"\$\$.+?\$\$|\$[^$]+\$|<[^>]*>|\(http[^)]*\)", "", text, flags=re.DOTALL)
    words = re.findall(r"[^\W\d_]+", plain)
    return (
        WORD * len(words)
        + FORMULA * len(formulas)
        + SYMBOL * len(symbols)
        + PREDICTION * plain.count("**Predict")
        + QUESTION * text.count("<details>")
    )


def of_code(cell):
    """Minutes for a code cell: to read what is not folded, to solve what is asked, to wait for what trains."""
    solved = sum(lessons.code_lines(solution) for solution in SOLUTION.findall(cell.text))
    read = 0 if "fold" in cell.tags else lessons.code_lines(cell.text) - solved
    exercise = EXERCISE + SOLUTION_LINE * solved if "exercise" in cell.tags else 0
    return CODE_LINE * read + exercise + TRAINING * bool(comparison.TRAINS.search(cell.text))


def computed(source):
    """(minutes of the main part, minutes of the deeper part) by the rule."""
    minutes = {"main": 0.0, "deeper": 0.0, "end": 0.0}
    for cell in lessons.cells(source):
        minutes[cell.part] += of_text(cell.text) if cell.kind == "markdown" else of_code(cell)
    return minutes["main"], minutes["deeper"]


def stated(source):
    """(main, deeper) as the lesson's header states them; 0 for what it does not state."""
    found = STATED.search(source.read_text(encoding="utf8"))
    return tuple(int(minutes or 0) for minutes in found.groups()) if found else (0, 0)


def faults(source):
    """One line for each way in which a lesson's times do not hold."""
    if lessons.number(source) == lessons.REFRESHER:
        return
    parts = zip(("main part", "part Going deeper"), stated(source), computed(source), strict=True)
    for part, says, takes in parts:
        if abs(says - takes) > max(TOLERANCE * takes, 1):
            yield f"the header states {says} minutes for the {part}, and the rule gives {takes:.0f}"
    most = MOST_OF_FIRST if lessons.number(source) == "00" else MOST_MAIN
    if max(stated(source)[0], computed(source)[0]) > most:
        yield f"the main part takes {computed(source)[0]:.0f} minutes; {most} are the most"


def main_hours(sources):
    """Hours of the main parts of these sources together, as the rule gives them."""
    return sum(computed(source)[0] for source in sources if lessons.number(source) != lessons.REFRESHER) / 60


def main():
    print("lesson   stated: main  deeper   computed: main  deeper")
    for source in lessons.sources():
        says, takes = stated(source), computed(source)
        print(f"{lessons.number(source):6} {says[0]:14} {says[1]:7} {takes[0]:16.0f} {takes[1]:7.0f}")
    print(f"all main parts: {main_hours(lessons.sources()):.1f} hours; at most {MOST_HOURS} are wanted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
