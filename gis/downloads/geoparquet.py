"""GeoParquet 1.1: geometry as WKB, with the box of each feature beside it, by which readers pass over row groups."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

GEOMETRY, BOX = "geometry", "bbox"
CORNERS = ("xmin", "ymin", "xmax", "ymax")
BOXES = pa.struct([(corner, pa.float64()) for corner in CORNERS])
ROWS = 10_000  # of one row group
TYPES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
    "GEOMETRYCOLLECTION": "GeometryCollection",
}


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, system: str, geometry_type: str) -> None:
    """The batches, whose column "geometry" is WKB. `system` is an EPSG code, empty for CRS84."""
    around = np.array([np.inf, np.inf, -np.inf, -np.inf])
    with pq.ParquetWriter(path, schema.append(pa.field(BOX, BOXES)), compression="zstd") as writer:
        for table in _grouped(schema, batches):
            boxes = shapely.bounds(shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False)))
            placed = ~np.isnan(boxes[:, 0])
            if placed.any():
                around[:2] = np.minimum(around[:2], boxes[placed, :2].min(axis=0))
                around[2:] = np.maximum(around[2:], boxes[placed, 2:].max(axis=0))
            writer.write_table(table.append_column(pa.field(BOX, BOXES), _structs(boxes, placed)))
        box = around.tolist() if np.isfinite(around).all() else None
        writer.add_key_value_metadata({"geo": json.dumps(_about(system, geometry_type, box))})


def _grouped(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterable[pa.Table]:
    group: list[pa.RecordBatch] = []
    for batch in batches:
        group.append(batch)
        if sum(one.num_rows for one in group) >= ROWS:
            yield pa.Table.from_batches(group, schema)
            group = []
    if group:
        yield pa.Table.from_batches(group, schema)


def _structs(boxes: Any, placed: Any) -> pa.Array:
    columns = [pa.array(boxes[:, place], pa.float64()) for place in range(len(CORNERS))]
    return pa.StructArray.from_arrays(columns, fields=list(BOXES), mask=pa.array(~placed))


def _about(system: str, geometry_type: str, box: list[float] | None) -> dict[str, Any]:
    """What the format wants under "geo". No types listed means that any may occur."""
    about: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [TYPES[geometry_type]] if geometry_type in TYPES else [],
        "covering": {"bbox": {corner: [BOX, corner] for corner in CORNERS}},
    }
    if system:
        about["crs"] = CRS(system).to_json_dict()
    if box:
        about["bbox"] = box
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: about}}
