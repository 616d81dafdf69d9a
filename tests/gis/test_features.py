"""Features as text: pages, conditions, bounds. Read by the anonymous login, as the feed reads them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from gis import areas, published
from gis.db.acting import acting_as
from gis.features import Output, Page, Query, UnknownField, WrongValue, choosing, read_value, statements
from gis.features import query as asking
from gis.features import reading as features
from gis.features.query import Cursor
from gis.layers import AGENCIES, OFFICERS, PUBLIC, registry
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make

PARCELS = registry["parcels"]


@pytest.fixture
def two(committed_db: str) -> Two:
    """Five parcels of here, numbered 1 to 5, and two of there."""
    two = two_authorities()
    with acting_for_both(two):
        for number in range(1, 6):
            make(PARCELS.model, authority=two.here, plot_no=str(number), legal_area_m2=100 * number)
        for number in range(6, 8):
            make(PARCELS.model, authority=two.there, plot_no=str(number))
    return two


def read(page: Page) -> list[dict]:
    return list(json.loads(f"[{page.text}]"))


def plots(page: Page) -> list[str]:
    return [feature["properties"]["plot_no"] for feature in read(page)]


def walk(limit: int, **asked: object) -> Iterator[str]:
    page = features.page(PARCELS, PUBLIC, Query(limit=limit, **asked))
    while True:
        yield from plots(page)
        if not page.more:
            return
        page = features.page(PARCELS, PUBLIC, Query(limit=limit, after=page.last, **asked))


def test_pages_go_by_id(two: Two):
    assert sorted(walk(1)) == sorted(walk(3)) == sorted(walk(100)) == list("1234567")
    assert list(walk(2)) == list(walk(5))
    assert sorted(walk(1, equals={"authority": "there"})) == ["6", "7"]


def test_an_officer_walks_own_and_published_rows_once(two: Two):
    type(two.here).objects.using("owner").filter(pk=two.here.pk).update(publishes_parcels=False)
    with acting_as(user=two.officer.id):
        page = features.page(PARCELS, OFFICERS, Query(limit=100))
        assert sorted(plots(page)) == list("1234567")
        assert plots(features.page(PARCELS, OFFICERS, Query(limit=3))) == plots(page)[:3]
    assert sorted(plots(features.page(PARCELS, AGENCIES, Query()))) == ["6", "7"]
    assert plots(features.page(PARCELS, OFFICERS, Query())) == ["6", "7"]  # nobody acts: as the public


def test_the_last_page_says_so(two: Two):
    page = features.page(PARCELS, PUBLIC, Query(limit=7))
    assert (page.returned, page.more) == (7, False)
    assert features.page(PARCELS, PUBLIC, Query(limit=6)).more
    assert features.page(PARCELS, PUBLIC, Query(offset=7)).returned == 0
    assert features.page(PARCELS, PUBLIC, Query(after=Cursor(UUID(int=2**128 - 1)))).text == ""


def test_order_offset_and_conditions(two: Two):
    assert plots(features.page(PARCELS, PUBLIC, Query(order=(("plot_no", True),), limit=2))) == ["7", "6"]
    assert plots(features.page(PARCELS, PUBLIC, Query(order=(("plot_no", False),), offset=5))) == ["6", "7"]
    nulls_last = features.page(PARCELS, PUBLIC, Query(order=(("legal_area_m2", True), ("plot_no", False))))
    assert plots(nulls_last) == ["5", "4", "3", "2", "1", "6", "7"]
    assert plots(features.page(PARCELS, PUBLIC, Query(equals={"legal_area_m2": "300.00"}))) == ["3"]
    assert features.count(PARCELS, PUBLIC, Query(equals={"authority": "here"}, limit=1)) == 5


def test_numbers_are_written_as_they_are_stored(two: Two):
    assert '"legal_area_m2":300.00' in features.page(PARCELS, PUBLIC, Query(equals={"plot_no": "3"})).text


def test_a_page_is_bounded_in_bytes(two: Two, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statements, "MOST_BYTES", 1)
    page = features.page(PARCELS, AGENCIES, Query(limit=5))
    assert (page.returned, page.more) == (1, True)
    assert sorted(walk(100)) == list("1234567")


def test_many_matches_are_not_counted(two: Two, monkeypatch: pytest.MonkeyPatch):
    assert features.count(PARCELS, PUBLIC, Query()) == 7
    monkeypatch.setattr(choosing, "COUNTED", 6)
    monkeypatch.setattr(asking, "COUNTED", 6)
    assert features.count(PARCELS, PUBLIC, Query()) is None


@pytest.mark.parametrize("name", ["owner", "deed_no", "id", "geom", "nothing", 'plot_no"; DROP TABLE x; --'])
def test_only_visible_fields_can_be_named(two: Two, name: str):
    for query in (Query(equals={name: "1"}), Query(order=((name, False),)), Query(fields=(name,))):
        with pytest.raises(UnknownField):
            features.page(PARCELS, PUBLIC, query)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("integer", "1.5"), ("integer", ""), ("number", "NaN"), ("number", "Infinity"), ("number", "x"),
     ("boolean", "2"), ("date", "2026-02-30"), ("datetime", "yesterday"), ("text", "a\x00b")],
)  # fmt: skip
def test_a_value_of_another_kind_is_explained(kind: published.Kind, text: str):
    with pytest.raises(WrongValue):
        read_value("field", kind, text)


def test_values_are_values_whatever_they_hold(two: Two):
    for text in ("' OR 1=1 --", "%s", "%", "{}", "\\", "1'; SELECT pg_sleep(9); --"):
        assert features.page(PARCELS, PUBLIC, Query(equals={"plot_no": text})).returned == 0


def test_one_feature(two: Two):
    (first, *_rest) = read(features.page(PARCELS, PUBLIC, Query()))
    text = features.one(PARCELS, PUBLIC, UUID(first["id"]), Output())
    assert text is not None
    assert json.loads(text) == first
    assert features.one(PARCELS, PUBLIC, UUID(int=1), Output()) is None


def test_days_and_moments_bound_a_field(two: Two):
    reports = registry["reports"]
    with acting_for_both(two):
        make(reports.model, authority=two.here, reported_at=datetime(2026, 1, 10, 12, tzinfo=UTC))
    inside = (datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 10, 23, tzinfo=UTC))
    assert features.page(reports, PUBLIC, Query(during=("reported_on", *inside))).returned == 1
    assert (
        features.page(reports, PUBLIC, Query(during=("reported_on", None, datetime(2026, 1, 9, tzinfo=UTC)))).returned
        == 0
    )
    assert features.span(reports, PUBLIC) == ("2026-01-10", "2026-01-10")
    assert features.span(PARCELS, PUBLIC) == (timezone.localdate().isoformat(), None)  # they hold from today on
    assert features.span(registry["base-roads"], PUBLIC) is None


def test_the_extent_is_of_what_is_seen(two: Two):
    extent = features.extent(PARCELS, PUBLIC)
    type(two.there).objects.using("owner").filter(pk=two.there.pk).update(publishes_parcels=False)
    assert extent != features.extent(PARCELS, PUBLIC)
    type(two.there).objects.using("owner").update(publishes_parcels=False)
    assert features.extent(PARCELS, PUBLIC) is None


def test_areas_cross_the_antimeridian_and_stop_at_the_poles():
    west, east = areas.in_degrees(170, -95, -170, 95)
    assert (west.box, east.box) == ((170, -90, 180, 90), (-180, -90, -170, 90))
    (one,) = areas.in_degrees(-500, 0, 500, 1)
    assert one.box == (-180, 0, 180, 1)


@pytest.mark.parametrize(
    "beside", [(190, 0, 200, 1), (-200, 0, -190, 1), (190, 0, -170, 1), (0, 91, 1, 92), (0, -92, 1, -91)]
)
def test_a_box_beside_the_world_is_not_clipped_to_its_opposite(beside: tuple[float, float, float, float]):
    with pytest.raises(areas.BoxOutside):
        areas.in_degrees(*beside)


def test_a_box_of_another_system_is_bent_in_degrees():
    (area,) = areas.in_system("EPSG:32640", 300_000, 2_000_000, 700_000, 2_800_000)
    assert area.outline
    assert area.box[0] < area.box[2]
    with pytest.raises(areas.BoxOutside):
        areas.in_system("EPSG:32640", 9e20, 0, 9e21, 1)
    for huge in ((0, 0, 1e160, 1e160), (0, 0, 1e308, 1), (float("nan"), 0, 1, 1)):
        with pytest.raises(areas.BoxOutside):
            areas.in_system("EPSG:9295", *huge)


def test_a_question_that_takes_too_long_is_given_up_alone(two: Two):
    """Inside a transaction too: what came before and what comes after stand."""
    with acting_as(user=two.officer.id):
        connections["default"].cursor().execute("SET LOCAL statement_timeout = '1ms'")
        with pytest.raises(published.TookTooLong), published.reading(OFFICERS) as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        connections["default"].cursor().execute("SET LOCAL statement_timeout = '10s'")
        assert features.page(PARCELS, OFFICERS, Query()).returned == 7


def test_the_anonymous_login_reads_published_views_only(two: Two):
    with pytest.raises(Exception, match="permission denied"), published.reading(PUBLIC) as cursor:
        cursor.execute("SELECT * FROM parcels_parcel")
    with pytest.raises(Exception, match="permission denied"), published.reading(PUBLIC) as cursor:
        cursor.execute("SELECT * FROM own.parcels_find('1', 1)")
