"""Search and reverse geocoding for programs: GeocodeJSON, the asker's rights, and what is wrong in a sentence."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from apps.addressing.models import AddressUnit, LegacyAddress
from apps.core.api_document import ALWAYS, FOUND, HERE
from apps.territory.models import Authority, UnitAlias, Wilayat
from gis import crs, indexing
from gis.db.acting import acting_as
from tests.rows import make
from tests.scene import SOUTH, STREET_AR, STREET_EN, WEST, Scene


@pytest.fixture(scope="module", autouse=True)
def quarter(scene: Scene, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock():
        with acting_as(authorities=[scene.authority.pk], actor="test", using="owner"):
            unit = AddressUnit.objects.using("owner").get(number=7)
            make(LegacyAddress, authority=scene.authority, unit=unit, building_no="4411", way_no="7755", block_no="277")
            make(UnitAlias, wilayat=Wilayat.objects.get(code="QQ-1"), name="Old Spelling")
        indexing.follow()
        yield scene


@pytest.fixture
def officer(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.officer)
    return client


def told(client: Client, address: str, **asked: object) -> list[dict]:
    response = client.get(address, asked)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/geo+json"
    document = response.json()
    assert document["type"] == "FeatureCollection"
    assert document["geocoding"]["version"] == "0.1.0"
    described = FOUND if "search" in address else HERE
    for feature in document["features"]:
        assert {*ALWAYS} <= set(feature["properties"]["geocoding"]) <= {*described}
    return document["features"]


@pytest.mark.parametrize(("lang", "street"), [("ar", STREET_AR), ("en", STREET_EN)])
def test_an_address_is_told_in_parts(client: Client, scene: Scene, lang: str, street: str):
    first = told(client, "/api/search", q=f"5 {STREET_AR}", lang=lang)[0]
    parts = first["properties"]["geocoding"]
    assert (parts["type"], parts["housenumber"], parts["street"]) == ("house", "5", street)
    assert first["geometry"]["type"] == "Point"
    assert parts["href"].startswith(f"/{lang}/card/address-units/")


def test_what_answers_by_an_old_address_or_another_name_says_so(client: Client):
    (old,) = (f["properties"]["geocoding"] for f in told(client, "/api/search", q="4411 7755"))
    assert (old["housenumber"], old["former"]) == ("7", "4411 / 7755 / 277")
    today = told(client, "/api/search", q=f"7 {STREET_AR}")[0]["properties"]["geocoding"]
    assert today["id"] == old["id"]
    assert "former" not in today
    (named,) = (f["properties"]["geocoding"] for f in told(client, "/api/search", q="old spelling", lang="en"))
    assert (named["name"], named["also"]) == ("The Wilayat", "Old Spelling")


def test_a_reports_number_is_told_without_a_place(client: Client, officer: Client, scene: Scene):
    number = scene.report.number
    (page,) = told(client, "/api/search", q=number, lang="en")
    assert page["geometry"] is None
    assert page["properties"]["geocoding"] == {
        "type": "report", "layer": "reports", "label": f"Report {number}", "name": f"Report {number}",
        "href": f"/en/reports/{number}/",
    }  # fmt: skip
    assert told(client, "/api/search", q=number, layers="parcels,streets") == []
    whole = [f["properties"]["geocoding"] for f in told(officer, "/api/search", q=number, layers="reports", lang="en")]
    assert [one.get("id") for one in whole] == [None, str(scene.report.pk)]


def test_limit_layers_and_near_are_kept_to(client: Client):
    assert len(told(client, "/api/search", q=STREET_EN, limit=2)) == 2
    layers = {f["properties"]["geocoding"]["layer"] for f in told(client, "/api/search", q=STREET_EN, layers="streets")}
    assert layers == {"streets"}
    assert told(client, "/api/search", q="103", near=f"{WEST},{SOUTH}", layers="parcels")
    for lang, system in (("en", "WGS 84"), ("ar", "WGS 84 / إحداثيات جغرافية")):
        coordinates = told(client, "/api/search", q="23.5002, 58.101", lang=lang)[0]
        assert coordinates["geometry"]["coordinates"] == [58.101, 23.5002]
        assert coordinates["properties"]["geocoding"]["system"] == system


@pytest.mark.parametrize("code", ["EPSG:9296", "EPSG:3440", "EPSG:23240", "EPSG:9294", "EPSG:4134", "EPSG:4232"])
def test_metres_and_degrees_of_any_system_are_told_where_they_are(client: Client, code: str):
    x, y = map(float, crs.operation(code).backward(58.101, 23.5002))
    written = f"{x:.1f} {y:.1f}" if crs.projected(code) else f"{y:.7f}, {x:.7f}"
    (told_there,) = told(client, "/api/search", q=f"{code} {written}", lang="en")
    assert told_there["geometry"]["coordinates"] == pytest.approx([58.101, 23.5002], abs=2e-6)
    assert told_there["properties"]["geocoding"]["system"] == crs.title(code, "en")


def test_metres_of_no_system_are_told_in_each_that_they_may_be_of(client: Client):
    easting, northing = (round(float(one)) for one in crs.operation("EPSG:32640").backward(58.101, 23.5002))
    found = told(client, "/api/search", q=f"E {easting} N {northing} 40N", lang="en")
    systems = [feature["properties"]["geocoding"]["system"] for feature in found]
    assert systems[0] == "WGS 84 / UTM zone 40N"
    assert set(systems) > {"ONGD17 / UTM zone 40N", "PSD93 / UTM zone 40N", "Fahud / UTM zone 40N"}
    assert found[0]["geometry"]["coordinates"] == pytest.approx([58.101, 23.5002], abs=1e-5)


def test_a_point_is_told_from_the_narrow_to_the_wide(client: Client, scene: Scene):
    lng, lat = scene.middle
    found = [f["properties"]["geocoding"] for f in told(client, "/api/reverse", lat=lat, lon=lng, lang="en")]
    assert [one["type"] for one in found] == ["house", "plot", "street", "locality", "city", "state"]
    assert [one["accuracy"] for one in found][:2] == [18, 0]
    assert found[4]["label"] == "The Wilayat, The Governorate"
    houses = told(client, "/api/reverse", lat=lat, lon=lng, limit=3, layers="address-units")
    assert len(houses) == 3
    again = told(client, "/api/reverse", lat=lat, lon=lng, limit=3, layers=",".join(["address-units"] * 1000))
    assert again == houses  # a name said often is asked once
    assert told(client, "/api/reverse", lat=51, lon=0) == []


def test_the_public_is_told_what_is_public(client: Client, officer: Client, scene: Scene):
    Authority.objects.using("owner").filter(pk=scene.authority.pk).update(publishes_parcels=False)
    try:
        asked = {"lat": scene.middle[1], "lon": scene.middle[0], "layers": "parcels"}
        assert told(client, "/api/reverse", **asked) == []
        assert told(client, "/api/search", q="103", layers="parcels") == []
        assert len(told(officer, "/api/reverse", **asked)) == 1
        assert len(told(officer, "/api/search", q="103", layers="parcels")) == 1
    finally:
        Authority.objects.using("owner").filter(pk=scene.authority.pk).update(publishes_parcels=True)
    for secret in ("SECRETNUMBER", "SECRETKROOKI"):
        assert told(client, "/api/search", q=secret) == []


@pytest.mark.parametrize(
    ("address", "asked", "names"),
    [
        ("search", {"q": "5", "limt": "3"}, ("limt", "limit")),
        ("search", {}, ("q",)),
        ("search", {"q": "5", "limit": "1000"}, ("limit", "50")),
        ("search", {"q": "5", "limit": "1.5"}, ("limit",)),
        ("search", {"q": "5", "near": "58"}, ("near", "58")),
        ("search", {"q": "5", "layers": "parcel"}, ("parcel", "parcels")),
        ("search", {"q": "5", "lang": "fr"}, ("lang", "fr")),
        ("search", {"q": ["5", "6"]}, ("q",)),
        ("reverse", {"lat": "23.5"}, ("lon",)),
        ("reverse", {"lat": "nan", "lon": "58"}, ("lat", "nan")),
        ("reverse", {"lat": "1e400", "lon": "58"}, ("lat",)),
        ("reverse", {"lat": "91", "lon": "58"}, ("lat", "90")),
        ("reverse", {"lat": "23", "lng": "58"}, ("lng", "nearest")),
    ],
)
def test_what_is_wrong_is_one_sentence_that_names_it(client: Client, address: str, asked: dict, names: tuple):
    response = client.get(f"/api/{address}", asked)
    assert response.status_code == 400
    body = response.json()
    assert set(body) == {"code", "description", "descriptions"}
    assert set(body["descriptions"]) == {"ar", "en"}
    for name in names:
        assert name in body["descriptions"]["en"]
    assert response["Cache-Control"] == "no-store"


def test_arabic_digits_are_digits(client: Client, scene: Scene):
    assert told(client, "/api/reverse", lat="٢٣٫٥٠٠٢", lon="٥٨٫١٠١")
    assert told(client, "/api/search", q="١٠٣", limit="١")[0]["properties"]["geocoding"]["name"]


def test_the_same_answer_is_not_sent_twice(client: Client, officer: Client):
    first = client.get("/api/search", {"q": "103"})
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get("/api/search", {"q": "103"}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "private" in officer.get("/api/search", {"q": "103"})["Cache-Control"]
    assert client.post("/api/search").status_code in (403, 405)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_it_is_explained_to_people_and_programs(client: Client, language: str):
    page = client.get(f"/{language}/api/").content.decode()
    document = client.get("/api/openapi").json()
    for path, methods in document["paths"].items():
        assert f"/api{path}" in page
        for parameter in methods["get"]["parameters"]:
            assert parameter["name"] in page
        assert client.get(f"/api{path}?{methods['get']['x-example']}").status_code == 200
        told_of = methods["get"]["responses"]["200"]["content"]["application/geo+json"]["schema"]
        members = told_of["properties"]["features"]["items"]["properties"]["properties"]["properties"]["geocoding"]
        for told_there in (*members["properties"], *methods["get"]["responses"]):
            assert f'<code dir="ltr">{told_there}</code>' in page
        assert set(members["required"]) <= set(members["properties"])
    assert f"/{language}/api/" in client.get(f"/{language}/search").content.decode()


@pytest.mark.parametrize("words", ["\x00", "'", "%", "\\", "a" * 5000, "<b>", "5\u202e", "EPSG:1 650123 2611234"])
def test_anything_is_taken(client: Client, words: str):
    told(client, "/api/search", q=words)
