"""Whatever arrives as a body: never a 5xx, a sentence that names what is wrong, and nothing written in part."""

import json
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.layers import Audience, Layer, registry
from gis.writing import documents
from gis.writing.receivables import receivables, schema_of

from .ground import Ground
from .writing import DIRECT, address, created, feature_for, geometry_for, read, send

each_layer = pytest.mark.parametrize("layer", DIRECT, ids=lambda one: one.id)
POINTS = next(layer for layer in DIRECT if layer.geometry_type(Audience.OFFICER) == "POINT")
POLYGONS = next(layer for layer in DIRECT if layer.geometry_type(Audience.OFFICER) == "MULTIPOLYGON")


@pytest.fixture(scope="module")
def officer(ground: Ground) -> Client:
    return ground.client("officer")


def versions() -> int:
    """How much has ever been written: of the numbers of versions none is given twice."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT last_value FROM history.seq")
        return int(cursor.fetchone()[0])


def refused(client: Client, method: str, path: str, body: Any, *codes: int, **headers: str) -> dict[str, Any]:
    """The problem, in both languages, and nothing was written."""
    before = versions()
    response = send(client, method, path, body, **headers)
    assert response.status_code in (codes or (400, 422)), response.content.decode()
    problem = response.json()
    assert problem["details"]["ar"]
    assert problem["details"]["ar"] != problem["details"]["en"]
    assert versions() == before
    return dict(problem)


ODD_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"type":"Feature\xff"}',
    "NaN": b'{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,1]},"properties":{}}',
    "twice": b'{"type":"Feature","type":"Feature"}',
    "a long number": b'{"type":' + b"9" * 5000 + b"}",
    "a far exponent": b'{"type":1e99999999999999999999}',
    "nested": b"[" * 100_000,
    "a list": b"[]",
    "null": b"null",
    "a text": b'"Feature"',
    "a collection": b'{"type":"FeatureCollection","features":[]}',
    "a geometry": b'{"type":"Point","coordinates":[58,23]}',
}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES)
def test_odd_bodies(officer: Client, method: str, body: bytes):
    path = address(POINTS) if method == "POST" else created(officer, POINTS)
    refused(officer, method, path, body, If_Match="*")


def test_too_large(officer: Client):
    body = json.dumps(feature_for(POINTS, **{receivables(POINTS, Audience.OFFICER)[0].name: "x"})).encode()
    problem = refused(officer, "POST", address(POINTS), body + b" " * documents.MOST_BYTES, 413)
    assert f"{documents.MOST_BYTES:,}" in problem["detail"]


@each_layer
def test_every_property_of_every_wrong_type(officer: Client, layer: Layer):
    """The property is named, and what it should have been."""
    path = created(officer, layer)
    for one in receivables(layer, Audience.OFFICER):
        right = {"text": str, "boolean": bool, "integer": int, "number": (int, float), "date": (), "datetime": ()}
        right["texts"] = list
        for value in ("x" * 5000, "\x00", "\ud800", True, 1, 1.5, 10**30, -(10**30), 1e300, [], {}, "1", ["x"]):
            accepted = right[one.kind]
            if accepted and isinstance(value, accepted) and not (isinstance(value, bool) and one.kind != "boolean"):
                if (one.codes and value != []) or value not in ("1", 1, 1.5, True, []):
                    pass  # out of its bounds, or no code
                else:
                    continue
            problem = refused(officer, "PATCH", path, {"properties": {one.name: value}}, If_Match="*")
            assert f"#/properties/{one.name}" in [error["pointer"] for error in problem["errors"]], (one.name, value)
            assert f'"{one.name}"' in problem["detail"]


@each_layer
def test_what_is_required_is_required(officer: Client, layer: Layer):
    for one in receivables(layer, Audience.OFFICER):
        for value in (None, " ") if one.kind == "text" else (None,):
            feature = feature_for(layer, **{one.name: value})
            if one.required:
                problem = refused(officer, "POST", address(layer), feature)
                assert f'"{one.name}" is missing' in problem["detail"]
                refused(officer, "PATCH", created(officer, layer), {"properties": {one.name: value}}, If_Match="*")
    assert {one.name for one in receivables(layer, Audience.AGENCY)} == set()


def test_all_faults_are_told_at_once(officer: Client):
    layer = registry["parking-zones"]
    sent = {
        "type": "feature",
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "properties": {"kind": "x", "spaces": -1, "hours": "always", "nothing": 1},
        "place": None,
    }
    problem = refused(officer, "POST", address(layer), sent, 422)
    assert {error["pointer"] for error in problem["errors"]} == {
        "#/type", "#/place", "#/geometry", "#/properties/code", "#/properties/name_ar", "#/properties/kind",
        "#/properties/spaces", "#/properties/hours", "#/properties/nothing",
    }  # fmt: skip
    assert "paid, permit, free" in problem["detail"]


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


BAD_PLACES = {
    "crosses itself": ring((58, 23), (59, 24), (59, 23), (58, 24), (58, 23)),
    "not closed": ring((58, 23), (59, 23), (59, 24), (58, 24)),
    "too short": ring((58, 23), (59, 23), (58, 23)),
    "outside": ring((580, 23), (581, 23), (581, 24), (580, 23)),
    "infinite": ring((58, 23), (59, 23), (1e400, 24), (58, 23)),
    "empty": {"type": "Polygon", "coordinates": []},
    "a point": {"type": "Point", "coordinates": [58, 23]},
    "a collection": {"type": "GeometryCollection", "geometries": [ring((58, 23), (59, 23), (59, 24), (58, 23))]},
    "an arc": {"type": "CircularString", "coordinates": [[58, 23], [59, 23], [58, 24]]},
    "no coordinates": {"type": "Polygon"},
    "texts": {"type": "Polygon", "coordinates": [[["58", "23"], ["59", "23"], ["59", "24"], ["58", "23"]]]},
    "true": ring((58, 23), (59, 23), (True, 24), (58, 23)),
    "deep": {"type": "Polygon", "coordinates": json.loads("[" * 300 + "]" * 300)},
    "many corners": ring(*[(58 + n / 1e6, 23 + (n % 2) / 1e6) for n in range(10_001)], (58, 23)),
}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("place", BAD_PLACES.values(), ids=BAD_PLACES)
def test_bad_places(officer: Client, method: str, place: dict[str, Any]):
    path = address(POLYGONS) if method == "POST" else created(officer, POLYGONS)
    sent = feature_for(POLYGONS) | {"geometry": place}
    body = json.dumps(sent).replace("Infinity", "1e400").encode()
    problem = refused(officer, method, path, body, 422, If_Match="*")
    assert [error["pointer"] for error in problem["errors"]] == ["#/geometry"]


def test_rules_of_the_table_are_told_in_words(officer: Client):
    layer = registry["wells"]
    feature = feature_for(layer, number="W-1")
    assert send(officer, "POST", address(layer), feature).status_code == 201
    problem = refused(officer, "POST", address(layer), feature_for(layer, number="W-1"), 422)
    assert "Another well in force has this number" in problem["detail"]
    problem = refused(officer, "POST", address(layer), feature_for(layer, depth_m=0), 422)
    assert "more than zero" in problem["detail"]
    unit = feature_for(registry["address-units"], area_ar="")
    assert "needs a street or an area" in refused(officer, "POST", address("address-units"), unit, 422)["detail"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from([one.name for layer in DIRECT for one in receivables(layer, Audience.OFFICER)]) | st.text()
positions = st.recursive(st.integers(-200, 200) | st.floats(), lambda inner: st.lists(inner, max_size=5), max_leaves=20)
features = st.fixed_dictionaries(
    {"type": st.just("Feature") | json_values},
    optional={
        "geometry": json_values
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["Point", "Polygon", "MultiPolygon", "MultiLineString", "LineString"])},
            optional={"coordinates": positions, "geometries": json_values},
        ),
        "properties": st.dictionaries(names, json_values, max_size=5) | json_values,
        "id": json_values,
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    layer=st.sampled_from([*DIRECT, registry["parcels"]]),
    method=st.sampled_from(["POST", "PUT", "PATCH"]),
    body=(features | json_values).map(json.dumps).map(str.encode) | st.binary(max_size=40),
)
def test_any_body(ground: Ground, officer: Client, layer: Layer, method: str, body: bytes):
    """Refused with nothing written, or written whole: one version, and no more."""
    row = ground.rows[layer.id][0].pk
    path = address(layer) if method == "POST" else address(layer, row)
    before = versions()
    response = send(officer, method, f"{path}?reason=x", body, If_Match="*")
    assert response.status_code < 500, response.content.decode()
    if response.status_code >= 300:
        assert versions() == before
        assert response.json()["details"]["ar"]
    else:
        assert versions() - before <= 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Crs": "\x00"}, 400),
        ({"Content_Crs": "EPSG:4326"}, 400),
        ({"If_Match": "garbage"}, 412),
        ({"If_Match": ""}, 412),
        ({"If_Unmodified_Since": "Mon, 99 Foo 2026 00:00:00 GMT"}, 428),
        ({"If_Match": "*", "Prefer": "return=;;handling"}, 204),
    ],
)
def test_odd_headers(officer: Client, headers: dict[str, str], status: int):
    path = created(officer, POINTS)
    more = {} if "If_Match" in headers or "If_Unmodified_Since" in headers else {"If_Match": "*"}
    response = send(officer, "PATCH", path, {}, **headers, **more)
    assert response.status_code == status, response.content.decode()
    assert read(officer, path)


def test_unknown_parameters_are_refused(officer: Client):
    problem = refused(officer, "POST", address(POINTS) + "?reasen=x", feature_for(POINTS), 400)
    assert "reason" in problem["detail"]
    refused(officer, "POST", address(POINTS) + "?reason=" + "x" * 1001, feature_for(POINTS), 400)
    refused(officer, "POST", address(POINTS) + "?reason=%00", feature_for(POINTS), 400)


@each_layer
def test_the_schema_of_what_may_be_written_says_the_truth(officer: Client, layer: Layer):
    """Each code that it names is taken; each text up to its length."""
    for one in receivables(layer, Audience.OFFICER):
        schema = schema_of(one)
        values = [choice["const"] for choice in schema.get("oneOf", [])]
        values += ["x" * schema["maxLength"]] if "maxLength" in schema else []
        for value in values:
            path = created(officer, layer)
            response = send(officer, "PATCH", path, {"properties": {one.name: value}}, If_Match="*")
            assert response.status_code == 204, response.content.decode()
            assert read(officer, path)[0]["properties"][one.name] == value
    assert geometry_for(layer)["type"]
