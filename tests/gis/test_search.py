"""Search forgives hamza, ta marbuta, digits and slips of the hand, and finds nothing that the asker may not see."""

from collections.abc import Iterator

import pytest
from django.contrib.gis.geos import Point
from django.db import connections, transaction
from django.utils.translation import override
from pytest_django import DjangoDbBlocker

from apps.accounts.models import Party
from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.parcels.models import Parcel, Right
from apps.reports.models import Report
from apps.territory.models import BaseFeature
from apps.wells.models import Well
from gis import indexing, search
from gis.db import documents, tracking
from gis.db.acting import acting_as
from gis.layers import AGENCIES, OFFICERS, PUBLIC, registry
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make


def filled() -> Two:
    """What is looked for, of two authorities; in the database to which Django points."""
    search._fold.cache_clear()
    two = two_authorities()
    with acting_for_both(two):
        names = [("شارع أحمد بن ماجد", "Ahmed bin Majid Street"), ("شارع المدرسة", "School Street"), ("سكة النور", "")]
        streets = [make(Street, authority=two.here, name_ar=ar, name_en=en) for ar, en in names]
        for number in (7, 12, 120):
            unit = make(AddressUnit, authority=two.here, number=number, street=streets[1])
        make(LegacyAddress, authority=two.here, unit=unit, building_no="15", way_no="7711", block_no="277")
        parcel = make(Parcel, authority=two.here, plot_no="123", block_no="9", deed_no="D-555")
        make(Parcel, authority=two.there, plot_no="1230", deed_no="D-777")
        make(Right, authority=two.here, parcel=parcel, party=make(Party, authority=two.here, name_ar="مالك سري"))
        make(Well, authority=two.here, number="W-88", geom=Point(58, 23, srid=4326))
        make(Report, authority=two.here, number="R-4711", text="حفرة عميقة", geom=Point(58, 23, srid=4326))
        make(BaseFeature, authority=two.here, kind="place", name_ar="القرية القديمة", geom=Point(58, 23, srid=4326))
    indexing.follow()
    return two


@pytest.fixture(scope="module")
def known(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """For tests that only look."""
    with databases.used(template_database, django_db_blocker, label="search"):
        yield filled()


@pytest.fixture
def two(committed_db: str) -> Two:
    """For those that change what is there."""
    return filled()


def found(words: str, audience=PUBLIC) -> list[tuple[str, str]]:
    return [(one.layer.id, str(one.values[one.layer.label])) for one in search.find(words, audience, 10)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("شارع احمد بن ماجد", ("streets", "شارع أحمد بن ماجد")),
        ("أحمد", ("streets", "شارع أحمد بن ماجد")),
        ("المدرسه", ("streets", "شارع المدرسة")),
        ("الـمـدرسـة", ("streets", "شارع المدرسة")),
        ("ahmed bin majed", ("streets", "شارع أحمد بن ماجد")),
        ("SCHOOL STREET", ("streets", "شارع المدرسة")),
        ("١٢٣", ("parcels", "123")),
        ("plot 123", ("parcels", "123")),
        ("12 شارع المدرسة", ("address-units", "12")),
        ("شارع المدرسة ١٢", ("address-units", "12")),
        ("7711", ("address-units", "120")),
        ("القريه القديمه", ("base-places", "القرية القديمة")),
    ],
)
def test_finds_what_was_meant(known: Two, words: str, first: tuple[str, str]):
    assert found(words)[0] == first


def test_the_exact_stands_before_the_like(known: Two):
    assert [label for layer, label in found("123") if layer == "parcels"] == ["123", "1230"]


@pytest.mark.parametrize("words", ["", " ", "؟", "%", "_", "\x00", "-- ;", "zzzzqqq"])
def test_finds_nothing_for_nothing(known: Two, words: str):
    assert found(words) == []


