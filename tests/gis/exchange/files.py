"""Files of every format with the same few parcels, and ways to look into what a reader gives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from gis.exchange.source import Source

# A corner of the sea in which the invented authority of these tests acts: degrees of EPSG:4326.
WEST, SOUTH = 57.50, 23.40
STEP = 0.0003
SCHEMA = {"plot": pa.string(), "block": pa.string(), "id": pa.string(), "use": pa.string()}


@dataclass(frozen=True)
class Plot:
    """One row of a file."""

    geometry: Any
    id: str
    plot: str
    block: str = "1"
    use: str = "residential"


def square(column: float, row: float = 0, *, wide: float = 1, high: float = 1) -> Any:
    """A cell of a grid of about thirty metres; neighbours share their side exactly."""
    x0, x1 = (round(WEST + STEP * c, 9) for c in (column, column + wide))
    y0, y1 = (round(SOUTH + STEP * r, 9) for r in (row, row + high))
    return shapely.Polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])


def plots(count: int, *, row: float = 0) -> list[Plot]:
    """Squares side by side."""
    return [Plot(square(n, row), id=f"s{n}", plot=str(n + 1)) for n in range(count)]


def table(rows: Sequence[Plot]) -> pa.Table:
    """The rows as Arrow, geometry as WKB in the last column."""
    columns = {name: pa.array([getattr(row, name) for row in rows], kind) for name, kind in SCHEMA.items()}
    geometries = np.array([row.geometry for row in rows] or [None], dtype=object)[: len(rows)]
    return pa.table(columns | {"geometry": pa.array(shapely.to_wkb(geometries, flavor="iso"), pa.binary())})


def write(path: Path, rows: Sequence[Plot], *, crs: str | None = "EPSG:4326", **options: Any) -> Path:
    """The rows in the format of the ending."""
    writer = {".geojson": geojson, ".csv": csv_wkt, ".parquet": geoparquet}.get(path.suffix)
    if writer:
        return writer(path, rows, **options)
    driver = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf"}[path.suffix]
    kinds = {row.geometry.geom_type for row in rows if row.geometry is not None}
    pyogrio.write_arrow(
        table(rows),
        path,
        driver=driver,
        geometry_name="geometry",
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=crs,
        **{".gpkg": {"layer": "plots"}, ".fgb": {"SPATIAL_INDEX": "NO"}}.get(
            path.suffix, {}
        ),  # an index sorts the rows
        **options,
    )
    return path


def geojson(path: Path, rows: Sequence[Plot]) -> Path:
    features = [
        {
            "type": "Feature",
            "geometry": None if row.geometry is None else shapely.geometry.mapping(row.geometry),
            "properties": {name: getattr(row, name) for name in SCHEMA},
        }
        for row in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def csv_wkt(path: Path, rows: Sequence[Plot]) -> Path:
    lines = ["plot,block,id,use,wkt"]
    lines += [f'{row.plot},{row.block},{row.id},{row.use},"{shapely.to_wkt(row.geometry, 12)}"' for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def geoparquet(path: Path, rows: Sequence[Plot]) -> Path:
    geo = {"version": "1.1.0", "primary_column": "geometry",
           "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}  # fmt: skip
    pq.write_table(table(rows).replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


@dataclass(frozen=True)
class Taken:
    """What came out of the reading process."""

    head: Any
    rows: list[dict[str, Any]]
    geometry: list[Any]
    faults: list[dict[str, Any] | None]
    numbers: list[int]


def take(path: Path, **options: Any) -> Taken:
    """Read the whole file as an import does. Raises UnreadableFile."""
    rows: list[dict[str, Any]] = []
    geometry: list[Any] = []
    faults: list[dict[str, Any] | None] = []
    numbers: list[int] = []
    with TemporaryDirectory() as folder, Source(path, Path(folder), **options) as source:
        for batch in source.batches():
            rows += batch.attributes.to_pylist()
            geometry += list(shapely.from_wkb(batch.geometry.to_pylist(), on_invalid="ignore"))
            faults += [json.loads(text) if text else None for text in batch.faults.to_pylist()]
            numbers += batch.rows.to_pylist()
        return Taken(source.head, rows, geometry, faults, numbers)
