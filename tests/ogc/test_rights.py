"""Who may see what (the table of the first release), through every way out of the feed: layer × caller × field.

The expectations are written here by hand; that the registry has no field without one is tested too.
"""

import json
import re
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils.http import parse_http_date
from psycopg import sql

from gis.layers import Layer, registry
from tests import databases

from .ground import COLLECTIONS, SECRETS, Ground

NAMES = {"name_ar", "name_en"}
PUBLIC: dict[str, set[str]] = {
    "governorates": {"code", "other_names", *NAMES},
    "wilayats": {"code", "governorate", "other_names", *NAMES},
    "authorities": {"code", "kind", "working_crs", "other_names", *NAMES},
    "parcels": {"authority", "plot_no", "block_no", "land_use", "legal_area_m2"},
    "streets": {"authority", "code", "kind", "wilayat", *NAMES},
    "address-units": {
        "authority", "number", "suffix", "street_ar", "street_en", "area_ar", "area_en", "postcode", "wilayat",
        "old_addresses",
    },
    "wells": {"authority", "use"},
    "aflaj": {"authority", "kind", "live", *NAMES},
    "protection-zones": {"authority", "kind", *NAMES},
    "parking-zones": {
        "authority", "code", "kind", "spaces", "payment_channels", "currency", "step_minutes", "step_price", "hours",
        *NAMES,
    },
    "reports": {"authority", "category", "category_ar", "category_en", "status", "reported_on"},
}  # fmt: skip
AGENCY = {"parcels": {"krooki_no", "deed_no"}, "wells": {"depth_m", "status"}}
OFFICER = {
    "parcels": {"scheme", "wilayat", "status", "computed_area_m2", "owner"},
    "wells": {"number", "kind", "drilled_on", "owner"},
    "reports": {"number", "reported_at", "text", "address", "reporter"},
}
CALLERS = ("anonymous", "nobody", "agency", "officer", "stranger")


def visible(layer: str, who: str) -> set[str]:
    names = set(PUBLIC[layer])
    if who in ("agency", "officer", "stranger"):
        names |= AGENCY.get(layer, set())
    return names | OFFICER.get(layer, set()) if who in ("officer", "stranger") else names


def get(ground: Ground, who: str, path: str, **query: str) -> Any:
    return ground.client(who).get(f"/ogc/collections/{path}", query)


def features(ground: Ground, who: str, layer: str, **query: str) -> list[dict[str, Any]]:
    response = get(ground, who, f"{layer}/items", **query)
    assert response.status_code == 200, response.content
    return list(json.loads(response.content)["features"])


def test_every_field_is_declared_here():
    assert {layer.id for layer in COLLECTIONS} == set(PUBLIC)
    for layer in COLLECTIONS:
        declared = {field.name for field in layer.fields} | ({"authority"} if layer.owned else set())
        assert declared == visible(layer.id, "officer"), layer.id


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_fields_of_each_caller(ground: Ground, layer: Layer, who: str):
    found = features(ground, who, layer.id)
    assert {row["id"] for row in found} == {str(row.pk) for row in ground.rows[layer.id]}
    for row in found:
        assert set(row["properties"]) == visible(layer.id, who)
    for document in ("schema", "queryables"):
        listed = set(json.loads(get(ground, who, f"{layer.id}/{document}").content)["properties"])
        assert listed - {"id", "geometry"} == visible(layer.id, who)


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_a_hidden_field_is_answered_as_one_that_does_not_exist(ground: Ground, layer: Layer, who: str):
    everything = {field.name for field in layer.fields}
    for hidden in sorted(everything - visible(layer.id, who)):
        asked_by = ({hidden: "x"}, {"sortby": hidden}, {"sortby": f"-{hidden}"}, {"properties": hidden})
        for query in (*asked_by, {"filter": f"{hidden} IS NULL"}, {"filter": f"CASEI({hidden}) LIKE 'a%'"}):
            strange = {(name.replace(hidden, "zzz")): value.replace(hidden, "zzz") for name, value in query.items()}
            responses = [get(ground, who, f"{layer.id}/items", **asked) for asked in (query, strange)]
            assert [response.status_code for response in responses] == [400, 400]
            codes = [json.loads(response.content)["code"] for response in responses]
            assert codes[0] == codes[1]
            # The values alone: a field may have the name of one of the document's own members.
            told = [str(list(json.loads(response.content).values())) for response in responses]
            assert _shape(told[0], hidden) == _shape(told[1], "zzz")


def _shape(text: str, name: str) -> str:
    """The answer without the name asked for and without the nearest one, which is always a visible one."""
    return re.sub(r'(nearest is |«)\\?"?[\w-]+', r"\1", text.replace(name, "?"))


@pytest.mark.parametrize("layer", [layer for layer in COLLECTIONS if layer.id in OFFICER], ids=lambda layer: layer.id)
def test_an_officer_sees_own_rows_in_full_and_the_others_as_the_public_does(ground: Ground, layer: Layer):
    rows = ground.rows[layer.id]
    public = {row["id"]: row for row in features(ground, "anonymous", layer.id)}
    for who, own, other in (("officer", *rows), ("stranger", *reversed(rows))):
        seen = {row["id"]: row for row in features(ground, who, layer.id)}
        hidden = {
            name: value for name, value in seen[str(other.pk)]["properties"].items() if name not in PUBLIC[layer.id]
        }
        assert set(hidden.values()) == {None}
        assert seen[str(other.pk)]["geometry"] == public[str(other.pk)]["geometry"]
        told = seen[str(own.pk)]["properties"]
        assert all(str(told[name]).startswith(SECRETS[name]) for name in SECRETS if name in told)


