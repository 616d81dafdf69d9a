"""KML and KMZ: placemarks of all folders as one table; what refers elsewhere or is drawn wrongly is told."""

import zipfile
from pathlib import Path

import pytest
import shapely

from gis.exchange.refusals import UnreadableFile
from tests.gis.exchange.files import Taken, take

RING = "57.5,23.4,0 57.5003,23.4,0 57.5003,23.4003,0 57.5,23.4003,0 57.5,23.4,0"
POLYGON = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)
PLOTS = f"""<Document><name>مخطط</name>
<Schema name="p" id="p"><SimpleField name="رقم" type="string"/></Schema>
<Folder><name>السيب</name>
  <Folder><name>المعبيلة</name>
    <Placemark id="a"><name>قطعة أ</name><ExtendedData><SchemaData schemaUrl="#p">
      <SimpleData name="رقم">123</SimpleData></SchemaData></ExtendedData>{POLYGON}
    </Placemark>
  </Folder>
  <Placemark><name>بئر</name><ExtendedData><Data name="depth"><value>12.5</value></Data></ExtendedData>
    <Point><coordinates>57.51,23.41,30</coordinates></Point></Placemark>
</Folder>
<Placemark><name>خط</name><LineString><coordinates>57.5,23.4 57.6,23.5</coordinates></LineString></Placemark>
</Document>"""


def kml(folder: Path, inside: str, *, encoding: str = "utf-8", name: str = "plan.kml") -> Path:
    path = folder / name
    text = f'<?xml version="1.0" encoding="{encoding}"?><kml xmlns="http://www.opengis.net/kml/2.2">{inside}</kml>'
    path.write_bytes(text.encode(encoding))
    return path


def placemark(folder: Path, geometry: str) -> Taken:
    return take(kml(folder, f"<Placemark>{geometry}</Placemark>"))


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256", "utf-16"])
def test_folders_and_data_become_columns(tmp_path: Path, encoding: str) -> None:
    taken = take(kml(tmp_path, PLOTS, encoding=encoding))
    assert (taken.head.format, taken.head.crs, taken.head.crs_from, taken.head.rows) == (
        "KML",
        "EPSG:4326",
        "standard",
        3,
    )
    assert taken.rows[0] == {"folder": "السيب/المعبيلة", "name": "قطعة أ", "رقم": "123", "id": "a", "depth": None}
    assert [row["folder"] for row in taken.rows] == ["السيب/المعبيلة", "السيب", None]
    assert taken.rows[1]["depth"] == "12.5"
    assert [shape.geom_type for shape in taken.geometry] == ["Polygon", "Point", "LineString"]
    assert [shape.has_z for shape in taken.geometry] == [False, True, False]
    assert taken.faults == [None] * 3


@pytest.mark.parametrize(("table", "rows"), [("السيب", 2), ("المعبيلة", 1), ("السيب/المعبيلة", 1)])
def test_a_folder_is_a_table(tmp_path: Path, table: str, rows: int) -> None:
    assert len(take(kml(tmp_path, PLOTS), table=table).rows) == rows


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        take(kml(tmp_path, PLOTS), table="بوشر")
    assert refused.value.details == {"table": "بوشر", "tables": ["السيب/المعبيلة", "السيب"]}


def test_a_kmz_is_unpacked(tmp_path: Path) -> None:
    inner = kml(tmp_path, PLOTS)
    with zipfile.ZipFile(tmp_path / "plan.kmz", "w") as packed:
        packed.write(inner, "doc.kml")
        packed.writestr("files/pin.png", b"\x89PNG")
    assert len(take(tmp_path / "plan.kmz").rows) == 3


def test_a_link_is_not_followed_and_not_forgotten(tmp_path: Path) -> None:
    link = "<NetworkLink><name>x</name><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    taken = take(kml(tmp_path, f"<Document>{link}<Placemark>{POLYGON}</Placemark></Document>"))
    assert [fault and fault["code"] for fault in taken.faults] == ["data_elsewhere", None]


def test_many_of_a_kind(tmp_path: Path) -> None:
    taken = placemark(tmp_path, f"<MultiGeometry>{POLYGON}{POLYGON}</MultiGeometry>")
    assert taken.geometry[0].geom_type == "MultiPolygon"


def test_a_hole_is_kept(tmp_path: Path) -> None:
    hole = "57.5001,23.4001 57.5002,23.4001 57.5002,23.4002 57.5001,23.4001"
    inner = f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs></Polygon>"
    taken = placemark(tmp_path, POLYGON.replace("</Polygon>", inner))
    assert shapely.get_num_interior_rings(taken.geometry[0]) == 1


@pytest.mark.parametrize(
    "geometry",
    [
        "<Point><coordinates>57.5</coordinates></Point>",
        "<Point><coordinates>x,y</coordinates></Point>",
        "<Point/>",
        "<Polygon/>",
        "<LineString><coordinates>57.5,23.4</coordinates></LineString>",
        POLYGON.replace("57.5,23.4,0</coord", "57.6,23.4,0</coord"),
        POLYGON * 2,
        "<Model><Link><href>x.dae</href></Link></Model>",
    ],
)
def test_what_is_drawn_wrongly_costs_its_row(tmp_path: Path, geometry: str) -> None:
    taken = take(
        kml(tmp_path, f"<Document><Placemark>{geometry}</Placemark><Placemark>{POLYGON}</Placemark></Document>")
    )
    assert [fault and fault["code"] for fault in taken.faults] == ["bad_kml_geometry", None]


def test_without_geometry_a_row_is_a_row(tmp_path: Path) -> None:
    taken = placemark(tmp_path, "<name>x</name>")
    assert (taken.geometry, taken.faults) == ([None], [None])


@pytest.mark.parametrize(("inside", "reason"), [("<Placemark>", "broken_xml"), ("<Folder>" * 60, "nested_too_deep")])
def test_broken_and_too_deep(tmp_path: Path, inside: str, reason: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        take(kml(tmp_path, inside))
    assert refused.value.reason == reason
