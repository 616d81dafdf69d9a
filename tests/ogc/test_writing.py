"""The abstract tests of OGC API Features part 4 (draft 20-002r1), for every layer that is written directly."""

import json
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.http import http_date, parse_http_date

from gis.layers import OFFICERS, Layer
from ogc import systems

from .ground import Ground
from .writing import DIRECT, GEOJSON, PATCH, address, created, feature_for, geometry_for, other_text, read, send

each_layer = pytest.mark.parametrize("layer", DIRECT, ids=lambda one: one.id)
PART_4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"


@pytest.fixture(scope="module")
def officer(ground: Ground) -> Client:
    return ground.client("officer")


def whole(client: Client, path: str, layer: Layer) -> tuple[dict[str, Any], str, Any]:
    """What may be put in its place: the feature with another text; which property, and its value."""
    name, value = other_text(layer)
    feature = read(client, path)[0]
    return feature | {"properties": feature["properties"] | {name: value}}, name, value


def unmodified(client: Client, path: str) -> str:
    """Last-Modified, once it is that of the record: a second version in one second counts as of the next."""
    told = client.get(path)["Last-Modified"]
    time.sleep(1.1)
    return str(client.get(path)["Last-Modified"] or told)


def test_the_classes_are_declared(officer: Client):
    declared = set(officer.get("/ogc/conformance").json()["conformsTo"])
    names = {
        "create-replace-delete", "update", "features", "optimistic-locking-etags", "optimistic-locking-timestamps",
    }  # fmt: skip
    assert {PART_4 + name for name in names} <= declared


