"""The limits of the reading process: no network, no files but those named, little memory and time, no core.

What is in force where (`in_force` tells it of this machine):

| guard | needs | closes |
|---|---|---|
| Landlock | Linux 5.13 (TCP: 6.7) | every file but our libraries, the delivered one and the folder for unpacking |
| filter of system calls | x86-64 or ARM64 | sockets, starting programs, other processes: memory, signals, limits |
| empty network namespace | root, or user namespaces | the network once more |
| limits of resources | nothing | memory, processor time, size and number of files |

The first two need no privilege and hold in containers too, so there is no need of bubblewrap.
"""

import ctypes
import os
import platform
import resource
import sys
from contextlib import suppress
from pathlib import Path

from . import landlock, seccomp
from .limits import LIMITS

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SIGKILL = 9

PACKAGE = Path(__file__).resolve().parents[1]
# Kept open: after `see_only` nothing of /proc can be opened.
STATM, MAPS = (os.open(f"/proc/self/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in ("statm", "maps"))

# Threads and memory pools would be counted against the limit before a byte is read.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "PROJ_NETWORK": "OFF",
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


def see_only(files: list[Path], folder: Path) -> None:
    """Of all files open none but these, what Python and its libraries are, and what lies in the folder."""
    libraries = {Path(prefix) / name for prefix in (sys.prefix, sys.base_prefix) for name in ("lib", "lib64")}
    system = [Path(name) for name in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")]
    landlock.restrict(
        run=[*libraries, *system, PACKAGE],
        read=[*files, Path("/usr/share/zoneinfo"), Path("/dev/urandom"), *_data_of_libraries()],
        write=[folder],
    )
    seccomp.forbid()


def _data_of_libraries() -> list[Path]:
    return [Path(os.environ[name]) for name in ("GDAL_DATA", "PROJ_DATA") if name in os.environ]


def in_force() -> dict[str, bool]:
    """What this machine gives, for whoever answers for it."""
    return {"landlock": landlock.version() >= 1, "landlock_tcp": landlock.version() >= 4, "seccomp": _has_seccomp()}


def _has_seccomp() -> bool:
    known = platform.machine() in seccomp.CALLS
    return known and "Seccomp_filters" in Path("/proc/self/status").read_text()


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
    pages = int(os.pread(STATM, 100, 0).split()[0])
    most = pages * resource.getpagesize() + LIMITS.memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most if for_good else resource.RLIM_INFINITY))


def loaded_library(name: str) -> str:
    """The file of a library that this process has loaded, such as "libgdal"."""
    with os.fdopen(os.dup(MAPS)) as maps:
        maps.seek(0)
        return next(line.split()[-1] for line in maps if f"/{name}" in line)


def lift_memory() -> None:
    """Make room to load a library."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def limit_time(size: int, *, for_good: bool, per_mib: float = LIMITS.cpu_seconds_per_mib) -> None:
    """Processor time by the size of the file, on top of what starting took. Then SIGXCPU ends the process.

    `per_mib` is larger for formats that only Python reads.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + LIMITS.cpu_for(size, per_mib)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1 if for_good else resource.RLIM_INFINITY))


class WithoutPandas:
    """An import finder that hides pandas: optional to the readers' libraries, and as large as all of them."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in ("pandas", "geopandas"):
            raise ModuleNotFoundError(name)
