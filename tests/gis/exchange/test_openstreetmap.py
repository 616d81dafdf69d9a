"""OpenStreetMap extracts: the tables and columns, what the edge cut off, and what is refused before GDAL sees it."""

import gzip
import zlib
from configparser import ConfigParser
from itertools import accumulate
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import shapely

from gis.exchange.readers.osm_parts import count_parts
from gis.exchange.readers.unreadable import Unreadable
from gis.exchange.reasons import in_both
from gis.exchange.refusals import UnreadableFile
from gis.exchange.source import ROOT
from tests.gis.exchange.extracts import (
    NODE,
    WAY,
    Node,
    Relation,
    Way,
    blob,
    block,
    content,
    differences,
    extract,
    framed,
    header,
    told,
)
from tests.gis.exchange.files import Taken, take
from tests.gis.exchange.test_look import look

HOUSE = {"building": "yes", "addr:housenumber": "12", "addr:street": "شارع النخيل"}
# Nothing that a packing makes small.
RANDOM = np.random.default_rng(1).random((120_000, 2)).tolist()
SETTINGS = ROOT / "gis/exchange/readers/openstreetmap.ini"
# A house and its neighbour, a street, a door, and a courtyard of two ways.
CORNERS = [Node(n + 1, 57.5 + 0.001 * (n % 4), 23.4 + 0.001 * (n // 4)) for n in range(16)]
DOOR = Node(20, 57.5005, 23.4, {"addr:housenumber": "7", "addr:street": "Palm Street", "name:ar": "باب"})
STREET = Way(
    100, [1, 2, 3, 4], {"highway": "residential", "name": "شارع النخيل", "name:en": "Palm Street", "lit": "yes"}
)
HOUSES = Way(101, [1, 2, 6, 5, 1], HOUSE), Way(102, [3, 4, 8, 7, 3], {"landuse": "grass"})
SIDES = Way(103, [9, 10, 14]), Way(104, [14, 13, 9])
COURT = Relation(200, [(WAY, 103), (WAY, 104)], {"type": "multipolygon", "building": "school", "name": "مدرسة"})
TOWN = (*CORNERS, DOOR, STREET, *HOUSES, *SIDES, COURT)


def written(folder: Path, data: bytes, name: str = "town.osm.pbf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def taken(folder: Path, data: bytes, table: str, name: str = "town.osm.pbf") -> Taken:
    return take(written(folder, data, name), table=table)


def refused(folder: Path, data: bytes) -> str:
    """The reason for which the pass before GDAL refuses it. It is said in both languages."""
    with pytest.raises(Unreadable) as caught:
        count_parts(written(folder, data))
    said = UnreadableFile(caught.value.code, **caught.value.details)
    arabic, english = in_both(said, {})
    assert "%(" not in arabic + english
    return said.reason


class TestWhatIsInIt:
    @pytest.mark.parametrize("dense", [True, False])
    def test_a_street(self, tmp_path: Path, dense: bool) -> None:
        found = taken(tmp_path, extract(*TOWN, dense=dense), "lines/highway")
        assert (found.head.format, found.head.crs, found.head.crs_from) == ("OpenStreetMap", "EPSG:4326", "file")
        (row,) = found.rows
        assert (row["osm_id"], row["highway"], row["name"]) == ("100", "residential", "شارع النخيل")
        assert (row["name:en"], row["name:ar"], row["other_tags"]) == ("Palm Street", None, '"lit"=>"yes"')
        assert found.geometry[0].equals_exact(shapely.LineString([(57.5 + 0.001 * n, 23.4) for n in range(4)]), 1e-9)

    def test_a_door(self, tmp_path: Path) -> None:
        found = taken(tmp_path, extract(*TOWN), "points/addr:housenumber")
        (row,) = found.rows
        assert (row["addr:housenumber"], row["addr:street"], row["name:ar"]) == ("7", "Palm Street", "باب")
        assert found.geometry[0].equals_exact(shapely.Point(57.5005, 23.4), 1e-9)

    def test_areas_of_a_way_and_of_a_relation(self, tmp_path: Path) -> None:
        found = taken(tmp_path, extract(*TOWN), "multipolygons/building")
        assert {(row["osm_id"], row["osm_way_id"]) for row in found.rows} == {(None, "101"), ("200", None)}
        assert {row["addr:street"] for row in found.rows} == {"شارع النخيل", None}
        assert all(shape.is_valid and shape.area > 0 for shape in found.geometry)
        assert len(taken(tmp_path, extract(*TOWN), "multipolygons").rows) == 3

    def test_the_tables(self, tmp_path: Path) -> None:
        """And each key is a column, for the driver refuses the question for one that is none."""
        seen = look(written(tmp_path, extract(*TOWN)))
        assert seen.tables[:2] == ("points", "points/addr:housenumber")
        assert (seen.whole, seen.seen) == (None, 1)
        settings = ConfigParser(strict=False)
        settings.read_string("[driver]\n" + SETTINGS.read_text())
        for table in seen.tables:
            name, _slash, key = table.partition("/")
            assert key in ("", *settings[name]["attributes"].split(",")), table

    def test_a_table_must_be_named(self, tmp_path: Path) -> None:
        for table, reason in (("", "many_tables"), ("lines/colour", "no_such_table")):
            with pytest.raises(UnreadableFile) as caught:
                taken(tmp_path, extract(*TOWN), table)
            assert caught.value.reason == reason

    @pytest.mark.parametrize("name", ["town", "مدينة.osm.pbf"])
    def test_it_is_known_by_its_beginning(self, tmp_path: Path, name: str) -> None:
        assert len(taken(tmp_path, extract(*TOWN), "lines", name).rows) == 1

    def test_it_may_come_packed(self, tmp_path: Path) -> None:
        path = written(tmp_path, gzip.compress(extract(*TOWN)), "town.osm.pbf.gz")
        assert len(take(path, table="lines").rows) == 1
        with ZipFile(tmp_path / "town.zip", "w") as packed:
            packed.writestr("deep/town.osm.pbf", extract(*TOWN))
        assert len(take(tmp_path / "town.zip", table="lines/highway").rows) == 1

    def test_a_block_may_be_unpacked(self, tmp_path: Path) -> None:
        plain = [framed(b"OSMData", told(1, content(*parts))) for parts in (CORNERS, [STREET])]
        assert len(taken(tmp_path, header() + b"".join(plain), "lines").rows) == 1

    def test_many_more_features_than_a_driver_holds_for_other_tables(self, tmp_path: Path) -> None:
        """Read table by table it would stop after 100,000 features of one that nobody asked for."""
        doors = [Node(n, 57.5 + east, 23.4 + north, {"shop": "yes"}) for n, (east, north) in enumerate(RANDOM, start=1)]
        data = b"".join([header(), *(block(*doors[n : n + 8000]) for n in range(0, 120_000, 8000)), block(STREET)])
        assert len(taken(tmp_path, data, "lines").rows) == 1


class TestWhatTheEdgeCutOff:
    """GDAL draws what is left as if it were all."""

    def test_a_way_that_lacks_a_node(self, tmp_path: Path) -> None:
        whole = Way(110, [2, 3], {"highway": "path"})
        found = taken(tmp_path, extract(*CORNERS[1:], STREET, whole), "lines")
        faults = {row["osm_id"]: fault for row, fault in zip(found.rows, found.faults, strict=True)}
        assert faults["110"] is None
        assert faults["100"] == {"code": "osm_incomplete", "feature": "way 100", "missing": 1, "parts": 4}
        assert found.head.remarks == (("osm_cut", {"ways": 1, "relations": 0, "undrawn": 0}),)

    def test_an_area_that_lacks_a_node_of_a_way(self, tmp_path: Path) -> None:
        corners = (node for node in CORNERS if node.id != 10)
        found = taken(tmp_path, extract(*corners, *HOUSES, *SIDES, COURT), "multipolygons")
        faults = {row["osm_id"]: fault for row, fault in zip(found.rows, found.faults, strict=True) if row["osm_id"]}
        assert faults == {"200": {"code": "osm_incomplete", "feature": "relation 200", "missing": 1, "parts": 2}}

    def test_an_area_that_lacks_a_way_is_told_of(self, tmp_path: Path) -> None:
        found = taken(tmp_path, extract(*CORNERS, *HOUSES, SIDES[0], COURT), "multipolygons/building")
        assert [row["osm_way_id"] for row in found.rows] == ["101"]
        assert found.head.remarks == (("osm_cut", {"ways": 0, "relations": 1, "undrawn": 0}),)

    def test_points_lack_nothing(self, tmp_path: Path) -> None:
        assert taken(tmp_path, extract(*CORNERS[1:], DOOR, STREET), "points").head.remarks == ()

    def test_a_node_that_is_a_member_is_no_part_of_a_shape(self, tmp_path: Path) -> None:
        route = Relation(201, [(NODE, 999), (WAY, 100)], {"type": "route", "route": "bus"})
        found = taken(tmp_path, extract(*CORNERS, STREET, route), "multilinestrings")
        assert found.faults == [None]

    def test_ways_without_any_node(self, tmp_path: Path) -> None:
        assert refused(tmp_path, extract(STREET, *HOUSES)) == "osm_without_nodes"
        assert refused(tmp_path, extract(DOOR, STREET, *HOUSES)) == "osm_without_nodes"


class TestWhatIsRefused:
    def test_xml(self, tmp_path: Path) -> None:
        for root in ("osm", "osmChange"):
            path = written(tmp_path, f'<?xml version="1.0"?><{root} version="0.6"></{root}>'.encode(), "town.osm")
            with pytest.raises(UnreadableFile, match=r"\.osm\.pbf"):
                take(path)

    def test_a_file_cut_short(self, tmp_path: Path) -> None:
        """Wherever, but where a block ends: there the parts are missed that are drawn by what is gone, if any."""
        blocks = [header(), *(block(*part) for part in ([*CORNERS, DOOR], [STREET, *HOUSES, *SIDES], [COURT]))]
        ends = list(accumulate(map(len, blocks)))
        data = b"".join(blocks)
        assert ends[-1] == len(data)
        for cut in set(range(20, len(data), 7)) - set(ends):
            assert refused(tmp_path, data[:cut]) == "corrupt"

    def test_it_is_said_by_the_import(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile) as caught:
            taken(tmp_path, extract(*TOWN)[:-5], "lines")
        assert caught.value.reason == "corrupt"

    def test_a_block_that_is_not_what_it_says(self, tmp_path: Path) -> None:
        ways = content(STREET)
        start = header() + block(*CORNERS)
        for packed in (
            blob(ways, pack=lambda data: zlib.compress(data)[:-6]),
            blob(ways, pack=lambda data: b"\xff" * len(data)),
            blob(ways, pack=lambda data: zlib.compress(data)[:-1] + b"\x00"),
            blob(ways, size=len(ways) + 1),
            told(2, 10),
            b"\xff" * 30,
        ):
            assert refused(tmp_path, start + framed(b"OSMData", packed)) == "corrupt"
        for size in (0, 2**31, 2**63):
            assert refused(tmp_path, start + framed(b"OSMData", blob(ways), size=size)) == "corrupt"

    def test_a_block_that_is_a_bomb(self, tmp_path: Path) -> None:
        start, zeros = header() + block(*CORNERS), bytes(40 * 2**20)
        for packed in (blob(zeros), blob(zeros, size=1000), blob(zeros[: 2**20])):
            assert refused(tmp_path, start + framed(b"OSMData", packed)) == "osm_bomb"

    def test_another_packing(self, tmp_path: Path) -> None:
        assert refused(tmp_path, header() + framed(b"OSMData", blob(content(STREET), by=7))) == "osm_packing"

    def test_a_history(self, tmp_path: Path) -> None:
        data = extract(*TOWN, features=("OsmSchema-V0.6", "HistoricalInformation"))
        assert refused(tmp_path, data) == "osm_kind"

    @pytest.mark.parametrize(
        "parts",
        [
            (CORNERS[::-1], [STREET]), ([*CORNERS, CORNERS[-1]], [STREET]), ([STREET], CORNERS),
            (CORNERS, HOUSES[::-1]), (CORNERS, SIDES, [COURT], [STREET]), ([Node(-1, 57.5, 23.4), *CORNERS], [STREET]),
        ],
        ids=["backwards", "twice", "ways first", "ways backwards", "relations first", "never saved"],
    )  # fmt: skip
    def test_what_is_not_sorted(self, tmp_path: Path, parts: list[list[Node | Way | Relation]]) -> None:
        data = header() + b"".join(block(*part) for part in parts)
        assert refused(tmp_path, data) == "osm_unsorted"

    def test_a_way_of_more_nodes_than_the_driver_has_room_for(self, tmp_path: Path) -> None:
        way = Way(1, [int(east * 1000) for east, _north in RANDOM])
        assert refused(tmp_path, extract(*CORNERS, way)) == "corrupt"

    def test_a_message_that_only_the_driver_understands(self, tmp_path: Path) -> None:
        """Sound in its outside: the tags of a way name texts that are not there."""
        way = told(1, 100) + told(2, b"\x7f") + told(3, b"\x7f") + told(8, differences([1, 2]))
        broken = framed(b"OSMData", blob(told(1, told(1, b"")) + told(2, told(3, way))))
        data = header() + block(*CORNERS) + broken
        assert count_parts(written(tmp_path, data)).ways == 1
        with pytest.raises(UnreadableFile) as caught:
            taken(tmp_path, data, "lines")
        assert caught.value.reason == "corrupt"
