"""A field that holds several codes: told as a list, filtered as a set (CQL2 7.9), written and followed like any other.

The ground's zone of here takes SMS and the app, that of there the website.
"""

import io
import json
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pyogrio
import pytest
from django.test import Client

from gis.layers import registry
from gis.tiles import MATRIX_SETS
from tests import databases

from .ground import Ground
from .test_downloads import read as opened
from .test_downloads import taken
from .test_tiles import around, place, spot
from .writing import created, feature_for, read, send

ZONES = "/ogc/collections/parking-zones"
LAYER = registry["parking-zones"]
NAME = "payment_channels"
HERE, THERE = ["sms", "app"], ["web"]


@pytest.fixture(scope="module")
def visitor(ground: Ground) -> Client:
    return ground.client("anonymous")


@pytest.fixture(scope="module")
def officer(ground: Ground) -> Client:
    return ground.client("officer")


def lists(client: Client, **query: str) -> list[list[str]]:
    response = client.get(f"{ZONES}/items", query)
    assert response.status_code == 200, response.content.decode()
    return sorted(feature["properties"][NAME] for feature in response.json()["features"])


def filtered(client: Client, text: str, lang: str = "cql2-text") -> list[list[str]]:
    return lists(client, filter=text, **{"filter-lang": lang})


class TestRead:
    def test_it_is_a_list_in_the_order_of_the_codes(self, visitor: Client):
        assert lists(visitor) == [HERE, THERE]

    @pytest.mark.parametrize(
        ("given", "found"),
        [("sms", [HERE]), ("app,sms", [HERE]), ("sms, app", [HERE]), ("sms,web", []), ("web", [THERE]), ("none", [])],
    )
    def test_as_a_parameter_it_holds_all_that_is_given(self, visitor: Client, given: str, found: list[list[str]]):
        assert lists(visitor, **{NAME: given}) == found

    @pytest.mark.parametrize("given", ["", ",", "sms,,app", "sms\x00", ",".join(["sms"] * 101), "sms," * 90_000])
    def test_what_is_no_list_of_codes_is_refused(self, visitor: Client, given: str):
        response = visitor.get(f"{ZONES}/items", {NAME: given})
        assert response.status_code == 400
        assert "write one code, or up to 100 with commas between them" in response.json()["detail"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("A_CONTAINS(payment_channels, ('sms'))", [HERE]),
            ("A_CONTAINS(payment_channels, ('app', 'sms', 'app'))", [HERE]),
            ("A_CONTAINEDBY(payment_channels, ('web', 'meter'))", [THERE]),
            ("A_EQUALS(payment_channels, ('app', 'sms'))", [HERE]),
            ("A_EQUALS(('web'), payment_channels)", [THERE]),
            ("A_OVERLAPS(payment_channels, ('sms', 'web'))", [HERE, THERE]),
            ("NOT A_OVERLAPS(payment_channels, ('sms'))", [THERE]),
            ("A_EQUALS(payment_channels, payment_channels)", [HERE, THERE]),
            ("payment_channels IS NULL", []),
        ],
    )
    def test_relations_of_lists(self, visitor: Client, text: str, found: list[list[str]]):
        assert filtered(visitor, text) == found

    def test_the_same_in_json(self, visitor: Client):
        tree = {"op": "a_contains", "args": [{"property": NAME}, ["sms"]]}
        assert filtered(visitor, json.dumps(tree), "cql2-json") == [HERE]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("payment_channels = 'sms'", "A_CONTAINS"),
            ("A_CONTAINS(payment_channels, (1, 2))", "a list of texts"),
            ("A_CONTAINS(code, ('sms'))", "a list of texts"),
        ],
    )
    def test_what_is_no_relation_of_lists_is_refused(self, visitor: Client, text: str, told: str):
        response = visitor.get(f"{ZONES}/items", {"filter": text})
        assert response.status_code == 400
        assert told in response.json()["detail"]

    def test_nothing_is_sorted_by_it(self, visitor: Client):
        response = visitor.get(f"{ZONES}/items", {"sortby": NAME})
        assert response.status_code == 400
        assert "holds several values at once" in response.json()["detail"]
        assert NAME not in visitor.get(f"{ZONES}/sortables").json()["properties"]
        assert NAME in visitor.get(f"{ZONES}/queryables").json()["properties"]

    def test_the_schema_lists_the_codes(self, visitor: Client):
        said = visitor.get(f"{ZONES}/schema").json()["properties"][NAME]
        assert (said["type"], said["uniqueItems"]) == ("array", True)
        assert [one["const"] for one in said["items"]["oneOf"]] == ["sms", "app", "web", "meter"]

    @pytest.mark.parametrize(("language", "ways"), [("en", "SMS, App"), ("ar", "رسالة نصية، تطبيق")])
    def test_pages_say_the_titles(self, visitor: Client, ground: Ground, language: str, ways: str):
        path = f"{ZONES}/items/{ground.rows['parking-zones'][0].pk}"
        for address in (path, f"{ZONES}/items"):
            assert ways in visitor.get(address, {"f": "html", "lang": language}).content.decode()

    def test_a_tile_says_it_as_one_text(self, visitor: Client, ground: Ground, tmp_path: Path):
        square = around(MATRIX_SETS["WebMercatorQuad"], 16, spot(ground, "parking-zones"))
        (tmp_path / "tile.mvt").write_bytes(visitor.get(f"{ZONES}/tiles/{place(square)}").content)
        frame = pyogrio.read_dataframe(tmp_path / "tile.mvt", layer="parking-zones")
        assert set(frame[NAME]) == {"sms,app"}


