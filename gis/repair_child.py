"""The repairing process: reads geometries as WKB from its standard input, writes them repaired to its output.

GEOS cannot be interrupted and may take minutes and gigabytes over a thousand corners, so each geometry gets two
seconds of processor time; the system ends the process that takes more, and the parent starts another. Run by path,
not as a module of the project: it starts in a fifth of a second because it loads nothing but shapely.

A frame is its length (four bytes, big endian) and that many bytes; an answer of no bytes is "cannot be repaired".
"""

import os
import resource
import struct
import sys
from typing import BinaryIO

import shapely

SECONDS = 2
MEMORY = 1024 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    while (data := read_frame(sys.stdin.buffer)) is not None:
        allow(SECONDS)
        write_frame(sys.stdout.buffer, repaired(data))


def allow(seconds: int) -> None:
    """Processor time from now on; the limit counts the life of the process, in whole seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def repaired(data: bytes) -> bytes:
    try:
        made = shapely.make_valid(shapely.from_wkb(data), method="structure", keep_collapsed=False)
    except (shapely.errors.GEOSException, MemoryError):
        return b""
    return bytes(shapely.to_wkb(made))


def read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    return stream.read(length)


def write_frame(stream: BinaryIO, data: bytes) -> None:
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    main()
    os._exit(0)
