"""FlatGeobuf 3."""

from pathlib import Path

from . import gdal
from .request import Request
from .table import Table


def read(path: Path, request: Request) -> Table:
    return gdal.read("FlatGeobuf", path)
