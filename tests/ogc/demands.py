"""What the OGC's suites demand of a server, asked over HTTP: Features 1.0 parts 1 and 2 (their 1.9), Tiles 1.0 (1.2).

Written anew, each under the name of the suite's test class, from what the classes ask. The suites themselves are in no
registry that this project reads, so nothing here says that they have passed. A demand fails by AssertionError.
"""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import shapely
from openapi_spec_validator import validate
from pyproj import Transformer
from shapely.geometry import shape

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
UNSUPPORTED = "http://www.opengis.net/def/crs/0/unsupported"
GEOJSON = "application/geo+json"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-"
MOST = 20  # collections and systems that the suite looks at
HOPS = 4
COUNTED = 10_000  # above so many matches the suite does not walk
BOXES = ("177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85", "5,50,8,53", "52,16,60,27", "-10,-10,10,10")
Demand = Callable[["Asked"], None]
DEMANDS: dict[str, Demand] = {}


def demand(name: str) -> Callable[[Demand], Demand]:
    def keep(function: Demand) -> Demand:
        DEMANDS[name] = function
        return function

    return keep


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    version: int

    @property
    def document(self) -> Any:
        assert self.status == 200, (self.status, self.body[:300])
        return json.loads(self.body)


@dataclass(frozen=True)
class Asked:
    """The server at this address, the landing page's."""

    iut: str

    def get(self, address: str = "", accept: str = "application/json") -> Answer:
        """`address` is absolute, or goes on where the landing page ends."""
        url = urlsplit(address if address.startswith("http") else self.iut + address)
        connection = http.client.HTTPConnection(url.netloc, timeout=120)
        try:
            path = quote(url.path, safe="/%") + (f"?{url.query}" if url.query else "")
            connection.request("GET", path, headers={"Accept": accept})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read(), answer.version)
        finally:
            connection.close()

    def collections(self) -> list[dict[str, Any]]:
        return list(self.get("/collections").document["collections"][:MOST])

    def items(self, collection: dict[str, Any]) -> str:
        (address,) = {one["href"] for one in links(collection, "items", GEOJSON)}
        return str(address)

    def api(self) -> dict[str, Any]:
        (address,) = (one["href"] for one in links(self.get().document, "service-desc") if one["type"] == OPENAPI)
        return dict(self.get(address, OPENAPI).document)

    def parameter(self, api: dict[str, Any], collection: str, name: str) -> dict[str, Any]:
        paths = api["paths"]
        operation = (paths.get(f"/collections/{collection}/items") or paths["/collections/{collectionId}/items"])["get"]
        found = [resolved(api, one) for one in operation["parameters"]]
        (one,) = (one for one in found if one["name"] == name)
        return one


