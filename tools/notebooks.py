"""Notebooks from their sources: build, check, run. Called by course.py inside the environment.

notebooks/src/NN_name.py (jupytext py:percent, solved) becomes notebooks/solutions/NN_name.ipynb and, with the
solutions blanked, notebooks/NN_name.ipynb. One kernel runs both: each exercise solved, then blank, so that the cells
after it meet what a reader who answers nothing has. All other cells run once, and both editions keep their outputs.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import glossary
import jupytext
import minutes
import nbformat
import style
import working_copies
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
CELL_SECONDS = 600
SOLUTION = re.compile(r"^([ \t]*)# BEGIN SOLUTION\n(.*?)^[ \t]*# END SOLUTION\n?", re.MULTILINE | re.DOTALL)
CHECK = re.compile(r"^check\(\s*[\"'](\d\d\.\d+)[\"'].*", re.MULTILINE | re.DOTALL)
COLAB = "https://colab.research.google.com"
SETUP = """\
# On Google Colab this installs the course's helper package; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q "aelearn @ git+https://github.com/{repository}@main\""""
KERNEL = """\
# Has this kernel the course's package?
import importlib.util
import sys

if importlib.util.find_spec("aelearn") is None:
    raise ModuleNotFoundError(
        f"{sys.executable} has no aelearn; choose the course's kernel at the top right of this notebook: "
        "'Python 3 (ipykernel)' in the JupyterLab of course.py lab, '.venv' in VS Code"
    )"""
STAMPED = {"colab-setup", "course-kernel"}  # tags of cells that the build adds
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
STRICT = "__import__('os').environ['AELEARN_STRICT'] = '{}'"
STRICT_SHELL = Path(__file__).resolve().with_name("strict_shell.py")


def repository():
    """owner/name of the public repository, or '' while it has none."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"]["course"]["repository"]


def blank(match):
    """A solution, replaced by what the reader fills in: `name = ...`, or `return ...` inside a function."""
    indent, body = match[1], ast.parse(textwrap.dedent(match[2])).body
    if any(isinstance(statement, ast.Return) for statement in body):
        return f"{indent}# your code here\n{indent}return ...\n"
    names = []
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign):
            names += [
                node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)
            ]
    return "".join([f"{indent}# your code here\n", *(f"{indent}{name} = ...\n" for name in dict.fromkeys(names))])


def make(source, solved):
    """The notebook of a source, not yet executed: the reader's, or the solved one."""
    cells = []
    for cell in jupytext.read(source, fmt="py:percent").cells:
        replacement = (lambda match: match[2]) if solved else blank
        cell.source = SOLUTION.sub(replacement, cell.source + "\n").rstrip("\n")
        cells.append(cell)
    add_kernel_cell(cells)
    for_readers(cells, "../" if solved else "")
    if repository():
        path = target(source, solved).relative_to(ROOT).as_posix()
        address = f"{COLAB}/github/{repository()}/blob/main/{path}"
        badge = nbformat.v4.new_markdown_cell(f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({address})")
        setup = nbformat.v4.new_code_cell(SETUP.format(repository=repository()), metadata={"tags": ["colab-setup"]})
        cells = [badge, setup, *cells]
    return notebook_of(cells)


def add_kernel_cell(cells):
    """Before the first code of a notebook: what to do where the kernel lacks aelearn. Folded, and silent elsewhere."""
    first = next((place for place, cell in enumerate(cells) if cell.cell_type == "code"), None)
    if first is not None:
        cells.insert(first, nbformat.v4.new_code_cell(KERNEL, metadata={"tags": ["course-kernel", "fold"]}))


def is_stamped(cell):
    return not STAMPED.isdisjoint(cell.metadata.get("tags", []))


def for_readers(cells, folder):
    """Link terms to the glossary, which as the readers' edition lies in `folder`, and fold the cells tagged so."""
    prose = [cell for cell in cells if cell.cell_type == "markdown"]
    texts = [re.sub(r"\]\((?=\d\d_\w+\.ipynb)", f"]({folder}", cell.source) for cell in prose]  # links by hand
    texts = glossary.linked(texts, NOTEBOOKS / "src" / "glossary.md", folder)
    for cell, text in zip(prose, texts, strict=True):
        cell.source = text
    for cell in cells:
        if "fold" in cell.metadata.get(
            "tags", []
        ):  # hidden in JupyterLab; on Colab a form, whose title is the first line
            cell.metadata.update(jupyter={"source_hidden": True}, cellView="form")
            cell.source = re.sub(r"^# ", "# @title ", cell.source)


def notebook_of(cells):
    """A notebook of these cells, not yet executed."""
    seen = {}
    for cell in cells:  # ids from the content, so that a rebuild changes nothing
        start = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[start] = seen.get(start, 0) + 1
        cell["id"] = f"{start}-{seen[start]}"
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata(cells))
    notebook.nbformat_minor = 5
    return notebook


