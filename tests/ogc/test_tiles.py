"""OGC API Tiles: what the documents say, and what the tiles are."""

import json
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from openapi_spec_validator import validate

from gis import tiles, versions
from gis.layers import Audience, registry
from gis.tiles import MATRIX_SETS, Asked, MatrixSet, Square, join
from tests.ogc.ground import AT, COLLECTIONS, SECRETS, Ground

BASE = "http://127.0.0.1/ogc"
SETS = tuple(MATRIX_SETS.values())
EVERY = ["", *(f"/collections/{layer.id}" for layer in COLLECTIONS)]
VECTOR = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"


def get(ground: Ground, path: str, who: str = "anonymous", **headers: str) -> Any:
    return ground.client(who, **headers).get(f"/ogc{path.removeprefix(BASE)}")


def document(ground: Ground, path: str, who: str = "anonymous") -> dict[str, Any]:
    response = get(ground, path, who)
    assert response.status_code == 200, response.content
    return dict(json.loads(response.content))


def linked(found: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    return [link for link in found["links"] if link["rel"] == rel]


def spot(ground: Ground, layer: str) -> tuple[float, float]:
    """Where the layer's first record is."""
    shape = ground.rows[layer][0].geom
    return (shape.centroid.x, shape.centroid.y) if shape else (AT.x, AT.y)


def around(matrices: MatrixSet, level: int, where: tuple[float, float] = (AT.x, AT.y)) -> Square:
    lon, lat = where
    limits = matrices.reaching(level, (lon, lat, lon, lat), 0)
    return Square(matrices, level, limits.first_column, limits.first_row)


def place(square: Square) -> str:
    return f"{square.matrices.id}/{square.z}/{square.y}/{square.x}"


def layers_in(content: bytes, folder: Path) -> set[str]:
    file = folder / "tile.mvt"
    file.write_bytes(content)
    return {str(name) for name, _kind in pyogrio.list_layers(file)} if content else set()


@pytest.mark.parametrize("above", EVERY)
def test_the_links_lead_from_the_start_to_the_tiles(ground: Ground, above: str):
    (link,) = linked(document(ground, f"{above or '/'}?f=json"), VECTOR)
    found = document(ground, link["href"])
    assert [one["tileMatrixSetURI"].rpartition("/")[2] for one in found["tilesets"]] == [one.id for one in SETS]
    for one in found["tilesets"]:
        (own,) = linked(one, "self")
        assert own["type"] == "application/json"
        tileset = document(ground, own["href"])
        assert {key: tileset[key] for key in ("dataType", "crs", "tileMatrixSetURI")} == {
            key: one[key] for key in ("dataType", "crs", "tileMatrixSetURI")
        }
        (template,) = linked(tileset, "item")
        assert template["templated"] is True
        assert template["type"] == "application/vnd.mapbox-vector-tile"
        assert "/{tileMatrix}/{tileRow}/{tileCol}" in template["href"]
        (scheme,) = linked(tileset, SCHEME)
        assert document(ground, scheme["href"])["uri"] == one["tileMatrixSetURI"]


@pytest.mark.parametrize("above", EVERY)
@pytest.mark.parametrize("matrices", SETS, ids=lambda one: one.id)
def test_tiles_are_within_the_limits_and_nowhere_else(ground: Ground, above: str, matrices: MatrixSet):
    tileset = document(ground, f"{above}/tiles/{matrices.id}?f=json")
    told = {int(one["tileMatrix"]): one for one in tileset["tileMatrixSetLimits"]}
    assert list(told) == list(range(min(told), matrices.deepest + 1))
    for level in (min(told), max(min(told), 12), matrices.deepest):
        one = told[level]
        for row, column, status in (
            (one["minTileRow"], one["minTileCol"], 200),
            (one["maxTileRow"], one["maxTileCol"], 200),
            (one["maxTileRow"] + 1, one["minTileCol"], 404),
            (one["minTileRow"] - 1, one["minTileCol"], 404),
            (one["minTileRow"], one["maxTileCol"] + 1, 404),
            (one["minTileRow"], one["minTileCol"] - 1, 404),
        ):
            answer = get(ground, f"{above}/tiles/{matrices.id}/{level}/{row}/{column}")
            assert answer.status_code == status, (level, row, column, answer.content[:200])
    for level in (min(told) - 1, matrices.deepest + 1):
        assert get(ground, f"{above}/tiles/{matrices.id}/{level}/0/0").status_code == 404


def test_nothing_there_within_the_limits_is_an_empty_tile(ground: Ground):
    """In the middle between two places far apart."""
    chosen = "collections=streets,governorates"
    west, south, east, north = document(ground, f"/tiles/WebMercatorQuad?f=tilejson&{chosen}")["bounds"]
    middle = around(SETS[0], 16, ((west + east) / 2, (south + north) / 2))
    answer = get(ground, f"/tiles/{place(middle)}?{chosen}")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("matrices", SETS, ids=lambda one: one.id)
def test_the_tile_of_a_collection_is_the_layers(ground: Ground, matrices: MatrixSet):
    for layer in COLLECTIONS:
        square = around(matrices, 16, spot(ground, layer.id))
        answer = get(ground, f"/collections/{layer.id}/tiles/{place(square)}")
        assert answer.content == tiles.cut(Asked(layer, Audience.PUBLIC, square)).content
        assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
        assert answer["X-Features-Dropped"] == "0"


@pytest.mark.parametrize("matrices", SETS, ids=lambda one: one.id)
def test_the_tile_of_the_data_set_is_all_layers(ground: Ground, matrices: MatrixSet, tmp_path: Path):
    square = around(matrices, 11, spot(ground, "parcels"))
    asked = [Asked(layer, Audience.PUBLIC, square) for layer in COLLECTIONS]
    whole = get(ground, f"/tiles/{place(square)}")
    assert whole.content == join(asked).content
    everything = layers_in(whole.content, tmp_path)
    assert {"parcels", "streets", "aflaj", "protection-zones"} <= everything
    some = get(ground, f"/tiles/{place(square)}?collections=streets,parcels")
    assert layers_in(some.content, tmp_path) == {"parcels", "streets"}
    assert some["ETag"] != whole["ETag"]


def test_the_old_address_of_the_map_has_the_same_tile(ground: Ground):
    square = around(SETS[0], 14, spot(ground, "parcels"))
    old = ground.client("anonymous").get(f"/tiles/parcels/{square.z}/{square.x}/{square.y}.mvt")
    new = get(ground, f"/collections/parcels/tiles/{place(square)}")
    assert (old.status_code, old.content) == (200, new.content)
    assert new.content
    for name in ("Cache-Control", "Vary"):
        assert old[name] == new[name]


@pytest.mark.parametrize("who", ["anonymous", "agency", "officer", "stranger"])
@pytest.mark.parametrize("path", ["/collections/parcels/tiles/", "/tiles/"])
def test_who_has_it_gets_no_tile_cut(ground: Ground, path: str, who: str, monkeypatch: pytest.MonkeyPatch):
    versions.follow()
    address = f"{path}{place(around(SETS[1], 13, spot(ground, 'parcels')))}"
    first = get(ground, address, who)
    with monkeypatch.context() as patch:
        patch.setattr(tiles, "join", None)  # whoever cuts fails
        again = get(ground, address, who, **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]
    assert get(ground, f"{path}{SETS[1].id}/13/0/0", who, **{"if-none-match": "*"}).status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "nobody", "agency", "officer", "stranger"])
