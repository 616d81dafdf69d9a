"""What is at a place: through the audience's view, by distance on the ground, by the index."""

from collections.abc import Iterator
from itertools import filterfalse

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from apps.territory.models import Authority
from gis import published, reverse
from gis.db import finders, nearest
from gis.db.acting import acting_as
from gis.layers import AGENCIES, OFFICERS, PUBLIC, registry
from gis.measure import distance_m
from tests import databases
from tests.scene import STREET_EN, Scene, set_up, spot


@pytest.fixture(scope="module")
def scene(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with set_up(template_database, django_db_blocker, label="reverse") as made:
        yield made


def said(x: float, y: float, audience=PUBLIC, most: int = 1) -> list[tuple[str, str, int]]:
    point = spot(x, y)
    return [
        (one.kind, str(one.found.values.get("name_en") or one.found.values[one.found.layer.label]), round(one.metres))
        for one in reverse.at(point.x, point.y, audience, most=most)
    ]


def test_each_kind_once_from_the_narrow_to_the_wide(scene: Scene):
    metres = round(distance_m(spot(2.5, 0.5).coords, spot(2.5, 0.9).coords))
    street = round(distance_m(spot(2.5, 0.5).coords, spot(2.5, 1.5).coords))
    assert said(2.5, 0.5) == [
        ("house", "5", metres),
        ("plot", "103", 0),
        ("street", STREET_EN, street),
        ("locality", "The Quarter", street),
        ("city", "The Wilayat", 0),
        ("state", "The Governorate", 0),
    ]


def test_what_is_too_far_is_not_told(scene: Scene):
    kinds = [kind for kind, _name, _metres in said(30, 30)]
    assert kinds == ["locality", "city", "state"]
    assert said(-500, -500) == []


def test_the_nearest_is_so_by_metres_and_not_by_degrees(scene: Scene):
    """A degree of longitude is shorter than one of latitude here: of two as far in degrees the one beside is nearer."""
    lng, lat = spot(2.5, 0.9).coords
    for one in reverse.at(lng, lat, PUBLIC, most=5):
        if one.kind == "house":
            assert one.found.point is not None
            assert one.metres == pytest.approx(distance_m((lng, lat), one.found.point), abs=0.01)
    metres = [far for kind, _name, far in said(2.5, 0.9, most=5) if kind == "house"]
    assert len(metres) == 5
    assert metres == sorted(metres)


def test_unpublished_plots_are_told_to_their_own_officers_only(scene: Scene):
    Authority.objects.using("owner").filter(pk=scene.authority.pk).update(publishes_parcels=False)
    try:
        for audience in (PUBLIC, AGENCIES):
            assert "plot" not in [kind for kind, _name, _metres in said(2.5, 0.5, audience)]
        with acting_as(user=scene.officer.pk):
            assert ("plot", "103", 0) in said(2.5, 0.5, OFFICERS)
    finally:
        Authority.objects.using("owner").filter(pk=scene.authority.pk).update(publishes_parcels=True)


def test_no_layer_that_keeps_its_place_coarse_tells_one(scene: Scene):
    for layer in registry:
        if layer.locates:
            assert layer.geometry_for(PUBLIC) == layer.geometry_for(OFFICERS), layer.id


def test_the_nearest_are_found_by_the_order_of_the_index(scene: Scene):
    """The function's own question, behind the barrier of the view."""
    for layer in filterfalse(nearest.of_areas, nearest.layers()):
        text, params = finders.open_rows(layer).values_list("pk", "geom").query.sql_with_params()
        spot = "'SRID=4326;POINT(58.1 23.5)'::geometry"
        with databases.superuser(scene.database) as root:
            root.execute("SET enable_seqscan = off")
            asked = f"EXPLAIN SELECT id FROM ({text}) v(id, geom) ORDER BY geom <-> {spot} LIMIT 8"
            plan = "\n".join(line for (line,) in root.execute(asked, params).fetchall())
        assert "Order By: (" in plan, plan


def test_everybody_sees_the_same_of_what_is_nearest(scene: Scene):
    """The function gives what is open to all: a layer that shows more to its officers cannot have it."""
    several = filterfalse(nearest.of_areas, nearest.layers())
    assert [layer.id for layer in several if layer.open_rows is not None] == []


def test_all_that_is_told_is_read_in_one_journey(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    journeys = []
    answers = published.answers
    monkeypatch.setattr(published, "answers", lambda who, asked: journeys.append(asked) or answers(who, asked))
    with CaptureQueriesContext(connections["public"]) as others:
        assert len(said(2.5, 0.5)) == 6
    assert (len(journeys), len(others)) == (1, 0)


@pytest.mark.parametrize("inside", [False, True])
def test_a_plan_that_a_migration_has_made_wrong_is_made_anew(scene: Scene, inside: bool):
    """Inside a transaction the session cannot be begun anew: there it is a sentence, and the transaction goes on."""
    made = "CREATE VIEW pub.kept AS SELECT 'a'::varchar({}) AS a; GRANT SELECT ON pub.kept TO PUBLIC"
    asked: list[published.Asked] = [("SELECT a FROM pub.kept", [])]
    with databases.superuser(scene.database) as root:
        root.execute(made.format(10))
        try:
            assert published.answers(PUBLIC, asked) == [[("a",)]]
            root.execute("DROP VIEW pub.kept")
            root.execute(made.format(20))
            if inside:
                with transaction.atomic("public"):
                    with pytest.raises(published.NoAnswer):
                        published.answers(PUBLIC, asked)
                    assert len(said(2.5, 0.5)) == 6
            else:
                assert published.answers(PUBLIC, asked) == [[("a",)]]
        finally:
            root.execute("DROP VIEW pub.kept")
            connections["public"].close()


def test_only_these_plans_are_kept(scene: Scene):
    """Other questions are written out with their values; what a session remembered of them would be all of those."""
    said(2.5, 0.5)
    assert connections["public"].connection.prepare_threshold is None


def test_its_plans_are_kept(scene: Scene):
    said(2.5, 0.5)
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%parcels_near%%'")
        assert cursor.fetchone() == (1,)