@pytest.mark.parametrize("who", ["anonymous", "nobody", "agency"])
def test_no_way_out_tells_a_secret(ground: Ground, who: str):
    told = {"agency": {SECRETS["krooki_no"], SECRETS["deed_no"], SECRETS["number"]}}.get(who, set())
    client = ground.client(who)
    paths = ["/ogc/openapi", "/ogc/collections"]
    for layer in COLLECTIONS:
        paths += [f"/ogc/collections/{layer.id}", f"/ogc/collections/{layer.id}/items"]
        paths += [f"/ogc/collections/{layer.id}/items/{row.pk}" for row in ground.rows[layer.id]]
    for path in paths:
        for form in ("json", "html"):
            text = client.get(path, {"f": form}).content.decode()
            assert not [secret for secret in set(SECRETS.values()) - told if secret in text], path
    for value in SECRETS.values():
        response = client.get("/ogc/collections/reports/items", {"category": f"{value}0"})
        assert json.loads(response.content)["features"] == []


def test_wells_are_squares_for_the_public_and_points_for_agencies(ground: Ground):
    well = ground.rows["wells"][0]
    places = {who: {row["id"]: row["geometry"] for row in features(ground, who, "wells")} for who in CALLERS}
    for who in ("anonymous", "nobody", "stranger"):
        assert places[who][str(well.pk)]["type"] == "Polygon"
    for who in ("agency", "officer"):
        assert places[who][str(well.pk)] == {"type": "Point", "coordinates": [well.geom.x, well.geom.y]}


def test_nobody_finds_the_exact_place_by_a_box(ground: Ground):
    """A box around the point alone finds the square that it lies in, and so does any other box in the square."""
    well = ground.rows["wells"][0]
    x, y = well.geom.coords
    square = features(ground, "anonymous", "wells", bbox=f"{x},{y},{x},{y}")[0]["geometry"]["coordinates"][0]
    east, north = (sum(corner[axis] for corner in square[:4]) / 4 for axis in (0, 1))
    beside = f"{east},{north},{east + 0.0001},{north + 0.0001}"
    found = [features(ground, "anonymous", "wells", bbox=box) for box in (f"{x},{y},{x},{y}", beside)]
    assert [row["id"] for row in found[0]] == [row["id"] for row in found[1]] == [str(well.pk)]
    assert features(ground, "agency", "wells", bbox=beside) == []


def test_parcels_are_published_where_the_authority_says_so(ground: Ground):
    here, there = ground.two.here, ground.two.there
    try:
        type(here).objects.using("owner").filter(pk=here.pk).update(publishes_parcels=False)
        for who in ("anonymous", "nobody", "agency", "stranger"):
            assert {row["properties"]["authority"] for row in features(ground, who, "parcels")} == {there.code}
            response = get(ground, who, f"parcels/items/{ground.rows['parcels'][0].pk}")
            assert response.status_code == 404
        assert len(features(ground, "officer", "parcels")) == 2
    finally:
        type(here).objects.using("owner").filter(pk=here.pk).update(publishes_parcels=True)


def test_an_extent_is_forgotten_when_the_authority_closes(ground: Ground):
    def box() -> Any:
        return get(ground, "anonymous", "parcels").json()["extent"]["spatial"]["bbox"]

    here = type(ground.two.here).objects.using("owner").filter(pk=ground.two.here.pk)
    before = box()
    assert box() == before
    here.update(publishes_parcels=False)
    try:
        assert box() != before
    finally:
        here.update(publishes_parcels=True)
    assert box() == before


def test_the_anonymous_reads_by_the_anonymous_login_only(ground: Ground):
    client = ground.client("anonymous")
    with CaptureQueriesContext(connections["default"]) as asked:
        for path in ("/ogc/", "/ogc/collections", "/ogc/openapi", "/tiles/parcels/14/10761/7080.mvt"):
            assert client.get(path).status_code == 200
        for layer in COLLECTIONS:
            assert client.get(f"/ogc/collections/{layer.id}/items").status_code == 200
            assert client.get(f"/ogc/collections/{layer.id}/items", {"bbox": "58,23,59,24"}).status_code == 200
    assert asked.captured_queries == []


def test_a_wrong_key_is_refused_and_not_taken_for_no_key(ground: Ground):
    response = ground.client("anonymous", **{"X-API-Key": "guess"}).get("/ogc/collections/wells/items")
    assert response.status_code == 401


def test_the_grid_sees_its_fault(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """A layer that shows the owner to everybody fails the grid."""
    monkeypatch.setitem(PUBLIC, "parcels", PUBLIC["parcels"] | {"owner"})
    with pytest.raises(AssertionError):
        test_fields_of_each_caller(ground, registry["parcels"], "anonymous")


@pytest.mark.parametrize("layer", ["reports", "wells"])
def test_where_places_are_hidden_so_is_the_second_of_a_change(ground: Ground, layer: str):
    """A citizen stood there at that minute. Officers read it of their own records, since they write them."""
    row = ground.rows[layer][0]
    with databases.superuser(ground.database) as root:
        table = sql.Identifier("history", row._meta.db_table)
        ((changed,),) = root.execute(sql.SQL("SELECT floor(extract(epoch FROM min(v_at))) FROM {}").format(table))
    for who in ("anonymous", "nobody", "agency"):
        answer = get(ground, who, f"{layer}/items/{row.pk}")
        assert answer.status_code == 200
        assert parse_http_date(answer["Last-Modified"]) < changed, "the day, or when the platform was brought up"
        assert answer["ETag"].startswith("W/")
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT pub.{layer}_state(%s)", [row.pk])
        assert cursor.fetchone() == (None,)
    assert "Last-Modified" in get(ground, "officer", f"{layer}/items/{row.pk}")
