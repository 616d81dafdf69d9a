"""A cadastre by `import_layer`, against the same rows by a bare COPY with a primary key and a spatial index.

The bare one checks nothing: no validity, no overlap, no tenant, no history, no original kept, no other index.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyarrow import csv
from pyproj import Transformer

from apps.config.environment import ROOT
from tests import databases
from tests.bench.line import Line, Pair
from tests.bench.neighbour import Neighbour

SIDE_M = 25.0
OFTEN = 0.2


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    template = databases.template()
    with TemporaryDirectory() as folder:
        file, text = write_files(Path(folder), options.rows)
        pairs, memory, waited = [], 0, 0.0
        for _pair in range(options.pairs):
            name = databases.clone(template, label="bench")
            limit = bare(name, text)
            ours, peak, longest = by_command(name, file, options.rows)
            pairs.append(Pair(ours, limit))
            memory, waited = max(memory, peak), max(waited, longest)
            with databases.superuser() as root:
                databases.drop(root, name)
    note = (
        f"{memory} MiB at most, reader included; {options.rows / min(p.ours for p in pairs):,.0f} rows/s; "
        f"another writer of parcels waited {waited:.1f} s at most"
    )
    return [Line("import_layer parcels (GeoPackage)", "COPY + primary key + GiST", tuple(pairs), note)]


def write_files(folder: Path, rows: int) -> tuple[Path, Path]:
    """The cadastre as GeoPackage, and as text that COPY takes."""
    geometries = cadastre(rows)
    wkb = shapely.to_wkb(geometries)
    columns = {
        "plot_no": pa.array([str(n) for n in range(rows)]),
        "block_no": pa.array([f"B{n // 100}" for n in range(rows)]),
        "land_use": pa.array([("residential", "commercial", "Residential", "government")[n % 4] for n in range(rows)]),
        "source_id": pa.array([f"S{n}" for n in range(rows)]),
    }
    file, text = folder / "parcels.gpkg", folder / "parcels.csv"
    pyogrio.write_arrow(
        pa.table(columns | {"geometry": pa.array(wkb, pa.binary())}), file, driver="GPKG", layer="parcels",
        geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    ready = shapely.multipolygons(geometries, indices=np.arange(rows))
    hexes = pa.array(shapely.to_wkb(shapely.set_srid(ready, 4326), hex=True, include_srid=True))
    csv.write_csv(pa.table(columns | {"geom": hexes}), text, csv.WriteOptions(include_header=False))
    return file, text


def cadastre(rows: int) -> np.ndarray:
    """Parcels of nine stored points that share their corners: a grid, turned and shaken, at a coast in zone 40."""
    side = int(np.ceil(np.sqrt(rows)))
    shake = np.random.default_rng(1).uniform(-3, 3, (2, side + 1, side + 1))
    column, row = np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij")
    x, y = column * SIDE_M + shake[0], row * SIDE_M + shake[1]
    turn = np.radians(17)
    east, north = 560_000 + x * np.cos(turn) - y * np.sin(turn), 2_580_000 + x * np.sin(turn) + y * np.cos(turn)
    lon, lat = Transformer.from_crs(32640, 4326, always_xy=True).transform(east, north)
    corners = np.round(np.stack([lon, lat], axis=-1), 8)
    i, j = (index.ravel()[:rows] for index in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    four = [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
    ring = []
    for one, other in zip(four, [*four[1:], four[0]], strict=True):
        ring += [one, np.round((one + other) / 2, 8)]
    return shapely.polygons(np.stack([*ring, four[0]], axis=1))


def bare(name: str, text: Path) -> float:
    """Seconds of COPY, primary key and spatial index."""
    with databases.login("owner", name) as session:
        session.execute(
            "CREATE TABLE bare (plot_no text, block_no text, land_use text, source_id text,"
            " geom geometry(MultiPolygon, 4326), id uuid DEFAULT gis_uuid7())"
        )
        began = time.monotonic()
        with session.cursor() as cursor, text.open("rb") as file:
            statement = "COPY bare (plot_no, block_no, land_use, source_id, geom) FROM STDIN (FORMAT csv)"
            with cursor.copy(statement) as copy:
                while piece := file.read(1 << 20):
                    copy.write(piece)
        session.execute("ALTER TABLE bare ADD PRIMARY KEY (id)")
        session.execute("CREATE INDEX ON bare USING gist (geom)")
        seconds = time.monotonic() - began
        session.execute("DROP TABLE bare")
    return seconds


def by_command(name: str, file: Path, rows: int) -> tuple[float, int, float]:
    """Seconds of the command, the most memory of its processes in MiB, and the longest wait of another writer."""
    _make_authority(name, "bench")
    neighbour = Neighbour(name, _make_authority(name, "beside"))
    environment = os.environ | {
        variable: os.environ[variable].rsplit("/", 1)[0] + f"/{name}"
        for variable in ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")
    }
    command = [sys.executable, "manage.py", "import_layer", "parcels", str(file), "--authority", "bench"]
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment | {"BALADIYA_TEST_URLS": "true"}, stdout=subprocess.PIPE
    )
    meter = Memory(process.pid)
    for watching in (meter, neighbour):
        watching.start()
    out, _err = process.communicate()
    seconds = time.monotonic() - began
    for watching in (meter, neighbour):
        watching.done.set()
        watching.join()
    if process.returncode or f"{rows:,}".encode() not in out:
        raise RuntimeError(f"the import failed: {out.decode()}")
    if neighbour.refused or not neighbour.written:
        raise RuntimeError(f"of another writer's parcels {neighbour.refused} were lost, {neighbour.written} written")
    return seconds, meter.most, neighbour.longest


class Memory(threading.Thread):
    """The most memory of a process and its children, in MiB; a page that several share counts once among them."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.most = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(OFTEN):
            self.most = max(self.most, sum(map(_share_kib, _family(self.process))) >> 10)


def _family(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [process, *(each for child in children for each in _family(int(child)))]


def _share_kib(process: int) -> int:
    """The process' proportional share of what is resident."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def _make_authority(name: str, code: str) -> UUID:
    with databases.superuser(name) as root:
        ((made,),) = root.execute(
            "INSERT INTO territory_authority (code, kind, name_ar, working_crs, geom) VALUES (%s, 'municipality',"
            " 'قياس', 'EPSG:32640', ST_Multi(ST_MakeEnvelope(57, 23, 59, 25, 4326))) RETURNING id",
            [code],
        ).fetchall()
    authority: UUID = made
    return authority
