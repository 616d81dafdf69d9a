"""What the processes answer: measured on the ground, counted by hand, and by the rights of whoever asks."""

import json
import math
from typing import Any

import pytest
import shapely
from django.db import connections
from django.test.utils import CaptureQueriesContext
from pyproj import Geod

from gis import crs
from gis.measure import area_m2

from .ground import AT, COLLECTIONS, SECRETS, Ground
from .test_processes import AREA, POINT, execute

EARTH = Geod(ellps="WGS84")
PLACES = {
    "point": POINT,
    "line": {"type": "LineString", "coordinates": [[58.1, 23.5], [58.4, 23.7]]},
    "area": AREA,
    "points": {"type": "MultiPoint", "coordinates": [[58.1, 23.5], [58.2, 23.5]]},
}


def answer(ground: Ground, process: str, who: str = "anonymous", **inputs: Any) -> dict[str, Any]:
    response = execute(ground, process, {"inputs": inputs}, who)
    assert response.status_code == 200, response.content
    return dict(response.json())


def drawn(ground: Ground, **inputs: Any) -> Any:
    return shapely.from_geojson(json.dumps(answer(ground, "buffer", **inputs)["geometry"]))


def ground_metres(geometry: Any, x: float, y: float) -> float:
    """The least distance on the ground to the corners of a geometry whose edges are cut small."""
    cut = shapely.segmentize(geometry, 0.0005)
    corners = shapely.get_coordinates(cut)
    near = corners[(abs(corners[:, 0] - x) < 0.2) & (abs(corners[:, 1] - y) < 0.2)]
    return float(min(EARTH.inv([x] * len(near), [y] * len(near), near[:, 0], near[:, 1])[2]))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("metres", [20.0, 5_000.0])
