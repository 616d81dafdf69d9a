"""XML, JSON and text made to harm. `away` is an address that nobody may call, `secret` a file that nobody may read."""

from collections.abc import Iterator

from gis.exchange.limits import MIB

from .case import READ, Trap, trap

GML = '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" {more}>{inside}</wfs:FeatureCollection>'
POINT = '<gml:Point gml:id="g" srsName="EPSG:4326"><gml:pos>57.5 23.4</gml:pos></gml:Point>'
MEMBER = "<wfs:member><x><name>{name}</name><place>{place}</place></x></wfs:member>"
KML = '<kml xmlns="http://www.opengis.net/kml/2.2">{inside}</kml>'
PIN = "<Placemark><name>{name}</name><Point><coordinates>57.5,23.4</coordinates></Point></Placemark>"
LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
)


def documents(away: str, secret: str) -> Iterator[Trap]:
    yield from _definitions(away, secret)
    yield from _virtual(away, secret)
    yield from _gml(away, secret)
    yield from _kml(away, secret)
    yield from _json(away)
    yield from _text()


def _definitions(away: str, secret: str) -> Iterator[Trap]:
    tricks = {
        "a file": f'<!ENTITY x SYSTEM "file://{secret}">', "the network": f'<!ENTITY x SYSTEM "{away}/x">',
        "a parameter": f'<!ENTITY % p SYSTEM "{away}/x.dtd"> %p;', "laughs": LAUGHS.replace("ENTITY k", "ENTITY x"),
        "one long": f'<!ENTITY x "{"a" * 100_000}">', "nothing": "",
    }  # fmt: skip
    for name, text in tricks.items():
        for kind, body in (
            ("gml", GML.format(more="", inside=MEMBER.format(name="&x;" * 9, place=POINT))),
            ("kml", KML.format(inside=PIN.format(name="&x;"))),
        ):
            yield trap(f"{kind} defines {name}", f"x.{kind}", f"<!DOCTYPE r [{text}]>{body}", "xml_doctype")
    wide = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r SYSTEM "{away}/x.dtd">{KML.format(inside="")}'
    yield trap("kml defines in utf-16", "x.kml", wide.encode("utf-16"), "xml_doctype")
    yield trap("undefined entity", "x.kml", KML.format(inside=PIN.format(name="&x;")), "broken_xml")
    yield trap(
        "unknown encoding", "x.kml", '<?xml version="1.0" encoding="utf-7"?>' + KML.format(inside=""), "broken_xml"
    )


def _virtual(away: str, secret: str) -> Iterator[Trap]:
    layer = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource{more}>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    for name, source in (
        ("a file", secret),
        ("the network", f"/vsicurl/{away}/x.gpkg"),
        ("beside", "secret.csv"),
        ("a chain", f"/vsizip/vsicurl/{away}/x.zip"),
    ):
        text = layer.format(more=' relativeToVRT="1"' if name == "beside" else "", source=source)
        for file in ("x.vrt", "x.gml", "x.shp"):
            yield trap(f"virtual {name} as {file}", file, text, "unknown_format")
    for name, text in {
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{away}/x.png"/><script>1</script></svg>',
        "html": f'<html><img src="{away}/x.png"><script src="{away}/x.js"></script></html>',
        "xsl": f'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:include href="{away}/x"/></xsl:stylesheet>',
        "gpx": '<gpx xmlns="http://www.topografix.com/GPX/1/1"/>',
        "wfs": f"<OGRWFSDataSource><URL>{away}/wfs</URL></OGRWFSDataSource>", "gdalg": f'<x url="WFS:{away}"/>',
    }.items():  # fmt: skip
        yield trap(name, f"x.{name}", text, "unknown_format", "broken_xml")
    yield trap("osm", "x.osm", "<osm/>", "osm_xml")


