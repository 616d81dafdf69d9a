"""Downloads in other formats: read by the programs that people use, each row compared with the GeoJSON items."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely.geometry import shape

from gis.layers import Layer

from .ground import COLLECTIONS, NASTY, SECRETS, Ground
from .test_rights import features, get, visible

FILES = {"fgb": b"fgb\x03fgb", "gpkg": b"SQLite format 3\x00", "parquet": b"PAR1"}
FORMATS = ("jsonfg", "csv", *FILES)
AUDIENCES = ("anonymous", "agency", "officer")  # who they are is found out as for every other answer
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
MEDIA = {
    "jsonfg": "application/vnd.ogc.fg+json",
    "csv": "text/csv; charset=utf-8",
    "fgb": "application/flatgeobuf",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}


def taken(ground: Ground, who: str, layer: str, form: str, **query: str) -> bytes:
    response = get(ground, who, f"{layer}/items", f=form, **query)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    assert response.status_code == 200, content
    assert response["Content-Type"] == MEDIA[form]
    return bytes(content)


def read(content: bytes, form: str, path: Path) -> Any:
    """The file as a frame, by the program that people open it with: GDAL or Arrow."""
    found = path / f"it.{form}"
    found.write_bytes(content)
    assert content.startswith(FILES[form])
    return geopandas.read_parquet(found) if form == "parquet" else pyogrio.read_dataframe(found)


def plain(value: Any) -> Any:
    """A value of a frame as JSON has it."""
    if value is None or (isinstance(value, float) and value != value) or value is pandas.NaT:
        return None
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def same(ours: Any, theirs: Any) -> bool:
    """Is it the value of the GeoJSON item? Days have no type of their own in FlatGeobuf, booleans none in NumPy, and
    lists are JSON where a file has none."""
    ours = plain(ours)
    if isinstance(theirs, list) and isinstance(ours, str):
        return bool(json.loads(ours) == theirs)
    if isinstance(theirs, str) and isinstance(ours, str) and len(theirs) >= 10 and theirs[4:5] == "-":
        return ours[: len(theirs)].replace(" ", "T")[:19] == theirs[:19]
    return bool(ours == theirs)


@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_files_say_what_the_items_say(ground: Ground, layer: Layer, who: str, tmp_path: Path):
    expected = {row["id"]: row for row in features(ground, who, layer.id)}
    for form in FILES:
        frame = read(taken(ground, who, layer.id, form), form, tmp_path)
        assert set(frame.columns) - {"id", "geometry", "bbox"} == visible(layer.id, who)
        assert sorted(frame["id"]) == sorted(expected)
        for row in frame.to_dict("records"):
            told = expected[row["id"]]
            for name, value in told["properties"].items():
                assert same(row[name], value), (form, name, row[name], value)
            _same_place(row["geometry"], told["geometry"])


def _same_place(ours: Any, theirs: Any) -> None:
    if theirs is None:
        assert ours is None
    else:
        assert shapely.equals_exact(ours, shape(theirs), tolerance=1e-8)


@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("layer", COLLECTIONS, ids=lambda layer: layer.id)
def test_texts_say_what_the_items_say(ground: Ground, layer: Layer, who: str):
    expected = {row["id"]: row for row in features(ground, who, layer.id)}
    document = json.loads(taken(ground, who, layer.id, "jsonfg"))
    assert document["numberReturned"] == len(document["features"]) == len(expected)
    for feature in document["features"]:
        assert {name: feature[name] for name in ("type", "id", "geometry", "properties")} == expected[feature["id"]]
        assert feature["place"] is None
        when = layer.when and feature["properties"][layer.when]
        assert feature["time"] == ({"date": when} if when else None)
    rows = list(csv.DictReader(io.StringIO(taken(ground, who, layer.id, "csv").decode("utf-8"))))
    assert sorted(row["id"] for row in rows) == sorted(expected)
    for row in rows:
        assert set(row) - {"id", "lon", "lat", "geometry"} == visible(layer.id, who)
        _same_line(row, expected[row["id"]])


def _same_line(row: dict[str, str], feature: dict[str, Any]) -> None:
    for name, value in feature["properties"].items():
        told = "" if value is None else value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        assert row[name].lstrip("'") == told, name
    if "lon" in row:
        assert [float(row["lon"]), float(row["lat"])] == feature["geometry"]["coordinates"]
    elif feature["geometry"] is None:
        assert row["geometry"] == ""
    else:
        _same_place(shapely.from_wkt(row["geometry"]), feature["geometry"])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("who", ["anonymous", "nobody", "agency", "stranger"])
def test_no_byte_tells_what_the_caller_may_not_see(ground: Ground, who: str, form: str, tmp_path: Path):
    for layer in COLLECTIONS:
        content = taken(ground, who, layer.id, form)
        if form == "parquet":  # compressed: what it holds is what its columns hold
            (tmp_path / "it.parquet").write_bytes(content)
            content += str(pq.read_table(tmp_path / "it.parquet").to_pylist()).encode()
        for name, secret in SECRETS.items():
            allowed = name in visible(layer.id, who)
            told = secret.encode() in content
            mine = f"{secret}0".encode() in content
            assert not (mine if who == "stranger" and name not in ("krooki_no", "deed_no") else told and not allowed)


@pytest.mark.parametrize("form", FORMATS)
def test_a_hidden_field_cannot_be_asked_for(ground: Ground, form: str):
    for query in ({"properties": "deed_no"}, {"sortby": "deed_no"}, {"filter": "deed_no IS NULL"}, {"deed_no": "x"}):
        assert get(ground, "anonymous", "parcels/items", f=form, **query).status_code == 400
        assert taken(ground, "officer", "parcels", form, **query)


def test_another_system_is_the_place_in_json_fg(ground: Ground):
    document = json.loads(taken(ground, "anonymous", "parcels", "jsonfg", crs=f"{EPSG}3440"))
    expected = {row["id"]: row for row in features(ground, "anonymous", "parcels", crs=f"{EPSG}3440")}
    assert document["coordRefSys"] == f"{EPSG}3440"
    assert any(one.endswith("json-fg-1/1.0/conf/core") for one in document["conformsTo"])
    for feature in document["features"]:
        assert feature["geometry"] is None
        assert feature["place"] == expected[feature["id"]]["geometry"]
    assert {"rel": "profile", "href": "http://www.opengis.net/def/profile/ogc/0/jsonfg"} in document["links"]


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("number", [4326, 3857, 32640, 3440, 9295])
def test_files_in_another_system_have_its_code_and_go_east_first(
    ground: Ground, form: str, number: int, tmp_path: Path
):
    frame = read(taken(ground, "officer", "parcels", form, crs=f"{EPSG}{number}"), form, tmp_path)
    assert frame.crs.to_epsg() == number
    expected = {row["id"]: row for row in features(ground, "officer", "parcels", crs=f"{EPSG}{number}")}
    for row in frame.to_dict("records"):
        theirs = shape(expected[row["id"]]["geometry"])
        if number == 4326:
            theirs = shapely.transform(theirs, lambda places: places[:, ::-1])
        assert shapely.equals_exact(row["geometry"], theirs, tolerance=1e-3)


def test_gdal_reads_json_fg(ground: Ground, tmp_path: Path):
    found = tmp_path / "it.json"
    found.write_bytes(taken(ground, "officer", "parcels", "jsonfg", crs=f"{EPSG}32640"))
    info = pyogrio.read_info(f"JSONFG:{found}")
    assert (info["features"], info["crs"], info["layer_name"]) == (2, "EPSG:32640", "parcels")


def test_geoparquet_says_what_its_readers_need(ground: Ground, tmp_path: Path):
    found = tmp_path / "it.parquet"
    found.write_bytes(taken(ground, "anonymous", "parcels", "parquet"))
    about = json.loads(pq.read_metadata(found).metadata[b"geo"])
    column = about["columns"][about["primary_column"]]
    assert (about["version"], column["encoding"], column["geometry_types"]) == ("1.1.0", "WKB", ["MultiPolygon"])
    assert "crs" not in column  # then it is OGC:CRS84
    assert column["covering"]["bbox"]["ymax"] == ["bbox", "ymax"]
    frame = geopandas.read_parquet(found)
    assert column["bbox"] == pytest.approx(list(frame.total_bounds))
    west, south, east, north = frame.geometry.iloc[0].bounds
    assert len(geopandas.read_parquet(found, bbox=(west, south, east, north))) >= 1
    assert len(geopandas.read_parquet(found, bbox=(0, 0, 1, 1))) == 0


@pytest.mark.parametrize("form", FORMATS)
def test_the_question_is_that_of_the_items(ground: Ground, form: str, tmp_path: Path):
    for query in (
        {"bbox": "58,23,58.5,24"}, {"authority": "here"}, {"filter": "authority = 'there'"}, {"sortby": "-authority"},
        {"properties": "authority"}, {"offset": "1"}, {"limit": "1"}, {"limit": "1", "sortby": "-authority"},
        {"limit": "10", "offset": "1", "bbox": "50,10,70,30"}, {"q": "here"},
        {"bbox": "0,0,1,1"}, {"limit": "1", "bbox": "0,0,1,1"},
    ):  # fmt: skip
        expected = features(ground, "anonymous", "parcels", **query)
        ids = _ids(taken(ground, "anonymous", "parcels", form, **query), form, tmp_path)
        assert ids == [row["id"] for row in expected] or ("sortby" not in query and set(ids) == {
            row["id"] for row in expected
        })  # fmt: skip


def _ids(content: bytes, form: str, path: Path) -> list[str]:
    if form == "jsonfg":
        return [row["id"] for row in json.loads(content)["features"]]
    if form == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(content.decode()))]
    frame = read(content, form, path)
    return [str(one) for one in frame["id"]]


def test_days_of_reports_and_a_time_of_the_question(ground: Ground, tmp_path: Path):
    today = features(ground, "anonymous", "reports")[0]["properties"]["reported_on"]
    frame = read(taken(ground, "anonymous", "reports", "gpkg", datetime=today), "gpkg", tmp_path)
    assert {one.date() for one in frame["reported_on"]} == {date.fromisoformat(today)}
    assert len(json.loads(taken(ground, "anonymous", "reports", "jsonfg", datetime="1999-01-01"))["features"]) == 0


def test_arabic_and_hostile_text_come_out_as_they_went_in(ground: Ground, tmp_path: Path):
    for form in FILES:
        assert NASTY in list(read(taken(ground, "anonymous", "aflaj", form), form, tmp_path)["name_ar"])
    content = taken(ground, "anonymous", "aflaj", "csv")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert NASTY in [row["name_ar"] for row in csv.DictReader(io.StringIO(content.decode()))]


@pytest.mark.parametrize("form", FORMATS)
def test_pages_lead_to_the_next_one(ground: Ground, form: str, tmp_path: Path):
    client, found = ground.client("anonymous"), []
    address = f"/ogc/collections/parcels/items?f={form}&limit=1"
    while address:
        response = client.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        response.close()
        found += _ids(content, form, tmp_path)
        links = [link.split(">; ") for link in response["Link"].split(", ")]
        address = next((url.lstrip("<") for url, about in links if 'rel="next"' in about), "")
        address = address.partition("127.0.0.1")[2]
    assert found == [row["id"] for row in features(ground, "anonymous", "parcels")]


def test_what_cannot_be_asked_is_said(ground: Ground):
    for query, parameter in (
        ({"f": "gpkg", "resulttype": "hits"}, "resulttype"),
        ({"f": "parquet", "skipGeometry": "true"}, "skipGeometry"),
        ({"f": "geoparket"}, "f"),
    ):
        response = get(ground, "anonymous", "parcels/items", **query)
        assert response.status_code == 400
        assert json.loads(response.content)["parameter"] == parameter
    assert "parquet" in json.loads(response.content)["detail"]
    assert get(ground, "anonymous", "parcels", f="csv").status_code == 400


def test_formats_are_chosen_by_accept_and_listed_in_the_collection(ground: Ground):
    for form, kind in MEDIA.items():
        response = ground.client("anonymous", accept=f"{kind}, application/json;q=0.5").get(
            "/ogc/collections/parcels/items"
        )
        assert response["Content-Type"] == kind
        response.close()
        links = json.loads(get(ground, "anonymous", "parcels").content)["links"]
        assert [one["type"] for one in links if one["href"].endswith(f"f={form}")] == [kind.partition(";")[0]]


def test_head_says_how_many_and_sends_nothing(ground: Ground):
    response = ground.client("anonymous").head("/ogc/collections/parcels/items", {"f": "csv"})
    assert (response.status_code, response.content, response["OGC-NumberMatched"]) == (200, b"", "2")


def test_what_the_caller_has_is_not_made_again(ground: Ground):
    client = ground.client("anonymous")
    for form in FORMATS:
        first = client.get("/ogc/collections/parcels/items", {"f": form})
        first.close()
        if first.has_header("ETag"):
            again = client.get("/ogc/collections/parcels/items", {"f": form}, headers={"If-None-Match": first["ETag"]})
            assert again.status_code == 304


def test_one_caller_takes_not_all_that_others_may(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ogc.streams.MOST_OF_ONE", 1)
    first = get(ground, "anonymous", "parcels/items", f="csv")
    parts = iter(first.streaming_content)
    assert next(parts).startswith(b'"id"')
    for language, said in (("en", "Ask again when one has ended"), ("ar", "اطلب مرة أخرى")):
        second = get(ground, "anonymous", "parcels/items", f="jsonfg", lang=language)
        problem = json.loads(second.content)
        assert (second.status_code, problem["code"], second["Retry-After"]) == (429, "TooManyOfOne", "30")
        assert said in problem["detail"]
    for other in ("officer", "agency"):
        assert taken(ground, other, "parcels", "jsonfg")
    list(parts)
    assert taken(ground, "anonymous", "parcels", "jsonfg")


def test_some_threads_are_left_for_the_others(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ogc.streams.MOST", 1)
    monkeypatch.setattr("ogc.streams.MOST_OF_ONE", 2)
    first = get(ground, "anonymous", "parcels/items", f="csv")
    parts = iter(first.streaming_content)
    assert next(parts).startswith(b'"id"')
    second = get(ground, "anonymous", "parcels/items", f="jsonfg")
    assert (second.status_code, json.loads(second.content)["code"]) == (503, "TooMany")
    list(parts)
    assert taken(ground, "anonymous", "parcels", "jsonfg")
