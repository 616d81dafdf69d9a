"""OGC API Records: a record of each layer that the caller sees, found by the standard's parameters, and its quality."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gis import qualities
from gis.exchange.models import ImportRun, Quarantine
from gis.layers import registry
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make

from .ground import COLLECTIONS, Ground
from .test_scopes import made

BASE = "/ogc/catalogue"
RECORDS = f"{BASE}/collections/layers"
IDS = [layer.id for layer in COLLECTIONS]
DOCUMENTS = [
    BASE, f"{BASE}/", f"{BASE}/conformance", f"{BASE}/openapi", f"{BASE}/collections", RECORDS, f"{RECORDS}/sortables",
    f"{RECORDS}/items", f"{RECORDS}/items/parcels", f"{RECORDS}/items/parcels/quality",
]  # fmt: skip


@pytest.fixture
def anybody(ground: Ground) -> Client:
    return ground.client("anonymous")


def listed(client: Client, **query: str) -> list[str]:
    response = client.get(f"{RECORDS}/items", query)
    assert response.status_code == 200, response.content
    return [record["id"] for record in json.loads(response.content)["features"]]


def record(client: Client, layer: str, **query: str) -> Any:
    response = client.get(f"{RECORDS}/items/{layer}", query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/geo+json"
    return json.loads(response.content)


def measures(client: Client, layer: str) -> dict[str, Any]:
    told = json.loads(client.get(f"{RECORDS}/items/{layer}/quality").content)["measures"]
    return {one["measure"] + one.get("field", ""): one for one in told}


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_document_has_its_page(anybody: Client, path: str, language: str):
    document = anybody.get(path, {"f": "json", "lang": language})
    page = anybody.get(path, {"f": "html", "lang": language})
    assert (document.status_code, page.status_code) == (200, 200)
    json.loads(document.content)
    assert page["Content-Type"].startswith("text/html")
    assert f'lang="{language}"' in page.content.decode()
    assert document["Content-Language"] == page["Content-Language"] == language
    again = anybody.get(path, {"f": "json", "lang": language}, headers={"if-none-match": document["ETag"]})
    assert again.status_code == 304


def test_every_link_leads_somewhere(anybody: Client):
    texts = [anybody.get(path, {"f": "json"}).content.decode() for path in DOCUMENTS if "openapi" not in path]
    texts.append(anybody.get("/ogc?f=json").content.decode())
    links = {href for text in texts for href in re.findall(r'"href":"(http://127.0.0.1/[^"]+)"', text)}
    assert {link for link in links if "/parcels/items?f=gpkg" in link and "catalogue" not in link}
    wrong = {link: anybody.get(link).status_code for link in links if "f=parquet" not in link and "/wells" not in link}
    assert set(wrong.values()) == {200}, {link: status for link, status in wrong.items() if status != 200}


def test_a_record_says_what_the_standard_demands(anybody: Client):
    told = record(anybody, "streets", lang="en")
    about = told["properties"]
    assert told["conformsTo"] == ["http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"]
    assert (told["type"], told["id"], about["type"], about["title"]) == ("Feature", "streets", "dataset", "Streets")
    assert about["titles"]["ar"] == record(anybody, "streets", lang="ar")["properties"]["title"] != "Streets"
    assert (about["language"]["code"], [one["code"] for one in about["languages"]]) == ("en", ["ar", "en"])
    assert about["themes"][0]["concepts"][0] == {"id": "transportation", "title": "Transport"}
    assert about["created"] <= about["updated"]
    west, south = told["geometry"]["coordinates"][0][0]
    assert 60 <= west < 61
    assert 10 <= south < 11
    rels = {link["rel"] for link in told["links"]}
    assert {"self", "alternate", "collection", "describes", "item", "describedby", "enclosure"} <= rels
    assert {link["hreflang"] for link in told["links"] if link["rel"] == "alternate"} == {"ar", "en"}


def test_the_collection_is_one_of_records(anybody: Client):
    (found,) = json.loads(anybody.get(f"{BASE}/collections").content)["collections"]
    assert (found["id"], found["itemType"], found["type"]) == ("layers", "record", "Collection")
    page = json.loads(anybody.get(f"{RECORDS}/items").content)
    assert (page["numberMatched"], page["numberReturned"], len(page["features"])) == (len(IDS),) * 3


def test_every_layer_has_its_record_and_a_topic(anybody: Client):
    assert sorted(listed(anybody)) == sorted(IDS)
    assert all(layer.topics for layer in COLLECTIONS)


@pytest.mark.parametrize("layer", IDS)
def test_a_collection_and_its_record_lead_to_each_other(anybody: Client, layer: str):
    collection = json.loads(anybody.get(f"/ogc/collections/{layer}?f=json&lang=ar").content)
    (there,) = [link for link in collection["links"] if link["title"] == "السجل في الفهرس"]
    assert there["rel"] == "describedby"
    found = anybody.get(there["href"])
    assert (found.status_code, json.loads(found.content)["id"], found["Content-Type"]) == (200, layer, there["type"])
    (back,) = [link["href"] for link in json.loads(found.content)["links"] if link["rel"] == "describes"]
    assert json.loads(anybody.get(back).content)["id"] == layer


def test_licence_and_contact_are_those_of_the_operator(anybody: Client, settings: Any):
    assert "license" not in record(anybody, "parcels")["properties"]
    assert "licence" in record(anybody, "parcels", lang="en")["properties"]["rights"]
    settings.DATA_LICENCE, settings.DATA_CONTACT = "CC-BY-4.0", "maps@example.org"
    settings.DATA_PUBLISHER_AR, settings.DATA_PUBLISHER_EN = "بلدية", "Muscat Municipality"
    told = record(anybody, "parcels", lang="en")
    assert told["properties"]["license"] == "CC-BY-4.0"
    (contact,) = told["properties"]["contacts"]
    assert (contact["organization"], contact["emails"]) == ("Muscat Municipality", [{"value": "maps@example.org"}])
    (licence,) = [link for link in told["links"] if link["rel"] == "license"]
    assert licence["href"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    settings.DATA_LICENCE = "https://example.org/licence"
    told = record(anybody, "parcels")
    assert told["properties"]["license"] == "other"
    assert "https://example.org/licence" in [link["href"] for link in told["links"] if link["rel"] == "license"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "street number"}, ["streets"]),  # the words in this order
        ({"q": "number street"}, []),
        ({"q": "قطع الاراضى,courses of  AFLAJ"}, ["parcels", "aflaj"]),
        ({"q": "مسارات الافلاج"}, ["aflaj"]),  # folded as search does
        ({"q": "SECRET"}, []),
        ({"ids": "wells, streets"}, ["streets", "wells"]),
        ({"ids": "nothing"}, []),
        ({"externalIds": "collection:wells,aflaj"}, ["aflaj", "wells"]),
        ({"externalIds": "other:wells"}, []),
        ({"type": "dataset", "ids": "wells"}, ["wells"]),
        ({"type": "service"}, []),
        ({"bbox": "0,0,1,1"}, []),
        ({"ids": "streets", "bbox": "59,9,61,11"}, ["streets"]),
        ({"ids": "reports,wells", "datetime": "1990-01-01/1990-12-31"}, ["wells"]),
        ({"ids": "reports,wells", "datetime": "2020-01-01/.."}, ["reports", "wells"]),
        ({"ids": "", "q": "", "bbox": "", "datetime": "", "limit": "", "type": "", "externalIds": ""}, IDS),
    ],
)
def test_what_is_asked_for_is_found(anybody: Client, query: dict[str, str], found: list[str]):
    assert sorted(listed(anybody, **query)) == sorted(found)


def test_records_are_sorted_and_paged(anybody: Client):
    assert listed(anybody, sortby="id") == sorted(IDS)
    assert listed(anybody, sortby="-id") == sorted(IDS, reverse=True)
    titles = [record(anybody, one, lang="ar")["properties"]["title"] for one in listed(anybody, sortby="title")]
    assert listed(anybody, sortby="-title,id", lang="ar")[0] == listed(anybody, sortby="title", lang="ar")[-1]
    assert len(titles) == len(IDS)
    seen, address = [], f"{RECORDS}/items?limit=4&sortby=id"
    while address:
        page = json.loads(anybody.get(address).content)
        seen += [one["id"] for one in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert seen == sorted(IDS)


@pytest.mark.parametrize(
    "query",
    [
        {"wrong": "1"}, {"limit": "x"}, {"limit": "0"}, {"offset": "-1"}, {"bbox": "1,2,3"}, {"datetime": "never"},
        {"sortby": "wrong"}, {"sortby": ","}, {"ids": ","}, {"q": ","}, {"q": "x" * 201}, {"q": "a\x00"},
        {"f": "csv"}, {"ids": ["a", "b"]}, {"sortby": ""},
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence(anybody: Client, query: dict[str, Any]):
    response = anybody.get(f"{RECORDS}/items", query)
    assert response.status_code == 400, response.content
    problem = json.loads(response.content)
    assert problem["details"]["ar"] != problem["details"]["en"]
    assert problem["parameter"]


def test_a_layer_that_the_caller_may_not_see_has_no_record(ground: Ground, anybody: Client):
    made("streets only", {"layer": "streets"})
    client = Client(headers={"host": "127.0.0.1", "X-API-Key": "streets only"})
    assert listed(client) == ["streets"]
    for path in ("items/parcels", "items/parcels/quality", "items/base-roads", "items/nothing"):
        assert client.get(f"{RECORDS}/{path}").status_code == 404
    assert '"parcels"' not in client.get(f"{BASE}/openapi", {"f": "json"}).content.decode()
    assert anybody.get(f"{RECORDS}/items/base-roads").status_code == 404


def test_the_report_shows_nothing_but_what_everybody_sees(ground: Ground):
    hidden = {field.name for field in registry["parcels"].fields if field.readers}
    for who in ("anonymous", "agency", "officer"):
        told = json.loads(ground.client(who).get(f"{RECORDS}/items/parcels/quality").content)["measures"]
        named = {one["field"] for one in told if "field" in one}
        assert hidden.isdisjoint(named)
        assert named == {"plot_no", "block_no", "land_use", "legal_area_m2"}


@pytest.fixture
def two(committed_db: str) -> Two:
    """Four streets, of which one says no name in English."""
    two = two_authorities()
    cache.clear()
    with acting_for_both(two):
        for number in range(4):
            make(registry["streets"].model, authority=two.here, name_ar="شارع", name_en="Street" if number else "")
    return two


def test_the_figures_are_those_of_the_records(two: Two):
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    with acting_for_both(two):
        for dry in (False, True):
            run = make(ImportRun, authority_id=two.here.pk, layer="streets", file_name="x", dry=dry)
            make(Quarantine, authority_id=two.here.pk, run=run, row=1, code="x", reason_ar="س", reason_en="x")
    told = measures(client, "streets")
    assert (told["records"]["value"], told["records"]["method"]) == (4, "exact")
    assert told["quarantined"]["value"] == 1  # of the dry run nothing
    assert (told["invalid"]["value"], told["invalid"]["method"]) == (0, "guaranteed")
    assert (told["completename_en"]["value"], told["completename_ar"]["value"]) == (75, 100)
    assert measures(client, "wells")["records"]["value"] == 0
    assert measures(client, "wells")["placed"]["value"] is None


def test_a_large_table_is_estimated_and_says_so(two: Two, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(qualities, "_told", lambda name: {**SAMPLED})
    monkeypatch.setattr(qualities.features, "count", lambda *asked: None)
    told = measures(Client(headers={"host": "127.0.0.1"}), "streets")
    assert (told["records"]["value"], told["records"]["method"]) == (1_000_000, "estimated")
    assert (told["completename_ar"]["value"], told["completename_ar"]["method"]) == (50, "estimated")
    assert (told["origin"]["system"], told["origin"]["metres"], told["origin"]["value"]) == ("EPSG:32640", 0.5, 25)
    assert "invalid" not in told  # nothing guards it


SAMPLED: dict[str, Any] = {
    "rows": 10_000, "share": 0.01, "placed": 10_000, "fields": {"name_ar": 5_000}, "quarantined": 0, "guarded": False,
    "origins": [{"system": "EPSG:32640", "accuracy_m": 0.5, "rows": 2_500}],
}  # fmt: skip


def test_a_topic_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"layer streets: .* topic categories"):
        replace(registry["streets"], topics=("streets",))
