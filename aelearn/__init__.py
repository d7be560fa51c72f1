"""aelearn: deep-learning anomaly detection with autoencoders, the package behind the course.

`import aelearn` is cheap: TensorFlow is loaded by the modules that need it, when they are
imported. Import aelearn before TensorFlow and TensorFlow starts without its log messages.
"""

import importlib.abc
import importlib.util
import os
import sys
from contextlib import contextmanager

__version__ = "0.1.0"

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only


@contextmanager
def silent_stderr():
    """Send file descriptor 2 to nowhere: TensorFlow's C++ code writes there before its log settings count."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


class _QuietLoader(importlib.abc.Loader):
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        with silent_stderr():
            self.loader.exec_module(module)
            module.config.list_physical_devices()  # the search for a GPU complains when there is none


class _QuietTensorFlow(importlib.abc.MetaPathFinder):
    """Loads TensorFlow once with its start-up messages left out; Python errors still surface."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


if "tensorflow" not in sys.modules:
    sys.meta_path.insert(0, _QuietTensorFlow())
