"""Whether a copy will still do: ETag, Last-Modified, Vary and Cache-Control of every answer, and 304 by each."""

import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils.http import http_date, parse_http_date

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from apps.wells.models import Well
from gis import freshness
from gis.db.acting import acting_as
from gis.layers import Audience, registry
from tests import databases
from tests.apps.accounts.city import Two, two_authorities
from tests.rows import make

from .ground import Ground
from .test_rights import CALLERS
from .test_scopes import tile_at

STREETS = "/ogc/collections/streets/items"


def operations(client: Client) -> Iterator[str]:
    """The address of each GET of the API document, but those of one job or file."""
    for path, methods in client.get("/ogc/openapi?f=json").json()["paths"].items():
        if "get" in methods and "{jobId}" not in path and "{exportId}" not in path:
            yield path


def filled(ground: Ground, path: str) -> str:
    parcel = ground.rows["parcels"][0]
    level, column, row = tile_at(parcel.geom.centroid.x, parcel.geom.centroid.y, 16).split("/")
    names = {
        "collectionId": "parcels", "featureId": str(parcel.pk), "tileMatrixSetId": "WebMercatorQuad",
        "tileMatrix": level, "tileRow": row, "tileCol": column, "processId": "buffer", "recordId": "parcels",
        "catalogueId": "layers",
    }  # fmt: skip
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    return f"/ogc{path}"


@pytest.mark.parametrize("who", CALLERS)
def test_every_answer_says_how_long_it_holds(ground: Ground, who: str):
    client, seen = ground.client(who), set()
    for path in operations(ground.client("anonymous")):
        address = filled(ground, path)
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.content[:300])
        kept = answer["Cache-Control"]
        if "no-store" in kept:
            assert path == "/jobs", path
            continue
        is_tile = "{tileRow}" in path
        assert answer["ETag"].strip('W/"'), address
        assert is_tile or parse_http_date(answer["Last-Modified"]) <= time.time(), address
        assert {"Cookie", "X-API-Key", "Authorization"} <= {one.strip() for one in answer["Vary"].split(",")}, address
        assert is_tile or "Accept-Language" in answer["Vary"], address
        everybody = who in ("anonymous", "nobody")
        of_data = path.endswith(("/items", "/items/{featureId}", "/changes"))
        seconds = 0 if of_data or not everybody else 60 if is_tile else 120
        assert kept.startswith(f"{'public' if everybody else 'private'}, max-age={seconds}"), (address, kept)
        again = client.get(address, headers={"if-none-match": answer["ETag"]})
        if path.endswith("/changes") and again.status_code == 200:  # its token moves with every transaction
            continue
        assert (again.status_code, again.content) == (304, b""), address
        assert [again[one] for one in ("ETag", "Cache-Control")] == [answer[one] for one in ("ETag", "Cache-Control")]
        # One second less while that of the last change lasts, or somebody writes, be it in another test's database.
        told = [parse_http_date(one["Last-Modified"]) for one in (answer, again) if not is_tile]
        assert is_tile or abs(told[1] - told[0]) <= 1, address
        old = client.get(address, headers={"if-modified-since": http_date(0)})
        assert old.status_code == 200, address
        other = {"if-none-match": '"another"', "if-modified-since": http_date(time.time() + 60)}
        assert client.get(address, headers=other).status_code == 200, "tags go before times"
        seen.add(path)
    assert len(seen) > 20


@pytest.mark.parametrize(
    "path", ["/ogc/", "/ogc/conformance", "/ogc/openapi", "/ogc/collections/parcels/schema", "/ogc/tileMatrixSets"]
)
def test_what_is_made_of_declarations_alone_is_as_old_as_the_release(ground: Ground, path: str):
    client = ground.client("anonymous")
    told = client.get(path)["Last-Modified"]
    assert client.get(path, headers={"if-modified-since": told}).status_code == 304
    before = http_date(parse_http_date(told) - 1)
    assert client.get(path, headers={"if-modified-since": before}).status_code == 200


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def street(two: Two) -> UUID:
    with acting_as(user=two.officer.id):
        return UUID(str(make(Street, using="default", authority=two.here, kind="street").id))


def reader(two: Two, who: str) -> Client:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    if who == "officer":
        client.force_login(two.officer)
    return client


