"""One reader per format. They run in the limited process only, and know neither Django nor a database."""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from . import archive, xml
from .request import Request
from .unreadable import Unreadable

if TYPE_CHECKING:
    from .table import Table

# Formats are known by their first bytes, not by their names.
STARTS = {
    b"SQLite format 3\x00": "geopackage",
    b"fgb\x03": "flatgeobuf",
    b"PAR1": "geoparquet",
    b"\x00\x00\x27\x0a": "shapefile",
    archive.ZIP: "packed",
    archive.GZIP: "packed",
}
TEXT = (".csv", ".txt", ".tsv")
# The first pair of a drawing, after comments; or the sentinel of a binary one.
DRAWING = re.compile(rb"(\s*999\r?\n[^\n]*\n)*\s*0\s*\r?\nSECTION|AutoCAD Binary DXF")
# The head of the first block of an OpenStreetMap extract, after its length.
OPENSTREETMAP = re.compile(rb"\x00\x00[\x00-\xff]{2}\x0a\x09OSMHeader")
DWG = re.compile(rb"AC10[0-9]{2}\x00")
TAR_AT = 257
BOM = b"\xef\xbb\xbf"


class Reader(Protocol):
    """What each module of a format has.

    One with several tables in a file also has `tables(path, request)`, and NEEDS_TABLE: whether one must be named. One
    that only Python reads may have SECONDS_PER_MIB of its own.
    """

    def read(self, path: Path, request: Request) -> "Table": ...


def unpack(path: Path, request: Request) -> tuple[Path, Request]:
    """The file itself, or what was packed in it; and what is asked of that."""
    start = _start(path)
    if start.startswith((archive.ZIP, archive.EMPTY_ZIP)):
        return archive.unzip(path, request)
    if start.startswith(archive.GZIP):
        return archive.gunzip(path, request), request
    return path, request


def reader_of(path: Path, request: Request) -> Reader:
    """The format's module, imported when it is met: GDAL and Parquet are large."""
    name = _format(path, _start(path))
    if name == "shapefile" and path.suffix != ".shp":
        raise Unreadable("part_of_shapefile", name=request.path.name)
    if name == "packed":
        raise Unreadable("archive_in_archive", name=request.path.name)
    if DWG.match(_start(path)):
        raise Unreadable("drawing_not_open", name=request.path.name)
    if not name:
        raise Unreadable("unknown_format", name=request.path.name)
    reader: Reader = import_module(f"{__name__}.{name}")
    return reader


def _format(path: Path, start: bytes) -> str:
    """The module's name; "" for what is none of our formats."""
    known = next((name for magic, name in STARTS.items() if start.startswith(magic)), "")
    text = start.removeprefix(BOM).lstrip()
    if known:
        return known
    if start[TAR_AT:].startswith(b"ustar") and b"\0" in start[:TAR_AT]:
        return ""  # else the name of what it holds, which it begins with, would pass for a text
    if OPENSTREETMAP.match(start):
        return "openstreetmap"
    if text.startswith((b"{", b"[")):
        return "geojson"
    if path.suffix == ".dxf" or DRAWING.match(text):
        return "dxf"
    if path.suffix in TEXT:
        return "delimited"
    if xml.is_xml(start):
        return xml.format_of(path)
    return ""


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)
