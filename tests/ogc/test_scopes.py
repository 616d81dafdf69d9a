"""Keys with scopes: what they do not open is not there, whichever way it is asked, and the database itself says so."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from apps.accounts.callers import digest_of
from apps.accounts.models import AccessToken, AgencyKey, KeyScope, Organisation
from gis.layers import registry
from tests import databases

from .ground import COLLECTIONS, Ground

KEYED = "SET ROLE baladiya_keyed"
ALL = ["read", "insert", "update", "delete"]


def made(name: str, *lines: dict[str, Any], ends_at: datetime | None = None) -> str:
    """A key with these scopes."""
    office = Organisation.objects.using("owner").get(code="office")
    key = AgencyKey.objects.using("owner").create(
        organisation=office,
        digest=digest_of(name),
        purpose=name,
        made_at=datetime.now(tz=UTC),
        ends_at=ends_at,
        scoped=True,
    )
    for line in lines:
        KeyScope.objects.using("owner").create(key=key, **{"verbs": ["read"], **line})
    return name


@pytest.fixture(scope="module")
def keys(ground: Ground) -> dict[str, str]:
    here, there = ground.two.here, ground.two.there
    return {
        "parcels": made("parcels", {"layer": "parcels", "fields": ["plot_no"], "authority": here}),
        "mixed": made(
            "mixed",
            {"layer": "parcels", "fields": ["plot_no", "deed_no"], "authority": here},
            {"layer": "parcels", "fields": ["plot_no"], "authority": there},
        ),
        "all": made("all", {}),
        "nothing": made("nothing"),
        "here": made("here", {"authority": here}),
    }


def client(key: str, **headers: str) -> Client:
    return Client(headers={"host": "127.0.0.1", "accept-language": "en", "X-API-Key": key, **headers})


def get(key: str, path: str, **query: str) -> Any:
    return client(key).get(f"/ogc/collections/{path}", query)


def rows(key: str, layer: str, **query: str) -> dict[str, Any]:
    response = get(key, f"{layer}/items", **query)
    assert response.status_code == 200, response.content
    return {row["id"]: row for row in json.loads(response.content)["features"]}


@contextmanager
def session(ground: Ground, key: str) -> Iterator[psycopg.Connection]:
    """What raw SQL sees: the web's login as the role for keys, with what this key shows."""
    with databases.login("web", ground.database) as found:
        found.execute("SELECT set_config('baladiya.key', %s, false)", [digest_of(key) if key else ""])
        found.execute(KEYED)
        yield found


def test_rows_and_fields_are_those_of_the_scope(ground: Ground, keys: dict[str, str]) -> None:
    own, other = ground.rows["parcels"]
    (row,) = rows("parcels", "parcels").values()
    assert row["id"] == str(own.pk)
    assert set(row["properties"]) == {"authority", "plot_no"}
    assert get("parcels", f"parcels/items/{own.pk}").status_code == 200
    assert get("parcels", f"parcels/items/{other.pk}").status_code == 404
    page = get("parcels", "parcels/items").json()
    assert page["numberMatched"] == page["numberReturned"] == 1
    assert get("parcels", "parcels/items", resulttype="hits").json()["numberMatched"] == 1


def test_each_authority_has_its_own_fields(ground: Ground, keys: dict[str, str]) -> None:
    own, other = (str(row.pk) for row in ground.rows["parcels"])
    found = rows("mixed", "parcels")
    assert found[own]["properties"]["deed_no"] == "SECRETDEED0"
    assert found[other]["properties"]["deed_no"] is None
    assert list(rows("mixed", "parcels", deed_no="SECRETDEED1")) == []
    assert list(rows("mixed", "parcels", filter="deed_no LIKE 'SECRET%'")) == [own]
    assert list(rows("mixed", "parcels", sortby="-deed_no")) == [own, other]


@pytest.mark.parametrize("hidden", ["deed_no", "krooki_no", "land_use", "owner", "computed_area_m2"])
def test_a_field_outside_the_scope_does_not_exist(ground: Ground, keys: dict[str, str], hidden: str) -> None:
    asked = ({hidden: "x"}, {"sortby": hidden}, {"properties": hidden}, {"filter": f"{hidden} IS NULL"})
    for query in asked:
        strange = {name.replace(hidden, "zzz"): value.replace(hidden, "zzz") for name, value in query.items()}
        ours, other = (get("parcels", "parcels/items", **one) for one in (query, strange))
        assert (ours.status_code, other.status_code) == (400, 400)
        assert ours.json()["code"] == other.json()["code"]
    for document in ("schema", "queryables"):
        assert hidden not in get("parcels", f"parcels/{document}").json()["properties"]
    for path in ("parcels", "parcels/items", "parcels/changes?since=beginning"):
        assert hidden not in get("parcels", path).content.decode().replace(f"/{hidden}", "")


