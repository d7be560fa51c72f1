"""For every test and every notebook's kernel: one thread for each of two workers, and no progress lines in outputs."""

import os

import plain_words

THREADS = os.environ.get("COURSE_THREADS", "1")  # `course.py test matrix` tries two
os.environ.update(
    AELEARN_PROGRESS="0",
    OMP_NUM_THREADS=THREADS,
    TF_NUM_INTRAOP_THREADS=THREADS,
    TF_NUM_INTEROP_THREADS=THREADS,
    PYTHONHASHSEED="0",
)


LONG = ("test_detectors.py", "test_training.py")


def pytest_collection_modifyitems(items):
    """Long files first, so that at the end no worker waits for the other: two test files, then the notebooks."""
    items.sort(key=lambda item: (item.path.name not in LONG, item.path.suffix != ".ipynb"))


def pytest_terminal_summary(terminalreporter):
    """The seconds each notebook took, its cells added up (waiting for its kernel included)."""
    seconds = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            notebook = getattr(report, "nodeid", "").partition("::")[0]
            if notebook.endswith(".ipynb") and hasattr(report, "duration"):
                seconds[notebook] = seconds.get(notebook, 0) + report.duration
    if seconds:
        terminalreporter.section("seconds of each notebook")
        for notebook, total in sorted(seconds.items()):
            terminalreporter.write_line(f"{total:6.1f} {notebook}")


def pytest_unconfigure(config):
    """After everything else, where something failed: what it means and what to do."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    failed = [*reporter.stats.get("failed", ()), *reporter.stats.get("error", ())] if reporter else []
    if failed and not hasattr(config, "workerinput"):
        first = failed[0]
        difference = dict(first.user_properties).get("difference") if hasattr(first, "user_properties") else None
        print("\n" + "\n".join(plain_words.advice(first.nodeid, first.longreprtext, difference)))
