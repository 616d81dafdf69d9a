"""The blocks of an OpenStreetMap extract (PBF), judged before GDAL opens it: that stops at damage without a word.

A file is pairs of a head, which says how long what follows is, and a blob, mostly packed with zlib; unpacked it is a
message of Protocol Buffers. See https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from gis.exchange.limits import MIB

from .unreadable import Unreadable

Numbers = npt.NDArray[np.int64]
HEADER, DATA = b"OSMHeader", b"OSMData"
# The most that the format allows of a head and of a blob; the latter is meant of the unpacked one.
MOST_HEAD, MOST_BLOB = 64 * 1024, 32 * MIB
# GDAL reads none that unpacks further; real ones unpack two to ten times.
MOST_RATIO = 100
RAW, RAW_SIZE, ZLIB = 1, 2, 3
PACKED_BY = {4: "lzma", 5: "bzip2", 6: "lz4", 7: "zstd"}
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST_NUMBER = 10


def blocks(path: Path) -> Iterator[tuple[bytes, bytes, int]]:
    """HEADER or DATA, the block unpacked, and the byte where it ends in the file.

    Raises Unreadable where a length, a packing or the end is wrong.
    """
    with path.open("rb") as file:
        while start := file.read(4):
            at = file.tell() - len(start)
            length = int.from_bytes(start)
            if len(start) < 4 or length > MOST_HEAD:
                raise damaged(f"head of a block at byte {at}")
            head = dict(fields(_taken(file, length, at), at))
            kind, size = head.get(1), head.get(3)
            if kind not in (HEADER, DATA) or not isinstance(size, int) or size > MOST_BLOB:
                raise damaged(f"head of a block at byte {at}")
            yield bytes(kind), _unpacked(_taken(file, size, at), at), file.tell()


def damaged(why: str) -> Unreadable:
    return Unreadable("corrupt", why=why)


def fields(message: bytes, at: int = 0) -> Iterator[tuple[int, int | bytes]]:
    """Each field of a message: its number, and its value as a number or as bytes. `at` tells where it is broken."""
    place, end = 0, len(message)
    try:
        while place < end:
            key, place = _number(message, place)
            kind = key & 7
            if kind == VARINT:
                value, place = _number(message, place)
                yield key >> 3, value
                continue
            length = {FIXED64: 8, FIXED32: 4}.get(kind)
            if kind == BYTES:
                length, place = _number(message, place)
            if length is None or place + length > end:
                raise damaged(f"block at byte {at}")
            yield key >> 3, message[place : place + length]
            place += length
    except IndexError:
        raise damaged(f"block at byte {at}") from None


def numbers(packed: bytes) -> npt.NDArray[np.uint64]:
    """The numbers of a packed field, which stand in seven bits of each byte."""
    raw = np.frombuffer(packed, np.uint8)
    if not raw.size:
        return np.zeros(0, np.uint64)
    ends = np.flatnonzero(raw < 0x80)
    if not ends.size or ends[-1] != raw.size - 1:
        raise damaged("a list of numbers")
    starts = np.concatenate(([0], ends[:-1] + 1))
    widths = ends - starts + 1
    if widths.max() > LONGEST_NUMBER:
        raise damaged("a list of numbers")
    shifts = 7 * (np.arange(raw.size) - np.repeat(starts, widths))
    found: npt.NDArray[np.uint64] = np.add.reduceat((raw & 0x7F).astype(np.uint64) << shifts.astype(np.uint64), starts)
    return found


def signed(given: npt.NDArray[np.uint64]) -> Numbers:
    """Numbers of either sign, as they are written without one (0, -1, 1, -2 …)."""
    return (given >> np.uint64(1)).astype(np.int64) ^ -(given & np.uint64(1)).astype(np.int64)


def _bomb() -> Unreadable:
    return Unreadable("osm_bomb", most=MOST_BLOB // MIB, ratio=MOST_RATIO)


def _number(message: bytes, place: int) -> tuple[int, int]:
    """One number, and where it ends."""
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
        if shift >= 7 * LONGEST_NUMBER:
            raise IndexError


def _taken(file: BinaryIO, size: int, at: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise damaged(f"cut off in the block at byte {at}")
    return data


def _unpacked(blob: bytes, at: int) -> bytes:
    """A blob says how long it is unpacked; neither that nor its packing is believed."""
    parts = dict(fields(blob, at))
    for number, name in PACKED_BY.items():
        if number in parts:
            raise Unreadable("osm_packing", method=name)
    size, raw, packed = parts.get(RAW_SIZE), parts.get(RAW), parts.get(ZLIB)
    if isinstance(raw, bytes):
        return raw
    if not isinstance(packed, bytes) or not isinstance(size, int):
        raise damaged(f"block at byte {at}")
    if size > MOST_BLOB or size // MOST_RATIO > len(packed):
        raise _bomb()
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, size + 1)
    except zlib.error as error:
        raise damaged(f"block at byte {at}: {error}") from error
    if len(data) > size:
        raise _bomb()
    if len(data) < size or not unpacking.eof:
        raise damaged(f"block at byte {at}")
    return data
