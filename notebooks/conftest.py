import os

import pytest

os.environ.update(
    AELEARN_PROGRESS="0",
    OMP_NUM_THREADS="1",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    PYTHONHASHSEED="0",
)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before a notebook's kernel starts: in solutions every exercise must pass, in readers' notebooks none need to."""
    os.environ["AELEARN_STRICT"] = "1" if "solutions" in item.path.parts else "0"
