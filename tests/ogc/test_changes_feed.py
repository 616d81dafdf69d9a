"""The change feed over HTTP: who is told what, filters with tombstones, pages, and tokens that do not fit."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.addressing.models import Street
from apps.parcels.models import Parcel
from apps.wells.models import Well
from gis import changes
from gis.db.acting import acting_as
from gis.layers import Layer
from ogc.waiting import NOTHING_NEW
from tests import databases
from tests.apps.accounts.city import Two, two_authorities
from tests.rows import make

from .ground import COLLECTIONS, SECRETS, Ground
from .test_rights import CALLERS, OFFICER, PUBLIC, get, visible

IN, OUT = "MULTILINESTRING((58 23, 58.001 23))", "MULTILINESTRING((59 24, 59.001 24))"
BOX = "57.9,22.9,58.1,23.1"
INSIDE = f"S_INTERSECTS(geometry, BBOX({BOX}))"


class Copy:
    """A copy of a collection kept by its feed, as a follower would: what it was told is in `told`."""

    def __init__(self, client: Client, collection: str, **asked: str) -> None:
        self.client, self.path, self.asked = client, f"/ogc/collections/{collection}", asked
        self.features: dict[str, Any] = {}
        self.told: list[tuple[str, str]] = []
        self.token = "beginning"

    def page(self) -> dict[str, Any]:
        response = self.client.get(f"{self.path}/changes", self.asked | {"since": self.token})
        assert response.status_code == 200, response.content
        found: dict[str, Any] = response.json()
        assert found["numberReturned"] == len(found["changes"])
        self.token = found["token"]
        for change in found["changes"]:
            self.told.append((change["op"], change["id"]))
            self.features.pop(change["id"], None)
            if change["op"] != "delete":
                assert change["feature"]["id"] == change["id"]
                self.features[change["id"]] = change["feature"]
        return found

    def catch_up(self) -> list[tuple[str, str]]:
        before = len(self.told)
        while self.page()["more"]:
            pass
        return self.told[before:]

    def items(self) -> dict[str, Any]:
        asked = {name: value for name, value in self.asked.items() if name not in ("limit", "mode")}
        response = self.client.get(f"{self.path}/items", asked | {"limit": "1000"})
        return {feature["id"]: feature for feature in response.json()["features"]}


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def officer(two: Two) -> Client:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(two.officer)
    return client


@pytest.fixture
def anonymous(two: Two) -> Client:
    return Client(headers={"host": "127.0.0.1", "accept-language": "en"})


@pytest.fixture
def street(two: Two) -> UUID:
    with acting_as(user=two.officer.id):
        made: Street = make(Street, using="default", authority=two.here, kind="street", geom=GEOSGeometry(IN, 4326))
    return made.id


def write(two: Two, model: Any, key: UUID, **values: Any) -> None:
    with acting_as(user=two.officer.id):
        found = model.objects.filter(pk=key)
        if values:
            found.update(**values)
        else:
            found.delete()


def code(response: Any, status: int) -> str:
    assert response.status_code == status, response.content
    problem = response.json()
    assert set(problem["details"]) == {"ar", "en"}
    return str(problem["code"])


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_the_log_from_its_beginning_is_the_collection_as_the_caller_sees_it(ground: Ground, layer: Layer, who: str):
    client = ground.client(who)
    for asked in ({}, {"limit": "1"}, {"crs": "http://www.opengis.net/def/crs/EPSG/0/32640"}):
        copy = Copy(client, layer.id, **asked)
        copy.catch_up()
        assert copy.features == copy.items()
        assert copy.features.keys() == {str(row.pk) for row in ground.rows[layer.id]}
        assert all(set(found["properties"]) == visible(layer.id, who) for found in copy.features.values())
    text = client.get(f"/ogc/collections/{layer.id}/changes?since=beginning").content
    one = client.get(f"/ogc/collections/{layer.id}/items?limit=1").content
    feature = one.partition(b'"features":[')[2].partition(b'],"timeStamp"')[0]
    assert feature in text, "the same bytes as an item"


@pytest.mark.parametrize("who", CALLERS)
def test_the_log_keeps_secrets(ground: Ground, who: str):
    told = {"agency": {SECRETS["krooki_no"], SECRETS["deed_no"], SECRETS["number"]}}.get(who, set())
    for layer in COLLECTIONS:
        text = get(ground, who, f"{layer.id}/changes", since="beginning").content.decode()
        if who in ("anonymous", "nobody", "agency"):
            assert not [secret for secret in set(SECRETS.values()) - told if secret in text]
        for hidden in sorted({field.name for field in layer.fields} - visible(layer.id, who)):
            codes = [
                code(get(ground, who, f"{layer.id}/changes", since="beginning", **{name: "x"}), 400)
                for name in (hidden, "zzz")
            ]
            assert codes[0] == codes[1]


def test_an_officer_is_told_own_records_in_full_and_the_others_as_the_public(ground: Ground):
    for layer in (found for found in COLLECTIONS if found.id in OFFICER):
        own, other = ground.rows[layer.id]
        copy = Copy(ground.client("officer"), layer.id, mode="full")
        copy.catch_up()
        hidden = {
            copy.features[str(other.pk)]["properties"][name] for name in visible(layer.id, "officer") - PUBLIC[layer.id]
        }
        assert hidden == {None}
        own_told = copy.features[str(own.pk)]["properties"]
        assert all(str(own_told[name]).startswith(SECRETS[name]) for name in SECRETS if name in own_told)


def test_the_anonymous_is_answered_by_the_anonymous_login(ground: Ground):
    with CaptureQueriesContext(connections["default"]) as asked:
        for layer in COLLECTIONS:
            for query in ({}, {"since": "beginning"}, {"since": "beginning", "bbox": BOX}):
                assert get(ground, "anonymous", f"{layer.id}/changes", **query).status_code == 200
    assert asked.captured_queries == []


def test_who_leaves_a_filter_is_told_as_deleted(two: Two, street: UUID, anonymous: Client, officer: Client):
    """Of own records an officer is told so alone; everybody else of all that changed and is not in the filter."""
    copies = [
        Copy(client, "streets", **asked)
        for client in (anonymous, officer)
        for asked in (
            {"bbox": BOX},
            {"kind": "street"},
            {"bbox": BOX, "kind": "street", "limit": "1"},
            {"filter": INSIDE},
            {"filter": f"NOT (NOT kind = 'street' OR NOT {INSIDE})"},
            {"filter": "kind LIKE 's%'", "bbox": BOX},
        )
    ]
    elsewhere: Any
    with acting_as(user=two.officer.id):
        elsewhere = make(Street, using="default", authority=two.here, kind="road", geom=GEOSGeometry(OUT, 4326))
    for copy in copies:
        assert copy.catch_up() == [("insert", str(street))]
    write(two, Street, street, name_ar="another")
    write(two, Street, elsewhere.id, name_ar="another")
    left = [("delete", str(elsewhere.id))]
    for copy in copies:
        assert copy.catch_up() == [("update", str(street)), *(left if copy.client is anonymous else [])]
    write(two, Street, street, geom=GEOSGeometry(OUT, 4326), kind="road")
    for copy in copies:
        assert copy.catch_up() == [("delete", str(street))]
        assert copy.features == {} == copy.items()
    write(two, Street, elsewhere.id)
    for copy in copies:
        assert copy.catch_up() == (left if copy.client is anonymous else [])
    write(two, Street, street, geom=GEOSGeometry(IN, 4326), kind="street")
    for copy in copies:
        assert copy.catch_up() == [("update", str(street))], "it has been there before"
    write(two, Street, street)
    for copy in copies:
        assert copy.catch_up() == [("delete", str(street))]


def test_what_came_and_left_between_two_pages_is_told_to_whoever_may_have_read_it(
    two: Two, street: UUID, anonymous: Client
):
    """A follower reads the items after the token: what was in the box then must leave its copy."""
    write(two, Street, street, geom=GEOSGeometry(OUT, 4326))
    copy = Copy(anonymous, "streets", bbox=BOX)
    copy.token = anonymous.get("/ogc/collections/streets/changes", {"bbox": BOX}).json()["token"]
    write(two, Street, street, geom=GEOSGeometry(IN, 4326))
    copy.features = copy.items()
    assert copy.features.keys() == {str(street)}
    write(two, Street, street, geom=GEOSGeometry(OUT, 4326))
    copy.catch_up()
    assert copy.features == {} == copy.items()


def test_boxes_tell_nothing_of_a_place_that_was_hidden(two: Two, anonymous: Client):
    """Wherever a well was: the same is told of it to every box that it is not in."""
    with acting_as(user=two.officer.id):
        wells = [
            make(Well, using="default", authority=two.here, geom=GEOSGeometry(f"POINT({x} 23)", 4326)) for x in (58, 59)
        ]
        for well in wells:
            Well.objects.filter(pk=well.pk).update(geom=GEOSGeometry("POINT(57 24)", 4326))
    for asked in ({"bbox": BOX}, {"filter": INSIDE}):
        copy = Copy(anonymous, "wells", **asked)
        assert sorted(copy.catch_up()) == sorted(("delete", str(well.id)) for well in wells)


def test_an_officer_who_takes_a_record_over_is_told_when_it_leaves(two: Two, street: UUID, officer: Client):
    """Whether it was in the filter while it was another's is not asked: it may have been in the copy."""
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        Street.objects.using("owner").filter(pk=street).update(authority=two.there)
    copy = Copy(officer, "streets", bbox=BOX)
    copy.catch_up()
    assert copy.features.keys() == {str(street)}
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        Street.objects.using("owner").filter(pk=street).update(authority=two.here, geom=GEOSGeometry(OUT, 4326))
    copy.catch_up()
    assert copy.features == {} == copy.items()


