"""The limits of the reading process: no network, little memory, little time, no core, no large files."""

import ctypes
import os
import resource
from contextlib import suppress
from pathlib import Path

from .limits import LIMITS

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SIGKILL = 9

# Threads and memory pools would be counted against the limit before a byte is read.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


def leave_network() -> None:
    """Enter an empty network namespace where the system allows it. Must run while there is one thread.

    Not every system does (containers, Ubuntu's AppArmor); the readers have no driver that could call out anyway.
    """
    for flags in (os.CLONE_NEWNET, os.CLONE_NEWUSER | os.CLONE_NEWNET):
        with suppress(OSError):
            os.unshare(flags)
            return


def die_with_parent() -> None:
    """Linux: end with the importing process however that ends, and never gain rights."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def limit_files() -> None:
    """Nothing written may be larger than the largest archive unpacked; a crash leaves no core."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMITS.unpacked, LIMITS.unpacked))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def limit_memory(*, for_good: bool) -> None:
    """What is in use now plus what reading may take; further allocations fail.

    Libraries take hundreds of megabytes of address space before they do anything, so unpacking gets a limit that can
    be lifted to load them, and reading one that cannot.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + LIMITS.memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most if for_good else resource.RLIM_INFINITY))


def lift_memory() -> None:
    """Make room to load a library."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def limit_time(size: int, *, for_good: bool) -> None:
    """Processor time by the size of the file, on top of what starting took. Then SIGXCPU ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + LIMITS.cpu_for(size)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1 if for_good else resource.RLIM_INFINITY))


class WithoutPandas:
    """An import finder that hides pandas: optional to the readers' libraries, and as large as all of them."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in ("pandas", "geopandas"):
            raise ModuleNotFoundError(name)
