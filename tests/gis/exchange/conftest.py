"""An invented authority with a jurisdiction, and imports for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from apps.parcels.models import Parcel
from apps.territory.models import Authority
from gis.db.acting import acting_as
from gis.exchange.importing import Done, import_file
from gis.exchange.mapping import parse
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.order import Order
from tests import databases
from tests.gis.exchange.files import Plot, write

MAP = ("plot_no=plot", "block_no=block", "source_id=id", "land_use=use")


def jurisdiction(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A box of degrees."""
    outline = MultiPolygon(Polygon.from_bbox((west, south, east, north)))
    outline.srid = 4326
    return outline


def make_authority(code: str, box: tuple[float, float, float, float] | None, **more: Any) -> Authority:
    given = {"kind": "municipality", "name_ar": f"بلدية {code}", "name_en": code.title(), "working_crs": "EPSG:32640"}
    return Authority.objects.using("owner").create(code=code, geom=jurisdiction(*box) if box else None, **given | more)


@dataclass
class Desk:
    """The authority, and what its files became."""

    authority: Authority
    database: str
    folder: Path

    def bring(self, path: Path, *, layer: str = "parcels", columns: Sequence[str] = MAP, **more: Any) -> Done:
        """Import a file as the command does."""
        wishes = parse(columns, more.pop("values", ()), more.pop("recodes", ()))
        return import_file(Order(layer, path, self.authority.code, wishes, **more))

    def bring_plots(self, rows: Sequence[Plot], *, name: str = "plots.gpkg", **more: Any) -> Done:
        path = self.folder / name
        path.unlink(missing_ok=True)
        return self.bring(write(path, rows, **more.pop("written", {})), **more)

    def acting(self, body: Authority | None = None) -> Any:
        return acting_as(authorities=[(body or self.authority).id], actor="test")

    def parcels(self, *, on: date | None = None) -> dict[str, Parcel]:
        """Those in force, by number in the source."""
        with self.acting():
            rows = Parcel.objects.filter(valid_to__isnull=True) if on is None else Parcel.objects.filter(
                valid_from__lte=on).exclude(valid_to__lte=on)  # fmt: skip
            return {parcel.source_id: parcel for parcel in rows}

    def quarantine(self) -> dict[str, Quarantine]:
        """What the last run could not take, by number in the source."""
        with self.acting():
            return {row.source_id: row for row in ImportRun.objects.latest("started_at").quarantine.all()}

    def run(self) -> ImportRun:
        with self.acting():
            return ImportRun.objects.latest("started_at")

    def ask(self, text: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """As a superuser: what is there, whoever it belongs to."""
        with databases.superuser(self.database) as root:
            cursor: psycopg.Cursor[Any] = root.execute(text, parameters)  # type: ignore[arg-type]
            return cursor.fetchall()


@pytest.fixture
def desk(committed_db: str, tmp_path: Path) -> Desk:
    return Desk(make_authority("coast", (57.4, 23.3, 57.7, 23.6)), committed_db, tmp_path)


@pytest.fixture
def neighbour(desk: Desk) -> Callable[..., Desk]:
    """Another authority that works on the same ground."""
    return lambda **more: Desk(make_authority("hills", (57.4, 23.3, 57.7, 23.6), **more), desk.database, desk.folder)
