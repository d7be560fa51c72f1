"""For every test and every notebook's kernel: one thread for each of two workers, and no progress lines in outputs."""

import os

os.environ.update(
    AELEARN_PROGRESS="0",
    OMP_NUM_THREADS="1",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    PYTHONHASHSEED="0",
)


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
