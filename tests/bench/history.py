"""COPY and UPDATE of a table like parcels with its history, against the same table without: one statement each.

The table is bare of its own triggers but for the history's, so the ratio is what keeping every version costs.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests import databases
from tests.bench.line import Line, Pair

COLUMNS = "id, authority_id, plot_no, block_no, land_use, legal_area_m2, krooki_no, deed_no, source_id, geom"
ROWS = """
    SELECT gis_uuid7(), gis_uuid7(), i::text, (i % 50)::text, 'residential', 600.00::numeric(14, 2), 'K' || i, 'D' || i,
        'S' || i, ST_Multi(ST_MakeEnvelope(58 + i % 1000 * 0.0003, 23 + i / 1000 * 0.0003,
        58 + i % 1000 * 0.0003 + 0.00025, 23 + i / 1000 * 0.0003 + 0.00025, 4326))
    FROM generate_series(1, %s) i"""


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    copies, updates, log = [], [], 0.0
    with TemporaryDirectory() as folder, databases.superuser(name) as root:
        root.execute("SET statement_timeout = 0")
        file = Path(folder, "rows")
        _write(root, file, options.rows)
        for _pair in range(options.pairs):
            ours, limit = _run(root, file, kept=True), _run(root, file, kept=False)
            copies.append(Pair(ours[0], limit[0]))
            updates.append(Pair(ours[1], limit[1]))
            log = ours[2] / limit[2]
    with databases.superuser() as root:
        databases.drop(root, name)
    return [
        Line("COPY with history", "COPY without", tuple(copies), f"{log:.2f} times the log written, with the UPDATE"),
        Line("UPDATE of all rows with history", "UPDATE without", tuple(updates)),
    ]


def _write(root: psycopg.Connection, file: Path, rows: int) -> None:
    statement = ROWS.replace("%s", str(rows))
    with file.open("wb") as out, root.cursor().copy(f"COPY ({statement}) TO STDOUT (FORMAT binary)") as copy:  # type: ignore[arg-type]
        for piece in copy:
            out.write(piece)


def _run(root: psycopg.Connection, file: Path, *, kept: bool) -> tuple[float, float, float]:
    """Seconds of COPY, seconds of UPDATE, bytes of log."""
    root.execute("DROP TABLE IF EXISTS history.bench_parcel, bench_parcel CASCADE")
    root.execute("CREATE TABLE bench_parcel (LIKE parcels_parcel INCLUDING ALL)")
    if kept:
        root.execute("SELECT history_track('bench_parcel')")
        root.execute("GRANT SELECT ON bench_parcel TO baladiya_checker")
        root.execute("GRANT SELECT, INSERT ON history.bench_parcel TO baladiya_checker")
    root.execute("CHECKPOINT")
    (before,) = root.execute("SELECT pg_current_wal_insert_lsn()").fetchone()  # type: ignore[misc]
    began = time.monotonic()
    with (
        root.cursor().copy(f"COPY bench_parcel ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy,
        file.open("rb") as text,
    ):
        while piece := text.read(1 << 20):
            copy.write(piece)
    copied = time.monotonic()
    root.execute("UPDATE bench_parcel SET legal_area_m2 = 601")
    ended = time.monotonic()
    (log,) = root.execute("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", [before]).fetchone()  # type: ignore[misc]
    return copied - began, ended - copied, float(log)
