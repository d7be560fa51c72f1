"""A progress line that clears itself and leaves nothing behind, in a terminal or in a notebook."""

import os
import sys
import time
from contextlib import contextmanager
from typing import Any

_QUIET_SECONDS = 2.0  # shorter work shows nothing


def in_notebook():
    """Whether this runs in a Jupyter kernel, where results can be displayed."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None


class _Terminal:
    def write(self, line):
        sys.stderr.write(f"\r{line:70}")
        sys.stderr.flush()

    def clear(self):
        sys.stderr.write("\r" + " " * 70 + "\r")
        sys.stderr.flush()


class _Notebook:
    """One display that is updated; text on stderr would stay in the notebook, as blanks."""

    handle: Any = None

    def write(self, line):
        from IPython.display import display

        if self.handle is None:
            self.handle = display({"text/plain": line}, raw=True, display_id=True)
        else:
            self.handle.update({"text/plain": line}, raw=True)

    def clear(self):
        self.handle.update({}, raw=True)


def _screen(show):
    """Where the line goes, or None. show: True, False, or None for where somebody can see it."""
    if show is None:
        show = os.environ.get("AELEARN_PROGRESS") != "0" and (in_notebook() or sys.stderr.isatty())
    return (_Notebook() if in_notebook() else _Terminal()) if show else None


@contextmanager
def progress(total, what, show=None):
    """Yield advance(text), to be called once for each of `total` steps. show: True, False, or None for 'if useful'."""
    screen = _screen(show)
    started, shown, done = time.perf_counter(), 0.0, 0

    def advance(text=""):
        nonlocal shown, done
        done += 1
        now = time.perf_counter()
        if screen and now - started > _QUIET_SECONDS and now - shown > 0.2:
            shown = now
            screen.write(f"{what} [{'#' * (20 * done // total):20}] {done}/{total} {text}")

    try:
        yield advance
    finally:
        if shown:
            screen.clear()
