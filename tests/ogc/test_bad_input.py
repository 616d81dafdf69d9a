"""Whatever is asked, the answer is one clear sentence in both languages and never a server's error."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from .ground import Ground

ITEMS = "/ogc/collections/parcels/items"
BAD = [
    {"bbox": "1,2,3"}, {"bbox": "1,2,3,4,5"}, {"bbox": "NaN,1,2,3"}, {"bbox": "1,2,inf,3"}, {"bbox": "a,b,c,d"},
    {"bbox": ""}, {"bbox": "1,5,2,3"}, {"bbox": "1,2,3,4", "bbox-crs": "EPSG:4326"}, {"bbox-crs": "x"},
    {"bbox": "9e99,0,9e100,1", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
    {"bbox": "1,2,3,4", "bbox-crs": "http://www.opengis.net/def/crs/0/unsupported"},
    {"limit": "-1"}, {"limit": "0"}, {"limit": "unlimited"}, {"limit": "1.5"}, {"limit": ""}, {"limit": "9" * 400},
    {"offset": "-1"}, {"offset": "1e9"}, {"offset": "9" * 30}, {"offset": "10000001"}, {"after": "x"},
    {"after": "00000000-0000-0000-0000-00000000000' OR 1=1"},
    {"crs": "http://www.opengis.net/def/crs/EPSG/0/1"}, {"crs": ""},
    {"datetime": "foo"}, {"datetime": "2026-02-30"}, {"datetime": "2026-01-02/2026-01-01"}, {"datetime": "../.."},
    {"datetime": "0001-01-01"}, {"datetime": "9999-12-31/.."}, {"datetime": "1/2/3"},
    {"sortby": "nothing"}, {"sortby": "plot_no;DROP TABLE x"}, {"sortby": "id"}, {"sortby": "geom"},
    {"sortby": ""}, {"sortby": "plot_no,"}, {"sortby": "-"}, {"sortby": "--plot_no"}, {"properties": ""},
    {"properties": "-plot_no"}, {"properties": "plot_no,,authority"},
    {"properties": "nothing"}, {"properties": "geom"}, {"f": "xml"}, {"f": "jsonld"}, {"f": "docx"}, {"lang": "fr"},
    {"resulttype": "all"}, {"skipGeometry": "maybe"},
    {"filter": "plot_no"}, {"filter": "plot_no='1"}, {"filter": "nothing=1"}, {"filter": "deed_no='1'"},
    {"filter": "("}, {"filter": "(" * 10000 + "1=1" + ")" * 10000}, {"filter": "plot_no=1"}, {"filter": ""},
    {"filter": "{}", "filter-lang": "cql2-json"}, {"filter": "1=1", "filter-lang": "sql"}, {"filter-lang": "cql2-text"},
    {"filter": "1=1", "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/1"}, {"filter-crs": "x"},
    {"filter": "S_INTERSECTS(geometry, POINT(1e308 1))"}, {"filter": "S_INTERSECTS(plot_no, POINT(1 1))"},
    {"filter": "plot_no LIKE '%a%b%c%d%e%f%'"}, {"filter": "pg_sleep(9)=1"}, {"filter": "legal_area_m2/0 > 'x'"},
    {"query": "x"}, {"q": ""}, {"q": "(a+)+$" * 60}, {"plotno": "1"}, {"PLOT_NO": "1"}, {"'": "1"}, {"id": "1"},
    {"legal_area_m2": "abc"}, {"legal_area_m2": "NaN"}, {"plot_no": "\x00"},
]  # fmt: skip


def check(response: Any, statuses: tuple[int, ...]) -> None:
    assert response.status_code in statuses, (response.status_code, response.content[:300])
    told = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert told["status"] == response.status_code
    assert told["code"]
    for language in ("ar", "en"):
        sentence = told["details"][language]
        assert sentence
        assert "%(" not in sentence
        assert "\n" not in sentence
    assert told["details"]["ar"] != told["details"]["en"]
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize("query", BAD, ids=str)
def test_a_bad_parameter_is_explained(ground: Ground, query: dict[str, str]):
    check(ground.client("anonymous").get(ITEMS, query), (400,))


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/nothing", "/ogc/collections/nothing/items", "/ogc/collections/base-land/items",
        "/ogc/collections/parcels_parcel/items", "/ogc/collections/pub.parcels", f"{ITEMS}/1", f"{ITEMS}/%00",
        f"{ITEMS}/00000000-0000-0000-0000-000000000000", f"{ITEMS}/' OR 1=1 --", "/ogc/collections/parcels/nothing",
        "/ogc/processes/nothing", "/ogc/jobs/nothing", "/ogc/admin/config", "/ogc/stac", "/ogc/asyncapi",
        "/ogc/../admin/",
        "/tiles/nothing/1/1/1.mvt", "/tiles/parcels/23/0/0.mvt", "/tiles/parcels/3/8/0.mvt",
        f"/tiles/parcels/{'9' * 60}/0/0.mvt",
    ],
)  # fmt: skip
def test_an_unknown_address_is_explained(ground: Ground, path: str):
    check(ground.client("anonymous").get(path), (404,))


def test_a_parameter_is_given_once(ground: Ground):
    check(ground.client("anonymous").get(f"{ITEMS}?limit=1&limit=2"), (400,))


def test_the_nearest_name_is_told(ground: Ground):
    told = json.loads(ground.client("anonymous").get(ITEMS, {"plotno": "1"}).content)
    assert '"plot_no"' in told["details"]["en"]


def test_a_page_explains_too(ground: Ground):
    response = ground.client("anonymous").get(ITEMS, {"limit": "<b>x", "f": "html"})
    assert response.status_code == 400
    assert "&lt;b&gt;x" in response.content.decode()
    assert "<b>x" not in response.content.decode()


@pytest.mark.parametrize(
    ("language", "heading"), [("ar", "تعذّرت الإجابة عن هذا الطلب"), ("en", "This cannot be answered")]
)
def test_the_heading_of_a_refusal_is_in_the_readers_language(ground: Ground, language: str, heading: str):
    """The document's title is the phrase of HTTP, which is English for everybody."""
    page = ground.client("anonymous").get(ITEMS, {"limit": "x", "f": "html", "lang": language}).content.decode()
    assert f"<h1><bdi>{heading}</bdi></h1>" in page
    assert "Bad Request" not in page


