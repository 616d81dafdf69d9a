"""What the standard asks of the feed and what programs lean on: links, pages, systems, languages, validators."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from openapi_spec_validator import validate
from pyproj import Transformer

from gis.layers import registry
from ogc.systems import CRS84, EPSG, uris

from .ground import COLLECTIONS, Ground

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def get(ground: Ground, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
    return ground.client("anonymous", **headers).get(f"/ogc{path}", query or {})


def read(ground: Ground, path: str, **query: Any) -> dict[str, Any]:
    response = get(ground, path, query)
    assert response.status_code == 200, response.content
    return dict(json.loads(response.content))


@pytest.mark.parametrize("path", ["", "/"])
def test_landing_page_leads_everywhere(ground: Ground, path: str):
    links = {link["rel"]: link for link in read(ground, path)["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(links)
    assert links["service-desc"]["type"] == OPENAPI
    for link in links.values():
        if link["rel"] != "about":
            assert ground.client("anonymous").get(link["href"]).status_code == 200, link


def test_every_link_leads_somewhere(ground: Ground):
    paths = ["/collections", *(f"/collections/{layer.id}" for layer in COLLECTIONS)]
    for path in paths:
        document = read(ground, path)
        for part in (document, *document.get("collections", [])):
            for link in part["links"]:
                assert ground.client("anonymous").get(link["href"]).status_code == 200, link


def test_conformance_claims_what_is_met(ground: Ground):
    classes = read(ground, "/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes
    # QGIS filters at the server only where it finds these three, the last by the name of a draft.
    assert {
        "features-3/1.0/conf/filter",
        "features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/basic-spatial-operators",
    } <= {name.removeprefix("http://www.opengis.net/spec/").removeprefix("ogcapi-") for name in classes}


def test_collections_are_the_layers(ground: Ground):
    collections = read(ground, "/collections")["collections"]
    assert [collection["id"] for collection in collections] == [layer.id for layer in COLLECTIONS]
    assert {collection["id"] for collection in collections} == {
        "governorates", "wilayats", "authorities", "parcels", "streets", "address-units", "wells", "aflaj",
        "protection-zones", "parking-zones", "reports",
    }  # fmt: skip
    for collection in collections:
        assert collection["crs"][0] == collection["storageCrs"] == CRS84
        assert collection["itemType"] == "feature"
        assert GEOJSON in {link["type"] for link in collection["links"] if link["rel"] == "items"}


def test_extents_come_from_the_data(ground: Ground):
    parcels = [row.geom.extent for row in ground.rows["parcels"]]
    west, south, east, north = read(ground, "/collections/parcels")["extent"]["spatial"]["bbox"][0]
    # In the digits that features are written with: what a follower reads lies inside.
    around = [round(extreme(box[side] for box in parcels), 9) for side, extreme in enumerate((min, min, max, max))]
    assert [west, south, east, north] == pytest.approx(around, abs=2e-9, rel=0)
    assert (west <= around[0], south <= around[1], east >= around[2], north >= around[3]) == (True,) * 4
    days = sorted(row.reported_at.date().isoformat() for row in ground.rows["reports"])
    assert read(ground, "/collections/reports")["extent"]["temporal"]["interval"][0][0][:7] == days[0][:7]


@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_features_are_what_the_standard_says(ground: Ground, layer: Any):
    response = get(ground, f"/collections/{layer.id}/items")
    page = json.loads(response.content)
    assert response["Content-Type"] == GEOJSON
    assert response["Content-Crs"] == f"<{CRS84}>"
    assert page["type"] == "FeatureCollection"
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"]) == len(ground.rows[layer.id])
    assert list(page)[-1] == "timeStamp"
    assert not [link for link in page["links"] if link["rel"] == "next"]
    feature = page["features"][0]
    alone = json.loads(get(ground, f"/collections/{layer.id}/items/{feature['id']}").content)
    assert {key: alone[key] for key in feature} == feature
    assert {"self", "alternate", "collection"} <= {link["rel"] for link in alone["links"]}


@pytest.mark.parametrize("order", ["", "code", "-code"])
def test_pages_visit_every_feature_once(ground: Ground, order: str):
    query = {"limit": "1"} | ({"sortby": order} if order else {})
    address, seen, matched = "/ogc/collections/authorities/items", [], []
    client = ground.client("anonymous")
    response = client.get(address, query)
    while True:
        page = json.loads(response.content)
        seen += [row["properties"]["code"] for row in page["features"]]
        matched.append(page.get("numberMatched"))
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        response = client.get(following[0])
    assert sorted(seen) == ["here", "there"]
    assert matched[0] == 2
    if order:
        assert seen == sorted(seen, reverse=order.startswith("-"))


def test_answers_come_in_every_system_offered(ground: Ground):
    listed = read(ground, "/collections/parcels")["crs"]
    assert listed == uris()
    assert {CRS84, f"{EPSG}4326", f"{EPSG}3857"} <= set(listed)
    box = ground.rows["parcels"][0].geom.extent
    for uri in listed:
        response = get(ground, "/collections/parcels/items", {"crs": uri, "limit": "1"})
        assert response["Content-Crs"] == f"<{uri}>"
        assert "crs" not in json.loads(response.content)
    x, y = read(ground, "/collections/parcels/items", crs=f"{EPSG}4326")["features"][0]["geometry"]["coordinates"][0][
        0
    ][0]
    assert (y, x) == (pytest.approx(box[0], abs=1), pytest.approx(box[1], abs=1))


@pytest.mark.parametrize("system", ["4326", "3857", "32640"])
def test_a_box_in_another_system_finds_the_same(ground: Ground, system: str):
    parcel = ground.rows["parcels"][0].geom
    x1, y1, x2, y2 = parcel.transform(int(system), clone=True).extent if system != "4326" else parcel.extent
    if system == "4326":
        x1, y1, x2, y2 = y1, x1, y2, x2
    box = {"bbox": f"{x1},{y1},{x2},{y2}", "bbox-crs": f"{EPSG}{system}"}
    found = read(ground, "/collections/parcels/items", **box)["features"]
    assert [row["id"] for row in found] == [str(ground.rows["parcels"][0].pk)]


@pytest.mark.parametrize("thin", [(0, 0), (0, 1), (1, 0), (1e-9, 1e-9), (1e-9, 1), (1, 1e-9), (1e-6, 1)])
@pytest.mark.parametrize("system", ["3857", "32639", "32640", "9296", "3439", "3440"])
def test_a_point_and_a_line_are_boxes_in_each_system(ground: Ground, system: str, thin: tuple[float, float]):
    parcel = ground.rows["parcels"][0]
    x, y = Transformer.from_crs("OGC:CRS84", f"EPSG:{system}").transform(*parcel.geom.centroid.coords)
    found = read(
        ground, "/collections/parcels/items",
        **{"bbox": f"{x!r},{y!r},{x + thin[0]!r},{y + thin[1]!r}", "bbox-crs": f"{EPSG}{system}"},
    )  # fmt: skip
    assert [row["id"] for row in found["features"]] == [str(parcel.pk)]


@pytest.mark.parametrize("box", ["177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85", "0,0,0,0", "58,23,0,59,24,9"])
def test_boxes_of_the_edges_are_answered(ground: Ground, box: str):
    assert read(ground, "/collections/parcels/items", bbox=box)["type"] == "FeatureCollection"


def test_a_time_outside_the_extent_is_no_error(ground: Ground):
    for when, number in (("1901-01-01", 0), ("1901-01-01/..", 2), ("../1901-01-01", 0), ("2000-01-01/2100-01-01", 2)):
        assert read(ground, "/collections/reports/items", datetime=when)["numberMatched"] == number
        assert read(ground, "/collections/parcels/items", datetime=when)["numberMatched"] == number


def test_fields_and_geometry_can_be_chosen(ground: Ground):
    (row, _other) = read(ground, "/collections/parcels/items", properties="plot_no", skipGeometry="true")["features"]
    assert list(row["properties"]) == ["plot_no"]
    assert row["geometry"] is None
    hits = read(ground, "/collections/parcels/items", resulttype="hits")
    assert (hits["numberMatched"], hits["numberReturned"], hits["features"]) == (2, 0, [])


def test_a_field_filters(ground: Ground):
    one = read(ground, "/collections/parcels/items", authority="here")["features"]
    assert [row["properties"]["authority"] for row in one] == ["here"]
    assert read(ground, "/collections/parcels/items", land_use="nothing")["numberMatched"] == 0


def test_arabic_first_english_when_asked(ground: Ground):
    asked: list[tuple[dict[str, str], dict[str, str], str]] = [
        ({}, {"accept-language": ""}, "ar"),
        ({}, {"accept-language": "fr"}, "ar"),
        ({}, {"accept-language": "en;q=0.8, fr"}, "en"),
        ({"lang": "ar"}, {"accept-language": "en"}, "ar"),
        ({"lang": "en"}, {"accept-language": "ar"}, "en"),
    ]
    for query, headers, language in asked:
        response = get(ground, "/collections/wells", query, **headers)
        assert response["Content-Language"] == language
        assert "Accept-Language" in response["Vary"]
        told = json.loads(response.content)
        with override(language):
            assert told["title"] == str(registry["wells"].title)
            assert told["description"] == str(registry["wells"].description)
        assert ("آبار" in told["description"]) == (language == "ar")
        page = get(ground, "/collections/wells", query | {"f": "html"}, **headers).content.decode()
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    refused = json.loads(get(ground, "/collections/wells/items", {"limit": "x"}, **{"accept-language": ""}).content)
    assert refused["detail"] == refused["details"]["ar"] != refused["details"]["en"]


def test_browsers_get_pages_and_programs_get_documents(ground: Ground):
    for accept, kind in (
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", GEOJSON),
        ("", GEOJSON),
        (GEOJSON, GEOJSON),
        ("text/html;q=0.2,application/json", GEOJSON),
    ):
        assert get(ground, "/collections/wells/items", accept=accept)["Content-Type"].startswith(kind)


def test_what_the_caller_has_is_not_sent_again(ground: Ground):
    first = get(ground, "/collections/parcels/items")
    again = get(ground, "/collections/parcels/items", **{"if-none-match": first["ETag"]})
    assert first["ETag"].startswith('W/"')
    assert (again.status_code, again.content) == (304, b"")
    assert get(ground, "/collections/parcels/items", {"limit": "1"})["ETag"] != first["ETag"]
    assert "public" in first["Cache-Control"]
    private = ground.client("officer").get("/ogc/collections/parcels/items")
    assert "private" in private["Cache-Control"]
    assert "public" not in private["Cache-Control"]
    assert {"Cookie", "X-API-Key", "Accept"} <= {name.strip() for name in first["Vary"].split(",")}


def test_head_is_get_without_a_body(ground: Ground):
    client = ground.client("anonymous")
    for path in ("/ogc/", "/ogc/collections/parcels/items", "/tiles/parcels/14/10761/7080.mvt"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head["Content-Length"] == whole["Content-Length"]
        assert head["Content-Type"] == whole["Content-Type"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", ["/ogc/", "/ogc/collections/reports/items", "/tiles/parcels/1/1/1.mvt"])
def test_what_writes_is_refused(ground: Ground, path: str, method: str):
    client = ground.client("anonymous")
    response = getattr(client, method)(path)
    assert response.status_code == 405
    assert response["Allow"] == client.options(path)["Allow"] == "GET, HEAD, OPTIONS"


def test_the_api_document_is_whole(ground: Ground):
    response = get(ground, "/openapi")
    document = json.loads(response.content)
    assert response["Content-Type"] == OPENAPI
    validate(document)
    assert document["openapi"].startswith("3.0.")
    assert '"$ref":"http' not in response.content.decode().replace(" ", "")
    listed = document["components"]["schemas"]["CollectionId"]["enum"]
    assert listed == [layer.id for layer in COLLECTIONS]
    items = document["paths"]["/collections/{collectionId}/items"]
    named = {part["$ref"].rsplit("/", 1)[1] for part in items["get"]["parameters"]}
    assert {"collectionId", "bbox", "limit", "datetime", "filter"} <= named
    assert set(items) == {"get", "post"}
    assert set(document["paths"]["/collections/{collectionId}/items/{featureId}"]) == {"get", "put", "patch", "delete"}
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 10_000, 100)


def test_the_api_document_stays_small_with_many_collections(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """QGIS reads it whole before it shows anything."""
    before = len(get(ground, "/openapi").content)
    many = [*COLLECTIONS, *(replace(registry["aflaj"], id=f"aflaj-{number}") for number in range(200))]
    monkeypatch.setattr("ogc.catalogue.layers", lambda: many)
    assert len(get(ground, "/openapi").content) - before < 40 * 200
    assert before < 50_000  # 32 operations


def test_one_description_serves_schema_queryables_and_sortables(ground: Ground):
    fields = read(ground, "/collections/wells/schema")["properties"]
    asked = read(ground, "/collections/wells/queryables")
    sorted_by = read(ground, "/collections/wells/sortables")
    assert set(fields) - {"id"} == set(asked["properties"]) == {*sorted_by["properties"], "geometry"}
    assert not asked["additionalProperties"]
    assert not sorted_by["additionalProperties"]
    assert [name for name, said in fields.items() if said.get("readOnly")] == ["id", "authority"]
    assert all(said.get("readOnly") for said in read(ground, "/collections/reports/schema")["properties"].values())


def test_every_page_stands_in_the_site(ground: Ground):
    parcel = ground.rows["parcels"][0].pk
    for path in (
        "/", "/conformance", "/openapi", "/collections", "/collections/parcels", "/collections/parcels/schema",
        "/collections/parcels/queryables", "/collections/parcels/sortables", "/collections/parcels/items",
        f"/collections/parcels/items/{parcel}",
    ):  # fmt: skip
        for language, _name in settings.LANGUAGES:
            page = get(ground, path, {"f": "html", "lang": language}).content.decode()
            assert page.lstrip().startswith("<!doctype html>")
            assert "ogc/feed.css" in page
            assert "//cdn" not in page


def test_the_api_document_tells_how_a_key_and_a_token_are_shown(ground: Ground):
    document = json.loads(get(ground, "/openapi").content)
    schemes = document["components"]["securitySchemes"]
    assert document["security"][0] == {}
    assert schemes["key"]["name"] == "X-API-Key"
    address = urlsplit(schemes["client"]["flows"]["clientCredentials"]["tokenUrl"])
    assert address.path == reverse("oauth-token")
