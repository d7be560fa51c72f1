"""Run by the kernel when a build starts it: a shell command or an install that fails raises, and so stops the build."""


def _make_strict(shell):
    system = shell.system

    def run(command):
        system(command)
        if shell.user_ns.get("_exit_code"):
            raise RuntimeError(f"this command failed: {command}")

    shell.system = run


_make_strict(get_ipython())  # noqa: F821  IPython's own
del _make_strict