def test_each_sees_what_their_items_say(ground: Ground, who: str, tmp_path: Path):
    """Secrets are in no tile of those who may not read them; a tileset names the fields that the reader has."""
    square = around(SETS[1], 13)
    content = get(ground, f"/tiles/{place(square)}", who).content
    told = {"agency": {"krooki_no", "deed_no", "number"}, "officer": set(SECRETS), "stranger": set(SECRETS)}
    for name, secret in SECRETS.items():
        if name not in told.get(who, set()):
            assert secret.encode() not in content, name
    if who == "officer":
        assert b"SECRETOWNER0" in content
        assert b"SECRETOWNER1" not in content
    for layer in COLLECTIONS:
        schema = set(document(ground, f"/collections/{layer.id}/schema?f=json", who)["properties"])
        (one,) = document(ground, f"/collections/{layer.id}/tiles/{SETS[1].id}?f=json", who)["layers"]
        said = set(
            document(ground, f"/collections/{layer.id}/tiles/{SETS[1].id}?f=tilejson", who)["vector_layers"][0][
                "fields"
            ]
        )
        assert set(one["propertiesSchema"]["properties"]) <= schema
        assert said - {"id", "count"} == set(one["propertiesSchema"]["properties"])


@pytest.mark.parametrize("matrices", SETS, ids=lambda one: one.id)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_tilejson(ground: Ground, matrices: MatrixSet, language: str, tmp_path: Path):
    found = document(ground, f"/tiles/{matrices.id}?f=tilejson&lang={language}&collections=parcels,wells")
    assert (found["tilejson"], found["scheme"]) == ("3.0.0", "xyz")
    assert [one["id"] for one in found["vector_layers"]] == ["parcels", "parcels.label", "wells", "wells.label"]
    parcels = found["vector_layers"][0]
    assert (parcels["minzoom"], parcels["maxzoom"]) == (6 - matrices.ahead, matrices.deepest)
    assert parcels["description"] == {"ar": "القطع", "en": "Parcels"}[language]
    assert found["minzoom"] == 6 - matrices.ahead
    west, south, east, north = found["bounds"]
    lon, lat = spot(ground, "parcels")
    assert west <= lon <= east
    assert south <= lat <= north
    square = around(matrices, 14, (lon, lat))
    (template,) = found["tiles"]
    address = template.replace("{z}", "14").replace("{y}", str(square.y)).replace("{x}", str(square.x))
    inside = layers_in(get(ground, address).content, tmp_path)
    assert inside <= {one["id"] for one in found["vector_layers"]}
    assert "parcels" in inside


