"""The searches of the desk forgive spellings as the public search does, and look into no more than they say."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.addressing.models import Street
from apps.core.admin_search import pattern_of
from apps.reports.models import Category
from apps.wells.models import Well
from gis.db.acting import acting_as
from tests.apps.town import HERE, Town, found_towns, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return found_towns()


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


STORED = "شارع الأميرة آمنة ١٢, Mosque STREET 7 (a.b)"


@pytest.mark.parametrize(
    "asked",
    [
        "الاميره", "الأَميـرة", "امنه", "ءامنة"[1:], "12", "١٢", "۱۲", "mosque street", "٧ الاميرة", '"الاميره امنه"',
        "(a.b)", "Street\u200f 7",
    ],
)  # fmt: skip
def test_a_search_forgives_spellings(town: Town, asked: str):
    assert listed(town, asked) == 1


@pytest.mark.parametrize("asked", ['"الامير ه"', "(a_b)", ".*", "[ا-ي]", "\\d", "13", '"امنه الاميره"', "x" * 5000])
def test_and_finds_no_more_than_is_there(town: Town, asked: str):
    assert listed(town, asked) == 0


@pytest.mark.parametrize("asked", ["", " ", '"', '""', "ـ", "'", "\u200f"])
def test_what_says_nothing_asks_nothing(town: Town, asked: str):
    assert listed(town, asked) in (0, 1)


def listed(town: Town, asked: str) -> int:
    line = "SRID=4326;MULTILINESTRING((58.05 23.55, 58.06 23.55))"
    for body in (town.here, town.there):
        with acting_as(authorities=[body.pk]):
            Street.objects.create(authority=body, name_ar=STORED, geom=line)
    page = sign_in(hire(town.here)).get(reverse("admin:addressing_street_changelist"), {"q": asked})
    assert page.status_code == 200
    return int(page.context["cl"].result_count)


def test_the_lists_of_superusers_forgive_too(town: Town):
    Category.objects.create(code="light", group="roads", name_ar="عمود إنارة")
    root = hire(None, is_staff=True, is_superuser=True)
    page = sign_in(root).get(reverse("admin:reports_category_changelist"), {"q": "اناره"})
    assert page.context["cl"].result_count == 1


def test_only_the_declared_columns_are_searched(town: Town):
    """A search is no oracle over what the list does not offer."""
    with acting_as(authorities=[town.here.pk]):
        Well.objects.create(authority=town.here, number="W1", use="domestic", source_id="SECRET", geom=HERE)
    page = sign_in(hire(town.here)).get(reverse("admin:wells_well_changelist"), {"q": "secret"})
    assert page.context["cl"].result_count == 0


def test_no_letter_means_anything_in_a_pattern(town: Town):
    assert set(pattern_of("a.b*(c[d")) <= set("[]*\\U0123456789abcdef")
