"""Text that the database cannot hold costs the rows that have it, and no others."""

import json
import zipfile
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import shapely

from gis.exchange.limits import LIMITS
from gis.exchange.reasons import in_both
from gis.exchange.refusals import UnreadableFile
from gis.exchange.source import Look, Source
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import square, take


def test_a_sign_that_no_text_can_hold_costs_its_row_only(desk: Desk) -> None:
    """NUL in a value, in the number, in what is not imported, in a column's name and in a geometry's kind."""
    features = [
        {"type": "Feature", "properties": {"id": f"s{n}", "plot": str(n), "block": "1", "use": "residential"},
         "geometry": shapely.geometry.mapping(square(n))}
        for n in range(6)
    ]  # fmt: skip
    features[1]["properties"]["plot"] = "1\0"
    features[2]["properties"]["id"] = "\0"
    features[3]["properties"]["a\0b"] = "x\0y"
    features[4]["geometry"] = {"type": "Poly\0gon", "coordinates": []}
    path = desk.folder / "plots.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    desk.bring(path)
    assert set(desk.parcels()) == {"s0", "s5"}
    codes = sorted(code for (code,) in desk.ask("SELECT code FROM spatial_quarantine"))
    assert codes == ["bad_geojson_geometry", "text_with_nul", "text_with_nul", "text_with_nul"]


def collection(*properties: str, more: str = "") -> bytes:
    """Points of these properties, written as JSON by hand: with what no program would write."""
    rows = ",".join(
        f'{{"type":"Feature","properties":{told},"geometry":{{"type":"Point","coordinates":[57.5,23.4]}}}}'
        for told in properties
    )
    return f'{{"type":"FeatureCollection",{more}"features":[{rows}]}}'.encode()


def look(folder: Path, data: bytes, name: str = "x.geojson") -> Look:
    path = folder / name
    path.write_bytes(data)
    with TemporaryDirectory() as work:
        return Source(path, Path(work), waiting=_not_for_ever()).look()


def _not_for_ever() -> Any:
    """A reader of which nothing is heard for ten times half a second, and which has nothing to do, hangs."""
    asked = []

    def waiting(_done: float, _rows: int) -> None:
        asked.append(1)
        assert len(asked) < 60, "the reader hangs"

    return waiting


def keepable(told: Any) -> bool:
    """Fit for the database's text and JSON."""
    text = json.dumps(told, ensure_ascii=False)
    return "\\u0000" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


class TestHalfALetter:
    """An escape of JSON may name half of a letter: so do programs that cut texts in the middle of one."""

    def test_in_a_value_costs_its_row(self, tmp_path: Path) -> None:
        (tmp_path / "x.geojson").write_bytes(
            collection('{"a":"fine"}', '{"a":"cut \\ud83d"}', '{"a":{"b":["\\udc00"]}}')
        )
        taken = take(tmp_path / "x.geojson")
        assert [fault and fault["code"] for fault in taken.faults] == [None, "text_not_utf8", "text_not_utf8"]
        assert keepable(taken.rows)

    @pytest.mark.parametrize("name", [r"a\ud800b", r"a\u0000b"])
    def test_in_a_name_is_replaced(self, tmp_path: Path, name: str) -> None:
        found = look(tmp_path, collection(f'{{"{name}":"1"}}'))
        assert found.head.columns == ("a\ufffdb",)
        assert found.samples == {"a\ufffdb": ["1"]}

    def test_bytes_that_are_no_text_in_a_name(self, tmp_path: Path) -> None:
        assert look(tmp_path, collection('{"a@":"1"}').replace(b"@", b"\xff")).head.columns == ("a\ufffd",)

    @pytest.mark.parametrize("name", [r"EPSG:\ud800", r"EPSG:\u00004326"])
    def test_in_the_name_of_a_system(self, tmp_path: Path, name: str) -> None:
        more = f'"crs":{{"type":"name","properties":{{"name":"{name}"}}}},'
        assert keepable(look(tmp_path, collection('{"a":1}', more=more)).head.crs)

    def test_in_what_a_refusal_says(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile) as refused:
            look(tmp_path, b'{"type":"\\ud800x"}')
        assert keepable([refused.value.details, *in_both(refused.value, {})])

    def test_in_the_kind_of_a_geometry(self, tmp_path: Path) -> None:
        data = collection('{"a":1}').replace(b'"Point"', b'"P\\ud800"')
        assert look(tmp_path, data).faults == 1


class TestOddNames:
    def test_names_of_ours(self, tmp_path: Path) -> None:
        """A column called like one that the reader adds is told apart from it."""
        found = look(tmp_path, collection('{":row":"a",":geometry":"b",":fault":"c"}'))
        assert [found.samples[name] for name in found.head.columns] == [["a"], ["b"], ["c"]]

    def test_long_ones_are_cut_and_told_apart(self, tmp_path: Path) -> None:
        """A page repeats each for every field of the layer."""
        found = look(tmp_path, collection(json.dumps({"n" * 100_000 + end: end for end in "ab"})))
        assert max(map(len, found.head.columns)) < LIMITS.column_name + 10
        assert list(found.samples.values()) == [["a"], ["b"]]

    @pytest.mark.parametrize("more", ['"crs":{"properties":["name"]},', '"crs":{"properties":"name"},'])
    def test_a_system_that_is_none(self, tmp_path: Path, more: str) -> None:
        assert look(tmp_path, collection('{"a":1}', more=more)).head.crs == ""

    def test_a_member_without_a_name(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile) as refused:
            look(tmp_path, b'{[1]:2,"features":[]}')
        assert refused.value.reason == "broken_json"

    def test_a_heading_alone_has_no_rows(self, tmp_path: Path) -> None:
        assert (look(tmp_path, b"lon,lat,plot", "x.csv").seen, look(tmp_path, b"lon,lat\n", "x.csv").seen) == (0, 0)


class TestLongVerdicts:
    """A pipe takes 64 KiB: who waits for rows must learn that none come before more than that is said."""

    def test_samples_of_many_columns(self, tmp_path: Path) -> None:
        """A table without coordinates, of Arabic texts, each letter of which is said in six bytes."""
        heading = ",".join(f"عمود {number}" for number in range(60))
        rows = [",".join(f"{number} " + "ق" * 80 for _column in range(60)) for number in range(6)]
        with pytest.raises(UnreadableFile) as refused:
            look(tmp_path, "\n".join([heading, *rows]).encode(), "x.csv")
        assert (refused.value.reason, len(refused.value.details["samples"])) == ("no_coordinates", 60)

    def test_many_files_of_long_names(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            for number in range(200):
                archive.writestr("n" * 500 + f"{number}.geojson", b"{}")
        with pytest.raises(UnreadableFile) as refused:
            look(tmp_path, (tmp_path / "x.zip").read_bytes(), "x.zip")
        assert (refused.value.reason, len(refused.value.details["tables"])) == ("many_tables", 200)

    def test_a_name_that_no_disk_takes(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr("n" * 2000 + ".geojson", b"{}")
        with pytest.raises(UnreadableFile) as refused:
            look(tmp_path, (tmp_path / "x.zip").read_bytes(), "x.zip")
        assert refused.value.reason == "long_name"


@pytest.mark.parametrize("name", ["dxf", "geojson", "kml", "openstreetmap"])
def test_what_python_reads_has_time_of_its_own(name: str) -> None:
    """60,000 sound placemarks of 14 MiB need three times what GDAL would, and are no attack."""
    assert LIMITS.cpu_seconds_per_mib < import_module(f"gis.exchange.readers.{name}").SECONDS_PER_MIB