class TestFiles:
    def test_csv_and_json_fg(self, ground: Ground):
        table = taken(ground, "anonymous", "parking-zones", "csv", properties=NAME).decode()
        assert '"[""sms"",""app""]"' in table
        features = json.loads(taken(ground, "anonymous", "parking-zones", "jsonfg"))["features"]
        assert sorted(one["properties"][NAME] for one in features) == [HERE, THERE]

    @pytest.mark.parametrize("form", ["fgb", "gpkg"])
    def test_files_without_lists_hold_json(self, ground: Ground, tmp_path: Path, form: str):
        frame = opened(taken(ground, "anonymous", "parking-zones", form), form, tmp_path)
        told = [one if isinstance(one, list) else json.loads(one) for one in frame[NAME]]
        assert sorted(told) == [HERE, THERE]

    def test_parquet_holds_lists(self, ground: Ground):
        table = pq.read_table(io.BytesIO(taken(ground, "anonymous", "parking-zones", "parquet")))
        assert str(table.schema.field(NAME).type).startswith("list<")
        assert sorted(table[NAME].to_pylist()) == [HERE, THERE]


class TestWritten:
    def test_it_is_created_replaced_and_patched(self, officer: Client):
        path = created(officer, LAYER, **{NAME: ["meter", "sms"]})
        feature, validators = read(officer, path)
        assert feature["properties"][NAME] == ["sms", "meter"]
        validators.pop("If-Unmodified-Since")
        patch = {"type": "Feature", "properties": {NAME: ["web"]}}
        headers = {name.replace("-", "_"): value for name, value in validators.items()}
        assert send(officer, "PATCH", path, patch, **headers).status_code in (200, 204)
        feature, validators = read(officer, path)
        assert feature["properties"][NAME] == ["web"]
        del feature["properties"][NAME]
        said = {"type": "Feature", "geometry": feature["geometry"], "properties": feature["properties"]}
        writable = {
            name for name, one in officer.get(f"{ZONES}/schema").json()["properties"].items() if not one.get("readOnly")
        }
        said["properties"] = {name: value for name, value in said["properties"].items() if name in writable}
        assert send(officer, "PUT", path, said, If_Match=validators["If-Match"]).status_code in (200, 204)
        assert read(officer, path)[0]["properties"][NAME] == []

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            (["sms", "cheque"], "sms, app, web, meter"),
            (["sms", "sms"], "more than once"),
            ("sms", "a list of codes"),
            ([["sms"]], "a list of codes"),
            ([None], "a list of codes"),
            ({"sms": True}, "a list of codes"),
        ],
    )
    def test_what_is_no_set_of_the_codes_is_refused(self, officer: Client, value: Any, told: str):
        response = send(officer, "POST", f"{ZONES}/items", feature_for(LAYER, **{NAME: value}))
        assert response.status_code == 422
        assert told in response.content.decode()

    def test_followers_learn_of_it(self, officer: Client):
        questions = ({NAME: "meter"}, {"filter": "A_CONTAINS(payment_channels, ('meter'))"})
        tokens = [officer.get(f"{ZONES}/changes", question).json()["token"] for question in questions]
        paths = [created(officer, LAYER, **{NAME: codes}) for codes in (["meter"], ["sms", "meter"], ["app"])]
        for question, since in zip(questions, tokens, strict=True):
            told = officer.get(f"{ZONES}/changes", {"since": since, **question}).json()["changes"]
            assert [one["id"] for one in told] == [path.rsplit("/", 1)[1] for path in paths[:2]]
            assert [one["feature"]["properties"][NAME] for one in told] == [["meter"], ["sms", "meter"]]


class TestTheTable:
    """Whatever tool writes."""

    @pytest.mark.parametrize("value", ["{sms,cheque}", "{sms,sms}", "{sms,NULL}", "{{sms,app},{web,meter}}", "{{sms}}"])
    def test_only_sets_of_the_codes_are_kept(self, ground: Ground, value: str):
        with databases.superuser(ground.database) as session, pytest.raises(psycopg.errors.CheckViolation):
            session.execute("UPDATE parking_parkingzone SET payment_channels = %s", [value])

    def test_nothing_said_is_an_empty_list(self, ground: Ground):
        with databases.superuser(ground.database) as session, pytest.raises(psycopg.errors.NotNullViolation):
            session.execute("UPDATE parking_parkingzone SET payment_channels = NULL")