def resolved(api: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in one:
        found: Any = api
        for part in one["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        one = found
    return one


def links(document: dict[str, Any], rel: str, kind: str = "") -> list[dict[str, Any]]:
    found = [one for one in document["links"] if one.get("rel") == rel]
    return [one for one in found if not kind or one.get("type") == kind]


def with_query(address: str, **query: str) -> str:
    asked = "&".join(f"{name.replace('_', '-')}={quote(value, safe=':/,')}" for name, value in query.items())
    return f"{address}{'&' if '?' in address else '?'}{asked}"


@demand("GeneralHttp, LandingPage")
def landing(server: Asked) -> None:
    for address in ("", "/"):
        answer = server.get(address)
        assert answer.version == 11
        found = answer.document
        assert links(found, "service-desc") or links(found, "service-doc")
        assert links(found, "conformance")
        assert links(found, "data")


@demand("ApiDefinition")
def api_definition(server: Asked) -> None:
    api = server.api()
    assert api["openapi"].startswith("3.0")
    validate(api)
    assert '"$ref": "http' not in json.dumps(api)


@demand("Conformance")
def conformance(server: Asked) -> None:
    assert "/conformance" in server.api()["paths"]
    classes = server.get("/conformance").document["conformsTo"]
    assert all(isinstance(one, str) for one in classes)
    for one in ("ogcapi-features-1/1.0/conf/core", "ogcapi-features-2/1.0/conf/crs", "ogcapi-tiles-1/1.0/conf/core"):
        assert f"http://www.opengis.net/spec/{one}" in classes


@demand("FeatureCollections, FeatureCollection, DiscoveryCollection*")
def feature_collections(server: Asked) -> None:
    found = server.get("/collections").document
    assert links(found, "self")
    assert links(found, "alternate", "text/html")
    assert all(one.get("rel") and one.get("type") for one in found["links"])
    assert found["collections"]
    for listed in found["collections"]:
        alone = server.get(f"/collections/{listed['id']}").document
        for one in (listed, alone):
            for kind in (GEOJSON, "text/html"):
                assert links(one, "items", kind), (one["id"], kind)
            assert all(link.get("rel") and link.get("type") and link.get("href") for link in one["links"])
            assert one.get("itemType", "feature") == "feature"
            assert one["crs"][0] == CRS84
            assert one["storageCrs"] in one["crs"]
            assert all(uri.startswith("http://www.opengis.net/def/crs/") for uri in one["crs"])
            (box,) = one["extent"]["spatial"]["bbox"]
            assert len(box) == 4
        (items,) = links(listed, "items", GEOJSON)
        assert server.get(items["href"], GEOJSON).document["type"] == "FeatureCollection"
        for name in ("id", "title", "description", "extent"):
            assert alone[name] == listed[name], (listed["id"], name)


@demand("FeaturesErrorConditions")
def errors(server: Asked) -> None:
    for one in server.collections():
        address = server.items(one)
        for query in (
            {"limit": "unlimited"}, {"unknownQueryParameter12345": "1"}, {"crs": UNSUPPORTED},
            {"bbox": "5,49,6,50", "bbox_crs": UNSUPPORTED},
        ):  # fmt: skip
            assert server.get(with_query(address, **query)).status == 400, (one["id"], query)
        for found in server.get(with_query(address, limit="1")).document["features"]:
            feature = f"{address.partition('?')[0]}/{found['id']}"
            assert server.get(with_query(feature, crs=UNSUPPORTED)).status == 400


@demand("FeaturesBBox")
def boxes(server: Asked) -> None:
    api = server.api()
    for one in server.collections():
        declared = server.parameter(api, one["id"], "bbox")
        schema = resolved(api, declared["schema"])
        assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 4, 6)
        assert schema["items"]["type"] == "number"
        assert (declared["style"], declared["explode"]) == ("form", False)
        extent = ",".join(str(number) for number in one["extent"]["spatial"]["bbox"][0])
        for box in (extent, *BOXES):
            found = server.get(with_query(server.items(one), bbox=box, limit="100")).document
            area = shapely.union_all([shapely.box(*part) for part in parts_of(box)])
            for feature in found["features"]:
                assert feature["geometry"] is None or shape(feature["geometry"]).intersects(area), (one["id"], box)


def parts_of(text: str) -> Iterator[tuple[float, float, float, float]]:
    west, south, east, north = map(float, text.split(","))
    if west <= east:
        yield west, south, east, north
    else:
        yield west, south, 180, north
        yield -180, south, east, north


@demand("FeaturesLimit, FeaturesTime (declared)")
def limits(server: Asked) -> None:
    api = server.api()
    for one in server.collections():
        declared = server.parameter(api, one["id"], "limit")
        schema = resolved(api, declared["schema"])
        assert schema["type"] == "integer"
        assert (schema["minimum"], schema["default"] > 0) == (1, True)
        assert 10 + HOPS * schema["maximum"] >= COUNTED
        for limit in (schema["minimum"], min(schema["default"] + 5, 100)):
            found = server.get(with_query(server.items(one), limit=str(limit))).document
            assert len(found["features"]) <= limit
        moment = server.parameter(api, one["id"], "datetime")
        assert (resolved(api, moment["schema"])["type"], moment["style"], moment["explode"]) == (
            "string",
            "form",
            False,
        )


@demand("FeaturesTime (asked)")
def moments(server: Asked) -> None:
    """An instant, an interval and one with a duration, as the suite makes them of the extent; ours may be open."""
    asked = 0
    for one in server.collections():
        if "temporal" not in one["extent"]:
            continue
        ((first, last),) = one["extent"]["temporal"]["interval"]
        begin, end = (datetime.fromisoformat(text) if text else datetime.now(UTC) for text in (first, last))
        assert None not in (begin.tzinfo, end.tzinfo), (one["id"], first, last)
        quarter = (end - begin) / 4
        between = [(begin + times * quarter).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for times in (0, 1, 2)]
        for moment in (between[0], "/".join(between[1:]), f"{between[1][:10]}/P2D"):
            found = server.get(with_query(server.items(one), datetime=moment, limit="10")).document
            assert (found["type"], found["numberReturned"]) == ("FeatureCollection", len(found["features"]))
            assert links(found, "self")
            assert links(found, "alternate", "text/html")
            asked += 1
    assert asked


@demand("Features (numberMatched, numberReturned, timeStamp, links)")
def counts(server: Asked) -> None:
    most = resolved(api := server.api(), server.parameter(api, server.collections()[0]["id"], "limit")["schema"])
    for one in server.collections():
        page = server.get(with_query(server.items(one), limit="10")).document
        assert page["type"] == "FeatureCollection"
        assert page["timeStamp"]
        for link in [*links(page, "self"), *links(page, "alternate")]:
            assert link["type"]
        assert links(page, "alternate", "text/html")
        total, matched = len(page["features"]), page.get("numberMatched")
        assert page["numberReturned"] == total
        for _hop in range(HOPS):
            following = links(page, "next")
            if not following:
                break
            href = following[0]["href"].replace("limit=10", f"limit={most['maximum']}")
            page = server.get(href, GEOJSON).document
            assert page["numberReturned"] == len(page["features"])
            total += len(page["features"])
        if matched is not None and matched <= COUNTED:
            assert (total, links(page, "next")) == (matched, []), one["id"]


@demand("Feature")
def feature(server: Asked) -> None:
    seen = 0
    for one in server.collections():
        for listed in server.get(with_query(server.items(one), limit="3")).document["features"]:
            answer = server.get(f"{server.items(one).partition('?')[0]}/{listed['id']}", GEOJSON)
            assert answer.headers["content-type"].startswith(GEOJSON)
            found = answer.document
            assert (found["type"], found["id"]) == ("Feature", listed["id"])
            for rel in ("self", "alternate", "collection"):
                assert all(link.get("type") for link in links(found, rel))
                assert links(found, rel), rel
            seen += 1
    assert seen


@demand("FeaturesValidCrsParameter, FeatureValidCrsParameter, CoordinateSystem")
def systems(server: Asked) -> None:
    """More than the suite asks, whose library does not know ONGD17: numbers compared with pyproj's own."""
    for one in server.collections():
        address = server.items(one)
        answer = server.get(with_query(address, limit="5"))
        assert answer.headers["content-crs"] == f"<{CRS84}>"
        plain = answer.document["features"]
        for uri in one["crs"][:MOST]:
            answer = server.get(with_query(address, limit="5", crs=uri))
            assert answer.headers["content-crs"] == f"<{uri}>"
            found = answer.document["features"]
            assert [got["id"] for got in found] == [got["id"] for got in plain]
            near(plain, found, uri)
            if plain:
                alone = server.get(with_query(f"{address.partition('?')[0]}/{plain[0]['id']}", crs=uri))
                assert alone.headers["content-crs"] == f"<{uri}>"
                assert alone.document["geometry"] == found[0]["geometry"]


def near(plain: list[dict[str, Any]], asked: list[dict[str, Any]], uri: str) -> None:
    """Within five metres of what pyproj makes of them: it may choose another way from datum to datum."""
    if uri == CRS84:
        return
    code = f"EPSG:{uri.rpartition('/')[2]}"
    way = Transformer.from_crs("OGC:CRS84", code)
    allowed = 5e-5 if code == "EPSG:4326" else 5.0
    for one, other in zip(plain, asked, strict=True):
        if one["geometry"] is not None:
            x, y = shapely.get_coordinates(shape(one["geometry"]))[0]
            got = shapely.get_coordinates(shape(other["geometry"]))[0]
            expected = way.transform(x, y)
            assert max(abs(a - b) for a, b in zip(got, expected, strict=True)) < allowed, (uri, got, expected)


@demand("BBoxCrsParameter, BBoxCrsParameterDefault")
def box_systems(server: Asked) -> None:
    for one in server.collections():
        address = server.items(one)
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        if not (20 < west <= east < 70 and -60 < south <= north < 60):
            continue  # nothing there: the extent is the world's
        plain = server.get(with_query(address, bbox=f"{west},{south},{east},{north}", limit="10")).document
        same = with_query(address, bbox=f"{west},{south},{east},{north}", bbox_crs=CRS84, limit="10")
        assert {got["id"] for got in server.get(same).document["features"]} == {got["id"] for got in plain["features"]}
        latitude_first = with_query(
            address, bbox=f"{south},{west},{north},{east}", limit="10",
            bbox_crs="http://www.opengis.net/def/crs/EPSG/0/4326",
        )  # fmt: skip
        found = server.get(latitude_first).document
        assert {got["id"] for got in found["features"]} == {got["id"] for got in plain["features"]}


@demand("BBoxCrsParameter (every system)")
def boxes_in_systems(server: Asked) -> None:
    """Two corners of the extent in each system, which cut a little off where axes turn: nothing else may be found.
    Of more than a page, what follows moves up for what is cut off: there only the place is looked at."""
    for one in server.collections():
        address = server.items(one)
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        if not (20 < west <= east < 70 and -60 < south <= north < 60):
            continue
        plain = server.get(with_query(address, bbox=f"{west},{south},{east},{north}")).document
        known, whole = {got["id"] for got in plain["features"]}, not links(plain, "next")
        for uri in one["crs"][:MOST]:
            code = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
            way = Transformer.from_crs("OGC:CRS84", code)
            lower, upper = way.transform(west, south), way.transform(east, north)
            if not (lower[0] <= upper[0] and lower[1] <= upper[1]):
                continue  # so flat that the axes' turn has the corners change places: no box any more
            corners = [*lower, *upper]
            found = server.get(with_query(address, bbox=",".join(map(str, corners)), bbox_crs=uri)).document
            assert whole or found["features"], (one["id"], uri)
            assert not whole or {got["id"] for got in found["features"]} <= known, (one["id"], uri)
            allowed = 5e-5 if code in ("OGC:CRS84", "EPSG:4326") else 5.0
            place = shapely.box(*corners).buffer(allowed)
            for got in (shape(each["geometry"]) for each in found["features"] if each["geometry"]):
                moved = shapely.transform(got, way.transform, interleaved=False)
                assert moved.intersects(place), (one["id"], uri, got.wkt[:100])


@demand("Tiles: LandingPage, TilesetLlinks, GeospatialDataResource, TileSet")
def tilesets(server: Asked) -> None:
    sets = server.get("/tileMatrixSets").document["tileMatrixSets"]
    assert {link["type"] for one in sets for link in one["links"] if link["rel"] == "item"} == {"application/json"}
    for one in (server.get().document, *server.collections()):
        found = [
            link for link in one["links"] if link["rel"].startswith("http://www.opengis.net/def/rel/ogc/1.0/tilesets-")
        ]
        assert found
        for link in found:
            assert "/tiles?" in link["href"]
            assert all("tileMatrixSetURI" in tileset for tileset in server.get(link["href"]).document["tilesets"])


@demand("Tiles: Tile, MandatoryCore")
def tiles(server: Asked) -> None:
    for one in (server.get().document, *server.collections()):
        (link,) = links(one, f"{TILESETS}vector")
        for tileset in server.get(link["href"]).document["tilesets"]:
            for below in tileset["links"]:  # each of them is a document
                found = server.get(below["href"]).document
                for template in links(found, "item") if "tileMatrixSetLimits" in found else ():
                    for limits in (found["tileMatrixSetLimits"][0], found["tileMatrixSetLimits"][-1]):
                        tile(server, template["href"], limits)


def tile(server: Asked, template: str, limits: dict[str, Any]) -> None:
    def address(row: int, column: int) -> str:
        level = template.replace("{tileMatrix}", limits["tileMatrix"])
        return level.replace("{tileRow}", str(row)).replace("{tileCol}", str(column))

    row, column = limits["maxTileRow"], limits["minTileCol"]
    assert server.get(address(row, column), "*/*").status in (200, 204)
    for other in (row + 1, 2**31 - 1):
        assert server.get(address(other, column), "*/*").status in (400, 404), address(other, column)
