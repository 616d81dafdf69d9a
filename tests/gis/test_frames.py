"""A layer as a GeoDataFrame: the rows and columns of its reader, the right types, the right place and time."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connections
from django.utils import timezone

from apps.addressing.models import Street
from apps.config.environment import ROOT
from apps.parcels.models import Parcel
from apps.reports.models import Category, Report
from gis import crs, frames
from gis.db.acting import acting_as
from gis.features import UnknownField, WrongValue
from gis.history import NotYet, PastForOfficers
from gis.layers import AGENCIES, OFFICERS, PUBLIC
from tests.apps.accounts.city import Two, acting_for_both, desk_session, two_authorities
from tests.rows import make

STEP, SIDE = 0.001, 0.0005
WEST, SOUTH = 58.0, 23.0


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def plots(two: Two) -> list[Parcel]:
    """Ten plots in a row eastwards: even ones here and for homes, odd ones there and for shops."""
    with acting_for_both(two):
        return [
            make(
                Parcel,
                authority=two.there if number % 2 else two.here,
                plot_no=str(number),
                block_no="" if number == 4 else 'two,\n"lines"' if number == 5 else "7",
                land_use="commercial" if number % 2 else "residential",
                legal_area_m2=Decimal(f"{600 + number}.25"),
                deed_no=f"D{number}",
                geom=MultiPolygon(
                    Polygon.from_bbox((WEST + number * STEP, SOUTH, WEST + number * STEP + SIDE, SOUTH + SIDE)),
                    srid=4326,
                ),
            )
            for number in range(10)
        ]


@contextmanager
def logged_in(database: str, two: Two) -> Iterator[None]:
    """Django's sessions as those of the officer's own login: what DATABASE_URL does in a notebook."""
    with desk_session(database, two.officer, two.here) as session:
        kept = {}
        for alias in ("default", "public"):
            connections[alias].close()
            settings = connections[alias].settings_dict
            kept[alias] = (settings["USER"], settings["PASSWORD"])
            settings["USER"], settings["PASSWORD"] = session.info.user, session.info.password
        try:
            yield
        finally:
            for alias, (user, password) in kept.items():
                connections[alias].close()
                connections[alias].settings_dict.update(USER=user, PASSWORD=password)


def test_everybody_sees_what_is_published_in_its_types(plots: list[Parcel]) -> None:
    found = frames.frame("parcels", PUBLIC)
    assert isinstance(found, geopandas.GeoDataFrame)
    assert found.crs == "EPSG:4326"
    assert sorted(found.index) == sorted(str(plot.pk) for plot in plots)
    assert list(found.columns) == ["authority", "plot_no", "block_no", "land_use", "legal_area_m2", "geometry"]
    row = found.loc[str(plots[3].pk)]
    assert (row.authority, row.plot_no, row.land_use, row.legal_area_m2) == ("there", "3", "commercial", 603.25)
    assert shapely.equals_exact(row.geometry, shapely.from_wkb(bytes(plots[3].geom.wkb)))
    assert list(found.land_use.cat.categories) == Parcel.LandUse.values
    assert found.legal_area_m2.dtype == "float64"
    texts = found.set_index("plot_no").block_no
    assert (texts["4"], texts["5"]) == ("", 'two,\n"lines"')


def test_codes_titles_and_units_in_both_languages(plots: list[Parcel]) -> None:
    found = frames.frame("parcels", PUBLIC)
    english, arabic = (frames.said(found, "land_use", language) for language in ("en", "ar"))
    assert english[str(plots[0].pk)] == "Residential"
    assert arabic[str(plots[0].pk)] == "سكني"
    assert len(english.cat.categories) == len(Parcel.LandUse)
    assert found.attrs["fields"]["legal_area_m2"]["unit"] == "m2"
    assert set(found.attrs["title"]) == {"ar", "en"}
    assert found.attrs["title"]["ar"] != found.attrs["title"]["en"]


def test_a_frame_knows_no_more_than_its_reader(two: Two, plots: list[Parcel], committed_db: str) -> None:
    with pytest.raises(UnknownField):
        frames.frame("parcels", PUBLIC, columns=["deed_no"])
    assert "deed_no" in frames.frame("parcels", AGENCIES)
    # The web's login for nobody: as the public sees it.
    nobody = frames.frame("parcels", OFFICERS)
    assert len(nobody) == 10
    assert nobody.deed_no.isna().all()
    assert frames.mine() is PUBLIC
    with acting_as(user=two.officer.pk):
        assert frames.mine() is OFFICERS
        deeds = frames.frame("parcels", OFFICERS).set_index("plot_no").deed_no
    assert deeds.dropna().to_dict() == {str(number): f"D{number}" for number in range(0, 10, 2)}
    assert len(deeds) == 10
    with logged_in(committed_db, two):
        assert frames.mine() is OFFICERS
        own = frames.frame("parcels").set_index("plot_no").deed_no
        assert own.dropna().to_dict() == deeds.dropna().to_dict()
        assert len(frames.frame("parcels", PUBLIC)) == 10
        with pytest.raises(Exception, match="permission denied"):
            frames.frame("parcels", AGENCIES)


def test_what_an_authority_does_not_publish_is_not_there(two: Two, plots: list[Parcel]) -> None:
    type(two.here).objects.using("owner").filter(pk=two.here.pk).update(publishes_parcels=False)
    assert set(frames.frame("parcels", PUBLIC).authority) == {"there"}


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ({"plot_no": "3"}, [3]),
        ({"land_use": "commercial", "authority": "there"}, [1, 3, 5, 7, 9]),
        ({"plot_no": ["2", "3"]}, [2, 3]),
        ({"plot_no": []}, []),
        ([("legal_area_m2", ">=", 607.25), ("land_use", "!=", "commercial")], [8]),
        ([("legal_area_m2", "<", Decimal("601.25"))], [0]),
        ([("legal_area_m2", "<", "601.25")], [0]),
        ([("plot_no", "!=", ["0", "1", "2", "3", "4"])], [5, 6, 7, 8, 9]),
        ([("plot_no", "!=", [])], list(range(10))),
        ([("legal_area_m2", "=", [607, 607.25])], [7]),
        ({"block_no": ""}, [4]),
        ({"block_no": None}, []),
        ([("block_no", "!=", None)], list(range(10))),
        ({"plot_no": "' OR true --"}, []),
    ],
)
def test_conditions(plots: list[Parcel], where: Any, numbers: list[int]) -> None:
    assert sorted(map(int, frames.frame("parcels", PUBLIC, where=where).plot_no)) == numbers


@pytest.mark.parametrize(
    ("where", "refusal"),
    [
        ({"plot": "3"}, UnknownField),
        ({"plot_no\" = '1' OR \"plot_no": "3"}, UnknownField),
        ({"legal_area_m2": "wide"}, WrongValue),
        ({"plot_no": 3}, WrongValue),
        ({"legal_area_m2": True}, WrongValue),
        ([("plot_no", "~", "3")], frames.UnknownSign),
        ([("legal_area_m2", "<", [1, 2])], frames.UnknownSign),
    ],
)
def test_conditions_that_are_refused(plots: list[Parcel], where: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        frames.frame("parcels", PUBLIC, where=where)


def test_an_area_in_any_system(plots: list[Parcel]) -> None:
    box = shapely.box(WEST + 2.2 * STEP, SOUTH, WEST + 4.2 * STEP, SOUTH + SIDE)
    triangle = shapely.Polygon([(WEST, SOUTH - 1), (WEST + 20 * STEP, SOUTH - 1), (WEST + 2.2 * STEP, SOUTH + SIDE)])
    plane = crs.from_storage(box, crs.operation("EPSG:32640"))
    as_series = geopandas.GeoSeries([plane], crs="EPSG:32640")
    for area in (box, (plane, "EPSG:32640"), as_series, geopandas.GeoDataFrame(geometry=as_series)):
        assert sorted(frames.frame("parcels", PUBLIC, inside=area).plot_no) == ["2", "3", "4"]
    whole = frames.frame("parcels", PUBLIC)
    judged = whole[whole.intersects(triangle)]
    assert 0 < len(judged) < 10  # else a box would do as well
    assert sorted(frames.frame("parcels", PUBLIC, inside=triangle).index) == sorted(judged.index)


@pytest.mark.parametrize(
    "area",
    [
        shapely.Polygon(),
        shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
        shapely.Point(0, 0).buffer(1, quad_segs=3000),
    ],
)
def test_an_area_that_is_refused(two: Two, area: Any) -> None:
    with pytest.raises(frames.NoArea):
        frames.frame("parcels", PUBLIC, inside=area)


def test_the_answer_in_another_system(plots: list[Parcel]) -> None:
    found = frames.frame("parcels", PUBLIC, crs="EPSG:32640")
    assert found.crs == "EPSG:32640"
    areas = found.set_index("plot_no").area
    assert areas["3"] == pytest.approx(float(plots[3].computed_area_m2 or 0) or areas["3"], rel=0.01)
    assert 2000 < areas["3"] < 4000


def test_as_it_was_recorded_and_as_it_was_in_force(two: Two, plots: list[Parcel]) -> None:
    before = timezone.now()
    with acting_for_both(two):
        Parcel.objects.using("owner").filter(pk=plots[0].pk).update(land_use="industrial")
        Parcel.objects.using("owner").filter(pk=plots[2].pk).delete()
    assert len(frames.frame("parcels", PUBLIC)) == 9
    was = frames.frame("parcels", PUBLIC, as_of=before)
    assert len(was) == 10
    assert was.land_use[str(plots[0].pk)] == "residential"
    with acting_as(user=two.officer.pk):
        assert sorted(frames.frame("parcels", OFFICERS, as_of=before).plot_no) == ["0", "2", "4", "6", "8"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    with acting_for_both(two):
        Parcel.objects.using("owner").filter(pk=plots[4].pk).update(valid_to=tomorrow)
    assert len(frames.frame("parcels", PUBLIC)) == 9
    assert len(frames.frame("parcels", PUBLIC, on=tomorrow)) == 8
    with pytest.raises(NotYet):
        frames.frame("parcels", PUBLIC, as_of=timezone.now() + timedelta(days=1))
    with pytest.raises(PastForOfficers):
        frames.frame("wells", PUBLIC, as_of=before)


def test_days_moments_numbers_and_what_is_missing(two: Two) -> None:
    at = datetime(2026, 2, 3, 21, 30, tzinfo=UTC)  # the next day in the platform's zone
    with acting_for_both(two):
        kind = make(Category, place="hidden")
        make(Report, authority=two.here, category=kind, reported_at=at)
        make(Street, authority=two.here, name_en="", code="")
    with acting_as(user=two.officer.pk):
        found = frames.frame("reports", OFFICERS)
    assert found.reported_on.iloc[0] == pd.Timestamp(2026, 2, 4)
    assert found.reported_at.iloc[0] == pd.Timestamp(at)
    assert found.geometry.iloc[0] is not None
    seen = frames.frame("reports", PUBLIC, where=[("reported_on", "=", date(2026, 2, 4))])
    assert len(seen) == 1
    assert seen.geometry.iloc[0] is None
    assert frames.frame("streets", PUBLIC).name_en.iloc[0] == ""


def test_an_empty_frame_has_its_columns(two: Two) -> None:
    found = frames.frame("parcels", PUBLIC)
    assert (len(found), found.crs) == (0, "EPSG:4326")
    assert list(found.land_use.cat.categories) == Parcel.LandUse.values
    assert found.legal_area_m2.dtype == "float64"


def test_too_many_are_refused_and_nothing_is_cut_off(plots: list[Parcel], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(frames.TooManyRows, match="9"):
        frames.frame("parcels", PUBLIC, most=9)
    assert len(frames.frame("parcels", PUBLIC, most=10)) == 10
    # The same where rows come in several parts.
    monkeypatch.setattr("gis.frames.rows.CHUNK_BYTES", 500)
    with pytest.raises(frames.TooManyRows):
        frames.frame("parcels", PUBLIC, most=4)
    parted = frames.frame("parcels", PUBLIC).sort_values("plot_no")
    assert list(parted.plot_no) == [str(number) for number in range(10)]
    assert list(parted.land_use[:2]) == ["residential", "commercial"]


def test_a_layer_that_is_none(two: Two) -> None:
    with pytest.raises(frames.UnknownLayer, match="parcels"):
        frames.frame("plots")


def test_the_session_keeps_nothing_of_it(plots: list[Parcel]) -> None:
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('TimeZone')")
        before = cursor.fetchone()
    frames.frame("parcels", PUBLIC)
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('TimeZone')")
        assert cursor.fetchone() == before


def test_the_server_does_not_load_what_only_planners_need() -> None:
    code = (
        "import django, sys; django.setup(); import apps.config.urls; from apps.config.desk import site; "
        "found = {name for name, module in sys.modules.items() if module};"
        "print(sorted({'pandas', 'geopandas', 'rasterio', 'matplotlib', 'rfc3987_syntax'} & found))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