def _gml(away: str, secret: str) -> Iterator[Trap]:
    schema = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/wfs/2.0 {away}/x.xsd"'
    sound = MEMBER.format(name="x", place=POINT)
    yield trap("schema elsewhere", "x.gml", GML.format(more=schema, inside=sound), READ)
    yield trap(
        "schema of a file", "x.gml", GML.format(more=schema.replace(away, f"file://{secret}"), inside=sound), READ
    )
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    for name, target in (
        ("the network", f"{away}/x#g"),
        ("a file", f"file://{secret}#g"),
        ("itself", "#g"),
        ("nothing", "#"),
    ):
        inside = sound + f'<wfs:member><x><name>y</name><place xlink:href="{target}"/></x></wfs:member>'
        yield trap(f"link to {name}", "x.gml", GML.format(more=link, inside=inside))
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'
    yield trap("inclusion", "x.gml", GML.format(more="", inside=MEMBER.format(name=include, place=POINT)))
    for system in (
        f"{away}/crs",
        f"file://{secret}",
        "IGNF:" + "A" * 9000,
        "+proj=pipeline +step +init=../../x",
        "%s%n",
    ):
        inside = sound.replace("EPSG:4326", system)
        yield trap(f"system {system[:30]}", "x.gml", GML.format(more="", inside=inside))
    beside = {"x.gfs": b"<GMLFeatureClassList/>", "x.xsd": b"<schema/>"}
    yield trap("templates beside", "x.gml", GML.format(more="", inside=sound), READ, beside=beside)
    yield trap(
        "geometry deep",
        "x.gml",
        GML.format(more="", inside=MEMBER.format(name="x", place="<gml:MultiGeometry>" * 5000)),
    )
    yield trap("features deep", "x.gml", GML.format(more="", inside="<wfs:member><x>" * 50_000))
    yield trap(
        "a thousand columns",
        "x.gml",
        GML.format(more="", inside=MEMBER.format(name="".join(f"<c{n}>1</c{n}>" for n in range(2000)), place=POINT)),
    )


def _kml(away: str, secret: str) -> Iterator[Trap]:
    for name, target in (("the network", away), ("a file", f"file://{secret}"), ("a share", "\\\\host\\x")):
        yield trap(
            f"kml link to {name}",
            "x.kml",
            KML.format(inside=f"<NetworkLink><Link><href>{target}</href></Link></NetworkLink>"),
            READ,
        )
        icon = f"<Style><IconStyle><Icon><href>{target}</href></Icon></IconStyle></Style>" + PIN.format(name="x")
        yield trap(f"kml picture from {name}", "x.kml", KML.format(inside=f"<Document>{icon}</Document>"), READ)
    yield trap("kml deep", "x.kml", KML.format(inside="<Folder>" * 100_000), "nested_too_deep")
    yield trap(
        "kml many names",
        "x.kml",
        KML.format(
            inside="<Document>"
            + "".join(f'<Placemark><ExtendedData><Data name="c{n}"/></ExtendedData></Placemark>' for n in range(600))
            + "</Document>"
        ),
        "too_many_columns",
    )
    yield trap(
        "kml one long line",
        "x.kml",
        KML.format(
            inside="<Placemark><LineString><coordinates>"
            + "1,2 " * 2_000_000
            + "</coordinates></LineString></Placemark>"
        ),
        READ,
        "too_much_memory",
    )
    yield trap("kml cut", "x.kml", KML.format(inside=PIN.format(name="x"))[:-20], "broken_xml")
    yield trap("kml script", "x.kml", KML.format(inside=PIN.format(name="<![CDATA[<script>1</script>]]>")), READ)


def _json(away: str) -> Iterator[Trap]:
    feature = '{{"type":"Feature","properties":{properties},"geometry":{{"type":"Point","coordinates":{place}}}}}'
    tricks = {
        "deep": "[" * 100_000, "deep objects": '{"a":' * 100_000, "large number": feature.format(properties="{}", place=f"[{'9' * 5000},1]"),
        "infinite": feature.format(properties="{}", place="[1e999,1]"), "prototype": feature.format(properties='{"__proto__":{"x":1}}', place="[1,2]"),
        "half a letter": feature.format(properties='{"x":"\\ud800"}', place="[1,2]"),
        "system elsewhere": f'{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"{away}/crs"}}}},"features":[]}}',
        "no end": '{"type":"FeatureCollection","features":[', "topology": '{"type":"Topology","objects":{}}',
    }  # fmt: skip
    for name, text in tricks.items():
        yield trap(f"json {name}", "x.geojson", text)
    long = lambda _path: feature.format(properties='{"x":"' + "x" * (70 * MIB) + '"}', place="[1,2]").encode()  # noqa: E731
    yield Trap("json long text", "x.geojson", long, frozenset({"feature_too_long", "too_much_memory"}))


def _text() -> Iterator[Trap]:
    yield Trap("csv one line", "x.csv", lambda _path: b"lon,lat\n" + b"1" * (70 * MIB))
    yield Trap("csv open quote", "x.csv", lambda _path: b'lon,lat\n1,2\n"' + b"x\n" * (8 * MIB))
    yield trap("csv many columns", "x.csv", b"lon,lat" + b",x" * 100_000, "too_many_columns")
    yield trap("csv of nothing", "x.csv", bytes(MIB))
    yield trap("csv formula", "x.csv", "lon,lat,x\n57.5,23.4,\"=cmd|' /C calc'!A0\"\n", READ)
    yield trap("csv utf-16 cut", "x.csv", "lon,lat\n1,2\n".encode("utf-16")[:-1])
