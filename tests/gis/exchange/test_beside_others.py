"""Imports beside others who write: what they did meanwhile stays, and nothing is reported that was not written."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import shapely

from apps.territory.models import Authority
from gis.exchange import landing
from gis.exchange.refusals import NotTheirs, OthersAtWork
from tests import databases
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Plot, plots, square, write


def draw(session: psycopg.Connection, body: Authority, outline: shapely.Polygon) -> None:
    session.execute(
        "INSERT INTO parcels_parcel (authority_id, plot_no, geom) "
        "VALUES (%s, '7', ST_Multi(ST_SetSRID(%s::geometry, 4326)))",
        [body.id, outline.wkb_hex],
    )


@pytest.mark.parametrize("step", ["_change", "quarantine"], ids=["before its rows", "after them"])
def test_what_others_draw_while_the_file_is_written_stays(
    desk: Desk, neighbour: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It was not there when the rows were compared: the rows that clash are refused, not the whole file."""
    other, done = neighbour(), getattr(landing.Landing, step)

    def draw_too(*given: Any) -> Any:
        answer = done(*given)
        if not desk.ask("SELECT FROM parcels_parcel"):
            with databases.superuser(desk.database) as root:
                draw(root, other.authority, square(0.5))
        return answer

    monkeypatch.setattr(landing.Landing, step, draw_too)
    report = desk.bring_plots([*plots(5), Plot(square(9), "s0", "9")]).report
    assert (report.added, report.quarantine) == (3, {"overlaps_other_authority": 2, "duplicate_key": 1})
    assert set(desk.parcels()) == {"s2", "s3", "s4"}
    assert set(desk.quarantine()) == {"s0", "s1"}


def test_a_writer_who_does_not_finish_is_told_in_a_sentence(
    desk: Desk, neighbour: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an officer's edits in a desktop program that are not saved yet."""
    monkeypatch.setattr(landing, "LOCK_PATIENCE", "200ms")
    with databases.superuser(desk.database) as root, root.transaction():
        draw(root, neighbour().authority, square(50))
        with pytest.raises(OthersAtWork):
            desk.bring_plots(plots(2))
    assert desk.run().state == "refused"
    assert desk.parcels() == {}


@pytest.mark.parametrize("code", ["hills", "valley"], ids=["another one", "a new one"])
def test_an_authority_writes_no_other_authority(desk: Desk, neighbour: Callable[..., Desk], code: str) -> None:
    """Row-level security refuses a new one, and passes over another's in silence: neither is reported as written."""
    neighbour()
    columns, values = ("code=id",), ("kind=ministry", "name_ar=x", "working_crs=EPSG:32640")
    path = write(desk.folder / "bodies.gpkg", [Plot(square(0), code, "1")])
    with pytest.raises(NotTheirs):
        desk.bring(path, layer="authorities", columns=columns, values=values)
    assert desk.ask("SELECT count(*) FROM territory_authority WHERE name_ar = 'x'") == [(0,)]
    own = write(desk.folder / "own.gpkg", [Plot(square(0), "coast", "1")])
    assert desk.bring(own, layer="authorities", columns=columns, values=values).report.changed == 1


def test_a_record_that_is_deleted_meanwhile_is_not_reported_as_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.bring_plots(plots(2))
    change = landing.Landing._change

    def delete_first(*given: Any) -> int:
        desk.ask("DELETE FROM parcels_parcel WHERE source_id = 's0' RETURNING id")
        return change(*given)

    monkeypatch.setattr(landing.Landing, "_change", delete_first)
    with pytest.raises(NotTheirs):
        desk.bring_plots([replace(plot, use="commercial") for plot in plots(2)])
    assert desk.parcels()["s1"].land_use == "residential"