def test_a_buffer_is_true_on_the_ground(ground: Ground, place: str, metres: float):
    outline = drawn(ground, geometry={"value": PLACES[place]}, distance=metres)
    given = shapely.from_geojson(json.dumps(PLACES[place]))
    assert outline.covers(given)
    corners = shapely.get_coordinates(outline)
    for x, y in corners[:: max(1, len(corners) // 60)]:
        # Corners of the line that is looked at lie up to 56 m apart: half of that beside the nearest place.
        slack = 0 if given.geom_type in ("Point", "MultiPoint") else math.hypot(metres, 28) - metres
        assert metres * 0.999 <= ground_metres(given, x, y) <= metres * 1.001 + slack


def test_a_buffer_tells_how_it_was_made(ground: Ground):
    told = answer(ground, "buffer", geometry={"value": POINT}, distance=100)["properties"]
    assert told["method"] == "geodesic, WGS 84"
    assert told["area_m2"] == pytest.approx(math.pi * 100**2, rel=0.002)


def test_a_buffer_in_a_working_system_is_true_in_its_plane(ground: Ground):
    outline = drawn(ground, geometry={"value": POINT}, distance=1000, system="EPSG:32640")
    by = crs.operation("EPSG:32640")
    plane = crs.from_storage(outline, by)
    middle = crs.from_storage(shapely.Point(AT.x, AT.y), by)
    reached = [shapely.distance(middle, shapely.Point(*corner)) for corner in shapely.get_coordinates(plane)]
    assert reached == pytest.approx([1000.0] * len(reached), abs=0.001)
    assert area_m2(outline) != pytest.approx(area_m2(drawn(ground, geometry={"value": POINT}, distance=1000)), rel=1e-5)


@pytest.mark.parametrize(
    "coordinates", [[[0, 0], [40, 40]], [[179.99, 0], [179.999, 0]], [[10, 89.9], [10, 89.95]], [[0, 0], [3, 3]]]
)
def test_a_buffer_that_cannot_be_drawn_truly_is_refused(ground: Ground, coordinates: Any):
    line = {"type": "LineString", "coordinates": coordinates}
    response = execute(ground, "buffer", {"inputs": {"geometry": line, "distance": 100_000}})
    assert (response.status_code, response.json()["code"]) == (400, "too_far_apart")


def test_a_scribble_is_refused_before_geos_sees_it(ground: Ground):
    corners = [[58 + (n * 7919 % 997) / 1e4, 23 + (n * 104729 % 991) / 1e4] for n in range(1000)]
    scribble, snake = corners, sorted(corners)
    for kind, told in ((scribble, 400), (snake[:900:3], 200)):
        line = {"type": "LineString", "coordinates": kind}
        response = execute(ground, "buffer", {"inputs": {"geometry": line, "distance": 100}})
        assert response.status_code == told, response.content
        assert told == 200 or response.json()["code"] == "too_tangled"


def of_layer(found: dict[str, Any]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for one in found["features"]:
        told.setdefault(one["properties"]["collection"], []).append(one["id"])
    return told


@pytest.mark.parametrize("who", ["anonymous", "agency", "officer"])
def test_what_is_here_finds_what_the_feed_finds_there(ground: Ground, who: str):
    west, south, east, north = shapely.bounds(shapely.from_geojson(json.dumps(AREA)))
    here = of_layer(answer(ground, "what-is-here", who, place={"value": AREA}, most=100))
    assert here
    for layer in COLLECTIONS:
        query = {"bbox": f"{west},{south},{east},{north}", "limit": "100"}
        listed = ground.client(who).get(f"/ogc/collections/{layer.id}/items", query).json()
        assert here.get(layer.id, []) == [one["id"] for one in listed["features"]], layer.id


def test_what_is_here_at_a_point(ground: Ground):
    well = ground.rows["wells"][0]
    point = {"type": "Point", "coordinates": [well.geom.x, well.geom.y]}
    assert str(well.pk) in of_layer(answer(ground, "what-is-here", place=point))["wells"]
    beside = {"type": "Point", "coordinates": [well.geom.x + 0.0005, well.geom.y]}
    asked = {"place": beside, "layers": ["wells"]}
    assert answer(ground, "what-is-here", "officer", **asked)["features"] == []
    assert len(answer(ground, "what-is-here", "officer", **asked, reach=60)["features"]) == 1
    assert len(answer(ground, "what-is-here", **asked)["features"]) == 1  # the public's square is around it still


def test_what_is_here_says_where_there_is_more(ground: Ground):
    found = answer(ground, "what-is-here", place={"value": AREA}, most=1, geometries=False)
    assert {len(ids) for ids in of_layer(found).values()} == {1}
    assert {one["geometry"] for one in found["features"]} == {None}
    assert set(found.get("collectionsWithMore", [])) <= set(of_layer(found))


def test_nearest_is_in_the_order_of_metres_on_the_ground(ground: Ground):
    found = answer(ground, "nearest", "agency", point=POINT, layer="wells", within=100_000)["features"]
    wells = {str(row.pk): row.geom for row in ground.rows["wells"]}
    metres = {key: float(EARTH.inv(AT.x, AT.y, place.x, place.y)[2]) for key, place in wells.items()}
    near = sorted((key for key in wells if metres[key] <= 100_000), key=metres.__getitem__)
    assert [one["id"] for one in found] == near
    assert [one["properties"]["distance_m"] for one in found] == pytest.approx([metres[key] for key in near], abs=0.01)
    few = answer(ground, "nearest", "agency", point=POINT, layer="wells", count=1)["features"]
    assert [one["id"] for one in few] == near[:1]
    assert answer(ground, "nearest", "agency", point=POINT, layer="wells", within=1)["features"] == []


def test_a_summary_counts_sums_and_measures(ground: Ground):
    rows = ground.rows["parcels"]
    shape = shapely.from_wkb(bytes(rows[0].geom.wkb))
    west, south, east, north = shape.bounds
    middle = west + 0.6 * (east - west)
    halves = [shapely.box(west - 1, south - 1, middle, north + 1), shapely.box(middle, south - 1, east + 1, north + 1)]
    areas = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": name}, "geometry": json.loads(shapely.to_geojson(half))}
            for name, half in zip("ab", halves, strict=True)
        ],
    }
    found = answer(ground, "summary-by-area", layer="parcels", areas={"value": areas}, field="legal_area_m2")
    told = [one["properties"] for one in found["features"]]
    assert [one["name"] for one in told] == ["a", "b"]
    inside = [row for row in rows if any(half.intersects(shapely.from_wkb(bytes(row.geom.wkb))) for half in halves)]
    assert sum(one["count"] for one in told) == len(inside)
    whole = sum(area_m2(shapely.from_wkb(bytes(row.geom.wkb))) for row in inside)
    assert sum(one["area_m2"] for one in told) == pytest.approx(whole, abs=1)
    parts = [shapely.intersection(halves[0], shapely.from_wkb(bytes(row.geom.wkb))) for row in inside]
    assert told[0]["area_m2"] == pytest.approx(sum(map(area_m2, parts)), abs=0.2)
    deeds = [float(row.legal_area_m2) for row in inside if row.legal_area_m2 is not None]
    assert sum(one["sum"] or 0 for one in told) == pytest.approx(sum(deeds))


def test_a_summary_by_a_layer_of_areas(ground: Ground):
    found = answer(ground, "summary-by-area", layer="parcels", areas_layer="wilayats")["features"]
    assert [one["id"] for one in found] == [str(row.pk) for row in ground.rows["wilayats"]]
    assert {one["geometry"] for one in found} == {None}
    assert found[0]["properties"]["code"] == "XX-1"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"layer": "parcels"}, "InvalidParameterValue"),
        ({"layer": "parcels", "areas": AREA, "areas_layer": "wilayats"}, "InvalidParameterValue"),
        ({"layer": "parcels", "areas": AREA, "field": "plot_no"}, "InvalidParameterValue"),
        ({"layer": "parcels", "areas": AREA, "field": "none"}, "unknown_field"),
        ({"layer": "parcels", "areas": AREA, "field": "computed_area_m2"}, "unknown_field"),
        ({"layer": "wells", "areas": AREA, "field": "depth_m"}, "unknown_field"),
    ],
)
def test_what_cannot_be_summed_is_refused_and_a_hidden_field_is_none(ground: Ground, inputs: Any, code: str):
    response = execute(ground, "summary-by-area", {"inputs": inputs})
    assert (response.status_code, response.json()["code"]) == (400, code)
    if code == "unknown_field" and inputs["field"] != "none":
        assert execute(ground, "summary-by-area", {"inputs": inputs}, "officer").status_code == 200


@pytest.mark.parametrize("who", ["anonymous", "nobody", "agency"])
def test_no_process_tells_a_secret(ground: Ground, who: str):
    told = {"agency": {SECRETS["krooki_no"], SECRETS["deed_no"], SECRETS["number"]}}.get(who, set())
    whole = {"type": "Polygon", "coordinates": [[[50, 20], [62, 20], [62, 28], [50, 28], [50, 20]]]}
    texts = [json.dumps(answer(ground, "what-is-here", who, place=whole, most=100))]
    texts += [json.dumps(answer(ground, "nearest", who, point=POINT, layer=one.id, count=100)) for one in COLLECTIONS]
    for text in texts:
        assert not [secret for secret in set(SECRETS.values()) - told if secret in text]


def test_the_anonymous_reads_by_the_anonymous_login_only(ground: Ground):
    with CaptureQueriesContext(connections["default"]) as asked:
        answer(ground, "what-is-here", place=POINT)
        answer(ground, "nearest", point=POINT, layer="wells")
        answer(ground, "summary-by-area", layer="parcels", areas=AREA)
    assert asked.captured_queries == []
