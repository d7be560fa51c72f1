"""JupyterLab as a reader meets it: `course.py lab` on this machine alone, with a token, in a headless Chromium."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).with_name("screenshots")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SILENT = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ADVICE = (
    "Chromium is not here, so nothing was tested in a browser; install it (Debian: apt install chromium; "
    "elsewhere: .venv-tools/bin/playwright install chromium) or name the program in COURSE_CHROMIUM"
)
BUSY = """() => {
    const light = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator');
    const waiting = [...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.textContent.includes('*'));
    return !light || light.dataset.status !== 'idle' || waiting;
}"""


def chromium(playwright):
    """The path of a Chromium; None where there is none."""
    own = [os.environ.get("COURSE_CHROMIUM"), *map(shutil.which, NAMES), playwright.chromium.executable_path]
    return next((path for path in own if path and Path(path).is_file()), None)


@contextmanager
def course_lab(folder, home):
    """`course.py lab`, running, with copies in `folder` and a `home` whose settings and kernels are the user's own.

    Yields (address, token). The environment variables are those of a reader, not those of the tests.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, log = secrets.token_hex(16), folder.with_name("lab.log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AELEARN_", "COURSE_"))}
    environment.update(HOME=str(home), COURSE_COPIES=str(folder), TF_NUM_INTRAOP_THREADS="2", OMP_NUM_THREADS="2")
    environment.update(JUPYTER_PREFER_ENV_PATH="0", JUPYTER_PATH=str(home / ".local/share/jupyter"))  # to be left out
    command = [sys.executable, str(ROOT / "course.py"), "lab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with open(log, "w") as output:
        run = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api/status?token={token}", run, log)
        yield address, token
    finally:
        run.send_signal(signal.SIGTERM)  # it ends its kernels
        try:
            run.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)


def _wait_for(address, run, log, seconds=900):
    """Until the server answers: a first call sets up the environment."""
    for _ in range(seconds * 2):
        if run.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"course.py lab did not start:\n{log.read_text()}")


class Lesson:
    """One notebook, open in a page of the browser."""

    def __init__(self, page, address, token, folder, name, edit=None):
        """Open the copy of `name`, which must hold no outputs; edit(notebook) may change it before."""
        self.page, self.path = page, folder / name
        self.address = f"{address}/lab/tree/{name}?reset&token={token}"
        notebook = self.read()
        assert not any(cell.get("outputs") for cell in notebook["cells"]), "a stored output would answer for the run"
        if edit:
            edit(notebook)
            self.path.write_text(json.dumps(notebook), encoding="utf8")
        self.open()
        self.wait_until_idle(90)

    def open(self):
        self.page.goto(self.address)
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-CodeCell", timeout=90_000)

    def read(self):
        return json.loads(self.path.read_text(encoding="utf8"))

    def wait_until_idle(self, seconds=420):
        """Until nothing has run for a second: between two cells the kernel is idle for a moment."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.page.wait_for_function(f"() => !({BUSY})()", timeout=seconds * 1000)
            self.page.wait_for_timeout(1000)
            if not self.page.evaluate(BUSY):
                return
        raise AssertionError(f"the notebook was still running after {seconds} s")

    def run_all(self):
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(BUSY, timeout=20_000)  # it has begun
        self.wait_until_idle()

    def save(self):
        """Save with the keys a reader uses; returns the notebook as it lies on the disk then."""
        before = self.path.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        for _ in range(100):
            if self.path.stat().st_mtime_ns != before:
                time.sleep(0.3)
                return self.read()
            time.sleep(0.1)
        raise AssertionError("JupyterLab did not save")

    def cell(self, index):
        """The cell in the page, scrolled to."""
        cell = self.page.locator(".jp-Notebook .jp-Cell").nth(index)
        cell.scroll_into_view_if_needed()
        return cell

    def write_and_run(self, index, source):
        """Put `source` into a code cell and run it; returns the words of its outputs."""
        cell = self.cell(index)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_timeout(500)  # until it has begun
        self.wait_until_idle()
        return self.output(index)

    def output(self, index):
        """The words of a cell's outputs; JupyterLab draws them once they are in sight."""
        cell = self.cell(index)
        self.page.wait_for_timeout(500)
        return cell.locator(".jp-OutputArea").inner_text()

    def screenshot(self, name):
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(600)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def picture_of_cells(self, first, last, name):
        """A screenshot of these cells alone, which must be in sight together."""
        boxes = [self.page.locator(".jp-Notebook .jp-Cell").nth(k).bounding_box() for k in (first, last)]
        top, bottom = boxes[0]["y"], boxes[1]["y"] + boxes[1]["height"]
        clip = {"x": boxes[0]["x"], "y": top, "width": boxes[0]["width"], "height": bottom - top}
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", clip=clip)


def index_of(notebook, words):
    """The place of the one code cell whose source has these words."""
    (index,) = (k for k, cell in enumerate(notebook["cells"]) if _is_code(cell) and words in "".join(cell["source"]))
    return index


def _is_code(cell):
    return cell["cell_type"] == "code"


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if _is_code(cell)]
