"""The formats in which features are taken away, besides GeoJSON and pages: how they are asked for and called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.downloads import Download
from gis.features.query import COUNTED

from .wishes import HTML_TYPES, JSON_TYPES, wish

LARGEST = COUNTED  # features of a file that is made while the caller waits
Writer = Callable[[Path, Download, Callable[[int], None]], int]


@dataclass(frozen=True)
class Format:
    """`writer` names the function of `gis.downloads.files` that makes the file; without one it streams as text."""

    name: str
    media: str
    title: str | Promise
    writer: str = ""

    @property
    def content_type(self) -> str:
        return f"{self.media}; charset=utf-8" if self.media.startswith("text/") else self.media

    @cached_property
    def write(self) -> Writer:
        """Writes the file. The libraries that do take a second to load, so not before they are needed."""
        from gis.downloads import files

        found: Writer = getattr(files, self.writer)
        return found


JSON_FG = Format("jsonfg", "application/vnd.ogc.fg+json", _("JSON-FG, with time and any coordinate system"))
CSV = Format("csv", "text/csv", _("Table (CSV)"))
FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        JSON_FG,
        CSV,
        Format("fgb", "application/flatgeobuf", "FlatGeobuf", "flatgeobuf"),
        Format("gpkg", "application/geopackage+sqlite3", "GeoPackage", "geopackage"),
        Format("parquet", "application/vnd.apache.parquet", "GeoParquet", "parquet"),
    )
}
KINDS = (
    dict.fromkeys((*JSON_TYPES, *HTML_TYPES), "")
    | {one.media: one.name for one in FORMATS.values()}
    # As it was called before JSON-FG was approved, and GeoPackage without its container.
    | {"application/fg+json": "jsonfg", "application/geopackage+vnd.sqlite3": "gpkg"}
)


def chosen(given: str, accept: str) -> Format | None:
    """The format of a download: the parameter first, then the wish with the highest weight; None for other answers."""
    return FORMATS.get(given or wish(accept, KINDS))
