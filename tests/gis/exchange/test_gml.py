"""GML: the order of the axes is that of the system named, kinds of features are tables, nothing beside is read."""

from pathlib import Path

import pytest
import shapely

from gis.exchange.refusals import UnreadableFile
from tests.gis.exchange.files import take

PARCEL = """<wfs:member><cp:CadastralParcel gml:id="p{n}"><cp:label>{label}</cp:label><cp:geometry>
<gml:Polygon gml:id="g{n}" srsName="{system}"><gml:exterior><gml:LinearRing><gml:posList>{places}</gml:posList>
</gml:LinearRing></gml:exterior></gml:Polygon></cp:geometry></cp:CadastralParcel></wfs:member>"""
EAST_FIRST = "57.5 23.4 57.5003 23.4 57.5003 23.4003 57.5 23.4003 57.5 23.4"
NORTH_FIRST = "23.4 57.5 23.4 57.5003 23.4003 57.5003 23.4003 57.5 23.4 57.5"
SQUARE = shapely.box(57.5, 23.4, 57.5003, 23.4003)


def gml(folder: Path, *members: str) -> Path:
    path = folder / "parcels.gml"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:cp="http://inspire.ec.europa.eu/schemas/cp/4.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/wfs/2.0 '
        f'http://127.0.0.1:9/wfs.xsd">{"".join(members)}</wfs:FeatureCollection>',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("system", "places"),
    [
        ("urn:ogc:def:crs:EPSG::4326", NORTH_FIRST),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", NORTH_FIRST),
        ("EPSG:4326", EAST_FIRST),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", EAST_FIRST),
    ],
)
def test_the_axes_are_as_the_system_says(tmp_path: Path, system: str, places: str) -> None:
    taken = take(gml(tmp_path, PARCEL.format(n=1, label="٧", system=system, places=places)))
    assert taken.head.crs_from == "file"
    assert shapely.equals(taken.geometry[0], SQUARE)
    assert (taken.rows[0]["gml_id"], taken.rows[0]["label"]) == ("p1", "٧")


def test_a_projected_system(tmp_path: Path) -> None:
    places = "551120 2587970 551150 2587970 551150 2588000 551120 2587970"
    taken = take(gml(tmp_path, PARCEL.format(n=1, label="1", system="urn:ogc:def:crs:EPSG::32640", places=places)))
    assert (taken.head.crs, taken.geometry[0].bounds[:2]) == ("EPSG:32640", (551120.0, 2587970.0))


def test_several_kinds_are_tables(tmp_path: Path) -> None:
    one = PARCEL.format(n=1, label="1", system="EPSG:4326", places=EAST_FIRST)
    path = gml(tmp_path, one, one.replace("CadastralParcel", "CadastralZoning").replace("p1", "z1"))
    with pytest.raises(UnreadableFile) as refused:
        take(path)
    assert refused.value.details == {"tables": ["CadastralParcel", "CadastralZoning"]}
    assert len(take(path, table="CadastralZoning").rows) == 1


def test_what_lies_beside_is_neither_read_nor_written(tmp_path: Path) -> None:
    """A .gfs or .xsd beside says what GDAL makes of the file: it comes from whoever sent it."""
    path = gml(tmp_path, PARCEL.format(n=1, label="1", system="EPSG:4326", places=EAST_FIRST))
    for ending in (".gfs", ".xsd"):
        path.with_suffix(ending).write_text(
            "<GMLFeatureClassList><GMLFeatureClass><Name>Other</Name></GMLFeatureClass>"
        )
    before = sorted(tmp_path.iterdir())
    assert take(path, table="CadastralParcel").rows[0]["label"] == "1"
    assert sorted(tmp_path.iterdir()) == before


def test_real_cadastres(shared_data: Path, tmp_path: Path) -> None:
    """INSPIRE parcels, zones, buildings and addresses as the Spanish cadastre gives them."""
    from zipfile import ZipFile

    archive = shared_data / "02_parcels/es-catastro-inspire-fixtures/catatom2osm_fixtures.zip"
    assert [len(take(archive, table=name).rows) for name in ("zoning", "zoning/CadastralZoning")] == [241, 241]
    rows = {"zoning": 241, "building": 16, "buildingpart": 25, "address": 14, "othercons": 25, "geom1": 10}
    with ZipFile(archive) as packed:
        for name in rows:
            packed.extract(f"{name}.gml", tmp_path)
    taken = {name: take(tmp_path / f"{name}.gml") for name in rows}
    assert {name: len(one.rows) for name, one in taken.items()} == rows
    assert {one.head.crs for one in taken.values()} == {"EPSG:32628"}
    assert all(shape is not None for one in taken.values() for shape in one.geometry)