@pytest.mark.parametrize("layer", [layer for layer in COLLECTIONS if layer.id != "parcels"], ids=lambda layer: layer.id)
def test_a_layer_outside_the_scope_does_not_exist(ground: Ground, keys: dict[str, str], layer: Any) -> None:
    feature = ground.rows[layer.id][0].pk
    ends = ("", "/items", f"/items/{feature}", "/schema", "/queryables", "/changes", "/tiles", "/tiles/WebMercatorQuad")
    for end in ends:
        ours, other = get("parcels", f"{layer.id}{end}"), get("parcels", f"zzz{end}")
        assert (ours.status_code, other.status_code) == (404, 404), end
        assert ours.json()["code"] == other.json()["code"]
    assert client("parcels").get(f"/tiles/{layer.id}/14/10761/7080.mvt").status_code == 404
    listed = client("parcels").get("/ogc/collections").json()["collections"]
    assert [one["id"] for one in listed] == ["parcels"]


def test_layers_of_no_authority_need_a_scope_for_all(ground: Ground, keys: dict[str, str]) -> None:
    listed = {key: {one["id"] for one in client(key).get("/ogc/collections").json()["collections"]} for key in keys}
    assert listed["all"] == {layer.id for layer in COLLECTIONS}
    assert listed["here"] == {layer.id for layer in COLLECTIONS if layer.owned}
    assert listed["nothing"] == set()


def test_a_scope_for_everything_sees_what_agencies_see(ground: Ground, keys: dict[str, str]) -> None:
    for layer in COLLECTIONS:
        agency = ground.client("agency").get(f"/ogc/collections/{layer.id}/items").json()["features"]
        assert list(rows("all", layer.id).values()) == agency, layer.id


def test_the_changes_are_those_of_the_scope(ground: Ground, keys: dict[str, str]) -> None:
    for layer in COLLECTIONS:
        told = get("here", f"{layer.id}/changes", since="beginning")
        if not layer.owned:
            assert told.status_code == 404
            continue
        ids = {change["id"] for change in told.json()["changes"]}
        assert ids == {str(row.pk) for row in ground.rows[layer.id] if row.authority_id == ground.two.here.pk}, layer.id
    (change,) = get("parcels", "parcels/changes", since="beginning").json()["changes"]
    assert set(change["feature"]["properties"]) == {"authority", "plot_no"}
    token = get("parcels", "parcels/changes").json()["token"]
    assert get("mixed", "parcels/changes", since=token).status_code in (400, 410)


def test_raw_sql_sees_no_more(ground: Ground, keys: dict[str, str]) -> None:
    own = ground.rows["parcels"][0]
    with session(ground, "parcels") as found:
        assert found.execute("SELECT id, plot_no, deed_no, land_use FROM keyed.parcels").fetchall() == [
            (own.pk, own.plot_no, None, None)
        ]
        assert found.execute("SELECT count(*) FROM keyed_changes.parcels").fetchone() == (1,)
        for layer in registry:
            seen = found.execute(f'SELECT count(*) FROM keyed."{layer.view}"').fetchone()  # type: ignore[arg-type]
            assert seen == (1 if layer.id == "parcels" else 0,), layer.id
        for closed in ("agency.parcels", "own.parcels", "parcels_parcel", "accounts_agencykey", "agency_past.parcels"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                found.execute(f"SELECT * FROM {closed}")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", "unknown", "ended", "nothing", "an agency's key"])
def test_without_a_key_in_force_raw_sql_sees_nothing(ground: Ground, keys: dict[str, str], key: str) -> None:
    if key == "ended":
        made("ended", {}, ends_at=datetime.now(tz=UTC) - timedelta(seconds=1))
    with session(ground, key) as found:
        for layer in registry:
            for schema in ("keyed", "keyed_changes"):
                seen = found.execute(f'SELECT count(*) FROM {schema}."{layer.view}"').fetchone()  # type: ignore[arg-type]
                assert seen == (0,), layer.id


def test_the_role_for_keys_has_the_views_for_keys_and_what_everybody_has(ground: Ground) -> None:
    question = """
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND has_any_column_privilege('baladiya_keyed', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
          AND NOT has_any_column_privilege('baladiya_public', c.oid, 'SELECT')
    """
    with databases.superuser(ground.database) as root:
        given = {name for (name,) in root.execute(question).fetchall()}
    assert given
    assert all(name.startswith(("keyed.", "keyed_past.", "keyed_changes.")) for name in given), given


def test_an_access_token_opens_what_its_key_opens_and_ends(ground: Ground, keys: dict[str, str]) -> None:
    key = AgencyKey.objects.using("owner").get(digest=digest_of("parcels"))
    for name, seconds in (("fresh", 60), ("stale", -1)):
        ends_at = datetime.now(tz=UTC) + timedelta(seconds=seconds)
        AccessToken.objects.using("owner").create(key=key, digest=digest_of(name), ends_at=ends_at)
    asked = Client(headers={"host": "127.0.0.1", "Authorization": "Bearer fresh"})
    assert len(asked.get("/ogc/collections/parcels/items").json()["features"]) == 1
    refused = Client(headers={"host": "127.0.0.1", "Authorization": "Bearer stale"}).get("/ogc/collections/parcels")
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in refused["WWW-Authenticate"]


def test_keys_in_the_wrong_place_are_told_where_they_belong(ground: Ground, keys: dict[str, str]) -> None:
    address = "/ogc/collections/parcels/items"
    anybody = Client(headers={"host": "127.0.0.1"})
    assert anybody.get(address, {"api_key": "parcels"}).status_code == 400
    both = client("parcels", Authorization="Bearer x").get(address)
    assert (both.status_code, both.json()["code"]) == (400, "invalid_request")
    key = anybody.get(address, headers={"Authorization": "Bearer bld_x"})
    assert key.status_code == 401
    assert "X-API-Key" in key.json()["details"]["en"]
    elsewhere = client("parcels").get("/en/")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "insufficient_scope")
    assert set(elsewhere.json()["details"]) == {"ar", "en"}