def test_a_filter_names_what_its_reader_sees(ground: Ground):
    """Of others' records an officer sees what everybody does: there a field of officers says nothing."""
    here, there = (str(row.pk) for row in ground.rows["parcels"])
    for condition, own, others in (
        ("deed_no LIKE 'SECRET%'", [here], []),
        ("deed_no IS NULL", [], [there]),
        ("plot_no IS NOT NULL", [here], [there]),
    ):
        copy = Copy(ground.client("officer"), "parcels", filter=condition)
        copy.catch_up()
        assert sorted(copy.features) == sorted([*own, *others])
        assert copy.features == copy.items()
    for query in ({}, {"since": "beginning"}):
        refused = get(ground, "anonymous", "parcels/changes", filter="deed_no IS NULL", **query)
        assert refused.status_code == 400


def test_every_version_is_for_officers(two: Two, street: UUID, anonymous: Client, officer: Client):
    write(two, Street, street, name_ar="corrected")
    full, compacted, public = (
        Copy(officer, "streets", mode="full"),
        Copy(officer, "streets"),
        Copy(anonymous, "streets"),
    )
    assert [op for op, _id in full.catch_up()] == ["insert", "update"]
    assert compacted.catch_up() == public.catch_up() == [("update", str(street))]
    refused = anonymous.get("/ogc/collections/streets/changes", {"since": "beginning", "mode": "full"})
    assert code(refused, 403) == "only_newest"


