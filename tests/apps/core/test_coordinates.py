"""Coordinates in every system of the installation: what is open is offered, what is said is taken at its word."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from apps.core import whereabouts
from apps.core.coordinates import SystemNotHere, SystemOfNoMap, read
from apps.core.typed_place import place_of
from apps.core.whereabouts import MetresNotHere, NotHere
from gis import crs, measure
from gis.layers import PUBLIC
from gis.systems import System, catalogue
from tests.scene import SOUTH, WEST, Scene

PLACE = (WEST + 0.0005, SOUTH + 0.0005)
UTM40 = ("EPSG:32640", "EPSG:9296", "EPSG:7375", "EPSG:3440", "EPSG:23240")

# What is written around an easting and a northing, and the systems that it leaves open, wherever that may be.
WAYS = [
    ("40Q {e} {n}", UTM40),
    ("40N {e} {n}", UTM40),
    ("{e}, {n} 40N", UTM40),
    ("E {e} N {n} zone 40", UTM40),
    ("{n}N {e}E 40", UTM40),
    ("ق {e}، ش {n} النطاق ٤٠", UTM40),
    ("شرقاً {e} شمالاً {n} نطاق 40", UTM40),
    ("x={e} y={n} UTM 40", UTM40),
    ("WGS84 UTM 40N {e} {n}", ("EPSG:32640",)),
    ("{e} {n} 40N (WGS 84)", ("EPSG:32640",)),
    ("ONGD17 / UTM zone 40N {e} {n}", ("EPSG:9296",)),
    ("PSD93 40 {e} mE, {n} mN", ("EPSG:3440",)),
    ("فهود {e} {n} 40", ("EPSG:23240",)),
    ("EPSG:3440 {e} {n}", ("EPSG:3440",)),
]


def metres(code: str, place: tuple[float, float] = PLACE) -> tuple[int, int]:
    easting, northing = crs.operation(code).backward(*place)
    return round(float(easting)), round(float(northing))


@pytest.mark.parametrize(("way", "systems"), WAYS)
@pytest.mark.parametrize("arabic", [False, True])
def test_metres_are_read_in_the_systems_that_the_text_leaves_open(way: str, systems: tuple[str, ...], arabic: bool):
    easting, northing = metres(systems[0])
    text = way.format(e=easting, n=northing)
    if arabic:
        text = text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    typed = read(text)
    assert typed is not None
    readings = [one for one in typed.readings if not one.turned]
    assert tuple(one.system.code for one in readings) == systems
    assert (readings[0].lng, readings[0].lat) == pytest.approx(PLACE, abs=1e-5)


SYSTEMS = catalogue().systems
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def called(system: System) -> list[str]:
    """All that names this system and no other: its codes, and its titles on this site's pages."""
    datums = {name.replace(" ", "") for name in system.datum.names}
    titles = [title for title in system.title.values() if title.replace(" ", "") not in datums]
    return [system.code, system.code.lower(), *system.aliases, *titles]


@pytest.mark.parametrize("code", [code for code, system in SYSTEMS.items() if system.projected])
def test_metres_are_read_in_each_system_by_each_of_its_names(code: str):
    zone = SYSTEMS[code].zone
    place = (zone * 6 - 182, SOUTH) if zone else PLACE  # a degree east of the zone's middle
    easting, northing = metres(code, place)
    for name in called(SYSTEMS[code]):
        for text in (
            f"{easting} {northing} {name}",
            f"{name} {easting}, {northing}",
            f"{name}: E {easting} N {northing}",
        ):
            typed = read(text)
            assert typed is not None, text
            assert {one.system.code for one in typed.readings} == {code}, text
            assert (typed.readings[0].lng, typed.readings[0].lat) == pytest.approx(place, abs=1e-5), text


def ways_to_write(lng: float, lat: float) -> list[str]:
    """Degrees as people write them, in any system."""
    (east, minutes_e), (north, minutes_n) = (divmod(round(value * 3600, 3), 3600) for value in (lng, lat))
    whole = [f"{int(d)}°{int(s // 60):02}'{s % 60:06.3f}\"" for d, s in ((north, minutes_n), (east, minutes_e))]
    return [
        f"{lat:.6f}, {lng:.6f}", f"{lat:.6f}N {lng:.6f}E", f"E {lng:.6f} N {lat:.6f}", f"{whole[0]}N {whole[1]}E",
        f"ش {lat:.6f} ق {lng:.6f}", f"{lat:.6f}، {lng:.6f}".translate(ARABIC),
    ]  # fmt: skip


@pytest.mark.parametrize("code", [code for code, system in SYSTEMS.items() if not system.projected])
def test_degrees_are_read_in_each_system_by_each_of_its_names(code: str):
    """300 m lie between the same degrees of PSD93 or Fahud and of WGS 84, a metre between those of the new datums."""
    for name in (*called(SYSTEMS[code]), *SYSTEMS[code].datum.names):
        for number in ways_to_write(*map(float, crs.operation(code).backward(*PLACE))):
            for text in (f"{name} {number}", f"{number} {name}", f"{number} ({name})"):
                typed = read(text)
                assert typed is not None, text
                assert {one.system.code for one in typed.readings} == {code}, text
                first = typed.readings[0]
                assert not first.turned, text
                assert (first.lng, first.lat) == pytest.approx(PLACE, abs=1e-6), text


