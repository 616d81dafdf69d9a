"""`bin/bench ogc`: our server, stock pygeoapi and tipg against the limit, a finished text straight from one statement.

Parts of the limit's requests a second, at 8 callers, from the same run; a walk through all features; how flat a page's
latency is. Nothing counts that another question is answered with: such cells say INVALID and what differs.
"""

import argparse
from collections.abc import Iterator

from tests import databases

from . import flatness, ground, walk
from .cells import HEAD, Row, Said, compared
from .peers import all_running
from .workloads import drawn

__all__ = ["HEAD", "ROWS", "measure"]

ROWS = 1_000_000
WALK_TIMES, GROWTH_MIB = 2.5, 50


def measure(options: argparse.Namespace) -> Iterator[Row | Said]:
    """Gives each line as soon as it is measured. The small ground is there for flatness alone."""
    with ground.laid(options.rows, "large") as name, databases.superuser(name) as root:
        root.execute("SET statement_timeout = 0; SET max_parallel_workers_per_gather = 0; SET jit = off")
        with all_running(name) as servers:
            walk.read(servers["ours"].items.format("&limit=10000"))  # what the first answer ever looks up
            memory = walk.Memory(servers["ours"])
            memory.start()
            walked = walk.walk(servers["ours"])
            memory.stop()
            yield _walk(walked, walk.copied(root), options.rows)
            yield _memory(memory.samples)
            for workload in drawn(root, options.rows, walked):
                yield compared(root, servers, workload, options.pairs)
            yield from flatness.lines(servers["ours"], walked, options.rows)


def _walk(walked: walk.Walk, copied: float, rows: int) -> Said:
    """A walk that ends early is compared with as much of COPY."""
    part = walked.features / rows
    ratio = walked.seconds / (copied * part)
    held = "held" if ratio <= WALK_TIMES and part == 1 else "NOT HELD"
    told = f"{walked.features:,} features in {len(walked.addresses):,} pages, {walked.seconds:.1f} s; COPY of all"
    ended = f"; INVALID, refused at {walked.refused}" if walked.refused else ""
    return Said(
        f"walk by links, limit={walk.PAGE:,}",
        f"{ratio:.1f} × COPY",
        f"{WALK_TIMES} × {held}",
        f"{told} {copied:.1f} s{ended}",
    )


def _memory(samples: list[float]) -> Said:
    early, most = max(samples[: max(1, len(samples) // 10)]), max(samples)
    held = "held" if most - early <= GROWTH_MIB else "NOT HELD"
    told = f"from {early:.0f} to {most:.0f} MiB: most in the first tenth of the walk, and in all of it"
    return Said("a worker's memory during it", f"{most - early:+.0f} MiB", f"{GROWTH_MIB} MiB {held}", told)