def test_an_officer_keeps_what_items_show(two: Two, street: UUID, officer: Client):
    """Own records and the others', also when one changes hands."""
    copy = Copy(officer, "parcels", limit="1")
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        own, other = (make(Parcel, authority=one, deed_no="SECRET") for one in (two.here, two.there))
    copy.catch_up()
    assert copy.features == copy.items()
    with acting_as(authorities=[two.here.id, two.there.id], using="owner"):
        Parcel.objects.using("owner").filter(pk=own.pk).update(authority=two.there)
        Parcel.objects.using("owner").filter(pk=other.pk).update(authority=two.here)
    copy.catch_up()
    assert copy.features == copy.items()
    assert [copy.features[str(one.pk)]["properties"]["deed_no"] for one in (own, other)] == [None, "SECRET"]


def test_a_token_is_the_place_from_which_to_read(two: Two, street: UUID, anonymous: Client):
    first = anonymous.get("/ogc/collections/streets/changes").json()
    assert (first["changes"], first["more"]) == ([], False)
    after = anonymous.get("/ogc/collections/streets/changes", {"since": first["token"]})
    assert after.json()["changes"] == []
    assert after[NOTHING_NEW]
    write(two, Street, street, name_ar="later")
    then = anonymous.get("/ogc/collections/streets/changes", {"since": first["token"]})
    assert [change["op"] for change in then.json()["changes"]] == ["update"]
    assert NOTHING_NEW not in then
    follow = next(link["href"] for link in then.json()["links"] if link["rel"] == "next")
    assert anonymous.get(follow.replace("http://127.0.0.1", "")).json()["changes"] == []
    again = anonymous.get("/ogc/collections/streets/changes", {"since": "beginning"})
    kept = anonymous.get(
        "/ogc/collections/streets/changes", {"since": "beginning"}, headers={"if-none-match": again["ETag"]}
    )
    assert (kept.status_code, kept.content) == (304, b"")


