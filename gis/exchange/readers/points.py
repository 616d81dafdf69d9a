"""Geometry from columns: x and y, or well-known text. Used by the formats that have no geometry of their own."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from .request import Request
from .table import fault
from .unreadable import Unreadable

# What columns are called that hold coordinates; the first two rows say the system as well.
DEGREES = (
    ("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"), ("خط الطول", "دائرة العرض"),
    ("خط الطول", "خط العرض"),
)  # fmt: skip
# Either of a pair may be named by hand.
LONGITUDES, LATITUDES = (frozenset(names) for names in zip(*DEGREES, strict=True))
METRES = (("x", "y"), ("easting", "northing"), ("east", "north"), ("x_coord", "y_coord"), ("الشرقيات", "الشماليات"))
TEXTS = ("wkt", "geom", "geometry", "the_geom", "shape", "wkt_geom")

# Arabic and Persian digits, Arabic decimal separator and comma.
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")
POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


@dataclass(frozen=True)
class Place:
    """Which columns hold the coordinates, and whether their names say longitude and latitude.

    `refusal` is why there are none; only a look goes on with it.
    """

    x: str = ""
    y: str = ""
    wkt: str = ""
    degrees: bool = False
    refusal: Unreadable | None = None

    @property
    def columns(self) -> dict[str, str]:
        """Those that are read, by "x", "y" or "wkt"."""
        return {name: column for name in ("x", "y", "wkt") if (column := getattr(self, name))}


def find_place(columns: tuple[str, ...], request: Request) -> Place:
    """The columns the caller named, else those whose names say it.

    Raises Unreadable, but not in a look: what the columns hold helps people to name them.
    """
    try:
        return _place(columns, request)
    except Unreadable as refusal:
        if not request.look:
            raise
        return Place(refusal=refusal)


def _place(columns: tuple[str, ...], request: Request) -> Place:
    if request.wkt and (request.x or request.y):
        raise Unreadable("two_places", columns=list(columns))
    if request.wkt:
        return Place(wkt=_named(columns, request.wkt))
    if request.x or request.y:
        if not (request.x and request.y):
            raise Unreadable("half_a_place", columns=list(columns))
        x, y = _named(columns, request.x), _named(columns, request.y)
        return Place(x=x, y=y, degrees=_plain(x) in LONGITUDES and _plain(y) in LATITUDES)
    known = {_plain(column): column for column in columns}
    for pairs, degrees in ((DEGREES, True), (METRES, False)):
        for x, y in pairs:
            if x in known and y in known:
                return Place(x=known[x], y=known[y], degrees=degrees)
    for name in TEXTS:
        if name in known:
            return Place(wkt=known[name])
    raise Unreadable("no_coordinates", columns=list(columns))


def geometry_of(batch: pa.RecordBatch, place: Place) -> tuple[pa.Array, list[str | None]]:
    """WKB of each row, and why a row has none."""
    if place.wkt:
        return _from_text(batch.column(place.wkt))
    faults: list[str | None] = [None] * batch.num_rows
    if place.refusal:
        return pa.nulls(batch.num_rows, pa.binary()), faults
    x = _numbers(place.x, batch.column(place.x), faults)
    y = _numbers(place.y, batch.column(place.y), faults)
    points = np.zeros(batch.num_rows, POINT)
    points["order"], points["type"], points["x"], points["y"] = 1, 1, x, y
    wkb = pa.Array.from_buffers(pa.binary(POINT.itemsize), batch.num_rows, [None, pa.py_buffer(points.tobytes())])
    missing = np.isnan(x) | np.isnan(y)
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.binary()), wkb.cast(pa.binary())), faults


def _plain(column: str) -> str:
    return column.strip().casefold()


def _named(columns: tuple[str, ...], name: str) -> str:
    if name not in columns:
        raise Unreadable("no_such_column", column=name, columns=list(columns))
    return name


def _numbers(name: str, column: pa.Array, faults: list[str | None]) -> np.ndarray:
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return np.asarray(column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False))
    texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
    empty = pc.equal(pc.utf8_length(texts), 0)
    try:
        found = pc.if_else(empty, None, texts).cast(pa.float64())
        return np.asarray(found.fill_null(np.nan).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        return np.array([_number(name, row, text, faults) for row, text in enumerate(texts.to_pylist())])


def _number(name: str, row: int, text: str | None, faults: list[str | None]) -> float:
    if not text:
        return np.nan
    try:
        return float(text.translate(DIGITS).replace(",", "."))
    except ValueError:
        faults[row] = faults[row] or fault("bad_coordinate", column=name, value=text[:80])
        return np.nan


def _from_text(column: pa.Array) -> tuple[pa.Array, list[str | None]]:
    faults: list[str | None] = [None] * len(column)
    texts = np.array(column.cast(pa.string()).to_pylist(), dtype=object)
    for row, text in enumerate(texts):
        if text:
            texts[row] = text.strip().rpartition(";")[2] or None
    try:
        found = shapely.from_wkt(texts, on_invalid="ignore")
    except NotImplementedError:  # a curve costs its row, not the file
        found = np.array([_without_curves(text) for text in texts], dtype=object)
    for row in np.flatnonzero(shapely.is_missing(found)).tolist():
        if texts[row]:
            faults[row] = fault("bad_coordinate", column="WKT", value=str(texts[row])[:80])
    return pa.array(shapely.to_wkb(found), pa.binary()), faults


def _without_curves(text: str | None) -> shapely.Geometry | None:
    try:
        return shapely.from_wkt(text, on_invalid="ignore")
    except NotImplementedError:
        return None