@pytest.mark.parametrize("words", ["'); DROP TABLE x; --", "a" * 10_000, "\\", "%s %(x)s", "()[]{}*?", "\u202e123"])
def test_any_words_are_taken(known: Two, words: str):
    search.find(words, PUBLIC, 5)


@pytest.mark.parametrize("words", ["W-88", "R-4711", "حفرة عميقة", "D-555", "مالك سري"])
def test_the_public_finds_nothing_hidden(known: Two, words: str):
    hidden = {"W-88": "wells", "R-4711": "reports", "حفرة عميقة": "reports"}.get(words, "parcels")
    assert hidden not in {layer for layer, _label in found(words)}


def test_what_only_officers_see_only_officers_find(known: Two):
    assert "wells" not in {layer for layer, _label in found("W-88", AGENCIES)}
    assert "reports" not in {layer for layer, _label in found("R-4711", AGENCIES)}
    with acting_as(user=known.officer.id):
        assert {"wells", "reports"} <= {
            layer for words in ("W-88", "R-4711") for layer, _label in found(words, OFFICERS)
        }
    with acting_as(user=known.stranger.id):
        assert not {"wells", "reports"} & {
            layer for words in ("W-88", "R-4711") for layer, _l in found(words, OFFICERS)
        }


def test_unpublished_parcels_are_found_by_their_own_officers_only(two: Two):
    type(two.here).objects.using("owner").filter(pk=two.here.pk).update(publishes_parcels=False)
    assert ("parcels", "123") not in found("123")
    assert ("parcels", "123") not in found("123", AGENCIES)
    with acting_as(user=two.officer.id):
        assert ("parcels", "123") in found("123", OFFICERS)
    with acting_as(user=two.stranger.id):
        assert ("parcels", "123") not in found("123", OFFICERS)


def test_every_searched_column_is_followed(known: Two):
    """Whatever a document takes its words from has a history, and names its columns."""
    tracked = {model._meta.db_table for model in tracking.tracked_models()}
    for layer in registry:
        for field in documents.searched(layer, OFFICERS):
            assert documents.paths(field), f"{layer.id}.{field.name} is searched but names no column"
    for document in documents.kinds():
        assert set(document.tables) <= tracked, document.name
    units = next(document for document in documents.kinds() if document.name == "addressing_addressunit")
    assert set(units.tables) == {
        "addressing_addressunit", "addressing_street", "addressing_legacyaddress", "territory_wilayat",
        "territory_governorate",
    }  # fmt: skip


def test_the_functions_answer_through_the_index(two: Two, committed_db: str):
    """With many rows the words are looked up: the barrier of the view does not stand before their index."""
    with connections["owner"].cursor() as cursor, acting_for_both(two):
        cursor.execute(
            "INSERT INTO addressing_street (authority_id, name_ar, geom) SELECT %s, 'طريق ' || md5(g::text),"
            " ST_GeomFromText('MULTILINESTRING((58 23, 58.1 23))', 4326) FROM generate_series(1, 20000) g",
            [two.here.id],
        )
    indexing.follow()
    with databases.superuser(committed_db) as root:
        root.execute("ANALYZE search.addressing_street")
        root.execute("ANALYZE addressing_street")
        (index,) = root.execute("SELECT 'search.addressing_street_words'::regclass::oid").fetchone()
    with transaction.atomic("public"), connections["public"].cursor() as cursor:
        assert found("شارع المدرسة")[0] == ("streets", "شارع المدرسة")
        cursor.execute(
            "SELECT pg_stat_get_xact_numscans(%s), pg_stat_get_xact_numscans('addressing_street'::regclass)", [index]
        )
        looked_up, walked = cursor.fetchone()
    assert looked_up > 0
    assert walked == 0


def test_a_search_that_takes_too_long_says_what_helps(two: Two):
    search.find("شارع", PUBLIC)
    connections["public"].cursor().execute("SET statement_timeout = '1ms'")
    with override("ar"), pytest.raises(search.SearchTookTooLong, match="كلمات أقل"):
        search.find("شارع", PUBLIC)