def test_a_limit_above_the_greatest_is_the_greatest(ground: Ground):
    assert ground.client("anonymous").get(ITEMS, {"limit": "99999"}).status_code == 200


NAMES = st.sampled_from(
    ["bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "after", "sortby", "properties", "f", "plot_no",
     "land_use", "legal_area_m2", "authority", "resulttype", "skipGeometry"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=30), st.integers().map(str), st.floats().map(str), st.dates().map(str))


@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, TEXTS, max_size=4))
def test_anything_at_all_is_answered(ground: Ground, query: dict[str, str]):
    query = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    response = ground.client("anonymous").get(ITEMS, query)
    assert response.status_code in (200, 400), (query, response.content[:300])


def test_a_slow_answer_is_given_up(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """The login's own limit ends the question; the caller is told so, and nothing breaks for the next."""
    from gis import published

    ask = published.ask
    monkeypatch.setattr(published, "ask", lambda audience, _asked: ask(audience, ("SELECT pg_sleep(30)", {})))
    response = ground.client("anonymous").get(ITEMS)
    check(response, (503,))
    assert response["Retry-After"]
    monkeypatch.setattr(published, "ask", ask)
    assert ground.client("anonymous").get(ITEMS).status_code == 200


def test_a_database_that_is_away_is_no_empty_list(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    from django.core.cache import cache
    from django.db import connections

    cache.clear()
    connections["public"].close()
    monkeypatch.setitem(connections["public"].settings_dict, "PORT", "1")
    check(ground.client("anonymous").get("/ogc/collections"), (503,))
    check(ground.client("anonymous").get("/ogc/collections/parcels"), (503,))


def test_no_list_of_the_api_document_may_be_empty(ground: Ground):
    """Nor may a name in it: whoever writes a comma too many means something."""
    client = ground.client("anonymous")
    document = json.loads(client.get("/ogc/openapi?f=json").content)
    shared, seen = document["components"]["parameters"], set()
    known = {"{collectionId}": "parcels", "{tileMatrixSetId}": "WebMercatorQuad"}
    for path, operations in document["paths"].items():
        for told in operations.get("get", {}).get("parameters", ()):
            one = shared[told["$ref"].rpartition("/")[2]] if "$ref" in told else told
            address = path
            for name, value in known.items():
                address = address.replace(name, value)
            if one["schema"].get("type") != "array" or "{" in address:
                continue
            seen.add(one["name"])
            for text in ("", ",", " "):
                check(client.get(f"/ogc{address}", {one["name"]: text}), (400,))
    assert {"bbox", "sortby", "properties", "collections", "type", "status"} <= seen
