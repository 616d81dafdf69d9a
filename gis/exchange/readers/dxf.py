"""DXF drawings, by ezdxf: one CAD layer is the table, texts inside its outlines are columns.

GDAL's driver was tried beside it: it knows neither the drawing's unit nor its georeference, gives closed outlines as
lines, takes no broken file, and puts what is drawn inside a symbol among the outlines. ezdxf (MIT) opens 26 of the 29
real plans we have, two of them in its recover mode, in 0.3 to 1 s a megabyte; three are templates that were not filled.

A symbol (INSERT) is a point with its attributes; what is drawn inside it is no record.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import pyarrow as pa
import shapely
from ezdxf import recover
from ezdxf.lldxf.const import DXFError

from gis.exchange.limits import LIMITS

from .drawing import KINDS, TEXTS, OpenOutline, layer_of, shape_of, text_of
from .drawing_place import Placing, placing
from .encodings import codec, detect
from .request import Request
from .table import Head, Table, batch_of, fault, unique_names
from .unreadable import Unreadable

NEEDS_TABLE = True
# Of processor time: Python alone reads it.
SECONDS_PER_MIB = 2.0
MOST_ENTITIES = 500_000
TEXT_COLUMN = "text:"
# Before this version the text is in the code page that the header names, which programs do not keep right.
UNICODE_SINCE = "AC1021"
# What ezdxf raises over a file that is none: it was written for files that are.
BROKEN = (DXFError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)
SAMPLE = 4 * 1024 * 1024


def read(path: Path, request: Request) -> Table:
    drawing, told_by, remarks = _open(path, request.encoding)
    entities = _entities(drawing)
    layers = _layers(entities)
    if not layers:
        raise Unreadable("no_geometry")
    if request.table and request.table not in layers:
        raise Unreadable("no_such_table", table=request.table, tables=layers)
    if not request.table and len(layers) > 1:
        raise Unreadable("many_tables", tables=layers)
    placed = placing(drawing, request.unit)
    plan = _Plan(entities, request.table or layers[0], placed, tuple(request.texts))
    remarks = (*remarks, *placed.remarks, *plan.remarks())
    encoding = "utf_8" if drawing.dxfversion >= UNICODE_SINCE else codec(drawing.encoding)
    head = Head("DXF", plan.columns, placed.crs, "file" if placed.crs else "", encoding, told_by,
                rows=len(plan.rows), remarks=remarks)  # fmt: skip
    table = Table(head, iter(()))
    table.batches = plan.batches(table)
    return table


def tables(path: Path, request: Request) -> list[str]:
    """The CAD layers on which something is drawn that can be a record, the fullest first."""
    return _layers(_entities(_open(path, request.encoding)[0]))


def counts(path: Path, request: Request, names: list[str]) -> dict[str, int]:
    """How many entities of each CAD layer can be a record."""
    return dict(_drawn(_entities(_open(path, request.encoding)[0])))


@cache
def _open(path: Path, asked: str) -> tuple[Any, str, tuple[tuple[str, dict[str, Any]], ...]]:
    """The drawing, who told its text encoding, and what is to be said about it. Read once: a look asks twice."""
    encoding, told_by = _encoding(path, asked)
    try:
        try:
            return ezdxf.readfile(path, encoding=encoding), told_by, ()
        except DXFError:
            drawing, audit = recover.readfile(path)
            return drawing, told_by, (("dxf_recovered", {"errors": len(audit.errors) + len(audit.fixes)}),)
    except BROKEN as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unreadable("broken_dxf", why=why[:160].rstrip(".")) from error


def _encoding(path: Path, asked: str) -> tuple[str | None, str]:
    """Old drawings say a code page, and often the wrong one: Arabic bytes are recognised whatever they say."""
    if asked:
        return codec(asked), "option"
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    version = sample.partition(b"$ACADVER")[2][:40].split()
    if len(version) > 1 and version[1].decode("ascii", "ignore") >= UNICODE_SINCE:
        return None, "file"
    found = detect(sample)
    return (found, "detected") if found in ("cp1256", "iso8859_6") else (None, "file")


def _entities(drawing: Any) -> list[Any]:
    space = drawing.modelspace()
    if len(space) > MOST_ENTITIES:
        raise Unreadable("too_many_entities", entities=len(space), most=MOST_ENTITIES)
    return list(space)


def _layers(entities: list[Any]) -> list[str]:
    return [name for name, _count in _drawn(entities).most_common()]


def _drawn(entities: list[Any]) -> Counter[str]:
    return Counter(layer_of(entity) for entity in entities if entity.dxftype() in KINDS)


class _Plan:
    """What becomes of the entities of one layer."""

    def __init__(self, entities: list[Any], layer: str, placed: Placing, mapped: tuple[str, ...]) -> None:
        self.placed = placed
        self.rows = [one for one in entities if layer_of(one) == layer and one.dxftype() in KINDS]
        self.left_out = Counter(
            one.dxftype() for one in entities if layer_of(one) == layer and one.dxftype() not in KINDS | TEXTS.keys()
        )
        self.texts = [text for one in entities for text in text_of(one)]
        self.mapped = mapped
        attributes = dict.fromkeys(tag for one in self.rows for tag in _attributes(one))
        layers = sorted({layer for layer, _place, _text in self.texts})
        self.names = ["handle", "kind", "block", *attributes, *(TEXT_COLUMN + name for name in layers)]
        self.columns = unique_names(self.names)
        self.has_outlines = any(getattr(one, "is_closed", False) for one in self.rows)

    def remarks(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if self.left_out:
            kinds = ", ".join(f"{kind} {count}" for kind, count in self.left_out.most_common())
            yield "dxf_left_out", {"kinds": kinds}

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        judged = [self._judged(one) for one in self.rows]
        inside = self._texts_inside([shape for shape, _fault in judged])
        for first in range(0, len(self.rows), LIMITS.batch_rows):
            numbers = range(first, min(first + LIMITS.batch_rows, len(self.rows)))
            table.done[0] = numbers.stop / len(self.rows)
            values = [self._values(self.rows[n], inside.get(n, {})) for n in numbers]
            faults = [judged[n][1] or self._several(inside.get(n, {})) for n in numbers]
            shapes = shapely.to_wkb(np.array([judged[n][0] for n in numbers], dtype=object))
            columns = [pa.array([row.get(name) for row in values], pa.string()) for name in self.names]
            yield batch_of([n + 1 for n in numbers], pa.array(shapes, pa.binary()), self.columns, columns, faults)

    def _judged(self, entity: Any) -> tuple[Any, str | None]:
        handle = str(entity.dxf.handle)
        try:
            return shape_of(entity, self.placed, outlines=self.has_outlines), None
        except OpenOutline as error:
            return None, fault("outline_open", handle=handle, gap=f"{error.gap:.3f}")
        except (DXFError, ValueError, TypeError, ArithmeticError, shapely.GEOSException) as error:
            return None, fault("bad_drawing", handle=handle, kind=entity.dxftype(), why=str(error)[:120])

    def _texts_inside(self, shapes: list[Any]) -> dict[int, dict[str, list[str]]]:
        """By row and column the texts whose place lies inside the outline."""
        found: dict[int, dict[str, list[str]]] = {}
        if not self.texts:
            return found
        places = self.placed.apply(np.array([place for _layer, place, _text in self.texts]))
        areas = [shape if shape is not None and shape.geom_type == "Polygon" else None for shape in shapes]
        tree = shapely.STRtree(np.array(areas, dtype=object))
        for text, row in zip(*tree.query(shapely.points(places), predicate="within").tolist(), strict=True):
            layer, _place, told = self.texts[text]
            found.setdefault(row, {}).setdefault(TEXT_COLUMN + layer, []).append(told)
        return found

    def _several(self, inside: dict[str, list[str]]) -> str | None:
        """Two numbers inside one outline: nobody knows which is its own. Only asked of what becomes a field."""
        for column in self.mapped:
            if len(set(inside.get(column, []))) > 1:
                return fault("several_texts", column=column, values="; ".join(inside[column])[:120])
        return None

    def _values(self, entity: Any, inside: dict[str, list[str]]) -> dict[str, str]:
        own = {"handle": str(entity.dxf.handle), "kind": entity.dxftype()}
        if entity.dxftype() == "INSERT":
            own["block"] = str(entity.dxf.name)
        return own | _attributes(entity) | {name: "; ".join(dict.fromkeys(texts)) for name, texts in inside.items()}


def _attributes(entity: Any) -> dict[str, str]:
    return {str(one.dxf.tag): str(one.dxf.text) for one in getattr(entity, "attribs", ())}
