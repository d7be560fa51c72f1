"""Training the 784-128-32-128-784 autoencoder: a loop by hand, a compiled step, `fit`, `train`, PyOD and PyTorch.

The routes take turns, so that a machine that slows down slows all of them. Two figures each: milliseconds an
epoch once everything is compiled, and seconds for the first five epochs of a new model, compiling included.
"""

import itertools
import time

import keras
import numpy as np
import tensorflow as tf
import torch
from pyod.models.auto_encoder import AutoEncoder

from aelearn import training
from aelearn.models import Autoencoder
from benchmarks.common import PACKAGES, RIVALS, keep

SIZES = [784, 128, 32, 128, 784]
CASES = [(4_500, 64), (4_500, 256), (60_000, 64), (60_000, 256)]
ROUNDS = 5
WEIGHTS = [a * b for a, b in itertools.pairwise(SIZES)]
# A row costs two operations a weight forward, two for the weight's gradient, and two for the input's, where there is a layer before.
OPERATIONS_A_ROW = 4 * sum(WEIGHTS) + 2 * sum(WEIGHTS[1:])


def new_model():
    return Autoencoder(784, latent_dim=32, hidden=(128,))


class ByHand:
    """A GradientTape loop, run eagerly."""

    def __init__(self, x, batch_size):
        self.x, self.batch_size = x, batch_size
        self.model, self.optimizer = new_model(), keras.optimizers.Adam()
        self.optimizer.build(self.model.trainable_variables)
        self.take_step = self.step

    def step(self, batch):
        with tf.GradientTape() as tape:
            loss = self.model.training_loss(batch)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def run(self, epochs):
        for epoch in range(epochs):
            order = np.random.default_rng(epoch).permutation(len(self.x))
            for start in range(0, len(order), self.batch_size):
                self.take_step(tf.constant(self.x[order[start : start + self.batch_size]]))


class CompiledStep(ByHand):
    def __init__(self, x, batch_size):
        super().__init__(x, batch_size)
        self.take_step = tf.function(self.step, jit_compile=True)


class Fit:
    def __init__(self, x, batch_size):
        self.x, self.batch_size, self.model = x, batch_size, new_model()
        self.model.compile(optimizer="adam", loss="mse")

    def run(self, epochs):
        self.model.fit(self.x, self.x, batch_size=self.batch_size, epochs=epochs, verbose=0)


class Train:
    def __init__(self, x, batch_size):
        self.x, self.batch_size, self.model = x, batch_size, new_model()

    def run(self, epochs):
        training.train(self.model, self.x, epochs=epochs, batch_size=self.batch_size, show_progress=False)


class PyOD:
    """Its fit also scores the training rows once; that is left in, as a user cannot leave it out."""

    def __init__(self, x, batch_size):
        self.x, self.batch_size = x, batch_size

    def run(self, epochs):
        AutoEncoder(
            hidden_neuron_list=[128, 32],
            epoch_num=epochs,
            batch_size=self.batch_size,
            batch_norm=False,
            dropout_rate=0.0,
            preprocessing=False,
            verbose=0,
            random_state=0,
        ).fit(self.x)


class PyTorch:
    """The plain loop of PyTorch's tutorials."""

    def __init__(self, x, batch_size):
        self.x, self.batch_size = torch.from_numpy(x), batch_size
        layers = []
        for i, (a, b) in enumerate(itertools.pairwise(SIZES)):
            layers += [torch.nn.Linear(a, b), *([torch.nn.ReLU()] if i in (0, 2) else [])]
        self.model = torch.nn.Sequential(*layers)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def run(self, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(self.x)).split(self.batch_size):
                batch = self.x[rows]
                self.optimizer.zero_grad()
                torch.nn.functional.mse_loss(self.model(batch), batch).backward()
                self.optimizer.step()


ROUTES = {
    "by hand": ByHand,
    "compiled step": CompiledStep,
    "fit": Fit,
    "train": Train,
    "PyOD": PyOD,
    "PyTorch": PyTorch,
}


def seconds_of(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def peak_rate():
    """Operations a second of the best of many large matrix multiplications."""
    a = tf.random.normal((2048, 2048))
    multiply = tf.function(lambda: tf.reduce_sum(tf.matmul(a, a)))
    float(multiply())
    return max(2 * 2048**3 / seconds_of(lambda: float(multiply())) for _ in range(10))


def measure(n, batch_size):
    x = np.random.default_rng(0).random((n, 784), dtype=np.float32)
    steady, first_five, peaks = {name: [] for name in ROUTES}, {name: [] for name in ROUTES}, []
    rounds = ROUNDS if n < 10_000 else 1  # an epoch of 60,000 rows is long enough to be steady
    for _ in range(rounds):
        peaks.append(peak_rate())
        for name, route in ROUTES.items():
            if n >= 10_000 and name == "by hand":
                one = route(x[: n // 10], batch_size)  # a tenth of the rows, counted ten times
                one.run(1)
                steady[name].append(10 * seconds_of(one.run, 1))
                continue
            first_five[name].append(seconds_of(lambda route=route: route(x, batch_size).run(5)))
            one = route(x, batch_size)
            warm = seconds_of(one.run, 1)
            epochs = 6 if n < 10_000 else 3
            if name == "PyOD":  # a new model each time: what six epochs cost beyond one
                steady[name].append((seconds_of(one.run, epochs) - warm) / (epochs - 1))
            else:
                steady[name].append(seconds_of(one.run, epochs) / epochs)
    steady = {name: float(np.median(values)) for name, values in steady.items()}
    share = OPERATIONS_A_ROW * n / steady["train"] / max(peaks)
    five = {name: float(np.median(values)) for name, values in first_five.items() if values}
    return {
        "rows": n,
        "batch_size": batch_size,
        "seconds_an_epoch": steady,
        "seconds_first_five": five,
        "share_of_peak": share,
    }


def main():
    cases = []
    for n, batch_size in CASES:
        case = measure(n, batch_size)
        cases.append(case)
        print(
            f"\n{n:,} rows, batch {batch_size}: train runs at {case['share_of_peak']:.0%} of the peak rate of matrix multiplication"
        )
        for name, seconds in case["seconds_an_epoch"].items():
            five = case["seconds_first_five"].get(name)
            ratio = seconds / case["seconds_an_epoch"]["train"]
            print(
                f"  {name:14} {1000 * seconds:9.1f} ms an epoch ({ratio:5.1f} x train)"
                + (f"   first five epochs with compiling {five:6.2f} s" if five else "")
            )
    keep("training", {"cases": cases}, packages=(*PACKAGES, *RIVALS))
    small, large_batch = cases[0], cases[1]
    steady, five = small["seconds_an_epoch"], small["seconds_first_five"]
    ratios = {
        "train against the loop by hand, batch 64, without compiling: 40x": (steady["by hand"] / steady["train"], 40),
        "train against PyOD, batch 64, without compiling: 3x": (steady["PyOD"] / steady["train"], 3),
        "train against the loop by hand, five epochs with compiling: 7x": (five["by hand"] / five["train"], 7),
    }
    goals = [(goal, f"{ratio:.1f}x", ratio >= wanted) for goal, (ratio, wanted) in ratios.items()]
    share = large_batch["share_of_peak"]
    return [*goals, ("share of the peak rate at batch 256: 60 %", f"{share:.0%}", share >= 0.6)]
