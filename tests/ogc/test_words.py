"""`q`: features that say the words, as the platform's search understands them, among what the caller may see."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from pytest_django import DjangoDbBlocker

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from apps.reports.models import Report
from apps.wells.models import Well
from gis import indexing, search
from gis.features import choosing, saying, wording
from gis.layers import PUBLIC
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make, square

NAMES = ["شارع أحمد بن ماجد", "شارع المدرسة", "مدرسة النور", "سكة الإمام", "طريق 18 نوفمبر"]


def filled() -> Two:
    search._fold.cache_clear()
    two = two_authorities()
    with acting_for_both(two):
        for place, name in enumerate(NAMES):
            make(Street, authority=two.here, name_ar=name, name_en=f"Street {place}")
        make(Parcel, authority=two.here, plot_no="123", block_no="9", deed_no="SECRET-555", geom=square(0))
        make(Well, authority=two.here, number="W-88", name_ar="بئر", geom=Point(58, 23, srid=4326))
        make(Report, authority=two.here, number="R-4711", text="حفرة عميقة", geom=Point(58, 23, srid=4326))
    indexing.follow()
    return two


@pytest.fixture(scope="module")
def two(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    with databases.used(template_database, django_db_blocker, label="words"):
        yield filled()


def ask(collection: str = "streets", client: Client | None = None, **query: Any) -> Any:
    return (client or Client()).get(f"/ogc/collections/{collection}/items", {"f": "json", "lang": "en", **query})


def named(**query: Any) -> list[str]:
    answer = ask(**query)
    assert answer.status_code == 200, answer.content
    page = answer.json()
    assert page["numberReturned"] == len(page["features"])
    return [feature["properties"]["name_ar"] for feature in page["features"]]


@pytest.mark.parametrize(
    ("q", "places"),
    [
        ("احمد", [0]),
        ("أحمد ماجد", [0]),
        ("المدرسه", [1, 2]),
        ("مدرسة", [1, 2]),
        ("المـدْرَسـة", [1, 2]),
        ("شارع المدرسة", [1, 2]),  # "Street" is a word for شارع
        ("الامام", [3]),
        ("١٨", [4]),
        ("احمد, النور", [0, 2]),
        ("احمد، النور", [0, 2]),
        ("ahmed", []),
        ("street 3", [3]),
        ("STREET 3", [3]),
        ("احم", []),
        ("%", None),
        ("احمد%", []),
    ],
)
def test_features_that_say_the_words(two: Two, q: str, places: list[int] | None):
    if places is None:
        assert ask(q=q).status_code == 400
        return
    assert set(named(q=q)) >= {NAMES[place] for place in places}
    assert len(named(q=q)) == len(places)
    assert ask(q=q).json()["numberMatched"] == len(places)
    assert ask(q=q, resulttype="hits").json()["numberMatched"] == len(places)


def test_words_join_the_other_conditions_and_the_order(two: Two):
    assert named(q="المدرسة", sortby="-name_ar") == sorted((NAMES[1], NAMES[2]), reverse=True)
    assert named(q="المدرسة", filter="name_ar LIKE '%النور'") == [NAMES[2]]
    assert named(q="المدرسة", bbox="-10,-10,-9,-9") == []
    assert named(q="المدرسة", name_ar=NAMES[1]) == [NAMES[1]]
    hits = ask(q="street", bbox="-10,-10,-9,-9", resulttype="hits")
    assert hits.json()["numberMatched"] == 0


@pytest.mark.parametrize("sortby", ["", "-name_ar"])
@pytest.mark.parametrize("counted", [20_000, 1])
def test_pages_of_words_visit_each_once(two: Two, monkeypatch: pytest.MonkeyPatch, sortby: str, counted: int):
    for module in (saying, choosing):
        monkeypatch.setattr(module, "COUNTED", counted)
    query = {"q": "street", "limit": 2, "f": "json"} | ({"sortby": sortby} if sortby else {})
    address: str | None = "/ogc/collections/streets/items"
    seen, told = [], []
    while address:
        page = Client().get(address, query).json()
        seen += [feature["properties"]["name_ar"] for feature in page["features"]]
        told.append(page.get("numberMatched"))
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        query = {}
    assert sorted(seen) == sorted(NAMES)
    assert told == [len(NAMES) if counted > len(NAMES) else None, None, None]


def test_a_cursor_of_other_words_is_refused(two: Two):
    page = ask(q="street", limit=1).json()
    address = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert Client().get(address).status_code == 200
    assert Client().get(address.replace("q=street", "q=school")).json()["parameter"] == "after"


def test_what_is_hidden_is_not_searched(two: Two):
    """Numbers of wells and texts of reports are for the officers of their authority alone."""
    officer, stranger = Client(), Client()
    officer.force_login(two.officer)
    stranger.force_login(two.stranger)
    for collection, q in (("wells", "W-88"), ("reports", "حفره"), ("reports", "R-4711")):
        assert len(ask(collection, officer, q=q).json()["features"]) == 1
        assert ask(collection, officer, q=q, resulttype="hits").json()["numberMatched"] == 1
        assert ask(collection, stranger, q=q).json()["features"] == []
        assert ask(collection, q=q).json()["parameter"] == "q"


@pytest.mark.parametrize(
    "q",
    ["", " ", ",", "،,", "%_", "\x00", "a\x00b", "(a+)+$" * 100, "ا" * 201, " ".join("abcdefghijklm"), "!" * 100],
)
def test_words_that_cannot_be_looked_for(two: Two, q: str):
    begun = time.monotonic()
    problem = ask(q=q)
    assert (problem.status_code, problem.json()["parameter"]) == (400, "q"), problem.content
    assert problem.json()["details"]["ar"] != problem.json()["details"]["en"]
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "q", ["(a+)+$", "[", "a|b", "\\", "'", "a' & 'b", ":*", "street:*", "!street", "<->", "\u202e"]
)
def test_no_word_is_a_pattern(two: Two, q: str):
    answer = ask(q=q)
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json()["numberMatched"] in (0, len(NAMES))
    assert answer.status_code == 400 or q in ("!street",) or answer.json()["features"] == []


def test_words_are_folded_as_the_database_does(two: Two):
    letters = [
        chr(code)
        for code in (*range(0x20, 0x250), *range(0x600, 0x780), *range(0xFB50, 0xFDFE))
        if chr(code).isprintable()
    ]
    texts = tuple(f"a{letter}b" for letter in letters)
    by_database = search._fold(texts, PUBLIC)
    assert [text for text, said in zip(texts, by_database, strict=True) if wording.fold(text) != said] == []


def test_what_has_changed_since_the_words_were_gathered(two: Two):
    with acting_for_both(two):
        street = make(Street, authority=two.here, name_ar="شارع الجديد")
    assert named(q="الجديد") == ["شارع الجديد"]
    with acting_for_both(two):
        street.delete(using="owner")
    assert named(q="الجديد") == []
