"""aelearn: deep-learning anomaly detection with autoencoders, the package behind the course.

`import aelearn` is cheap: TensorFlow is loaded by the modules that need it, when they are
imported. Import aelearn before TensorFlow and TensorFlow starts without its log messages. Keras computes
with TensorFlow and in float32 here, whatever the user's own settings say: the course's results are of these.
"""

import importlib.abc
import importlib.util
import os
import sys
from contextlib import contextmanager, nullcontext

__version__ = "0.1.0"

os.environ["KERAS_BACKEND"] = "tensorflow"
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


def _settle_keras(keras):
    """Undo what ~/.keras/keras.json says of numbers and pictures; a backend can only be chosen before."""
    if not hasattr(keras, "config"):
        raise ImportError(f"{keras.__file__} is not Keras 3, which aelearn needs; take its folder out of PYTHONPATH")
    if keras.config.backend() != "tensorflow":
        raise ImportError(
            f"keras was imported before aelearn and runs on {keras.config.backend()}, but aelearn needs TensorFlow; "
            "start Python (the kernel) again and import aelearn first"
        )
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")


def _settle_tensorflow(tensorflow):
    tensorflow.config.list_physical_devices()  # the search for a GPU complains when there is none
    if tuple(map(int, tensorflow.__version__.split(".")[:2])) < (2, 21):  # they announce XLA whatever the log level
        tensorflow.function(lambda: tensorflow.constant(0.0), jit_compile=True)()


class _Loader(importlib.abc.Loader):
    """Executes a module as its own loader does, then settles it; TensorFlow without its start-up messages."""

    def __init__(self, loader, settle):
        self.loader, self.settle = loader, settle

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        with silent_stderr() if self.settle is _settle_tensorflow else nullcontext():
            self.loader.exec_module(module)
            self.settle(module)


class _OnFirstImport(importlib.abc.MetaPathFinder):
    """Settles one module when it is first imported; Python errors still surface."""

    def __init__(self, name, settle):
        self.name, self.settle = name, settle

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            spec.loader = _Loader(spec.loader, self.settle)
        return spec


for _name, _settle in {"tensorflow": _settle_tensorflow, "keras": _settle_keras}.items():
    if _name not in sys.modules:
        sys.meta_path.insert(0, _OnFirstImport(_name, _settle))
if "keras" in sys.modules:
    _settle_keras(sys.modules["keras"])
