"""Shapefile: a set of files, and text in an encoding that is often not said, or said wrongly.

Where the .cpg is missing GDAL would take Arabic for Western letters, so the encoding is found before it opens the file.
"""

import struct
from mmap import ACCESS_READ, mmap
from pathlib import Path

from . import gdal
from .encodings import codec, detect, is_utf8
from .request import Request
from .table import Table
from .unreadable import Unreadable

SAMPLE = 1024 * 1024
# Language driver in the .dbf header -> code page, those met in practice.
DRIVERS = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x7E: "cp1256", 0x7F: "cp1257", 0xC9: "cp1251"}
# GDAL's names where they are not Python's in capitals.
GDAL_NAMES = {"utf_8": "UTF-8", "iso8859_6": "ISO-8859-6", "iso8859_1": "ISO-8859-1"}


def read(path: Path, request: Request) -> Table:
    missing = [suffix for suffix in (".shx", ".dbf") if sibling(path, suffix) is None]
    if missing:
        raise Unreadable("shapefile_incomplete", missing=", ".join(missing))
    encoding, told_by = find_encoding(path, request)
    gdal_name = GDAL_NAMES.get(encoding, encoding.upper())
    return gdal.read("Shapefile", path, encoding=gdal_name, told=(encoding, told_by), deleted=_deleted(path))


def sibling(path: Path, suffix: str) -> Path | None:
    """The file of the set with this ending; it was laid beside under one name."""
    found = path.with_suffix(suffix)
    return found if found.exists() else None


def find_encoding(path: Path, request: Request) -> tuple[str, str]:
    """The text's encoding, and who said so: "option", "file", or "detected" from the bytes."""
    if request.encoding:
        return codec(request.encoding), "option"
    table = sibling(path, ".dbf")
    header, sample = _sample(table) if table else (b"", b"")
    declared = _declared(path, header)
    if all(byte < 0x80 for byte in sample):
        return (declared, "file") if declared else ("utf_8", "detected")
    if is_utf8(sample):
        return "utf_8", "file" if declared == "utf_8" else "detected"
    if declared and declared != "utf_8":
        return declared, "file"
    return detect(sample), "detected"


def _declared(path: Path, header: bytes) -> str:
    named = sibling(path, ".cpg")
    if named:
        try:
            return codec(named.read_bytes()[:40].decode("ascii", "ignore"))
        except Unreadable:
            return ""
    return DRIVERS.get(header[29], "") if len(header) > 29 else ""


def _deleted(path: Path) -> int:
    """How many records are marked as deleted, which the table keeps until it is packed."""
    table = sibling(path, ".dbf")
    assert table is not None  # noqa: S101  (asked before)
    with table.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        first, width = struct.unpack_from("<HH", data, 8)
        return data[first :: max(width, 1)].count(b"*")


def _sample(table: Path) -> tuple[bytes, bytes]:
    with table.open("rb") as file:
        header = file.read(32)
        if len(header) < 32:
            raise Unreadable("corrupt", why=".dbf")
        file.seek(struct.unpack_from("<H", header, 8)[0])
        return header, file.read(SAMPLE)
