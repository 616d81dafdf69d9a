"""Keys that write: what their scopes say, for the authorities that they name; the history tells whose key it was."""

from typing import Any

import pytest
from django.db import Error, connections
from django.test import Client
from psycopg.sql import SQL, Identifier

from gis.db.acting import acting_as
from gis.layers import registry
from tests import databases

from .ground import Ground
from .test_scopes import ALL, client, made
from .writing import PATCH, address, feature_for, read, send

ZONES, STREETS = registry["protection-zones"], registry["streets"]


@pytest.fixture(scope="module")
def keys(ground: Ground) -> dict[str, str]:
    here = ground.two.here
    return {
        "zones": made("zones", {"layer": ZONES.id, "authority": here, "verbs": ALL}),
        "adds": made("adds", {"layer": ZONES.id, "authority": here, "verbs": ["read", "insert"]}),
        "brings": made("brings", {"layer": ZONES.id, "authority": here, "verbs": ["insert"]}),
        "names": made("names", {"layer": ZONES.id, "fields": ["name_ar"], "verbs": ["read", "update"]}),
        "reads": made("reads", {}),
        "drafts": made("drafts", {"layer": "parcels", "verbs": ALL}),
        "wells": made("wells", {"layer": "wells", "authority": here, "verbs": ["read", "update"]}),
    }


def author(database: str, feature: str, table: str) -> str:
    question = SQL("SELECT v_actor FROM history.{} WHERE id = %s ORDER BY v_seq DESC LIMIT 1")
    with databases.superuser(database) as root:
        (found,) = root.execute(question.format(Identifier(table)), [feature]).fetchall()
    return str(found[0])


def of(path: str) -> str:
    return path.rpartition("/")[2]


def add(key: str, **properties: Any) -> str:
    response = send(client(key), "POST", address(ZONES), feature_for(ZONES, **properties))
    assert response.status_code == 201, response.content.decode()
    return response["Location"].removeprefix("http://127.0.0.1")


def test_a_key_adds_changes_and_deletes_and_is_named_as_the_author(ground: Ground, keys: dict[str, str]) -> None:
    path = add("zones")
    assert author(ground.database, of(path), ZONES.table).startswith("key:office:")
    feature, seen = read(client("zones"), path)
    assert feature["properties"]["authority"] == "here"
    changed = send(client("zones"), "PATCH", path, {"properties": {"name_ar": "حمى"}}, If_Match=seen["If-Match"])
    assert changed.status_code == 204, changed.content
    assert read(client("zones"), path)[0]["properties"]["name_ar"] == "حمى"
    assert send(client("zones"), "DELETE", path, If_Match=changed["ETag"]).status_code == 204
    assert client("zones").get(path).status_code == 404


def test_nothing_is_written_without_having_been_seen(ground: Ground, keys: dict[str, str]) -> None:
    path = add("zones")
    assert send(client("zones"), "PATCH", path, {"properties": {"name_ar": "x"}}).status_code == 428
    assert send(client("zones"), "DELETE", path, If_Match='"1.1"').status_code == 412


@pytest.mark.parametrize(
    ("key", "method"), [("adds", "PATCH"), ("adds", "DELETE"), ("names", "DELETE"), ("reads", "PATCH")]
)
def test_a_verb_outside_the_scope_is_refused(ground: Ground, keys: dict[str, str], key: str, method: str) -> None:
    path = add("zones")
    refused = send(client(key), method, path, {"properties": {"name_ar": "x"}}, kind=PATCH, If_Match="*")
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in refused["WWW-Authenticate"]
    assert client("zones").get(path).status_code == 200


@pytest.mark.parametrize(
    ("key", "methods"),
    [("zones", {"PUT", "PATCH", "DELETE"}), ("adds", set()), ("names", {"PUT", "PATCH"}), ("reads", set())],
)
def test_options_tell_what_the_key_may_do(ground: Ground, keys: dict[str, str], key: str, methods: set[str]) -> None:
    allowed = client(key).options(add("zones"))["Allow"].split(", ")
    assert set(allowed) - {"GET", "HEAD", "OPTIONS"} == methods


def test_another_authority_is_not_written_for(ground: Ground, keys: dict[str, str]) -> None:
    _own, other = ground.rows[ZONES.id]
    path = address(ZONES, other.pk)
    for method, body in (("PATCH", {"properties": {"name_ar": "x"}}), ("DELETE", None)):
        assert send(client("zones"), method, path, body, If_Match="*").status_code == 403
    brought = send(client("zones"), "POST", address(ZONES), feature_for(ZONES, authority="there"))
    assert brought.status_code == 403
    assert send(client("zones"), "POST", address(STREETS), feature_for(STREETS)).status_code == 404


def test_the_database_itself_keeps_other_authorities(ground: Ground, keys: dict[str, str]) -> None:
    own, _other = ground.rows[ZONES.id]
    with pytest.raises(Error), acting_as(authorities=[ground.two.here.pk], actor="key:office:x"):
        connections["default"].cursor().execute(
            f"UPDATE {ZONES.table} SET authority_id = %s WHERE id = %s", [ground.two.there.pk, own.pk]
        )


def test_fields_outside_the_scope_are_neither_set_nor_lost(ground: Ground, keys: dict[str, str]) -> None:
    path = add("zones", name_en="Hima", name_ar="حمى")
    _feature, seen = read(client("names"), path)
    refused = send(client("names"), "PATCH", path, {"properties": {"name_en": "x"}}, If_Match=seen["If-Match"])
    assert refused.status_code == 422, refused.content
    whole = feature_for(ZONES)
    whole["properties"] = {"name_ar": "جديد"}
    assert send(client("names"), "PUT", path, whole, If_Match=seen["If-Match"]).status_code == 204
    now = read(client("zones"), path)[0]["properties"]
    assert (now["name_ar"], now["name_en"]) == ("جديد", "Hima")


def test_a_key_that_brings_alone_reads_nothing(ground: Ground, keys: dict[str, str]) -> None:
    path = add("brings")
    assert client("brings").get(path).status_code == 404
    assert client("brings").get(address(ZONES)).status_code == 404
    assert client("zones").get(path).status_code == 200


def test_drafts_are_proposed_by_people(ground: Ground, keys: dict[str, str]) -> None:
    parcel = address("parcels", ground.rows["parcels"][0].pk)
    refused = send(client("drafts"), "PATCH", parcel, {"properties": {}}, If_Match="*")
    assert (refused.status_code, refused.json()["code"]) == (403, "Forbidden")


def test_where_places_are_hidden_a_key_that_changes_is_told_the_state(ground: Ground, keys: dict[str, str]) -> None:
    path = address("wells", ground.rows["wells"][0].pk)
    _feature, seen = read(client("wells"), path)
    changed = send(client("wells"), "PATCH", path, {"properties": {"depth_m": 77}}, If_Match=seen["If-Match"])
    assert changed.status_code == 204, changed.content
    assert client("reads").get(path)["ETag"].startswith("W/")


def test_a_key_without_scopes_and_a_wrong_one_write_nothing(ground: Ground, keys: dict[str, str]) -> None:
    assert send(ground.client("agency"), "POST", address(ZONES), feature_for(ZONES)).status_code == 403
    wrong = Client(headers={"host": "127.0.0.1", "X-API-Key": "wrong"})
    assert send(wrong, "POST", address(ZONES), feature_for(ZONES)).status_code == 401
