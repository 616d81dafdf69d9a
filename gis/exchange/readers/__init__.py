"""One reader per format. They run in the limited process only, and know neither Django nor a database."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

from . import archive
from .table import Request, Table
from .unreadable import Unreadable

# Formats are known by their first bytes, not by their names.
STARTS = {
    b"SQLite format 3\x00": "geopackage",
    b"fgb\x03": "flatgeobuf",
    b"PAR1": "geoparquet",
    b"\x00\x00\x27\x0a": "shapefile",
}
TEXT = (".csv", ".txt", ".tsv")
BOM = b"\xef\xbb\xbf"


class Reader(Protocol):
    """What each module of a format has."""

    def read(self, path: Path, request: Request) -> Table: ...


def unpack(request: Request) -> Path:
    """The file itself, or what was packed in it."""
    start = _start(request.path)
    if start.startswith((archive.ZIP, archive.EMPTY_ZIP)):
        return archive.unzip(request.path, request)
    if start.startswith(archive.GZIP):
        return archive.gunzip(request.path, request)
    return request.path


def reader_of(path: Path) -> Reader:
    """The format's module, imported when it is met: GDAL and Parquet are large."""
    start = _start(path)
    name = next((name for magic, name in STARTS.items() if start.startswith(magic)), "")
    if name == "shapefile" and path.suffix.lower() != ".shp":
        raise Unreadable("part_of_shapefile", name=path.name)
    if not name and start.removeprefix(BOM).lstrip().startswith((b"{", b"[")):
        name = "geojson"
    if not name and path.suffix.lower() in TEXT:
        name = "delimited"
    if not name:
        raise Unreadable("unknown_format", name=path.name)
    reader: Reader = import_module(f"{__name__}.{name}")
    return reader


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)
