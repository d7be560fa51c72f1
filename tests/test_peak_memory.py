"""The most memory a process has held is counted, in megabytes."""

import subprocess
import sys

CODE = """
from aelearn.course import peak_memory

before = peak_memory()
block = bytearray(100 * 2**20)
print(before, peak_memory())
"""


def test_a_block_of_a_hundred_megabytes_is_seen():
    before, after = map(float, subprocess.check_output([sys.executable, "-c", CODE], text=True).split())
    assert 5 < before < 1000 and 80 < after - before < 150
