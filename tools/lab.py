"""JupyterLab on the reader's own copies of the lessons: lab.py [LESSON] [options of JupyterLab].

It runs in whichever environment calls it, and so do the notebooks: a kernel of that name among the user's own files does not
win. A pop-up about news would cover the first lesson; tools/lab_settings says no to it, unless the user's own settings say yes.
"""

import os
import sys
from pathlib import Path

import working_copies

TOOLS = Path(__file__).resolve().parent


def options(arguments):
    """JupyterLab's options for these arguments; one that does not begin with a dash names a lesson."""
    named = [argument for argument in arguments[:1] if not argument.startswith("-")]
    notebook = working_copies.find(named[0] if named else "00")
    return [
        f"--ServerApp.root_dir={working_copies.COPIES}",
        f"--LabApp.default_url=/lab/tree/{notebook}",
        f"--LabApp.app_settings_dir={TOOLS / 'lab_settings'}",
        "--MultiKernelManager.default_kernel_name=python3",
        "--log-level=WARN",
        *arguments[len(named) :],
    ]


def main(arguments):
    chosen = options(arguments)  # before anything is written: the name may be wrong
    working_copies.lay_and_say()
    print("starting JupyterLab: its address follows, for the case that no browser opens; Ctrl-C ends it", flush=True)
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # where another user made the environment, Jupyter would say no
    os.environ["PYTHONSTARTUP"] = str(TOOLS / "kernel_start.py")
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(chosen)


if __name__ == "__main__":
    main(sys.argv[1:])
