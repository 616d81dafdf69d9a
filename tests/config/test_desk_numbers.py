"""A whole number is looked up in the desk's lists: by an index, in either script, and nothing else is read."""

import re
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from apps.wells.models import Well
from gis.db import numbers
from gis.db.acting import acting_as
from gis.layers import registry
from tests.apps.town import HERE, Town, found_towns, hire

pytestmark = pytest.mark.django_db
MODELS = [model for model in {layer.table: layer.model for layer in registry}.values() if numbers.columns(model)]


@pytest.fixture
def town() -> Town:
    return found_towns()


def plots(town: Town, *given: tuple[str, str]) -> None:
    """Plots with these numbers in these blocks, side by side."""
    with acting_as(authorities=[town.here.pk], actor="test"):
        for place, (plot_no, block_no) in enumerate(given):
            west = 58.01 + place * 0.001
            outline = MultiPolygon(Polygon.from_bbox((west, 23.51, west + 0.0005, 23.5105)), srid=4326)
            Parcel.objects.create(authority=town.here, plot_no=plot_no, block_no=block_no, geom=outline)


def listed(town: Town, asked: str, *, model: Any = Parcel, body: str = "here") -> tuple[list[str], bool]:
    """What the list shows, and whether it had to read the table for it."""
    client = Client()
    client.force_login(hire(getattr(town, body), "planner"))
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address, {"q": asked})
    assert page.status_code == 200
    searched = any(" ~ " in query["sql"] for query in queries)
    return sorted(str(one) for one in page.context["cl"].result_list), searched


@pytest.mark.parametrize("asked", ["12/3a", " ١٢/٣A ", "۱۲ / ۳a", "12/3A\u200f"])
def test_a_plot_is_found_by_its_whole_number_alone(town: Town, asked: str):
    plots(town, ("12/3A", "1"), ("112/3A", "1"), ("7", "12/3A"))
    assert listed(town, asked) == (["12/3A"], False)


@pytest.mark.parametrize("asked", ["12أ", "12ا", "١٢إ", "12ـأ", "12ا\u0654"])
def test_letters_are_the_same_as_in_the_search(town: Town, asked: str):
    """Of 12أ and 12ا somebody who types either learns that there are two."""
    plots(town, ("12أ", "1"), ("12ا", "2"), ("١٢آ", "3"), ("12\ufe8d", "4"), ("12ب", "5"), ("112ا", "6"))
    assert listed(town, asked) == (sorted(["12أ", "12ا", "١٢آ", "12\ufe8d"]), False)


def test_letters_with_too_many_forms_are_searched_for(town: Town):
    plots(town, ("12 ابتثجح", "1"))
    assert listed(town, "12 ابتثجح") == (["12 ابتثجح"], True)


def test_numbers_are_found_as_they_were_delivered(town: Town):
    plots(town, ("١٢٣", "1"), ("123", "2"), ("۱۲۳", "3"), ("1234", "4"))
    assert listed(town, "123") == (sorted(["123", "١٢٣", "۱۲۳"]), False)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('"123"', ["123", "1234", "7"]),  # said to be looked for everywhere
        ("123 1", ["123", "1234", "7"]),  # several words
        ("23", ["123", "1234", "7"]),  # no plot's whole number
        ("99", []),
        ("block", []),  # no number
    ],
)
def test_what_is_no_whole_number_is_searched_for(town: Town, asked: str, found: list[str]):
    plots(town, ("123", "1"), ("1234", "2"), ("7", "123 1"))
    assert listed(town, asked) == (found, True)


def test_another_authority_learns_nothing(town: Town):
    plots(town, ("123", "1"))
    assert listed(town, "123", body="there") == ([], True)


def test_wells_by_the_same_declaration(town: Town):
    with acting_as(authorities=[town.here.pk], actor="test"):
        for number in ("W-7", "W-77"):
            Well.objects.create(authority=town.here, number=number, use="domestic", geom=HERE)
    assert listed(town, "w-٧", model=Well) == (["W-7"], False)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_index_answers_under_row_level_security(town: Town, model: Any):
    (field,) = numbers.columns(model)
    with acting_as(authorities=[town.here.pk], actor="test"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")  # a bitmap needs a condition
        plan = model._base_manager.filter(**{f"{field.name}__in": ["7", "٧"]}).explain()
    wanted = f"{model._meta.db_table}_number_" if field.unique else numbers.name_of(field)
    assert wanted in plan
    assert f"Cond: (({field.column})::text = ANY" in plan


def test_every_number_is_looked_up():
    assert {model._meta.label for model in MODELS} == {"parcels.Parcel", "reports.Report", "wells.Well"}


@pytest.mark.parametrize(("language", "said"), [("ar", "بين علامتي تنصيص"), ("en", "in quotation marks")])
@pytest.mark.parametrize("model", [*MODELS, Street], ids=lambda model: model._meta.label)
def test_each_list_with_numbers_says_how_they_are_searched_for(town: Town, model: Any, language: str, said: str):
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "planner"))
    page = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
    told = re.findall('id="searchbar_helptext">(.*?)</div>', page.content.decode())
    assert [said in one for one in told] == ([] if model is Street else [True])


def test_an_index_that_is_there_is_not_made_again() -> None:
    """For that would hold up whoever writes, at each migration."""
    with CaptureQueriesContext(connection) as asked:
        numbers.install(connection.alias)
    assert asked.captured_queries
    assert not [one["sql"] for one in asked if "CREATE" in one["sql"]]
