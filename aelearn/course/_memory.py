"""How much memory this process has held at most."""

import sys
from pathlib import Path


def peak_memory():
    """The most memory that this process has held at once so far, in MB, files read through memory included.

    Linux counts it anew for each program; a child elsewhere may begin with what its parent held. Taught in: 14
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
