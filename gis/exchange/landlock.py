"""Landlock: from a moment on this process opens only the files named to it, and no TCP connection.

A right of Linux 5.13 and later that needs no privilege and works in containers; see landlock(7). What an older kernel
does not know is left out, and `restrict` tells which version is in force.
"""

import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
# Each version of the interface knows the rights of files up to this bit.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
TCP, SCOPES = 0b11, 0b11
TO_READ, TO_RUN = READ_FILE | READ_DIR, READ_FILE | READ_DIR | EXECUTE
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The kernel's version of the interface; 0 where there is none."""
    return max(_call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1)), 0)


def restrict(*, run: Iterable[Path], read: Iterable[Path], write: Iterable[Path]) -> int:
    """From now on: `run` may be read and mapped as code, `read` read, below `write` everything done.

    Returns the version in force, 0 where the kernel has none. Must run while there is one thread; not to be undone.
    """
    known = version()
    if not known:
        return 0
    every = (1 << RIGHTS[min(known, max(RIGHTS))]) - 1
    ruleset = _Ruleset(every, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    handle = _call(CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    for paths, rights in ((run, TO_RUN), (read, TO_READ), (write, every)):
        for path in paths:
            with suppress(FileNotFoundError):
                _allow(handle, path, rights & every)
    done = _call(RESTRICT, ctypes.c_int(handle), ctypes.c_uint32(0))
    os.close(handle)
    if done:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    return known


def _allow(handle: int, path: Path, rights: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _Beneath(rights if path.is_dir() else rights & OF_FILES, parent)
    failed = _call(ADD_RULE, ctypes.c_int(handle), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint32(0))
    os.close(parent)
    if failed:
        raise OSError(ctypes.get_errno(), "landlock_add_rule", str(path))


def _call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments))