@each_layer
def test_options(officer: Client, layer: Layer):
    """/conf/create-replace-delete/options, /conf/update/options"""
    path = created(officer, layer)
    many, one = officer.options(address(layer)), officer.options(path)
    assert (many.status_code, one.status_code) == (200, 200)
    assert set(many["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert set(one["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}
    assert GEOJSON in many["Accept-Post"]
    assert one["Accept-Patch"] == PATCH


@each_layer
def test_create(officer: Client, layer: Layer):
    """/conf/create-replace-delete/create; a number that the writer gives is not taken, Location tells the right one."""
    for more in ({}, {"id": str(uuid4())}):
        sent = feature_for(layer) | more
        response = send(officer, "POST", address(layer), sent)
        assert response.status_code == 201, response.content.decode()
        got = officer.get(response["Location"])
        feature = json.loads(got.content)
        assert response["Location"].endswith(feature["id"])
        assert feature["id"] != more.get("id")
        assert got["ETag"].startswith(response["ETag"].rstrip('"'))
        assert sent["properties"].items() <= feature["properties"].items()
        assert feature["geometry"]["type"].upper() == layer.geometry_type(OFFICERS)
        assert str(sent["geometry"]["coordinates"]) in str(feature["geometry"]["coordinates"])


@each_layer
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_content_type(officer: Client, layer: Layer, method: str):
    """/conf/create-replace-delete/create-content-type, replace-content-type, /conf/update/update-content-type"""
    path = created(officer, layer)
    validators = read(officer, path)[1]
    where = address(layer) if method == "POST" else path
    without = officer.generic(method, where, json.dumps(feature_for(layer)), content_type="", headers=validators)
    assert without.status_code == 400
    other = officer.generic(method, where, b"<gml/>", content_type="application/gml+xml", headers=validators)
    assert other.status_code == 415
    assert PATCH in other["Accept-Patch"]
    assert GEOJSON in other["Accept-Post"]


@each_layer
def test_replace(officer: Client, layer: Layer):
    """/conf/create-replace-delete/replace: what is left out is gone."""
    path = created(officer, layer)
    sent, name, value = whole(officer, path, layer)
    sent["geometry"] = geometry_for(layer)
    response = send(officer, "PUT", path, sent, If_Match=read(officer, path)[1]["If-Match"])
    assert response.status_code == 204, response.content.decode()
    got, validators = read(officer, path)
    assert got["properties"][name] == value
    assert str(got["geometry"]["coordinates"]) == str(sent["geometry"]["coordinates"])
    assert validators["If-Match"].startswith(response["ETag"].rstrip('"'))
    bare = feature_for(layer)
    assert send(officer, "PUT", path, bare, If_Match="*").status_code == 204
    left = read(officer, path)[0]["properties"]
    assert left[name] == bare["properties"].get(name, "")


@each_layer
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_another_identifier(officer: Client, layer: Layer, method: str):
    """/conf/create-replace-delete/replace-rid, /conf/update/update-rid, /conf/features/geojson: refused."""
    path = created(officer, layer)
    before, validators = read(officer, path)
    sent = feature_for(layer) | {"id": str(uuid4())}
    response = send(officer, method, path, sent, If_Match=validators["If-Match"])
    assert response.status_code == 422
    assert "id" in response.json()["detail"]
    assert read(officer, path)[0] == before


@each_layer
def test_replace_what_does_not_exist(officer: Client, layer: Layer):
    """/conf/create-replace-delete/replace-exceptions"""
    for more in ({}, {"If_Match": '"xyz"'}):
        path = address(layer, uuid4())
        assert send(officer, "PUT", path, feature_for(layer), **more).status_code == 404
        assert officer.get(path).status_code == 404


@each_layer
def test_delete(officer: Client, layer: Layer):
    """/conf/create-replace-delete/delete"""
    path = created(officer, layer)
    response = send(officer, "DELETE", path, If_Match=read(officer, path)[1]["If-Match"])
    assert response.status_code == 204
    assert officer.get(path).status_code == 404
    assert send(officer, "DELETE", path, If_Match="*").status_code == 404


@each_layer
def test_update(officer: Client, layer: Layer):
    """/conf/update/update, /conf/features/json-merge-patch: what is not named stays, null takes away."""
    path = created(officer, layer)
    before, validators = read(officer, path)
    name, value = other_text(layer)
    place = geometry_for(layer)
    response = send(
        officer, "PATCH", path, {"properties": {name: value}, "geometry": place}, If_Match=validators["If-Match"]
    )
    assert response.status_code == 204, response.content.decode()
    after = read(officer, path)[0]
    assert after["properties"] == before["properties"] | {name: value}
    assert str(after["geometry"]["coordinates"]) == str(place["coordinates"])
    assert send(officer, "PATCH", path, {}, If_Match="*").status_code == 204
    assert read(officer, path)[0] == after


@each_layer
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_tags(officer: Client, layer: Layer, method: str):
    """/conf/optimistic-locking-etags: an old one 412, the present one goes, none 428."""
    path = created(officer, layer)
    sent, name, value = whole(officer, path, layer)
    document = {"PUT": sent, "PATCH": {"properties": {name: value}}}.get(method)
    before, validators = read(officer, path)
    tag = validators["If-Match"]
    assert send(officer, method, path, document).status_code == 428
    for wrong in ('"0.0"', f"W/{tag}", '"xyz"'):
        refused = send(officer, method, path, document, If_Match=wrong)
        assert refused.status_code == 412
        assert refused["ETag"].rstrip('"') == tag.partition("-")[0]
    assert read(officer, path)[0] == before
    response = send(officer, method, path, document, If_Match=f'"other", {tag}')
    assert response.status_code == 204
    if method != "DELETE":
        assert response["ETag"] != refused["ETag"]
        assert send(officer, method, path, document, If_Match=tag).status_code == 412


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_times(officer: Client, method: str):
    """/conf/optimistic-locking-timestamps"""
    layer = DIRECT[0]
    path = created(officer, layer)
    sent, name, value = whole(officer, path, layer)
    document = {"PUT": sent, "PATCH": {"properties": {name: value}}}.get(method)
    told = read(officer, path)[1]["If-Unmodified-Since"]
    moment = parse_http_date(told)
    assert abs(moment - datetime.now(UTC).timestamp()) < 60
    for wrong, status in ((http_date(moment - 1), 412), ("yesterday", 428), ("", 428)):
        assert send(officer, method, path, document, If_Unmodified_Since=wrong).status_code == status
    response = send(officer, method, path, document, If_Unmodified_Since=told)
    assert response.status_code == 204
    if method != "DELETE":
        assert parse_http_date(response["Last-Modified"]) >= moment
        assert send(officer, method, path, document, If_Unmodified_Since=told).status_code == 412
        assert send(officer, "DELETE", path, If_Unmodified_Since=unmodified(officer, path)).status_code == 204


def test_coordinate_systems(officer: Client):
    """/conf/features/crs: the same place in every system offered, axes as the system has them; others are refused."""
    layer = next(layer for layer in DIRECT if layer.geometry_type(2) == "POINT")  # type: ignore[arg-type]
    path = created(officer, layer)
    start = read(officer, path)[0]["geometry"]["coordinates"]
    place = {"type": "Point", "coordinates": [58.4, 23.6]}
    for uri in systems.uris():
        assert send(officer, "PATCH", path, {"geometry": place}, If_Match="*").status_code == 204
        there = json.loads(officer.get(path, {"crs": uri}).content)["geometry"]
        away = {"type": "Point", "coordinates": start}
        assert send(officer, "PATCH", path, {"geometry": away}, If_Match="*").status_code == 204
        response = send(officer, "PATCH", path, {"geometry": there}, If_Match="*", Content_Crs=f"<{uri}>")
        assert response.status_code == 204, response.content.decode()
        back = read(officer, path)[0]["geometry"]["coordinates"]
        assert back == pytest.approx([58.4, 23.6], abs=5e-8), uri
    unknown = "<http://www.opengis.net/def/crs/EPSG/0/2154>"
    assert send(officer, "PATCH", path, {"geometry": place}, If_Match="*", Content_Crs=unknown).status_code == 400


@each_layer
def test_schema(officer: Client, layer: Layer):
    """/conf/features/schema: what the schema does not name, and what is only read, is refused by name."""
    for name, value in (("no_such_property", 1), ("id", "x"), ("authority", "nobody")):
        response = send(officer, "POST", address(layer), feature_for(layer, **{name: value}))
        assert response.status_code in (422, 403), name
    lenient = send(officer, "POST", address(layer), feature_for(layer, nothing=1), Prefer="handling=lenient")
    assert lenient.status_code == 201


@each_layer
def test_what_is_wished(officer: Client, layer: Layer):
    """Prefer: return=representation, minimal."""
    response = send(officer, "POST", address(layer), feature_for(layer), Prefer="return=representation")
    assert response.status_code == 201
    assert response["Preference-Applied"] == "return=representation"
    path = response["Location"]
    again = send(officer, "PATCH", path, {}, If_Match=response["ETag"], Prefer="return=representation")
    assert again.status_code == 200
    assert json.loads(again.content) == json.loads(response.content)
    assert send(officer, "PATCH", path, {}, If_Match=again["ETag"], Prefer="return=minimal").status_code == 204


@each_layer
def test_what_is_read_may_be_given_back(officer: Client, layer: Layer):
    """In every system, and nothing moves: the state of the record is the one that it was."""
    path = created(officer, layer)
    tag = read(officer, path)[1]["If-Match"].partition("-")[0]
    for uri in systems.uris():
        feature = json.loads(officer.get(path, {"crs": uri}).content)
        response = send(officer, "PUT", path, feature, If_Match=tag + '"', Content_Crs=f"<{uri}>")
        assert response.status_code == 204, response.content.decode()
        assert response["ETag"] == tag + '"'
