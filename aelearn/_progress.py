"""A progress line that clears itself and leaves nothing behind."""

import os
import sys
import time
from contextlib import contextmanager

_QUIET_SECONDS = 2.0  # shorter work shows nothing


def _wanted():
    if os.environ.get("AELEARN_PROGRESS") == "0":
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()


@contextmanager
def progress(total, what, show=None):
    """Yield advance(text), to be called once for each of `total` steps. show: True, False, or None for 'if useful'."""
    show = _wanted() if show is None else show
    started, shown, done = time.perf_counter(), 0.0, 0

    def advance(text=""):
        nonlocal shown, done
        done += 1
        now = time.perf_counter()
        if show and now - started > _QUIET_SECONDS and now - shown > 0.2:
            shown = now
            bar = "#" * (20 * done // total)
            sys.stderr.write(f"\r{what} [{bar:20}] {done}/{total} {text}".ljust(70))
            sys.stderr.flush()

    try:
        yield advance
    finally:
        if shown:
            sys.stderr.write("\r" + " " * 70 + "\r")
            sys.stderr.flush()
