"""A cadastre by `import_layer`, and again unchanged, against the same rows by a bare COPY with key and spatial index.

The bare one checks nothing: no validity, no overlap, no tenant, no history, no original kept, no other index.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
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
OFTEN, SOON = 0.2, 0.1


@dataclass(frozen=True)
class Run:
    """One run of the command: the most memory of its processes, the longest wait of another writer, and its locks."""

    seconds: float
    memory_mib: int
    waited_s: float
    locks: int
    held_s: float


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    template = databases.template()
    with TemporaryDirectory() as folder:
        file, text = write_files(Path(folder), options.rows)
        limits, first, again = [], [], []
        for _pair in range(options.pairs):
            name = databases.clone(template, label="bench")
            limits.append(bare(name, text))
            _make_authority(name, "bench")
            beside = _make_authority(name, "beside")
            first.append(by_command(name, file, beside, f"Of those in the layer, new: {options.rows:,}"))
            again.append(by_command(name, file, beside, f"Of those in the layer, unchanged: {options.rows:,}"))
            with databases.superuser() as root:
                databases.drop(root, name)
    return [_line(title, limits, runs, options.rows) for title, runs in (("", first), (" again, unchanged", again))]


def _line(title: str, limits: list[float], runs: list[Run], rows: int) -> Line:
    note = (
        f"{max(run.memory_mib for run in runs)} MiB at most, reader included; "
        f"{rows / min(run.seconds for run in runs):,.0f} rows/s; {max(run.locks for run in runs)} locks at most, "
        f"the one that others wait for held {max(run.held_s for run in runs):.1f} s; "
        f"another writer of parcels waited {max(run.waited_s for run in runs):.1f} s at most"
    )
    pairs = tuple(Pair(run.seconds, limit) for run, limit in zip(runs, limits, strict=True))
    return Line(f"import_layer parcels (GeoPackage){title}", "COPY + primary key + GiST", pairs, note)


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


def by_command(name: str, file: Path, beside: UUID, told: str) -> Run:
    """One run of the command, which must have told this, while another authority adds parcels."""
    environment = os.environ | {
        variable: os.environ[variable].rsplit("/", 1)[0] + f"/{name}"
        for variable in ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")
    }
    command = [sys.executable, "manage.py", "import_layer", "parcels", str(file), "--authority", "bench"]
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment | {"BALADIYA_TEST_URLS": "true"}, stdout=subprocess.PIPE
    )
    memory, neighbour, locks = Memory(process.pid), Neighbour(name, beside), Locks(name)
    for watching in (memory, neighbour, locks):
        watching.start()
    out, _err = process.communicate()
    seconds = time.monotonic() - began
    for watching in (memory, neighbour, locks):
        watching.done.set()
        watching.join()
    if process.returncode or told not in out.decode():
        raise RuntimeError(f"the import failed: {out.decode()}")
    if neighbour.refused or not neighbour.written:
        raise RuntimeError(f"of another writer's parcels {neighbour.refused} were lost, {neighbour.written} written")
    return Run(seconds, memory.most, neighbour.longest, locks.most, locks.held_s)


class Locks(threading.Thread):
    """The most locks of one session, and for how long in one go somebody held the lock on all places of parcels."""

    ASKED = """
        SELECT coalesce(max(locks), 0), coalesce(bool_or(whole), false) FROM (
            SELECT count(*) AS locks, bool_or(locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted
                AND classid = 1885434732 AND objid = 4294967295) AS whole
            FROM pg_locks WHERE pid <> pg_backend_pid() AND database = (
                SELECT oid FROM pg_database WHERE datname = current_database())
            GROUP BY pid) sessions
    """

    def __init__(self, database: str) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.most = 0
        self.held_s = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        since = None
        with databases.superuser(self.database) as root:
            while not self.done.wait(SOON):
                ((locks, whole),) = root.execute(self.ASKED).fetchall()
                self.most = max(self.most, locks)
                since = (since or time.monotonic()) if whole else None
                self.held_s = max(self.held_s, time.monotonic() - since + SOON if since else 0.0)


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