def test_words_are_not_looked_for_where_they_may_be_hidden(ground: Ground, keys: dict[str, str]) -> None:
    for key in ("parcels", "all"):
        refused = get(key, "parcels/items", q="SECRETDEED0")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_by_key")


@pytest.mark.parametrize("form", ["csv", "jsonfg", "fgb", "gpkg", "parquet"])
def test_downloads_hold_what_the_key_opens(ground: Ground, keys: dict[str, str], form: str) -> None:
    response = get("mixed", "parcels/items", f=form)
    assert response.status_code == 200, response.content
    content = response.getvalue()
    assert b"there" in content
    assert b"SECRETDEED0" in content
    assert b"SECRETDEED1" not in content
    assert b"land_use" not in content
    narrower = get("parcels", "parcels/items", f=form).getvalue()
    assert b"here" in narrower
    assert not [text for text in (b"there", b"deed_no", b"SECRET") if text in narrower]


def test_tiles_are_cut_of_what_the_key_opens(ground: Ground, keys: dict[str, str]) -> None:
    own, other = (row.geom.centroid for row in ground.rows["parcels"])
    for place, shown in ((own, True), (other, False)):
        told = client("parcels").get(f"/tiles/parcels/{tile_at(place.x, place.y, 16)}.mvt").content
        assert (b"plot_no" in told) is shown
        assert b"land_use" not in told
        assert b"land_use" in client("all").get(f"/tiles/parcels/{tile_at(place.x, place.y, 16)}.mvt").content


def test_tiles_of_all_hold_the_layers_of_the_scope(ground: Ground, keys: dict[str, str]) -> None:
    place = "/ogc/tiles/WebMercatorQuad"
    told = client("parcels").get(place, {"f": "tilejson"}).json()
    assert {layer["id"].partition(".")[0] for layer in told["vector_layers"]} == {"parcels"}
    assert client("parcels").get(place, {"collections": "wells"}).status_code == 400
    assert client("nothing").get(place).status_code == 404


def tile_at(lon: float, lat: float, level: int) -> str:
    """Z/X/Y of WebMercatorQuad."""
    across = 2**level
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{level}/{int((lon + 180) / 360 * across)}/{int(y * across)}"


def test_processes_are_not_asked_by_a_key_with_scopes(ground: Ground, keys: dict[str, str]) -> None:
    asked = json.dumps({"inputs": {"geometry": {"type": "Point", "coordinates": [58, 23]}, "distance": 5}})
    for headers in ({}, {"Prefer": "respond-async"}):
        caller = client(keys["all"], **headers)
        answer = caller.post("/ogc/processes/buffer/execution", asked, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_by_key")
    assert client(keys["all"]).get("/ogc/jobs").json()["code"] == "not_by_key"
    assert client(keys["all"]).get("/ogc/processes").status_code == 200