def test_the_matrix_sets_are_those_of_the_standard(ground: Ground):
    """Numbers of 17-083r4, annex D."""
    assert [one["id"] for one in document(ground, "/tileMatrixSets")["tileMatrixSets"]] == [one.id for one in SETS]
    mercator, degrees = (document(ground, f"/tileMatrixSets/{one.id}")["tileMatrices"] for one in SETS)
    assert mercator[0]["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-12)
    assert mercator[0]["cellSize"] == pytest.approx(156543.033928041, rel=1e-12)
    assert mercator[0]["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892], rel=1e-12)
    assert mercator[22]["scaleDenominator"] == pytest.approx(133.295598991, rel=1e-9)
    assert degrees[0]["scaleDenominator"] == pytest.approx(279541132.014358, rel=1e-12)
    assert (degrees[0]["cellSize"], degrees[0]["pointOfOrigin"]) == (0.703125, [-180, 90])
    for level, one in enumerate(mercator):
        assert (one["matrixWidth"], one["matrixHeight"], one["id"]) == (2**level, 2**level, str(level))
    for level, one in enumerate(degrees):
        assert (one["matrixWidth"], one["matrixHeight"], one["id"]) == (2 ** (level + 1), 2**level, str(level))


def test_a_time_takes_the_records_of_that_time(ground: Ground, tmp_path: Path):
    address = f"/tiles/{place(around(SETS[0], 15))}?collections=reports,wells"
    assert "reports" in layers_in(get(ground, address).content, tmp_path)
    for moment, there in (("2000-01-01/2001-01-01", False), ("2000-01-01/..", True), ("../2001-01-01", False)):
        content = get(ground, f"{address}&datetime={moment}").content
        assert ("reports" in layers_in(content, tmp_path)) is there
        assert "wells" in layers_in(content, tmp_path)


def test_the_document_tells_of_every_address(ground: Ground):
    api = document(ground, "/openapi?f=json")
    validate(api)
    assert "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}" in api["paths"]
    assert "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}" in api["paths"]


@pytest.mark.parametrize("above", ["", "/collections/parcels"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages_for_people(ground: Ground, above: str, language: str):
    for path in (
        "/tileMatrixSets",
        "/tileMatrixSets/WorldCRS84Quad",
        f"{above}/tiles",
        f"{above}/tiles/WebMercatorQuad",
    ):
        page = get(ground, f"{path}?lang={language}", accept="text/html")
        assert page.status_code == 200
        assert page["Content-Type"] == "text/html"
        assert f'lang="{language}"' in page.content.decode()
        assert ("بلاط" in page.content.decode() or "المستوى" in page.content.decode()) == (language == "ar")


def test_base_layers_are_no_collections(ground: Ground):
    base = next(layer.id for layer in registry if layer.base_map)
    assert get(ground, f"/collections/{base}/tiles").status_code == 404
    assert get(ground, f"/tiles/WebMercatorQuad/0/0/0?collections={base}").status_code == 400