def metadata(cells):
    """What a built notebook says of itself; made_from tells later whether somebody has changed its cells since."""
    return {**METADATA, "made_from": working_copies.fingerprint(cell.source for cell in cells)}


def target(source, solved):
    return NOTEBOOKS / ("solutions" if solved else "") / f"{source.stem}.ipynb"


@contextmanager
def kernel(notebook, folder, strict):
    """A client of a fresh kernel in `folder`, in which failed shell commands raise; strict: wrong answers raise too."""
    os.environ.update(AELEARN_STRICT="1" if strict else "0", AELEARN_PROGRESS="0", PYTHONHASHSEED="0")
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=[
            "--IPKernelApp.log_level=40",  # its warning about TCP is for public machines
            f"--IPKernelApp.exec_files={STRICT_SHELL}",
        ],
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel():
        yield client


def run_cell(client, cell, index):
    """Execute one cell; returns None, or what failed."""
    try:
        client.execute_cell(cell, index)
    except (CellExecutionError, DeadKernelError, TimeoutError) as problem:
        return f"cell {index} failed:\n{textwrap.indent(cell.source, '    ')}\n{problem}"
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stderr":
            return f"cell {index} wrote to stderr, which a stored output must not hold:\n{output.text}"
    return None


def merged(outputs):
    """Neighbouring prints as one output: whether they arrive together depends on how busy the machine is."""
    kept = []
    for output in outputs:
        if kept and output.output_type == "stream" == kept[-1].output_type and output.name == kept[-1].name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def tidy(cells):
    """Number the code cells, and leave out what differs from run to run: timing, widget ids, where a long print was cut."""
    widget, number = "application/vnd.jupyter.widget-view+json", 0
    for cell in cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            number += 1
            cell.outputs = merged(output for output in cell.outputs if widget not in output.get("data", {}))
            cell.execution_count = number
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number


def execute_both(solution, reader, folder):
    """Run the solution notebook with the reader's exercise cells between its own; returns None, or what failed and where."""

    cells = list(solution.cells)  # the client puts what it runs in their place, the reader's cells too

    def be_strict(strict):
        client.execute_cell(nbformat.v4.new_code_cell(STRICT.format(int(strict))), index)

    with kernel(solution, folder, strict=True) as client:
        for index, (solved, blanked) in enumerate(zip(cells, reader.cells, strict=True)):
            problem = run_cell(client, solved, index)
            if not problem and solved.cell_type == "code" and solved.source != blanked.source:
                be_strict(False)
                problem = run_cell(client, blanked, index)
                be_strict(True)
            elif solved.cell_type == "code":
                blanked.outputs = nbformat.from_dict(solved.outputs)
            if problem:
                return problem
    solution.cells = cells
    return None


