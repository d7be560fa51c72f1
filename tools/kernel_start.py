"""What each kernel under `course.py lab` runs first (lab.py names it as PYTHONSTARTUP): a missing name is said in a sentence.

A reader who opens a lesson anew and begins at an exercise meets a NameError; what helps is to run the cells above.
"""


def _say_what_is_missing(shell, kind, problem, traceback, tb_offset=None):
    if kind is NameError:  # and not a variable used too early inside a function
        advice = "run the cells above this one first (menu Run, Run All Above Selected Cell)"
        problem.args = (f"{problem}: if the lesson defines it, {advice}; if not, is it spelt right?",)
    shell.showtraceback((kind, problem, traceback), tb_offset=tb_offset)


if "get_ipython" in globals():  # a plain Python in a terminal of JupyterLab runs this file too
    get_ipython().set_custom_exc((NameError,), _say_what_is_missing)  # noqa: F821
