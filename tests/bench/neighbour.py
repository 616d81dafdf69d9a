"""Somebody who writes parcels while an import runs: how long one of them has to wait at most."""

import threading
import time
from itertools import count
from uuid import UUID

from psycopg.errors import LockNotAvailable

from tests import databases

EVERY_S = 0.1
INSERT = (
    "INSERT INTO parcels_parcel (authority_id, plot_no, geom) "
    "VALUES (%s, %s, ST_Multi(ST_MakeEnvelope(%s, 10, %s, 10.0001, 4326)))"
)
_places = count()


class Neighbour(threading.Thread):
    """Adds parcels one by one, for another authority and far away; `longest` is in seconds, lost ones count."""

    def __init__(self, database: str, authority: UUID) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.authority = authority
        self.longest = 0.0
        self.written = 0
        self.refused = 0
        self.done = threading.Event()

    def run(self) -> None:
        with databases.login("web", self.database) as session:
            session.execute("SELECT set_config('baladiya.authority', %s, false)", [str(self.authority)])
            for number in _places:
                west = 30 + number * 0.001
                began = time.monotonic()
                try:
                    session.execute(INSERT, [self.authority, f"n{number}", west, west + 0.0001])
                    self.written += 1
                except LockNotAvailable:
                    self.refused += 1
                self.longest = max(self.longest, time.monotonic() - began)
                if self.done.wait(EVERY_S):
                    return