def build_one(source):
    # Two notebooks at once on one thread each are faster than one on two.
    os.environ.update(OMP_NUM_THREADS="1", TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
    started, editions = time.perf_counter(), {solved: make(source, solved) for solved in (True, False)}
    problem = execute_both(editions[True], editions[False], NOTEBOOKS)
    if problem:
        return False, f"{source.stem}: {problem}"
    for solved, notebook in editions.items():
        tidy(notebook.cells)
        notebook.metadata = nbformat.from_dict(metadata(notebook.cells))
        write(notebook, target(source, solved))
    return True, f"{source.stem}: {time.perf_counter() - started:.0f} s"


def text_anew(source):
    """Make a lesson's notebooks anew where only their text, or a cell that the build adds, has changed.

    What its cells gave is kept, and none is run.
    """
    made = {solved: make(source, solved) for solved in (True, False)}
    if not all(target(source, solved).exists() for solved in made):
        return False, f"{source.stem}: it was never built; build it without --text"
    for solved, notebook in made.items():
        code, ran = (
            [cell for cell in cells if cell.cell_type == "code" and not is_stamped(cell)]
            for cells in (notebook.cells, nbformat.read(target(source, solved), as_version=4).cells)
        )
        if [cell.source for cell in code] != [cell.source for cell in ran]:
            return False, f"{source.stem}: its code has changed too; build it without --text"
        for cell, before in zip(code, ran, strict=True):
            cell.outputs = before.outputs
    for solved, notebook in made.items():
        tidy(notebook.cells)
        write(notebook, target(source, solved))
    return True, f"{source.stem}: text only"


def write(notebook, path):
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf8", newline="\n")


def glossary_page():
    """(notebook, path) of the glossary; (None, path) where there is no entry."""
    path = NOTEBOOKS / "src" / "glossary.md"
    stems = {source.name[:2]: source.stem for source in sources()}
    cells = [nbformat.v4.new_markdown_cell(text) for text in glossary.page(path, stems)]
    return notebook_of(cells) if glossary.read(path) else None, NOTEBOOKS / glossary.PAGE


def sources(numbers=()):
    found = sorted((NOTEBOOKS / "src").glob("[0-9][0-9]_*.py"))
    if not numbers:
        return found
    chosen = [source for source in found if source.name[:2] in numbers]
    missing = set(numbers) - {source.name[:2] for source in chosen}
    if missing:
        sys.exit(f"there is no lesson {', '.join(sorted(missing))}; there are {', '.join(s.name[:2] for s in found)}")
    return chosen


def build(numbers, over=False, text=False):
    kept = [] if over else [path for source in sources(numbers) for path in (target(source, False),) if touched(path)]
    if kept:
        sys.exit(
            f"{', '.join(path.name for path in kept)}: changed since the build, which looks like answers of yours, and a build "
            "would write over them; keep a copy under another name (one without a number) and call build with --over"
        )
    if solutions_file().parent.exists():
        solutions_file().write_text(solutions(), encoding="utf8", newline="\n")
    all_fine = True
    with ProcessPoolExecutor(max_workers=2) as pool:
        for fine, line in pool.map(text_anew if text else build_one, sources(numbers)):
            print(line, flush=True)
            all_fine &= fine
    page, path = glossary_page()
    if page:
        write(page, path)
    return 0 if all_fine else 1


def solutions_file():
    """What solution("NN.k") shows; the package carries it."""
    return ROOT / "aelearn" / "course" / "_solutions.json"


def solutions():
    """The text of _solutions.json: of each exercise its cell, solved, without markers and the call of check."""
    found = {}
    for source in sources():
        for cell in jupytext.read(source, fmt="py:percent").cells:
            checked = CHECK.search(cell.source) if "exercise" in cell.metadata.get("tags", []) else None
            if checked:
                found[checked[1]] = SOLUTION.sub(lambda match: match[2], cell.source[: checked.start()]).strip()
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def touched(path):
    """Whether somebody has changed a notebook's cells since it was built."""
    if not path.exists():
        return False
    stored = nbformat.read(path, as_version=4)
    return stored.metadata.get("made_from") not in (None, metadata(stored.cells)["made_from"])


def differences():
    """One line for each notebook that its source would not make, or that has no source."""
    wanted = set()
    stored = solutions_file()
    if stored.exists() and stored.read_text(encoding="utf8") != solutions():  # a teacher may leave it out
        yield f"{stored.relative_to(ROOT).as_posix()} differs from the lessons' sources; run: python course.py build"
    for source in sources():
        editions = {}
        for solved in (True, False):
            path, made = target(source, solved), make(source, solved)
            wanted.add(path)
            name, rebuild = path.relative_to(ROOT).as_posix(), f"run: python course.py build {source.name[:2]}"
            if not path.exists():
                yield f"{name} is missing; {rebuild}"
                continue
            editions[solved] = stored = nbformat.read(path, as_version=4)
            if not solved and touched(path) and not os.environ.get("CI"):
                yield Kept(
                    f"{name} holds changes of yours, your answers perhaps: they are left as they are "
                    f"(whoever changes the course edits {source.relative_to(ROOT).as_posix()} instead)"
                )
                editions.pop(solved)
            elif as_seen(made) != as_seen(stored):
                yield f"{name} differs from its source; {rebuild}"
            elif any(cell.cell_type == "code" and cell.execution_count is None for cell in stored.cells):
                yield f"{name} is not executed; {rebuild}"
        if len(editions) == 2 and editions[False].metadata == make(source, False).metadata:
            for number, (solved, blanked) in enumerate(zip(*(e.cells for e in editions.values()), strict=False)):
                if solved.source == blanked.source and solved != blanked:
                    yield f"{name}: cell {number} has another output than in the solution; {rebuild}"
    page, path = glossary_page()
    if page:
        wanted.add(path)
        if not path.exists() or as_seen(nbformat.read(path, as_version=4)) != as_seen(page):
            yield f"{path.relative_to(ROOT).as_posix()} differs from its source; run: python course.py build --text"
    for path in sorted({*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("solutions/*.ipynb")} - wanted):
        if path.stem[:2].isdigit():
            yield f"{path.relative_to(ROOT).as_posix()} has no source; delete it or write notebooks/src/{path.stem}.py"


class Kept(str):
    """A line about a notebook that a reader has written into: said, and no fault."""


def as_seen(notebook):
    return [(c.id, c.cell_type, c.source, c.metadata.get("tags", [])) for c in notebook.cells]


def faults():
    """One line for each way in which a lesson cannot be followed: its minutes, its code, its words."""
    for source in sources():
        yield from (f"{source.stem}: {line}" for held in (minutes, style) for line in held.faults(source))
    yield from glossary.faults()


def check():
    lines = [*differences(), *faults()]
    print("\n".join(lines) or "every notebook is the one its source makes, and every lesson can be followed")
    return 1 if any(not isinstance(line, Kept) for line in lines) else 0


def run(name):
    path = next((p for p in (Path(name), NOTEBOOKS / name) if p.is_file()), None)
    path = path or next(iter(NOTEBOOKS.glob(f"{name}*.ipynb")), None)
    if path is None:
        sys.exit(
            f"there is no notebook {name}; there are {', '.join(p.name for p in sorted(NOTEBOOKS.glob('*.ipynb')))}"
        )
    notebook, started = nbformat.read(path, as_version=4), time.perf_counter()
    with kernel(notebook, path.resolve().parent, strict="solutions" in path.resolve().parts) as client:
        problems = (run_cell(client, cell, index) for index, cell in enumerate(notebook.cells))
        problem = next(filter(None, problems), None)
    print(problem or f"{path.name}: all {len(notebook.cells)} cells ran in {time.perf_counter() - started:.0f} s")
    return 1 if problem else 0


def main():
    parser = argparse.ArgumentParser(prog="course.py")
    commands = parser.add_subparsers(dest="command", required=True)
    build_parser = commands.add_parser("build")
    build_parser.add_argument("lessons", nargs="*", metavar="NN")
    build_parser.add_argument(
        "--text", action="store_true", help="only text has changed: run nothing, keep the outputs"
    )
    build_parser.add_argument("--over", action="store_true", help="write over notebooks that somebody has changed")
    commands.add_parser("check")
    commands.add_parser("run").add_argument("notebook")
    arguments = parser.parse_args()
    if arguments.command == "build":
        return build(arguments.lessons, arguments.over, arguments.text)
    return check() if arguments.command == "check" else run(arguments.notebook)


if __name__ == "__main__":
    sys.exit(main())
