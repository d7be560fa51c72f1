"""What this course adds to nbval, which runs the solution notebooks and compares them with their stored outputs.

Numbers are compared by value (tools/comparison.py), and of an output that has both, the text and not the HTML, which says the
same (a test holds that). After each exercise the reader's cell runs in the same kernel, with
wrong answers and then with the blank, whose stored output is compared too: so the rest of the notebook meets what a
reader who answers nothing has, and that *Run All* never stops is proved without running everything twice.
"""

import os
import re
import time
from collections import defaultdict
from pathlib import Path
from queue import Empty

import comparison
import nbformat
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile

WRONG_ANSWERS = ("None", "0")
BLANK = re.compile(r"(= |return )\.\.\.$", re.MULTILINE)

collect_as_nbval_does = IPyNbFile.collect
set_up_as_nbval_does = IPyNbFile.setup
sanitize_as_nbval_does = IPyNbCell.sanitize
format_as_nbval_does = IPyNbCell.format_output_compare
await_as_nbval_does = RunningKernel.await_reply


def pytest_ignore_collect(collection_path):
    """The readers' edition: its exercise cells run with the solutions', and a test holds that its other cells are theirs."""
    return True if collection_path.suffix == ".ipynb" and collection_path.parent == Path(__file__).parent else None


def collect(self):
    """The cells of a solution notebook, and after each exercise the reader's cell: answered wrongly, then blank."""
    notebook = nbformat.read(self.path.parents[1] / self.path.name, as_version=4)
    readers = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tolerance, after_exercise = comparison.EXACT, True
    self.skip_compare += ("text/html",)
    for item in collect_as_nbval_does(self):
        cell = item.cell
        if comparison.TRAINS.search(cell.source):
            tolerance = comparison.TRAINED
        item.tolerance, is_exercise = tolerance, cell.source != readers[item.cell_num].source
        if after_exercise:
            _be_strict(item, True)
        yield item
        if is_exercise:
            for answer in WRONG_ANSWERS:
                yield _readers_cell(item, readers[item.cell_num], f"answered {answer}", answer)
            yield _readers_cell(item, readers[item.cell_num], "blank")
        after_exercise = is_exercise


def _readers_cell(item, cell, name, answer=None):
    cell = nbformat.from_dict(cell)
    if answer is not None:
        cell.source = BLANK.sub(rf"\g<1>{answer}", cell.source)
    options = defaultdict(bool, check=answer is None)
    blank = IPyNbCell.from_parent(
        item.parent, name=f"{item.name}, {name}", cell_num=item.cell_num, cell=cell, options=options
    )
    blank.tolerance = item.tolerance
    _be_strict(blank, False)
    return blank


def _be_strict(item, strict):
    """From this cell on an exercise that is not right raises, or not: in the solutions every one must be right."""
    item.cell.source = f"__import__('os').environ['AELEARN_STRICT'] = '{strict:d}'\n{item.cell.source}"


def sanitize(self, text):
    text = sanitize_as_nbval_does(self, text)
    return comparison.Printed(text, self.tolerance) if isinstance(text, str) else text


def set_up(self):
    """Start the kernel; where `course.py test matrix` asks for it, each claim's numbers are written to a file."""
    set_up_as_nbval_does(self)
    if os.environ.get("COURSE_CLAIMS"):
        names = f"CLAIMS_FILE, CLAIMS_LESSON = {os.environ['COURSE_CLAIMS']!r}, {self.path.stem!r}\n"
        code = names + (Path(comparison.__file__).parent / "claims_seen.py").read_text(encoding="utf8")
        self.kernel.await_reply(self.kernel.execute_cell_input(code), timeout=60)


def format_output_compare(self, key, left, right):
    """Beside nbval's own report: the first line that differs, for the plain words at the end of the run."""
    if isinstance(left, comparison.Printed):
        pair = comparison.first_difference(left, right, **self.tolerance)
        self.user_properties.append(("difference", [str(line) for line in pair]))
    format_as_nbval_does(self, key, left, right)


def await_reply(self, msg_id, timeout=None):
    """As nbval's, but a kernel that died is noticed at once and not after the cell's ten minutes."""
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        try:
            return await_as_nbval_does(self, msg_id, timeout=1)
        except Empty:
            if not self.is_alive():
                raise RuntimeError("Kernel died while running this cell") from None
            if time.monotonic() > end:
                raise


IPyNbFile.collect = collect
IPyNbFile.setup = set_up
IPyNbCell.sanitize = sanitize
IPyNbCell.format_output_compare = format_output_compare
RunningKernel.await_reply = await_reply
