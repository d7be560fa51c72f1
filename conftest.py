"""For every test and every notebook's kernel: one thread for each of two workers, and no progress lines in outputs."""

import os

os.environ.update(
    AELEARN_PROGRESS="0",
    OMP_NUM_THREADS="1",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    PYTHONHASHSEED="0",
)
