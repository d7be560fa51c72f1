"""Rows for a training, wherever they lie: in memory, in a file, in a series as windows, in a tf.data.Dataset.

Each source gives an epoch as blocks (rows, their order). In memory there is one block, all rows. Elsewhere a block holds at
most BLOCK_VALUES numbers, so that memory does not grow with the data. Of a file a block takes stretches from all over: rows read
one by one, in any order, would bring the whole file into memory for each block. It loads no TensorFlow.
"""

import mmap

import numpy as np

BLOCK_VALUES = 2_000_000  # float32 numbers of a block: 8 MB
STRETCH_VALUES = 16_000  # of them read from one place of a file: more than a hundred places a block


def source(x, rows_of):
    """The source of x: an array, an np.memmap, a tf.data.Dataset of batches (b, d), or a source already.

    rows_of(part, name): checks rows and gives them as float32.
    """
    if isinstance(x, Rows):
        return x
    if isinstance(x, np.memmap):
        return Rows(lambda rows: _read(x, rows), len(x), rows_of, in_stretches=True)
    if _is_dataset(x):
        return Batches(x, rows_of)
    return Rows.in_memory(rows_of(x, "x"))


class Rows:
    """Rows that can be taken: take(slice) gives them as (b, d), and take(numbers) too where they are in memory."""

    def __init__(self, take, n, rows_of, *, whole=False, in_stretches=False):
        self.take, self.n, self.rows_of, self.whole, self.in_stretches = take, n, rows_of, whole, in_stretches
        first = rows_of(take(slice(0, min(n, 1))), "x")  # says what is wrong with its shape, if anything is
        self.columns = first.shape[1]
        self._mean_square = None
        if not whole:  # what is not finite is found before training begins, and not in the middle of an epoch
            self._look_through()

    @classmethod
    def in_memory(cls, x):
        return cls(lambda rows: x[rows], len(x), lambda part, name: part, whole=True)

    def shape(self):
        """What the compiled epoch is kept by: there is one for each number of rows."""
        return self.n, self.columns

    def blocks(self, rng, batch_size):
        """(rows, their order) for one epoch in a new order; one block of all rows is what an array gives."""
        size = block_rows(self.columns, batch_size)
        if self.whole or self.n <= size:
            yield self.rows_of(self.take(slice(None)), "x"), rng.permutation(self.n)
        elif self.in_stretches:
            yield from self._blocks_of_stretches(rng, batch_size, size)
        else:
            order = rng.permutation(self.n)
            for start in range(0, self.n, size):
                rows = self.rows_of(self.take(order[start : start + size]), "x")
                yield rows, np.arange(len(rows))

    def _blocks_of_stretches(self, rng, batch_size, size):
        """Stretches of whole batches in a new order, the short one at the end, and the rows of a block mixed."""
        length = batch_size * max(1, STRETCH_VALUES // (self.columns * batch_size))
        full, rest = divmod(self.n, length)
        starts = length * np.concatenate([rng.permutation(full), np.full(int(rest > 0), full)])
        together = max(1, size // length)
        for k in range(0, len(starts), together):
            parts = [self.rows_of(self.take(slice(a, a + length)), "x") for a in starts[k : k + together]]
            rows = np.concatenate(parts)
            yield rows, rng.permutation(len(rows))

    def mean_square(self):
        if self._mean_square is None:
            x = self.take(slice(None))
            with np.errstate(over="ignore"):
                self._mean_square = float(np.vdot(x, x)) / x.size
        return self._mean_square

    def first_rows(self, most):
        return self.rows_of(self.take(slice(0, most)), "x")

    def _look_through(self):
        size, total = block_rows(self.columns, 1), 0.0
        for start in range(0, self.n, size):
            stop = min(start + size, self.n)
            rows = self.rows_of(self.take(slice(start, stop)), f"x[{start}:{stop}]" if self.n > size else "x")
            with np.errstate(over="ignore"):
                total += float(np.vdot(rows, rows))
        self._mean_square = total / (self.n * self.columns)


class Batches:
    """The batches of a tf.data.Dataset, put together anew: an epoch is one pass, in whatever order it gives."""

    whole = False

    def __init__(self, dataset, rows_of):
        self.dataset, self.rows_of = dataset, rows_of
        shape = getattr(dataset.element_spec, "shape", None)
        if shape is None or shape.rank != 2:
            found = "tuples" if shape is None else f"elements of shape {tuple(shape)}"
            raise ValueError(
                f"x is a tf.data.Dataset of {found} and one of batches (rows, columns) is wanted; "
                "map it to the inputs alone and call .batch(64) on it"
            )
        first = next(iter(dataset.take(1)), None)
        if first is None:
            raise ValueError("x is a tf.data.Dataset without a batch and at least one row is wanted; pass more data")
        self._first = rows_of(first.numpy(), "the first batch of x")
        self.columns, self._mean_square = self._first.shape[1], 0.0

    def shape(self):
        return None, self.columns

    def blocks(self, rng, batch_size):
        n, total, size = 0, 0.0, block_rows(self.columns, batch_size)
        for block in self.dataset.rebatch(size):
            rows = self.rows_of(block.numpy(), f"x[{n}:{n + len(block)}]")
            with np.errstate(over="ignore"):
                total += float(np.vdot(rows, rows))
            n += len(rows)
            yield rows, np.arange(len(rows))
        self._mean_square = total / (n * self.columns)

    def mean_square(self):
        return self._mean_square

    def first_rows(self, most):
        return self._first[:most]


def block_rows(columns, batch_size):
    """Rows of a block: whole batches, so that no batch is cut by its border."""
    return batch_size * max(1, BLOCK_VALUES // (columns * batch_size))


def marked_last(blocks):
    """(block, whether it is the last) for each block: one is looked ahead."""
    blocks = iter(blocks)
    held = next(blocks)
    for block in blocks:
        yield held, False
        held = block
    yield held, True


def chunks(x, rows):
    """x in parts of at most `rows` rows where it is an array, an np.memmap or a tf.data.Dataset; an iterator's own parts."""
    if _is_dataset(x):
        yield from (block.numpy() for block in x.rebatch(rows))
    elif hasattr(x, "__next__"):
        yield from x
    else:
        for start in range(0, len(x), rows):
            yield x[start : start + rows]
            if isinstance(x, np.memmap):
                _let_go(x)


def comes_in_parts(x):
    return isinstance(x, np.memmap) or hasattr(x, "__next__") or _is_dataset(x)


def _is_dataset(x):
    return any(base.__module__.startswith("tensorflow.python.data") for base in type(x).__mro__)


def _read(x, rows):
    """The rows of a slice, as an array of their own."""
    part = np.array(x[rows])
    _let_go(x)
    return part


def _let_go(x):
    """Tell the system that the pages of the file that were read are no longer needed: it counts them as ours until then."""
    while x is not None and not isinstance(x, mmap.mmap):
        x = getattr(x, "base", None)
    if x is not None and hasattr(x, "madvise"):
        x.madvise(mmap.MADV_DONTNEED)
