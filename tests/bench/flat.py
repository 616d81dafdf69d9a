"""`bin/bench flat`: is a page as quick among ten million parcels as among ten thousand, and at the end of a walk?

Neither tiles nor peers, as these take hours of so many. It asks for 20 GB: `CLUSTER_IN_MEMORY=no`, before the test
cluster is made, lays that on the disk.
"""

import argparse
from collections.abc import Iterator

from .ogc import flatness, ground, walk
from .ogc.cells import HEAD, Said
from .ogc.peers import ours_running

__all__ = ["HEAD", "ROWS", "measure"]

ROWS = 10_000_000


def measure(options: argparse.Namespace) -> Iterator[Said]:
    """Gives each line as soon as it is measured."""
    with ground.laid(options.rows, "large", bare=True) as name, ours_running(name) as ours:
        walk.read(ours.items.format(f"&limit={walk.PAGE}"))  # what the first answer ever looks up
        walked = walk.walk(ours)
        pages, seconds = len(walked.addresses), walked.seconds
        note = f"INVALID, refused at {walked.refused}" if walked.refused else f"{pages:,} pages, limit={walk.PAGE:,}"
        yield Said("walk by links", f"{walked.features:,} features, {seconds:.0f} s", "", note)
        yield from flatness.lines(ours, walked, options.rows)
