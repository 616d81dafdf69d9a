"""Archives with a sound file, or none, and beside it what a library might follow, run or look up."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from gis.exchange.limits import MIB
from tests.gis.exchange.files import plots, write

from .case import ANY, POINTS, READ, Trap, packed, trap
from .documents import GML, KML, MEMBER, PIN, POINT

VIRTUAL = (
    '<OGRVRTDataSource><OGRVRTLayer name="points"><SrcDataSource>{0}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
)
PROJECT = "<qgis><projectlayers><maplayer><datasource>{0}</datasource><provider>ogr</provider></maplayer></projectlayers></qgis>"
# Names by which one thing is two, or two are one.
SAME = (
    ("k.csv", "\u212a.csv"), ("1.csv", "①.csv"), ("é.csv", "e\u0301.csv"), ("İ.csv", "i̇.csv"), ("x.shp", "X.SHP"),
    ("x.shp/", "X.shp/"),
)  # fmt: skip
SEVERAL = (
    ("a.csv", "./a.csv"), ("d/a.csv", "d//a.csv"), ("d/a.csv", "d\\a.csv"), ("a.csv", "a.csv/b.csv"),
    ("a.csv", "a\ufe0f.csv"),
)  # fmt: skip
HIDDEN = ("\u00ad", "\u061c", "\u2060", "\U000e0061", "\ufff9", "\x01")
# What a program may take for more than a name; a file of the data is found by it all the same.
HARMLESS = (
    "．．/a.csv", "／etc／a.csv", "‥/a.csv", "%2e%2e%2fa.csv", "~/a.csv", "$(touch evil).csv", "-rf.csv", "| a.csv",
    "e" + "\u0301" * 500 + ".csv",
)  # fmt: skip
TOO_LONG = ("n" * 60_000 + ".csv", "d/" * 10_000 + "a.csv")


def bundles(away: str, secret: str) -> Iterator[Trap]:
    yield from _names()
    yield from _beside(away, secret)
    yield from _alone(away, secret)
    yield from _maps(away, secret)
    yield from _shapes(away, secret)
    yield from _bombs()


def _names() -> Iterator[Trap]:
    for first, second in SAME:
        yield trap(f"same: {first} {second}", "a.zip", packed([(first, b""), (second, b"")]), "twice_in_archive")
    for first, second in SEVERAL:
        content = packed([(first, POINTS), (second, POINTS)])
        yield trap(f"several: {first} {second}", "a.zip", content, "many_tables")
    for letter in HIDDEN:
        yield trap(f"hidden: {letter!r}", "a.zip", packed([(f"a{letter}.csv", POINTS)]), "odd_name")
    for name in HARMLESS:
        yield trap(f"called {name[:20]!r}", "a.zip", packed([(name, POINTS)]), READ)
    for name in TOO_LONG:
        yield trap(f"called {name[:20]!r}", "a.zip", packed([(name, POINTS)]), "long_name")
    yield trap("called with a dot behind", "a.zip", packed([("a.csv.", POINTS)]), "archive_without_data")


def _beside(away: str, secret: str) -> Iterator[Trap]:
    for name, content in {
        "points.vrt": VIRTUAL.format(secret), "points.csvt": '"Integer64(99999)","WKT"', "points.prj": secret,
        "points.qml": f'<!DOCTYPE qgis SYSTEM "{away}/x"><qgis/>', "project.qgs": PROJECT.format(secret),
        "project.qgz": "PK", "points.csv.aux.xml": VIRTUAL.format(away), "points.sql": "DROP TABLE parcels_parcel;",
        "pg_service.conf": f"[x]\nhost=127.0.0.1\nport={away.rpartition(':')[2]}", "__MACOSX/points.csv": "x",
        "startup.py": "open('/evil', 'w')", "points.csv-wal": "x" * 100,
    }.items():  # fmt: skip
        yield trap(f"beside: {name}", "a.zip", packed([("points.csv", POINTS), (name, content.encode())]), READ)
    link = f"<gfs><GMLFeatureClass><Name>x</Name><ElementPath>{secret}</ElementPath></GMLFeatureClass></gfs>"
    sound = GML.format(more="", inside=MEMBER.format(name="x", place=POINT)).encode()
    for name in ("x.gfs", "x.xsd", "x.resolved.gml"):
        both = packed([("x.gml", sound), (name, link.encode())])
        yield trap(f"beside: {name}", "a.zip", both, READ, "many_tables")


def _alone(away: str, secret: str) -> Iterator[Trap]:
    """No file of the formats that are taken."""
    for name, content in {
        "x.vrt": VIRTUAL.format(secret), "x.gdb/a00000001.gdbtable": "\3\0\0\0", "x.mdb": "\0\1\0\0Standard Jet DB",
        "x.tab": f'!table\nDefinition Table\nFile "{secret}"', "x.qgs": PROJECT.format(f"{away}/x.gpkg"),
        "x.xml": f"<OGRWFSDataSource><URL>{away}</URL></OGRWFSDataSource>", "x.sql": "CREATE TABLE x ();",
        "x.url": f"[InternetShortcut]\nURL={away}", "x.lnk": "L\0\0\0",
    }.items():  # fmt: skip
        yield trap(f"alone: {name}", "a.zip", packed([(name, content.encode())]), "archive_without_data")
    yield trap("alone: gdb.zip", "x.gdb.zip", packed([("x.gdb/gdb", b"\5\0\0\0")]), "archive_without_data")
    for name, content in {
        "x.shp": VIRTUAL.format(secret), "x.gpkg": f"PG:host=127.0.0.1 port={away.rpartition(':')[2]}",
        "x.fgb": f"/vsicurl/{away}/x.fgb", "x.parquet": f"s3://{away}/x",
    }.items():  # fmt: skip
        data = packed([(name, content.encode())])
        yield trap(f"says where: {name}", "a.zip", data, "unknown_format", "shapefile_incomplete")
    yield trap("says where: x.dxf", "a.zip", packed([("x.dxf", f"{away}/x.dxf\n".encode())]), "broken_dxf")
    crs = f'"crs":{{"type":"link","properties":{{"href":"{away}/crs","type":"proj4"}}}}'
    point = '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[57.5,23.4]}}'
    text = f'{{"type":"FeatureCollection",{crs},"features":[{point}]}}'
    yield trap("says where: system of GeoJSON", "a.zip", packed([("x.geojson", text.encode())]))
    xlink = (
        f'<wfs:member><x><place xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{away}/x#g"/></x></wfs:member>'
    )
    yield trap("says where: link of GML", "a.zip", packed([("x.gml", GML.format(more="", inside=xlink).encode())]))


def _maps(away: str, secret: str) -> Iterator[Trap]:
    """KMZ."""
    pin = PIN.format(name="x")
    overlay = "<GroundOverlay><Icon><href>{0}</href></Icon></GroundOverlay>"
    for name, inside in {
        "link": f"<NetworkLink><Link><href>{away}/x.kml</href></Link></NetworkLink>",
        "picture of the network": overlay.format(f"{away}/x.png"), "picture outside": overlay.format("../../secret.csv"),
        "sign": f"<Style id='s'><IconStyle><Icon><href>file://{secret}</href></Icon></IconStyle></Style>",
    }.items():  # fmt: skip
        yield trap(f"kmz: {name}", "a.kmz", packed([("doc.kml", KML.format(inside=inside + pin).encode())]), READ)
    doc = KML.format(inside=pin).encode()
    defined = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'.encode() + doc.replace(b">x<", b">&x;<")
    for name, entries, ends in (
        ("defines", [("doc.kml", defined)], "xml_doctype"), ("outside", [("../doc.kml", doc)], "leaves_its_folder"),
        ("two", [("doc.kml", doc), ("b.kml", doc)], "many_tables"), ("without a map", [("x.png", b"")], "archive_without_data"),
        ("kmz in it", [("doc.kml", doc), ("files/b.kmz", b"")], "archive_in_archive"),
    ):  # fmt: skip
        yield trap(f"kmz: {name}", "a.kmz", packed(entries), ends)


def _shapes(away: str, secret: str) -> Iterator[Trap]:
    """A zipped shapefile, one part of it replaced."""
    for name, ending, content in (
        ("system of a file", "prj", f"+init={secret}:4326"), ("grid of a file", "prj", f"+proj=longlat +nadgrids={secret}"),
        ("grid of the network", "prj", f'GEOGCS["x",EXTENSION["PROJ4","+proj=longlat +nadgrids={away}/x"]]'),
        ("system of the network", "prj", f"{away}/crs"), ("system of an include", "prj", f'#include "{secret}"'),
        ("system of brackets", "prj", "PROJCS[" * 100_000), ("letters of a file", "cpg", secret),
        ("letters of a kind", "cpg", "zlib_codec"), ("no places", "shx", ""), ("no rows", "dbf", ""),
        ("a billion rows", "dbf", "\3\0\0\0\xff\xff\xff\x7f"),
    ):  # fmt: skip
        data = content.encode("latin-1")
        yield Trap(f"shapefile: {name}", "a.zip", lambda _path, e=ending, d=data: _shapefile(e, d), ANY)


def _shapefile(ending: str, content: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        write(Path(folder) / "x.shp", plots(3))
        parts = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    return packed([*(parts | {f"x.{ending}": content}).items()])


def _bombs() -> Iterator[Trap]:
    blanks, bomb = b" " * 64 * MIB, frozenset({"bomb"})
    for file, name in (("a.zip", "x.csv"), ("a.zip", "x.geojson"), ("a.zip", "x.gml"), ("a.kmz", "doc.kml")):
        yield Trap(f"bomb of blanks {name}", file, lambda _path, n=name: packed([(n, blanks)]), bomb)
    yield Trap("bomb as journal", "a.zip", lambda _path: packed([("x.gpkg", b""), ("x.gpkg-wal", blanks)]), bomb)
    several = [(f"x.{ending}", bytes(15 * MIB)) for ending in ("shp", "shx", "dbf", "prj")]
    yield Trap("bomb in parts", "a.zip", lambda _path: packed(several), bomb)
    long = [(f"{n}" + "n" * 60_000 + ".txt", b"") for n in range(100)]
    yield Trap("names of 6 MB", "a.zip", lambda _path: packed([("a.csv", POINTS), *long]), frozenset({"long_name"}))