def test_the_datum_of_degrees_moves_the_place_as_far_as_it_is_known_to():
    """By the distances of the reference: the test above would not see a shift that both ways lack."""
    far = {}
    for code in (code for code, system in SYSTEMS.items() if not system.projected):
        typed = read(f"{code} 23.6 58.4")
        assert typed is not None
        far[code] = measure.distance_m((58.4, 23.6), (typed.readings[0].lng, typed.readings[0].lat))
    known = {"EPSG:4326": 0, "EPSG:9294": 1.29, "EPSG:7373": 1.18, "EPSG:4134": 298.6, "EPSG:4232": 296}
    assert far == pytest.approx(known, rel=0.01)


@pytest.mark.parametrize("code", ["EPSG:7371", "EPSG:9292", "EPSG:4978", "EPSG:5724"])
@pytest.mark.parametrize("number", ["23.6 58.4", "3060000 4980000"])
def test_a_system_of_no_map_is_refused_with_what_to_write(code: str, number: str):
    with override("en"), pytest.raises(SystemOfNoMap, match=f'"{code}" alone tell no place .* Give longitude'):
        read(f"{code} {number}")


@pytest.mark.parametrize("text", ["40R {e} {n}", "39N {e}99 {n}", "EPSG:3440 {n} {e} E N"])
def test_letters_and_numbers_that_cannot_be_give_no_reading_there(text: str):
    easting, northing = metres("EPSG:32640")
    typed = read(text.format(e=easting, n=northing))
    assert typed is None or not [one for one in typed.readings if abs(one.lng - PLACE[0]) < 1]


@pytest.mark.parametrize("text", ["plot 650123 block 2611234", "650123", "650123 2611234 12 13", "شارع 650123 2611234"])
def test_what_is_something_else_is_no_coordinates(text: str):
    assert read(text) is None


def test_an_unknown_system_is_said():
    with pytest.raises(SystemNotHere, match="EPSG:27700"):
        read("EPSG:27700 650123 2611234")


def test_where_the_zone_is_open_only_places_of_this_site_are_offered(scene: Scene):
    easting, northing = metres("EPSG:32640")
    with override("en"):
        found = whereabouts.choices(f"{easting} {northing}", PUBLIC)
    assert found[0].system == "WGS 84 / UTM zone 40N"  # the working system of the authority there
    assert {choice.system.partition(" / ")[2] for choice in found} == {"UTM zone 40N"}
    assert len(found) > 1
    assert (found[0].lng, found[0].lat) == pytest.approx(PLACE, abs=1e-5)


def test_the_unusual_order_is_offered_only_where_the_usual_is_not_here(scene: Scene):
    with override("en"):
        (turned,) = whereabouts.choices(f"{PLACE[0]}, {PLACE[1]}", PUBLIC)
        usual = whereabouts.choices(f"{PLACE[1]}, {PLACE[0]}", PUBLIC)
    assert turned.system == "WGS 84 (longitude first)"
    assert [choice.system for choice in usual] == ["WGS 84"]
    assert turned.point == usual[0].point


@pytest.mark.parametrize(("text", "refusal"), [("51.5, -0.1", NotHere), ("650123 5611234 40N", MetresNotHere)])
def test_a_place_elsewhere_is_said_with_what_to_check(scene: Scene, text: str, refusal: type[NotHere]):
    with pytest.raises(refusal):
        whereabouts.choices(text, PUBLIC)


def test_the_page_and_the_box_offer_each_reading_by_its_system(scene: Scene, client: Client):
    easting, northing = metres("EPSG:3440")
    asked = {"q": f"PSD93 {easting} {northing}"}
    for headers in ({}, {"HX-Request": "true"}):
        text = client.get("/ar/search", asked, headers=headers).content.decode()
        assert "PSD93 / مركاتور المستعرض العالمي، النطاق 40 شمالًا" in text
        assert "at/?point=23.5005" in text
    text = client.get("/en/search", {"q": "650123 5611234 40N"}).content.decode()
    assert str(MetresNotHere()) in text
    text = client.get("/ar/search", {"q": "EPSG:9292 3060000 4980000"}).content.decode()
    assert "لا تدل على مكان على الخريطة" in text


def test_a_form_takes_one_meaning_and_asks_where_there_are_several(scene: Scene):
    easting, northing = metres("EPSG:3440")
    point = place_of(f"PSD93 {easting} {northing} 40N")
    assert (point.x, point.y) == pytest.approx(PLACE, abs=1e-5)
    with override("en"), pytest.raises(ValidationError, match="PSD93 / UTM zone 40N"):
        place_of(f"{easting} {northing}")


def test_the_script_of_the_form_is_told_the_same(scene: Scene, client: Client):
    easting, northing = metres("EPSG:32640")
    told = client.get("/en/coordinates", {"text": f"{easting} {northing} 40N"}).json()
    assert told["sentence"] == ""
    first = told["choices"][0]
    assert first["system"] == "WGS 84 / UTM zone 40N"
    assert tuple(map(float, first["point"].split(","))) == pytest.approx(PLACE[::-1], abs=1e-5)
    assert client.get("/en/coordinates", {"text": "شارع"}).json() == {"choices": [], "sentence": ""}
