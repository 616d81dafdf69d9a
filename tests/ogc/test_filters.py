"""Filters in CQL2 over HTTP: by text and by JSON, with pages, numbers and systems as everywhere."""

import json
from typing import Any

import pytest

from gis.features import choosing
from ogc.systems import EPSG

from .ground import Ground

ITEMS = "/ogc/collections/parcels/items"


def ask(ground: Ground, **query: Any) -> dict[str, Any]:
    response = ground.client("anonymous").get(ITEMS, query)
    assert response.status_code == 200, response.content
    return dict(json.loads(response.content))


def plots(ground: Ground, **query: Any) -> set[str]:
    page = ask(ground, **query)
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"])
    return {feature["id"] for feature in page["features"]}


@pytest.fixture(scope="module")
def both(ground: Ground) -> set[str]:
    return {str(row.pk) for row in ground.rows["parcels"]}


def test_a_text_and_its_json_choose_the_same(ground: Ground, both: set[str]):
    here = {str(ground.rows["parcels"][0].pk)}
    text = plots(ground, filter="authority = 'here' AND geometry IS NOT NULL")
    tree = {"op": "=", "args": [{"property": "authority"}, "here"]}
    assert text == here == plots(ground, filter=json.dumps(tree), **{"filter-lang": "cql2-json"})
    assert plots(ground, filter="authority IN ('here','there')") == both
    assert plots(ground, filter="NOT authority = 'here'") == both - here


@pytest.mark.parametrize("number", ["4326", "3857", "32640"])
def test_coordinates_are_of_the_system_named(ground: Ground, number: str):
    parcel = ground.rows["parcels"][0]
    x1, y1, x2, y2 = parcel.geom.transform(int(number), clone=True).extent if number != "4326" else parcel.geom.extent
    if number == "4326":
        x1, y1, x2, y2 = y1, x1, y2, x2
    box = f"S_INTERSECTS(geometry, BBOX({x1},{y1},{x2},{y2}))"
    assert plots(ground, filter=box, **{"filter-crs": f"{EPSG}{number}"}) == {str(parcel.pk)}


def test_a_filter_joins_the_other_conditions(ground: Ground):
    assert plots(ground, filter="authority = 'here'", authority="there") == set()
    assert plots(ground, filter="authority = 'here'", bbox="-10,-10,-9,-9") == set()


@pytest.mark.parametrize("counted", [20_000, 1])
def test_pages_of_a_filter_visit_each_once(
    ground: Ground, both: set[str], monkeypatch: pytest.MonkeyPatch, counted: int
):
    """Of few that match, which are counted, and of many, which are not."""
    monkeypatch.setattr(choosing, "COUNTED", counted)
    for order in ({}, {"sortby": "-authority"}):
        page = ask(ground, filter="authority LIKE '%ere'", limit=1, **order)
        assert page.get("numberMatched") == (2 if counted > 2 else None)
        seen = [feature["id"] for feature in page["features"]]
        (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
        last = json.loads(ground.client("anonymous").get(following).content)
        assert not [link for link in last["links"] if link["rel"] == "next"]
        assert {*seen, *(feature["id"] for feature in last["features"])} == both


def test_a_cursor_belongs_to_its_filter(ground: Ground):
    page = ask(ground, filter="authority LIKE '%ere'", limit=1)
    (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    refused = ground.client("anonymous").get(following.replace("ere", "re"))
    assert refused.status_code == 400
    assert json.loads(refused.content)["parameter"] == "after"


def test_a_refusal_names_the_parameter(ground: Ground):
    for query in ({"filter": "authority = "}, {"filter": "authority = 1"}, {"filter": "S_NEAR(geometry, 1)"}):
        told = json.loads(ground.client("anonymous").get(ITEMS, query).content)
        assert (told["status"], told["parameter"]) == (400, "filter")