def settled(client: Client, address: str) -> str:
    """Its Last-Modified once the second is over and nobody else is at writing, as a 304 by it proves."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        told = str(client.get(address)["Last-Modified"])
        if client.get(address, headers={"if-modified-since": told}).status_code == 304:
            return told
        time.sleep(0.2)
    raise AssertionError("it never was settled")


@pytest.mark.parametrize("who", ["anonymous", "officer"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_change_ends_what_was_kept_by_its_time(two: Two, street: UUID, who: str, form: str):
    client, address = reader(two, who), f"{STREETS}?f={form}"
    told = settled(client, address)
    with acting_as(user=two.officer.id):
        Street.objects.filter(pk=street).update(name_ar="another")
    for _ in range(3):
        answer = client.get(address, headers={"if-modified-since": told})
        assert answer.status_code == 200
        assert "another" in answer.getvalue().decode()
        # What was told while the second lasted is no proof.
        assert parse_http_date(answer["Last-Modified"]) >= parse_http_date(told)
        told = min(told, answer["Last-Modified"], key=parse_http_date)
    later = settled(client, address)
    assert parse_http_date(later) > parse_http_date(told)


def test_while_somebody_is_at_writing_no_time_proves_anything(two: Two, street: UUID, committed_db: str):
    """Who began before may commit after: what is told meanwhile is asked for anew."""
    client = reader(two, "anonymous")
    settled(client, STREETS)
    with databases.superuser(committed_db) as other:
        other.execute("BEGIN")
        other.execute("SELECT set_config('baladiya.actor', 'test', true)")
        other.execute("UPDATE addressing_street SET name_ar = 'early' WHERE id = %s", [street])
        time.sleep(1.1)
        with acting_as(user=two.officer.id):
            make(Street, using="default", authority=two.here, kind="road")
        time.sleep(1.1)
        told = client.get(STREETS)["Last-Modified"]
        assert client.get(STREETS, headers={"if-modified-since": told}).status_code == 200
        other.execute("COMMIT")
    answer = client.get(STREETS, headers={"if-modified-since": told})
    assert (answer.status_code, "early" in answer.content.decode()) == (200, True)


def test_who_began_later_in_the_same_second_may_commit_after_it(two: Two, street: UUID, committed_db: str):
    """No snapshot tells of whoever began after the last commit: they are asked for by their sessions."""
    client = reader(two, "anonymous")
    settled(client, STREETS)
    with databases.superuser(committed_db) as other:
        for name in ("late", "later"):
            time.sleep(1 - time.time() % 1)
            with acting_as(user=two.officer.id):
                Street.objects.filter(pk=street).update(name_ar=f"before {name}")
            other.execute("BEGIN")
            other.execute("SELECT set_config('baladiya.actor', 'test', true)")
            other.execute("UPDATE addressing_street SET name_en = %s WHERE id = %s", [name, street])
            time.sleep(1.1)
            told = client.get(STREETS)["Last-Modified"]
            assert client.get(STREETS, headers={"if-modified-since": told}).status_code == 200
            other.execute("COMMIT")
            answer = client.get(STREETS, headers={"if-modified-since": told})
            assert (answer.status_code, f'"{name}"' in answer.content.decode()) == (200, True)
    settled(client, STREETS)


def test_what_is_hidden_moves_no_time(two: Two, street: UUID):
    """A parcel of an authority that does not publish changes: everybody is told what they were told before."""
    parcels = registry["parcels"]
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        make(Parcel, authority=two.here)
        hidden = make(Parcel, authority=two.there)
        type(two.there).objects.using("owner").filter(pk=two.there.pk).update(publishes_parcels=False)
    before = freshness.of(parcels, Audience.PUBLIC)
    with acting_as(user=two.officer.id):
        own = freshness.of(parcels, Audience.OFFICER)
    time.sleep(2.1)
    with acting_as(authorities=[two.there.id], using="owner"):
        Parcel.objects.using("owner").filter(pk=hidden.pk).update(plot_no="1 hidden")
    after = freshness.of(parcels, Audience.PUBLIC)
    with acting_as(user=two.officer.id):
        assert freshness.of(parcels, Audience.OFFICER).told - own.told <= 1  # type: ignore[union-attr]
    with acting_as(user=two.stranger.id):
        assert freshness.of(parcels, Audience.OFFICER).told > own.told + 1  # type: ignore[union-attr]
    assert before is not None
    assert after is not None
    assert after.told - before.told <= 1, "the second may have lasted"


def test_where_places_are_hidden_the_day_is_told(two: Two):
    with acting_as(user=two.officer.id):
        well = make(Well, using="default", authority=two.here, geom=Point(58.1, 23.5, srid=4326))
    client = reader(two, "anonymous")
    first = client.get("/ogc/collections/wells/items")
    time.sleep(1.1)
    with acting_as(user=two.officer.id):
        Well.objects.filter(pk=well.pk).update(geom=Point(58.2, 23.6, srid=4326))
    answer = client.get("/ogc/collections/wells/items", headers={"if-modified-since": http_date(time.time())})
    assert answer.status_code == 200
    assert answer["Last-Modified"] == first["Last-Modified"]
    assert answer["ETag"] != first["ETag"]


def test_the_second_in_which_was_asked_proves_nothing():
    """More may come in it; what is asked a second later knows all of it."""
    assert freshness.read("100 settled", 100) == freshness.Freshness(99)
    assert freshness.read("100 settled", 101) == freshness.Freshness(100, 100)
    assert freshness.read("100 open", 105) == freshness.Freshness(99)
    assert freshness.read("100 day", 105) == freshness.Freshness(100)
    assert freshness.read(None, 105) is None
    assert [freshness.lasts("100 settled", now) for now in (100, 101)] == [False, True]
    assert freshness.lasts("100 open", 100)
