"""A table whose columns of coordinates are not called so: what is told of it, and what naming them does."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gis.exchange import deliveries, mappings, runs
from gis.exchange.choices import Choices
from gis.exchange.look import look_at, sample_of
from gis.exchange.models import Delivery
from gis.exchange.refusals import UnreadableFile
from gis.exchange.source import Look, Source
from gis.exchange.target import find_target
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import take

ROWS = [("1", "57.5", "23.4"), ("2", "57.51", "23.41")]
TEXT = "no,foo,bar\n" + "".join(f"{','.join(row)}\n" for row in ROWS)


def csv(folder: Path, text: str = TEXT) -> Path:
    path = folder / "wells.csv"
    path.write_text(text, encoding="utf-8")
    return path


def parquet(folder: Path) -> Path:
    path = folder / "wells.parquet"
    number, x, y = zip(*ROWS, strict=True)
    pq.write_table(pa.table({"no": number, "foo": [float(n) for n in x], "bar": [float(n) for n in y]}), path)
    return path


def look(path: Path, **places: str) -> Look:
    with TemporaryDirectory() as folder:
        return Source(path, Path(folder), places=places).look()


@pytest.mark.parametrize("make", [csv, parquet])
class TestReading:
    def test_a_look_tells_the_columns_and_what_they_hold(self, tmp_path: Path, make: Any) -> None:
        with pytest.raises(UnreadableFile) as refused:
            look(make(tmp_path))
        assert refused.value.reason == "no_coordinates"
        assert refused.value.details["columns"] == ["no", "foo", "bar"]
        assert refused.value.details["samples"]["foo"] == ["57.5", "57.51"]
        assert str(refused.value).count("no، foo، bar") == 1

    def test_columns_that_are_named_are_read(self, tmp_path: Path, make: Any) -> None:
        seen = look(make(tmp_path), x="foo", y="bar")
        assert (seen.extent, seen.head.places) == ((57.5, 23.4, 57.51, 23.41), {"x": "foo", "y": "bar"})

    @pytest.mark.parametrize(
        ("named", "reason"),
        [
            ({"x": "foo"}, "half_a_place"),
            ({"x": "foo", "y": "bar", "wkt": "no"}, "two_places"),
            ({"x": "foo", "y": "baz"}, "no_such_column"),
        ],
    )
    def test_columns_that_are_no_place_are_refused_with_those_there_are(
        self, tmp_path: Path, make: Any, named: dict[str, str], reason: str
    ) -> None:
        path = make(tmp_path)
        for read in (lambda: look(path, **named), lambda: take(path, places=named)):
            with pytest.raises(UnreadableFile) as refused:
                read()
            assert (refused.value.reason, refused.value.details["columns"]) == (reason, ["no", "foo", "bar"])


def test_what_was_recognised_is_told(tmp_path: Path) -> None:
    assert look(csv(tmp_path, "Lon,LAT\n57.5,23.4\n")).head.places == {"x": "Lon", "y": "LAT"}
    assert look(csv(tmp_path, "wkt\nPOINT (57.5 23.4)\n")).head.places == {"wkt": "wkt"}


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        ("Lng", "Latitude", ("EPSG:4326", "columns")),
        ("خط الطول", "خط العرض", ("EPSG:4326", "columns")),
        ("Latitude", "Lng", ("", "")),
        ("Lng", "E", ("", "")),
        ("E", "Latitude", ("", "")),
    ],
)
def test_columns_named_by_hand_say_degrees_by_their_names_too(
    tmp_path: Path, x: str, y: str, told: tuple[str, str]
) -> None:
    text = "Lng,Latitude,خط الطول,خط العرض,E\n57.5,23.4,57.5,23.4,1\n"
    head = look(csv(tmp_path, text), x=x, y=y).head
    assert (head.crs, head.crs_from) == told


@pytest.mark.parametrize("named", [("x=lon", "y=lat"), ()])
def test_the_columns_of_the_place_are_not_said_to_be_left_out(desk: Desk, named: tuple[str, ...]) -> None:
    path = csv(desk.folder, "no,lon,lat,colour\n1,57.5,23.4,red\n")
    done = desk.bring(path, layer="wells", columns=("number=no", "source_id=no", *named), values=("use=domestic",))
    assert (done.about["places"], done.about["unused"]) == ({"x": "lon", "y": "lat"}, ("colour",))


def test_a_sample_holds_no_sign_that_the_database_cannot(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        look(csv(tmp_path, "foo,bar\na\0b,\n"))
    assert refused.value.details["samples"] == {"foo": ["a\ufffdb"], "bar": []}


def delivered(desk: Desk, path: Path) -> Delivery:
    with desk.acting():
        made = deliveries.begin(
            layer="wells", authority=desk.authority.id, file_name=path.name, size=path.stat().st_size, by=uuid4()
        )
        deliveries.path_of(made).write_bytes(path.read_bytes())
    return look_again(desk, made)


def look_again(desk: Desk, delivery: Delivery, **columns: str) -> Delivery:
    with desk.acting():
        kept = delivery.choices.get("columns", {}) | columns
        delivery.choices = Choices.from_json(delivery.choices).to_json() | {"columns": kept}
        look_at(delivery, find_target("wells", desk.authority.code))
        delivery.save()
        delivery.refresh_from_db()
    return delivery


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


class TestDeliveries:
    def test_the_columns_are_kept_with_the_file(self, desk: Desk) -> None:
        delivery = delivered(desk, csv(desk.folder))
        assert (delivery.state, delivery.found["reason"]) == ("unreadable", "no_coordinates")
        assert [(one["name"], one["samples"]) for one in delivery.found["columns"]] == [
            ("no", ["1", "2"]), ("foo", ["57.5", "57.51"]), ("bar", ["23.4", "23.41"]),
        ]  # fmt: skip
        assert look_again(desk, delivery, x="foo", y="bar").state == "ready"
        assert len(sample_of(delivery)) == 2

    def test_a_column_that_makes_the_file_unreadable_can_be_exchanged(self, desk: Desk) -> None:
        path = desk.folder / "wells.parquet"
        pq.write_table(pa.table({"no": ["1"], "foo": [57.5], "bar": [23.4], "parts": [[1.0, 2.0]]}), path)
        delivery = delivered(desk, path)
        look_again(desk, delivery, x="parts", y="bar")
        assert delivery.state == "unreadable"
        assert [one["name"] for one in delivery.found["columns"]] == ["no", "foo", "bar", "parts"]
        assert look_again(desk, delivery, x="foo").state == "ready"

    def test_half_a_place_changes_no_look_and_starts_no_run(self, desk: Desk) -> None:
        delivery = delivered(desk, csv(desk.folder, "number,use,x,y,foo\n1,domestic,57.5,23.4,57.6\n"))
        look_again(desk, delivery, x="foo")
        assert (delivery.state, delivery.found["places"]) == ("ready", {"x": "x", "y": "y"})
        for columns, reason in (({"x": "foo"}, "half_a_place"), ({"x": "foo", "wkt": "use"}, "two_places")):
            delivery.choices = delivery.choices | {"columns": columns, "crs": "EPSG:4326"}
            with desk.acting():
                delivery.save()
            with desk.acting(), pytest.raises(UnreadableFile) as refused:
                runs.ask_for(delivery, dry=True, by=uuid4())
            assert refused.value.reason == reason

    def test_a_saved_mapping_names_them_for_the_next_file(self, desk: Desk) -> None:
        first = look_again(desk, delivered(desk, csv(desk.folder)), x="foo", y="bar")
        with desk.acting():
            mappings.save(first, "survey")
        second = delivered(desk, csv(desk.folder, TEXT + "3,57.52,23.42\n"))
        with desk.acting():
            [offered] = mappings.offered(second)
            mappings.apply(second, offered)
        assert look_again(desk, second).found["places"] == {"x": "foo", "y": "bar"}
