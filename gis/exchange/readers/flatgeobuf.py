"""FlatGeobuf 3."""

from pathlib import Path

from . import gdal
from .table import Request, Table


def read(path: Path, request: Request) -> Table:
    return gdal.read("FlatGeobuf", path)
