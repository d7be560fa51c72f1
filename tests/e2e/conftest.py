"""A running `course.py lab` and a browser, for all tests of this folder; without Chromium they say so and are left out."""

import json

import lab_in_browser
import pytest
from playwright.sync_api import sync_playwright

BARE = (
    "import sys; sys.modules['aelearn'] = None; from ipykernel.kernelapp import launch_new_instance as start; start()"
)


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker("e2e")


@pytest.fixture(scope="session")
def chromium():
    """launch() starts a Chromium."""
    with sync_playwright() as playwright:
        program = lab_in_browser.chromium(playwright)
        if program is None:
            pytest.skip(lab_in_browser.ADVICE)
        yield lambda: playwright.chromium.launch(executable_path=program, args=lab_in_browser.SILENT)


@pytest.fixture
def browser(chromium):
    """One of its own for each test: where one falls, the others stand."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A user's own folder: a kernel `python3` that must not win, and one without aelearn that he may choose."""
    home = tmp_path_factory.mktemp("home")
    python = str(lab_in_browser.ROOT / ".venv" / "bin" / "python")
    for name, command in {"python3": ["/bin/false"], "bare": [python, "-c", BARE, "-f", "{connection_file}"]}.items():
        kernel = home / ".local" / "share" / "jupyter" / "kernels" / name / "kernel.json"
        kernel.parent.mkdir(parents=True)
        kernel.write_text(json.dumps({"argv": command, "display_name": "Of the user's own", "language": "python"}))
    return home


@pytest.fixture(scope="session")
def lab(chromium, home, tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "my-notebooks"
    with lab_in_browser.course_lab(folder, home) as (address, token):
        yield folder, address, token


@pytest.fixture
def open_lesson(browser, lab, home):
    """open_lesson(name, theme="light", edit=None) -> Lesson; the copy is the course's own again afterwards."""
    folder, address, token = lab
    opened = []

    def open_one(name, *, theme="light", edit=None):
        settings = home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps({"theme": f"JupyterLab {theme.title()}"}))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.append((page, folder / name, (folder / name).read_bytes()))
        return lab_in_browser.Lesson(page, address, token, folder, name, edit)

    yield open_one
    for page, path, before in opened:
        for session in page.request.get(f"{address}/api/sessions", params={"token": token}).json():
            page.request.delete(f"{address}/api/sessions/{session['id']}", params={"token": token})
        page.close()
        path.write_bytes(before)
