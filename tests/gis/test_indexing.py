"""The words that search looks into follow the records; what is hidden, ended or erased is not found through them."""

import json
from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.parcels.models import Parcel
from apps.reports.models import Report
from apps.territory.models import Wilayat
from gis import indexing, search
from gis.db import documents, readers
from gis.db.acting import acting_as
from gis.layers import OFFICERS, PUBLIC
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make


def filled() -> Two:
    """Records of two authorities, and their words, in the database to which Django points."""
    search._fold.cache_clear()
    two = two_authorities()
    with acting_for_both(two):
        wilayat = make(Wilayat, name_ar="هيماء", name_en="Haima")
        street = make(Street, authority=two.here, name_ar="شارع الريحان", name_en="Basil Street")
        unit = make(AddressUnit, authority=two.here, number=7, street=street, wilayat=wilayat)
        make(LegacyAddress, authority=two.here, unit=unit, building_no="15", way_no="7711")
        make(Parcel, authority=two.here, plot_no="123")
        make(Report, authority=two.here, number="R-4711", text="نافورة معطوبة")
    indexing.follow()
    return two


@pytest.fixture(scope="module")
def known(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """For tests that only ask."""
    with databases.used(template_database, django_db_blocker, label="words"):
        yield filled()


@pytest.fixture
def two(committed_db: str) -> Two:
    """For those that change what is there."""
    return filled()


def found(words: str, audience=PUBLIC) -> list[str]:
    return [one.layer.id for one in search.find(words, audience, 10)]


def change(two: Two, statement: str) -> None:
    with acting_for_both(two), connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def test_a_change_is_found_at_once_and_its_past_is_not(two: Two):
    change(two, "UPDATE addressing_street SET name_ar = 'شارع الياسمين', name_en = 'Jasmine Street'")
    assert found("الياسمين") == ["streets"]
    assert found("الريحان") == ["address-units"]  # its addresses follow with the next pass
    indexing.follow()
    assert sorted(found("الياسمين")) == ["address-units", "streets"]
    assert found("الريحان") == []


def test_words_of_others_are_followed(two: Two):
    change(two, "UPDATE territory_wilayat SET name_en = 'Mahout'")
    indexing.follow()
    assert "address-units" in found("7 Mahout")
    assert found("7711") == ["address-units"]
    change(two, "DELETE FROM addressing_legacyaddress")
    indexing.follow()
    assert found("7711") == []


def test_what_ends_is_not_found(two: Two):
    change(two, "UPDATE addressing_street SET valid_to = current_date, valid_from = current_date - 1")
    assert "streets" not in found("الريحان")
    indexing.follow()
    assert "streets" not in found("الريحان")


def test_what_is_closed_is_not_found_before_anybody_follows(two: Two):
    type(two.here).objects.using("owner").filter(pk=two.here.pk).update(publishes_parcels=False)
    assert found("123") == []


def test_words_kept_for_officers_answer_officers_of_the_authority_only(known: Two):
    assert found("نافورة") == []
    assert found("نافوره معطوبه") == []
    with acting_as(user=known.officer.id):
        assert found("نافورة", OFFICERS) == ["reports"]
    with acting_as(user=known.stranger.id):
        assert found("نافورة", OFFICERS) == []


def test_the_words_are_read_by_no_login(known: Two):
    tables = [*(document.name for document in documents.kinds()), "vocabulary", "common", "document"]
    for alias in ("default", "public"):
        for table in tables:
            with pytest.raises(Exception, match="permission denied"), connections[alias].cursor() as cursor:
                cursor.execute(f'SELECT FROM search."{table}"')
    with databases.superuser(connections["default"].settings_dict["NAME"]) as root:
        near = root.execute("SELECT count(*) FROM search.vocabulary WHERE word = ANY (%s)", [["نافوره", "معطوبه"]])
        assert near.fetchone() == (0,)


@pytest.mark.parametrize("function", ["own.search('[]', 1)", "agency.search('[]', 1)", "search_near('{x}')"])
def test_the_anonymous_login_calls_its_own_function_only(known: Two, function: str):
    with pytest.raises(Exception, match="permission denied"), connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT {function}")


def test_a_question_names_no_function_of_others(known: Two):
    word = "نافوره"
    question = {"function": "own.reports_find", "whole": word, "asked": word, "forms": [word], "tells": [True]}
    asked = json.dumps([question | {"bonus": 0}])
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pub.search(%s, 5)", [asked])
        assert cursor.fetchone() == (0,)


def test_an_erased_text_leaves_the_words_at_once(two: Two, committed_db: str):
    kept = "SELECT count(*) FROM search.reports_report_officer WHERE folded LIKE '%%معطوبه%%'"
    with databases.superuser(committed_db) as root:
        assert root.execute(kept).fetchone() == (1,)
        (key,) = root.execute("SELECT id FROM reports_report").fetchone()
    with acting_for_both(two), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE reports_report SET text = ''")
    with acting_as(authorities=[two.here.id]), connections["default"].cursor() as cursor:
        cursor.execute("SELECT history_erase('reports_report', %s, 'asked for')", [key])
    with databases.superuser(committed_db) as root:
        assert root.execute(kept).fetchone() == (0,)
    with acting_as(user=two.officer.id):
        assert found("R-4711", OFFICERS) == ["reports"]


@pytest.mark.parametrize("asked", ["basel street", "bassil", "al-basil street", "الرييحان", "ريحان"])
def test_slips_and_other_spellings_find_the_word(known: Two, asked: str):
    assert found(asked)[:1] == ["streets"]


def test_the_same_from_the_beginning(two: Two):
    indexing.follow(anew=True)
    indexing.count_words()
    assert sorted(found("الريحان")) == ["address-units", "streets"]


@pytest.mark.parametrize(
    ("forms", "unfinished", "walked"),
    [
        (["شارع"], False, ["many", "some"]),
        (["rd|شارع"], False, ["many", "some"]),
        (["شا"], False, []),
        (["شا"], True, ["many", "some"]),
        (["شارع", "شا"], True, ["many", "some"]),
        (["شا", "شارع"], True, []),
        (["شارع", "12"], False, ["many"]),
        (["شارع", "4711"], False, []),
        ([], False, []),
    ],
)
def test_where_all_words_are_common_the_first_records_are_walked(
    committed_db: str, forms: list[str], unfinished: bool, walked: list[str]
):
    with databases.superuser(committed_db) as root:
        root.execute(
            "INSERT INTO search.common VALUES ('many', 'شارع', 0.9, 100000), ('many', '12', 0.2, 100000),"
            " ('some', 'شارع', 0.5, 5000), ('few', 'شارع', 0.01, 5000)"
        )
        asked = "SELECT ARRAY(SELECT unnest(search_walks(%s::text[], %s)) ORDER BY 1)"
        assert root.execute(asked, [forms, unfinished]).fetchone() == (walked,)


def test_functions_of_an_earlier_release_go(two: Two):
    """Asked otherwise under the same name, or no longer asked: both would stay where no migration is due."""
    earlier = ("pub.parcels_find(text, integer)", "pub.search_layer(jsonb)")
    with connections["owner"].cursor() as cursor:
        for signature in earlier:
            cursor.execute(f"CREATE FUNCTION {signature} RETURNS integer LANGUAGE sql AS 'SELECT 1'")
        readers.install("owner")
        cursor.execute("SELECT to_regprocedure(s) FROM unnest(%s::text[]) AS s", [list(earlier)])
        assert cursor.fetchall() == [(None,), (None,)]
    assert found("plot 123") == ["parcels"]
