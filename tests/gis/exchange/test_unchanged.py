"""A file that says nothing new, whole or in part: what its report says, and that nothing of it is written."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely

from gis.exchange import landing
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Plot, plots, square

FIRST, SECOND, THIRD = date(2025, 1, 1), date(2026, 1, 1), date(2026, 6, 1)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Of the staged rows of each run: how many are said to be the same, and how many of these were rewritten for it."""
    seen: list[tuple[int, int]] = []
    write = landing.Landing.write

    def watch(self: landing.Landing, ask: Any, *rest: Any) -> Any:
        seen.extend(ask.all("SELECT count(*), count(import_was) FROM {rows} WHERE import_same"))
        return write(self, ask, *rest)

    monkeypatch.setattr(landing.Landing, "write", watch)
    return seen


def versions(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.ask("SELECT count(*) FROM history.parcels_parcel")


def test_the_same_again_is_not_rewritten_row_by_row(desk: Desk, marked: list[tuple[int, int]]) -> None:
    desk.bring_plots(plots(5))
    before = versions(desk)
    report = desk.bring_plots(plots(5)).report
    assert (report.added, report.changed, report.unchanged) == (0, 0, 5)
    assert (marked, versions(desk)) == ([(0, 0), (5, 0)], before)


def test_a_single_change_is_found_among_the_others(desk: Desk, marked: list[tuple[int, int]]) -> None:
    desk.bring_plots(plots(5))
    rows = [replace(plot, use="commercial") if plot.id == "s3" else plot for plot in plots(5)]
    report = desk.bring_plots(rows).report
    assert (report.added, report.changed, report.unchanged) == (0, 1, 4)
    assert marked[1] == (4, 4)
    assert {key for key, parcel in desk.parcels().items() if parcel.land_use == "commercial"} == {"s3"}


def test_a_single_corner_moved_in_its_last_digit_is_found(desk: Desk, marked: list[tuple[int, int]]) -> None:
    """By a ten-thousandth of a millionth of a metre: the next number that there is."""
    desk.bring_plots(plots(5))
    before = versions(desk)
    *others, last = plots(5)
    moved = list(last.geometry.exterior.coords)
    moved[2] = (math.nextafter(moved[2][0], math.inf), moved[2][1])
    rows = [*others, replace(last, geometry=shapely.Polygon(moved))]
    report = desk.bring_plots(rows).report
    assert (report.added, report.changed, report.unchanged, marked[1]) == (0, 1, 4, (4, 4))
    assert desk.parcels()["s4"].geom[0][0][2] == moved[2]
    assert versions(desk) == [(before[0][0] + 1,)]


def test_a_single_attribute_emptied_is_found(desk: Desk, marked: list[tuple[int, int]]) -> None:
    desk.bring_plots(plots(5))
    rows = [replace(plot, block="") if plot.id == "s3" else plot for plot in plots(5)]
    report = desk.bring_plots(rows).report
    assert (report.added, report.changed, report.unchanged, marked[1]) == (0, 1, 4, (4, 4))
    assert {key for key, parcel in desk.parcels().items() if not parcel.block_no} == {"s3"}


@pytest.mark.parametrize("snapshot", [THIRD, None])
def test_what_had_ended_returns_as_a_record_of_its_own(desk: Desk, snapshot: date | None) -> None:
    desk.bring_plots(plots(3), snapshot=FIRST)
    desk.bring_plots(plots(2), snapshot=SECOND)
    ended = desk.parcels(on=FIRST)["s2"]
    report = desk.bring_plots(plots(3), snapshot=snapshot).report
    assert (report.added, report.changed, report.unchanged, report.ended) == (1, 0, 2, 0)
    assert desk.parcels().keys() == {"s0", "s1", "s2"}
    assert desk.parcels(on=SECOND).keys() == {"s0", "s1"}
    assert desk.parcels()["s2"].id != ended.id
    assert desk.parcels(on=FIRST)["s2"].valid_to == SECOND


def test_a_single_new_one_is_found_among_the_others(desk: Desk) -> None:
    desk.bring_plots(plots(5))
    report = desk.bring_plots(plots(6)).report
    assert (report.added, report.changed, report.unchanged) == (1, 0, 5)
    assert len(desk.parcels()) == 6


def test_what_is_faulty_beside_them_is_in_quarantine(desk: Desk) -> None:
    desk.bring_plots(plots(3))
    before = versions(desk)
    again = [*plots(3), Plot(square(1), "s1", "2"), Plot(None, "odd", "9"), Plot(square(8), "", "10")]
    report = desk.bring_plots(again).report
    assert (report.unchanged, report.quarantine) == (3, {"duplicate_key": 1, "missing": 1, "missing_key": 1})
    assert desk.quarantine().keys() == {"s1", "odd", ""}
    assert versions(desk) == before


def test_what_was_repaired_is_told_again_with_its_record(desk: Desk) -> None:
    rows = [replace(plot, geometry=shapely.force_3d(plot.geometry, 12.5)) for plot in plots(1)] + plots(3)[1:]
    desk.bring_plots(rows)
    report = desk.bring_plots(rows).report
    assert (report.unchanged, report.repaired, report.notes) == (3, 1, {"heights_dropped": 1})
    with desk.acting():
        kept = list(desk.run().features.values_list("row", "record_id", "notes"))
    assert kept == [(1, desk.parcels()["s0"].id, "heights_dropped")]


def test_a_snapshot_ends_what_it_lacks_though_it_says_nothing_new(desk: Desk) -> None:
    desk.bring_plots(plots(3), snapshot=FIRST)
    report = desk.bring_plots(plots(2), snapshot=SECOND).report
    assert (report.unchanged, report.ended, report.added, report.changed) == (2, 1, 0, 0)
    assert desk.parcels().keys() == {"s0", "s1"}
    assert desk.parcels(on=FIRST).keys() == {"s0", "s1", "s2"}


def test_a_dry_run_says_the_same(desk: Desk) -> None:
    desk.bring_plots(plots(4))
    dry = desk.bring_plots(plots(4), dry_run=True).report
    assert dry == desk.bring_plots(plots(4)).report
