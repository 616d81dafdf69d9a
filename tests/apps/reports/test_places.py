"""What the public sees of a report's place is computed by the database, whoever writes and whatever they write."""

from typing import Any

import psycopg
import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction

from apps.reports.models import Category, Report
from gis.db.acting import acting_as
from tests.apps.reports.sending import send
from tests.apps.town import HERE, Town, category, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


def stored(report: Report) -> Any:
    with acting_as(authorities=[report.authority_id]):
        return Report.objects.get(pk=report.pk)


def test_by_category(town: Town):
    exact, cell, hidden = (stored(send(category=category(place))) for place in ("exact", "cell", "hidden"))
    assert exact.public_place.equals_exact(HERE, 1e-9)
    assert hidden.public_place is None
    assert cell.public_place.geom_type == "Polygon"
    assert cell.public_place.contains(HERE)


def test_two_reports_in_one_square_look_alike(town: Town):
    near = Point(HERE.x + 0.00001, HERE.y, srid=4326)
    one, other = (stored(send(category=category("cell"), location=place)) for place in (HERE, near))
    assert one.public_place.wkt == other.public_place.wkt
    assert not one.geom.equals_exact(other.geom, 1e-9)


def test_what_a_writer_puts_there_does_not_count(town: Town):
    report = send(category=category("hidden"))
    with acting_as(authorities=[town.here.pk]):
        Report.objects.filter(pk=report.pk).update(public_place=HERE)
    assert stored(report).public_place is None


def test_it_follows_a_moved_pin_and_another_category(town: Town):
    report = send(category=category("exact"))
    moved = Point(HERE.x + 0.01, HERE.y, srid=4326)
    with acting_as(authorities=[town.here.pk]):
        Report.objects.filter(pk=report.pk).update(geom=moved)
    assert stored(report).public_place.equals_exact(moved, 1e-9)
    with acting_as(authorities=[town.here.pk]):
        Report.objects.filter(pk=report.pk).update(category=category("hidden"))
    assert stored(report).public_place is None


def test_a_category_that_becomes_private_hides_the_reports_of_every_authority(town: Town):
    kind = category("exact")
    here, there = send(category=kind), send(category=kind, location=Point(58.15, 23.55, srid=4326))
    with acting_as(user=hire(None, is_superuser=False).pk):
        Category.objects.filter(pk=kind.pk).update(place="hidden")
    assert stored(here).public_place is None
    assert stored(there).public_place is None


def test_the_public_view_shows_no_more(town: Town):
    for place in ("exact", "cell", "hidden"):
        send(category=category(place), text="سر", reporter_name="سعيد")
    with connection.cursor() as cursor:
        cursor.execute("SELECT *, ST_GeometryType(geom) FROM pub.reports")
        names = {column.name for column in cursor.description[:-1]}
        shapes = {row[-1] for row in cursor.fetchall()}
    assert names == {
        "id", "geom", "authority", "category", "category_ar", "category_en", "status", "reported_on",
    }  # fmt: skip
    assert shapes == {None, "ST_Point", "ST_Polygon"}


@pytest.mark.parametrize("wkt", ["POINT(200 23)", "POINT(NaN NaN)", "POINT EMPTY"])
def test_an_unsound_point_meets_the_named_constraint(town: Town, wkt: str):
    report = send(category=category("cell"))
    with pytest.raises(IntegrityError) as refused, acting_as(authorities=[town.here.pk]), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reports_report SET geom = ST_GeomFromText(%s, 4326) WHERE id = %s", [wkt, report.pk])
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == "report_geometry_is_sound"