@pytest.mark.parametrize(
    "token", ["x", "", "a.b.c", "beginning.x", "a" * 5000, "شارع", "MTIz.0123456789ab.0123456789ab"]
)
def test_what_is_no_token_is_refused(ground: Ground, token: str):
    response = get(ground, "anonymous", "streets/changes", since=token)
    assert code(response, 400) == "bad_token"
    assert response.json()["parameter"] == "since"


def test_a_token_fits_its_question_and_its_reader_only(ground: Ground):
    token = get(ground, "anonymous", "streets/changes", bbox=BOX).json()["token"]
    assert get(ground, "anonymous", "streets/changes", bbox=BOX, since=token, limit="7").status_code == 200
    for path, query in (
        ("streets", {}),
        ("streets", {"bbox": "1,2,3,4"}),
        ("streets", {"bbox": BOX, "kind": "street"}),
        ("streets", {"bbox": BOX, "filter": INSIDE}),
        ("aflaj", {"bbox": BOX}),
    ):
        refused = get(ground, "anonymous", f"{path}/changes", since=token, **query)
        assert code(refused, 400) == "token_of_another_question"
    for who in ("agency", "officer"):
        assert code(get(ground, who, "streets/changes", bbox=BOX, since=token), 410) == "log_restarted"
    token = get(ground, "officer", "streets/changes").json()["token"]
    assert code(get(ground, "stranger", "streets/changes", since=token), 410) == "log_restarted"


def test_bad_questions_are_refused_with_a_sentence(ground: Ground):
    for query in (
        {"wait": "-1"}, {"wait": "61"}, {"wait": "x"}, {"limit": "0"}, {"limit": "x"}, {"mode": "x"}, {"f": "csv"},
        {"bbox": "1,2,3"}, {"bbox-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}, {"crs": "x"}, {"snce": "x"},
        {"datetime": "2026-01-01"}, {"filter-lang": "cql2-json"}, {"filter-crs": "x", "filter": "true"},
        {"filter": "kind ="}, {"filter": "S_INTERSECTS(kind, POINT(1 1))"},
    ):  # fmt: skip
        response = get(ground, "anonymous", "streets/changes", **query)
        assert response.status_code == 400, query
        assert json.loads(response.content)["parameter"] in query
    assert get(ground, "anonymous", "streets/changes", filter="nothing = 1").status_code == 400
    assert get(ground, "anonymous", "base-land/changes").status_code == 404
    assert ground.client("anonymous").post("/ogc/collections/streets/changes").status_code == 405


def test_another_log_is_told_with_410(two: Two, street: UUID, anonymous: Client, committed_db: str):
    token = anonymous.get("/ogc/collections/streets/changes").json()["token"]
    connections.close_all()
    name = databases.clone(committed_db, label="restored")
    databases.point_django_at(name)
    try:
        refused = anonymous.get("/ogc/collections/streets/changes", {"since": token})
        assert code(refused, 410) == "log_restarted"
    finally:
        connections.close_all()
        databases.point_django_at(committed_db)
        with databases.superuser() as root:
            databases.drop(root, name)


def test_a_page_ends_where_its_bytes_end(two: Two, street: UUID, anonymous: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis.change_feed.MOST_BYTES", 1)
    monkeypatch.setattr(changes, "VERSIONS", 2)
    with acting_as(user=two.officer.id):
        for _ in range(5):
            make(Street, using="default", authority=two.here)
    copy = Copy(anonymous, "streets")
    assert copy.page()["numberReturned"] <= 3
    copy.catch_up()
    assert copy.features == copy.items()
    assert len(copy.told) == 6
