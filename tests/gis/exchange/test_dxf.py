"""DXF: outlines of one CAD layer, texts inside them, units, georeference, and what is broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import ezdxf
import pytest
import shapely

from gis.exchange.refusals import UnreadableFile
from gis.exchange.source import Source
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Taken, take

EAST, NORTH = 551_120.0, 2_587_970.0
SIDE = [(0, 0), (30, 0), (30, 20), (0, 20)]


def corners(column: float = 0, scale: float = 1) -> list[tuple[float, float]]:
    return [((EAST + 30 * column + x) * scale, (NORTH + y) * scale) for x, y in SIDE]


def drawing(path: Path, draw: Callable[[Any], object], *, version: str = "R2010", **header: Any) -> Path:
    document = ezdxf.new(version)
    document.header["$INSUNITS"] = header.pop("unit", 6)
    document.encoding = header.pop("encoding", document.encoding)
    for name in ("PLOT", "NUMBER", "WELL"):
        document.layers.add(name)
    draw(document.modelspace())
    document.saveas(path)
    return path


def plan(space: Any) -> None:
    """Two plots with their numbers, a symbol of a well with an attribute."""
    for column, number in enumerate(("الموالح 12", "الموالح 13")):
        space.add_polyline2d(corners(column), close=True, dxfattribs={"layer": "PLOT"})
        place = (EAST + 30 * column + 5, NORTH + 5)
        space.add_text(number, dxfattribs={"layer": "NUMBER", "insert": place})
    symbol = space.doc.blocks.new("BEER")
    symbol.add_circle((0, 0), 1)
    well = space.add_blockref("BEER", (EAST + 1, NORTH + 1), dxfattribs={"layer": "WELL"})
    well.add_attrib("DEPTH", "80", dxfattribs={"layer": "WELL"})


def one(folder: Path, draw: Callable[[Any], object], **options: Any) -> Taken:
    return take(drawing(folder / "x.dxf", draw), table="PLOT", **options)


@pytest.mark.parametrize(("version", "encoding"), [("R2010", "cp1252"), ("R2000", "cp1256"), ("R12", "cp1256")])
def test_outlines_with_the_texts_inside_them(tmp_path: Path, version: str, encoding: str) -> None:
    taken = take(drawing(tmp_path / "x.dxf", plan, version=version, encoding=encoding), table="PLOT")
    assert [row["text:NUMBER"] for row in taken.rows] == ["الموالح 12", "الموالح 13"]
    assert shapely.equals(taken.geometry[0], shapely.Polygon(corners()))
    assert (taken.head.format, taken.head.crs, taken.faults) == ("DXF", "", [None, None])


@pytest.mark.parametrize(
    ("bad", "name"), [(b"PL\x00T", "PL\\x00T"), (b"PL\xffT", "PL\\udcffT"), (b"PL\x1bT", "PL\\x1bT")]
)
def test_a_layer_whose_name_is_no_text_can_be_seen_chosen_and_kept(tmp_path: Path, bad: bytes, name: str) -> None:
    path = drawing(tmp_path / "x.dxf", plan)
    path.write_bytes(path.read_bytes().replace(b"PLOT", bad))
    work = tmp_path / "work"
    work.mkdir()
    assert name in Source(path, work).look().tables
    taken = take(path, table=name)
    assert len(taken.rows) == 2


def test_arabic_bytes_under_a_western_code_page(tmp_path: Path) -> None:
    """Programs write windows-1256 and say windows-1252."""
    path = drawing(tmp_path / "x.dxf", plan, version="R2000", encoding="cp1256")
    path.write_bytes(path.read_bytes().replace(b"ANSI_1256", b"ANSI_1252"))
    taken = take(path, table="PLOT")
    assert taken.rows[0]["text:NUMBER"] == "الموالح 12"
    assert (taken.head.encoding, taken.head.encoding_from) == ("cp1256", "detected")


def test_a_symbol_is_a_point_with_its_attributes(tmp_path: Path) -> None:
    taken = take(drawing(tmp_path / "x.dxf", plan), table="WELL")
    assert shapely.equals(taken.geometry[0], shapely.Point(EAST + 1, NORTH + 1))
    assert (taken.rows[0]["block"], taken.rows[0]["DEPTH"]) == ("BEER", "80")


def test_which_layer_is_asked(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        take(drawing(tmp_path / "x.dxf", plan))
    assert refused.value.details == {"tables": ["PLOT", "WELL"]}
    with pytest.raises(UnreadableFile, match="PLOT، WELL"):
        take(tmp_path / "x.dxf", table="NUMBER")


def test_an_arc_keeps_to_a_centimetre(tmp_path: Path) -> None:
    """A half circle of 10 m on one side, by its bulge; a circle."""
    half = one(tmp_path, lambda space: space.add_lwpolyline(
        [(0, 0, -1), (20, 0, 0), (20, -5, 0), (0, -5, 0)], format="xyb", close=True, dxfattribs={"layer": "PLOT"}
    )).geometry[0]  # fmt: skip
    assert half.area == pytest.approx(157.08 + 100, rel=0.001)
    upper = [shapely.Point(place) for place in half.exterior.coords if place[1] > 0]
    assert max(abs(10 - shapely.Point(10, 0).distance(place)) for place in upper) < 1e-6
    circle = one(tmp_path, lambda space: space.add_circle((0, 0), 10, dxfattribs={"layer": "PLOT"})).geometry[0]
    assert circle.geom_type == "Polygon"
    assert 0 < 10 - shapely.Point(0, 0).distance(circle.exterior) <= 0.01


def test_an_outline_that_does_not_close_is_named(tmp_path: Path) -> None:
    def draw(space: Any) -> None:
        space.add_lwpolyline(corners(), close=True, dxfattribs={"layer": "PLOT"})
        space.add_lwpolyline(corners(1), dxfattribs={"layer": "PLOT", "handle": "ABC"})
        space.add_lwpolyline([*corners(2), corners(2)[0]], dxfattribs={"layer": "PLOT"})

    taken = one(tmp_path, draw)
    assert taken.faults == [None, {"code": "outline_open", "handle": "ABC", "gap": "20.000"}, None]
    assert taken.geometry[2].geom_type == "Polygon"


def test_lines_are_lines_where_nothing_is_closed(tmp_path: Path) -> None:
    taken = one(tmp_path, lambda space: space.add_lwpolyline(corners(), dxfattribs={"layer": "PLOT"}))
    assert (taken.geometry[0].geom_type, taken.faults) == ("LineString", [None])


@pytest.mark.parametrize(("asked", "values"), [((), None), (("text:NUMBER",), "several_texts")])
def test_two_numbers_inside_are_a_fault_of_what_is_mapped(tmp_path: Path, asked: tuple[str, ...], values: Any) -> None:
    def draw(space: Any) -> None:
        plan(space)
        space.add_text("99", dxfattribs={"layer": "NUMBER", "insert": (EAST + 6, NORTH + 6)})

    taken = one(drawing(tmp_path / "y.dxf", draw).parent, draw, places={"texts": asked})
    assert [fault and fault["code"] for fault in taken.faults] == [values, None]


@pytest.mark.parametrize(("unit", "asked", "scale", "remark"), [
    (4, "", 1000, "dxf_unit"), (6, "", 1, None), (0, "", 1, "dxf_unit_missing"), (4, "m", 1, "dxf_unit"),
    (6, "cm", 100, "dxf_unit"),
])  # fmt: skip
def test_units_become_metres(tmp_path: Path, unit: int, asked: str, scale: float, remark: str | None) -> None:
    path = drawing(
        tmp_path / "x.dxf",
        lambda space: space.add_lwpolyline(corners(scale=scale), close=True, dxfattribs={"layer": "PLOT"}),
        unit=unit,
    )
    taken = take(path, places={"unit": asked})
    assert taken.geometry[0].equals_exact(shapely.Polygon(corners()), 1e-6)
    assert [code for code, _details in taken.head.remarks] == ([remark] if remark else [])


def test_a_unit_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cubit"):
        one(tmp_path, plan, places={"unit": "cubit"})


@pytest.mark.parametrize(("content", "reason"), [
    (b"0\nSECTION\n2\nENTITIES\n0\nLINE\nx", "broken_dxf"), (b"AC1032\x00" + bytes(90), "drawing_not_open"),
])  # fmt: skip
def test_what_is_no_drawing(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "x.dwg").write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        take(tmp_path / "x.dwg")
    assert refused.value.reason in (reason, "no_geometry")


def test_a_drawing_becomes_parcels(desk: Desk) -> None:
    path = drawing(desk.folder / "plan.dxf", plan)
    done = desk.bring(path, columns=("plot_no=text:NUMBER", "source_id=handle"),
                      values=("block_no=1", "land_use=residential"), table="PLOT", crs="EPSG:32640")  # fmt: skip
    assert done.report.added == 2
    assert {parcel.plot_no for parcel in desk.parcels().values()} == {"الموالح 12", "الموالح 13"}


def test_real_plans(shared_data: Path, tmp_path: Path) -> None:
    """A sound one, one with a georeference, one that is broken beyond repair."""
    for name, file in (("ezdxf-georeferenced/ezdxf_geo.zip", "houses_of_parliament_georeferenced.dxf"),
                       ("digit-edcr-dxf/edcr_dxf.zip", "test3.dxf"),
                       ("digit-edcr-dxf/edcr_dxf.zip", "poc__1layer.dxf")):  # fmt: skip
        with ZipFile(shared_data / "09_plans" / name) as packed:
            packed.extract(file, tmp_path)
    london = take(tmp_path / "houses_of_parliament_georeferenced.dxf")
    assert (london.head.crs, london.head.crs_from) == ("EPSG:27700", "file")
    assert shapely.box(530_000, 179_000, 531_000, 180_000).contains(london.geometry[0])
    plot = take(tmp_path / "test3.dxf", table="PLOT_BOUNDARY")
    assert [shape.geom_type for shape in plot.geometry] == ["Polygon"]
    with pytest.raises(UnreadableFile) as refused:
        take(tmp_path / "poc__1layer.dxf")
    assert refused.value.reason == "broken_dxf"
