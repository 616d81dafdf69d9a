"""Two times over HTTP: `datetime` asks what holds on other days, `as-of` and Accept-Datetime what was recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils.http import http_date, parse_http_date
from pytest_django import DjangoDbBlocker

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, Organisation
from apps.addressing.models import Street
from apps.wells.models import Well
from ogc import times
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make


@dataclass
class Streets:
    """One that was, one that is, one that will be, one that is renamed after `before`; one withdrawn since."""

    two: Two
    before: datetime
    renamed: Any
    withdrawn: Any

    @property
    def officer(self) -> Client:
        client = Client()
        client.force_login(self.two.officer)
        return client


KEY = "an agency's key"
DAYS = {"was": (date(2001, 1, 1), date(2011, 1, 1)), "is": (date(2011, 1, 1), None), "will": (date(2091, 1, 1), None)}


def now() -> datetime:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def filled() -> Streets:
    two = two_authorities()
    with acting_for_both(two):
        for name, (first, last) in DAYS.items():
            make(Street, authority=two.here, name_ar=name, valid_from=first, valid_to=last)
        renamed = make(Street, authority=two.here, name_ar="old", valid_from=date(2020, 1, 1)).pk
        withdrawn = make(Street, authority=two.here, name_ar="mistake", valid_from=date(2020, 1, 1)).pk
        make(Well, authority=two.here, number="W-1", geom=Point(58, 23, srid=4326))
    before = now()
    with acting_for_both(two):
        Street.objects.using("owner").filter(pk=renamed).update(name_ar="new")
        Street.objects.using("owner").filter(pk=withdrawn).delete()
    office = Organisation.objects.using("owner").create(code="office", name_ar="مكتب")
    AgencyKey.objects.using("owner").create(organisation=office, digest=digest_of(KEY), purpose="test", made_at=before)
    return Streets(two, before, renamed, withdrawn)


@pytest.fixture(scope="module")
def streets(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Streets]:
    with databases.used(template_database, django_db_blocker, label="moments"):
        cache.clear()
        yield filled()
        cache.clear()


def ask(path: str = "streets/items", client: Client | None = None, **query: Any) -> Any:
    headers = query.pop("headers", {})
    return (client or Client()).get(f"/ogc/collections/{path}", {"f": "json", "lang": "en", **query}, headers=headers)


def names(client: Client | None = None, **query: Any) -> set[str]:
    answer = ask(client=client, **query)
    assert answer.status_code == 200, answer.content
    page = answer.json()
    assert page["numberMatched"] == page["numberReturned"]
    assert ask(client=client, **query, resulttype="hits").json()["numberMatched"] == page["numberMatched"]
    return {feature["properties"]["name_ar"] for feature in page["features"]}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (None, {"is", "new"}),
        ("2005-05-05", {"was"}),
        ("2010-12-31", {"was"}),
        ("2011-01-01", {"is"}),
        ("2010-12-31T19:59:59Z", {"was"}),
        ("2010-12-31T20:00:00Z", {"is"}),  # the new day begins at 20:00 UTC in Muscat
        ("2010-12-31/2011-01-01", {"was", "is"}),
        ("2019-12-31/..", {"is", "new", "will"}),
        ("../2000-12-31", set()),
        ("/2001-01-01", {"was"}),
        ("2091-01-01", {"is", "new", "will"}),
    ],
)
def test_what_holds_on_other_days(streets: Streets, when: str | None, expected: set[str]):
    assert names(**({"datetime": when} if when else {})) == expected
    officer = streets.officer
    assert names(officer, **({"datetime": when} if when else {})) == expected


def test_other_days_are_paged_sorted_and_filtered(streets: Streets):
    days = {"datetime": "2000-01-01/.."}
    assert names(**days, filter="name_ar LIKE 'w%'") == {"was", "will"}
    assert names(**days, bbox="-10,-10,-9,-9") == set()
    seen: list[str] = []
    for order in ({}, {"sortby": "-name_ar"}):
        seen, address, query = [], "/ogc/collections/streets/items", {"f": "json", "limit": 1, **days, **order}
        while address:
            page = Client().get(address, query).json()
            seen += [feature["properties"]["name_ar"] for feature in page["features"]]
            address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
            query = {}
        assert sorted(seen) == ["is", "new", "was", "will"]
    assert seen == ["will", "was", "new", "is"]


def test_a_collection_tells_its_time(streets: Streets):
    assert ask("streets").json()["extent"]["temporal"]["interval"] == [["2001-01-01T00:00:00+04:00", None]]
    assert "temporal" not in ask("wells").json()["extent"]


def test_other_days_are_downloaded(streets: Streets):
    answer = Client().get("/ogc/collections/streets/items", {"f": "csv", "datetime": "2005-05-05"})
    assert b"was" in (content := b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert b"new" not in content


def test_places_that_are_hidden_stay_so_on_other_days(streets: Streets):
    refused = ask("wells/items", datetime="2005-05-05")
    assert (refused.status_code, refused.json()["code"]) == (403, "past_for_officers")
    officer = streets.officer
    assert ask("wells/items", officer, datetime="2091-05-05").json()["numberMatched"] == 1


def test_the_past_is_read_as_it_was_recorded(streets: Streets):
    moment = streets.before.isoformat()
    assert names(streets.officer, **{"as-of": moment}) == {"is", "old", "mistake"}
    assert names(streets.officer, **{"as-of": moment, "datetime": "2005-05-05"}) == {"was"}
    assert names(streets.officer, **{"as-of": moment, "filter": "name_ar = 'old'"}) == {"old"}
    answer = ask(client=streets.officer, **{"as-of": moment})
    assert answer["Memento-Datetime"] == http_date(streets.before.timestamp())
    assert 'rel="original"' in answer["Link"]
    assert "as-of" not in answer["Link"]
    assert names(streets.officer, **{"as-of": now().isoformat()}) == {"is", "new"}


def test_one_feature_of_the_past(streets: Streets):
    moment = streets.before.isoformat()
    for street, then in ((streets.renamed, "old"), (streets.withdrawn, "mistake")):
        answer = ask(f"streets/items/{street}", streets.officer, **{"as-of": moment})
        assert answer.json()["properties"]["name_ar"] == then
        assert answer["Memento-Datetime"]
        assert f"/items/{street}" in answer["Link"]
        assert parse_http_date(answer["Last-Modified"]) == int(streets.before.timestamp()), (
            "no ground to write on today"
        )
    assert ask(f"streets/items/{streets.withdrawn}").status_code == 404
    assert ask(f"streets/items/{streets.renamed}").json()["properties"]["name_ar"] == "new"


def test_a_moment_is_negotiated(streets: Streets):
    later = streets.before.replace(microsecond=0) + timedelta(seconds=1)
    while now() < later:
        pass
    answer = ask(client=streets.officer, headers={"Accept-Datetime": http_date(later.timestamp())})
    assert answer["Memento-Datetime"] == http_date(later.timestamp())
    assert "Accept-Datetime" in answer["Vary"]
    assert "Accept-Datetime" in ask()["Vary"]
    assert "Memento-Datetime" not in ask()
    assert any("as-of=" in link["href"] for link in answer.json()["links"])


NO_MOMENTS = """x|2026-01-31|2091-01-01T00:00:00Z|1900-01-01T00:00:00Z|..|0001-01-01T00:00:00Z|9999-12-31T23:59:59-14:00
|2026-01-31T12:00:00Z/..|2026-01-31T25:00:00Z"""


@pytest.mark.parametrize("given", NO_MOMENTS.replace("\n", "").split("|"))
def test_moments_that_cannot_be_read(streets: Streets, given: str):
    for path in ("streets/items", f"streets/items/{streets.renamed}"):
        problem = ask(path, streets.officer, **{"as-of": given})
        assert (problem.status_code, problem.json()["parameter"]) == (400, "as-of")
        assert problem.json()["details"]["ar"] != problem.json()["details"]["en"]


@pytest.mark.parametrize("given", ["", "yesterday", "2026-01-31T12:00:00Z", http_date(4_000_000_000)])
def test_headers_that_cannot_be_read(streets: Streets, given: str):
    problem = ask(headers={"Accept-Datetime": given})
    assert (problem.status_code, problem.json()["parameter"]) == (400, "Accept-Datetime")


def test_what_does_not_go_together(streets: Streets):
    moment = streets.before.isoformat()
    assert (
        ask(client=streets.officer, **{"as-of": moment, "datetime": "2001-01-01/.."}).json()["parameter"] == "datetime"
    )
    assert ask(client=streets.officer, **{"as-of": moment, "q": "old"}).json()["parameter"] == "q"
    for form in ("csv", "fgb", "jsonfg"):
        refused = Client().get("/ogc/collections/streets/items", {"f": form, "as-of": moment})
        assert (refused.status_code, refused.json()["parameter"]) == (400, "as-of")
    assert ask(datetime="2001-01-01", q="old").json()["parameter"] == "q"


def test_the_past_is_for_officers(streets: Streets):
    """What was corrected or withdrawn does not stay readable for everybody."""
    agency, stranger = Client(headers={"X-API-Key": KEY}), Client()
    stranger.force_login(streets.two.stranger)
    header = {"headers": {"Accept-Datetime": http_date(datetime.now(UTC).timestamp())}}
    for client in (Client(), agency):
        for path in ("streets/items", f"streets/items/{streets.withdrawn}", "wells/items"):
            for query in ({"as-of": streets.before.isoformat()}, {**header}):
                refused = ask(path, client, **query)
                assert (refused.status_code, refused.json()["code"]) == (403, "only_present")
    assert names(stranger, **{"as-of": streets.before.isoformat()}) == set()
    assert ask("wells/items", streets.officer, **{"as-of": now().isoformat()}).json()["numberMatched"] == 1


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2026-01-01/P2D", "2026-01-03T00:00:00+04:00"), ("2026-01-01T10:00:00Z/PT90M", "2026-01-01T15:30:00+04:00"),
        ("2026-01-01/P1DT12H", "2026-01-02T12:00:00+04:00"),
    ],
)  # fmt: skip
def test_an_interval_may_end_after_a_duration(text: str, last: str):
    begin, end = times.read(text)
    assert begin is not None
    assert end is not None
    assert end.isoformat() == datetime.fromisoformat(last).astimezone(end.tzinfo).isoformat()
    assert begin < end


@pytest.mark.parametrize(
    "duration", ["P", "PT", "P0D", "P1M", "P1Y", "P1W", "-P1D", "P-1D", "P9999999D", "P999999999999D", "Px", "PT1H1D"]
)
@pytest.mark.parametrize("begin", ["2026-01-01", "..", ""])
def test_other_durations_are_refused(begin: str, duration: str):
    with pytest.raises(times.NoTime):
        times.read(f"{begin}/{duration}")


def test_a_day_begins_and_ends_by_the_clock_here():
    assert times.written("2026-01-01") == "2026-01-01T00:00:00+04:00"
    assert times.written("2026-01-01", last=True) == "2026-01-01T23:59:59+04:00"
    assert times.written("2026-01-01T10:00:00Z", last=True) == "2026-01-01T10:00:00Z"
