"""The towns as they are drawn: the same from the same seed, sound, without overlaps, with names in both scripts."""

import datetime
from collections import Counter

import pytest
import shapely
from shapely import STRtree

from apps.addressing.numbering import fits_side
from apps.config.demo.addresses import is_left
from apps.config.demo.site import Name, sites
from apps.config.demo.town import Town, build
from apps.config.demo.waterworks import FALAJ_PROTECTION
from apps.reports.models import Report
from apps.reports.workflow import may_follow, needs_answer

NOW = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=400)
SLIVER_M2 = 1e-6
COAST, INLAND = range(2)


def drawn(seed: int, now: datetime.datetime = NOW) -> list[Town]:
    return [build(site, seed, now) for site in sites("tiny")]


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return drawn(7)


@pytest.fixture(scope="module")
def other() -> list[Town]:
    return drawn(8, LATER)


def shapes(town: Town) -> list[shapely.Geometry]:
    """Everything that is drawn, reports apart."""
    return [
        town.country,
        town.falaj.channel,
        town.falaj.mother,
        *(lot.outline for lot in town.land.lots),
        *(road.lines for road in town.roads),
        *(feature.shape for feature in town.base),
        *(door.place for door in town.doors),
        *(zone.outline for zone in town.zones),
        *(well.place for well in town.wells),
        *(zone.outline for zone in town.parking),
    ]


def overlaps(outlines: list[shapely.Polygon]) -> list[float]:
    """Areas in square metres in which two outlines overlap by more than arithmetic noise."""
    tree = STRtree(outlines)
    pairs = tree.query(outlines, predicate="intersects").T
    found = (outlines[a].intersection(outlines[b]).area for a, b in pairs if a < b)
    return [area for area in found if area > SLIVER_M2]


def test_same_seed_same_town(towns: list[Town]):
    again = drawn(7, LATER)
    for first, second in zip(towns, again, strict=True):
        assert [shapely.to_wkb(shape) for shape in shapes(first)] == [shapely.to_wkb(shape) for shape in shapes(second)]
        assert [road.name for road in first.roads] == [road.name for road in second.roads]
        assert [holding.owner for holding in first.holdings] == [holding.owner for holding in second.holdings]


def test_another_seed_is_another_town(towns: list[Town], other: list[Town]):
    for first, second in zip(towns, other, strict=True):
        assert {shapely.to_wkb(lot.outline) for lot in first.land.lots}.isdisjoint(
            shapely.to_wkb(lot.outline) for lot in second.land.lots
        )


@pytest.mark.parametrize("which", [COAST, INLAND])
def test_plots_do_not_overlap(which: int, towns: list[Town], other: list[Town]):
    for drawing in (towns, other):
        assert overlaps([lot.outline for lot in drawing[which].land.lots]) == []


def test_overlaps_are_seen(towns: list[Town]):
    outlines = [lot.outline for lot in towns[INLAND].land.lots]
    assert overlaps([*outlines, shapely.affinity.translate(outlines[0], 5)]) != []


def test_everything_is_sound_where_it_is_stored(towns: list[Town], other: list[Town]):
    for town in (*towns, *other):
        stored = [town.frame.stored(shape) for shape in shapes(town)]
        assert all(shape.is_valid and not shape.is_empty for shape in stored)


def test_everything_lies_in_the_jurisdiction(towns: list[Town]):
    for town in towns:
        shapely.prepare(town.country)
        within = [lot.outline for lot in town.land.lots] + [door.place for door in town.doors]
        within += [road.lines for road in town.roads if road.rank > 1]
        within += [complaint.place for complaint in town.complaints] + [zone.outline for zone in town.parking]
        within += [town.falaj.channel, *(well.place for well in town.wells)]
        assert [shape.wkt[:60] for shape in within if not town.country.covers(shape)] == []


def test_plots_keep_off_water_and_main_roads(towns: list[Town]):
    for town in towns:
        wet = [f.shape for f in town.base if f.kind == "water" or (f.kind == "wadi" and f.shape.area > 0)]
        lines = [line for road in town.roads if road.rank <= 3 for line in road.lines.geoms]
        lots = STRtree([lot.outline for lot in town.land.lots])
        assert lots.query(wet, predicate="intersects").size == 0
        assert lots.query(lines, predicate="intersects").size == 0


def test_towns_stand_in_their_zones(towns: list[Town]):
    """The meridian of 54 degrees east parts the zones 39 and 40; both towns lie on the land of the first."""
    coast, inland = (town.frame.stored(town.country) for town in towns)
    assert coast.bounds[0] > 54 > inland.bounds[2]
    land = next(feature.shape for feature in towns[COAST].base if feature.kind == "land")
    assert towns[COAST].frame.stored(land).buffer(0).contains(inland)


def test_names_are_in_both_scripts_and_streets_have_theirs_alone(towns: list[Town]):
    for town in towns:
        named: list[Name] = [feature.name for feature in town.base if feature.name]
        streets = [road.name for road in town.roads if road.addressed]
        for name in [*named, *streets, *town.land.quarters.values()]:
            assert name is not None
            assert any("\u0600" <= letter <= "\u06ff" for letter in name.ar), name
            assert name.en.isascii(), name
        for language in ("ar", "en"):
            counted = Counter(getattr(name, language) for name in streets)
            assert [name for name, times in counted.items() if times > 1] == []


def test_doors_have_numbers_of_their_side_with_gaps(towns: list[Town]):
    for town in towns:
        by_street: dict[str, list[int]] = {}
        for door in town.doors:
            if door.road:
                line = max(door.road.lines.geoms, key=lambda part: part.length)
                assert fits_side(door.number, left=is_left(line, door.place))
                by_street.setdefault(door.road.key, []).append(door.number)
        assert all(len(set(numbers)) == len(numbers) for numbers in by_street.values())
        assert any(max(numbers) > 3 * len(numbers) for numbers in by_street.values())


def test_deep_wells_keep_away_from_the_mother_well(towns: list[Town]):
    for town in towns:
        near = {well.use for well in town.wells if well.place.distance(town.falaj.mother) < FALAJ_PROTECTION}
        assert near <= {"falaj_support", "monitoring"}


def test_reports_follow_the_workflow_and_lie_in_the_past(towns: list[Town]):
    for town in towns:
        assert len(town.complaints) > 5
        for complaint in town.complaints:
            assert NOW - datetime.timedelta(days=735) < complaint.at < NOW
            assert "{" not in complaint.text
            before, at = Report.Status.NEW, complaint.at
            for step in complaint.steps:
                after = Report.Status(step.status)
                assert may_follow(before, after)
                assert step.answer or not needs_answer(before, after)
                assert at < step.at < NOW
                before, at = after, step.at
