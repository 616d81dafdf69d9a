"""What is stored and what is not, and repairs that can kill nobody but their own child."""

import signal
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.utils import translation

from gis import geometry, repair
from gis.findings import WORDS, BadGeometry, Finding, Note, Reason
from gis.repair import Repaired, mender
from gis.wkb import from_wkb

BOW_TIE = shapely.Polygon([(58.0, 23.0), (58.001, 23.001), (58.001, 23.0), (58.0, 23.001)])
SQUARE = shapely.box(58.0, 23.0, 58.001, 23.001)


def random_ring(corners: int, seed: int = 1) -> shapely.Polygon:
    return shapely.Polygon(58 + np.random.default_rng(seed).random((corners, 2)))


def reason(shape, **options) -> str | None:
    finding = geometry.check(shape, **options)
    return finding.reason.value if finding else None


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (SQUARE, None),
        (None, "missing"),
        (shapely.Polygon(), "empty"),
        (shapely.MultiPolygon(), "empty"),
        (BOW_TIE, "invalid"),
        (shapely.from_wkt("POINT (nan 1)"), "not_finite"),
        (shapely.LineString([(1, 1), (2, float("nan"))]), "not_finite"),
        (shapely.LineString([(1, 1), (2, float("inf"))]), "not_finite"),
        (shapely.Point(float("-inf"), 1), "not_finite"),
        (shapely.box(650_000, 2_600_000, 650_100, 2_600_100), "out_of_bounds"),
        (shapely.Point(23, 158), "out_of_bounds"),
        (shapely.LineString([(1, 1), (1, 1)]), "invalid"),
        (random_ring(1000), "invalid"),
        (random_ring(20_000), "too_many_points"),
    ],
)
def test_the_first_reason_against_a_geometry(shape, expected: str | None):
    assert reason(shape) == expected


def test_kinds_that_a_layer_takes():
    assert reason(SQUARE, kind="MULTIPOLYGON") is None
    assert reason(shapely.Point(1, 1), kind="MULTIPOLYGON") == "wrong_kind"
    assert reason(shapely.MultiPoint([(1, 1)]), kind="POINT") == "wrong_kind"
    assert reason(shapely.GeometryCollection([SQUARE]), kind="MULTIPOLYGON") == "wrong_kind"
    assert reason(shapely.GeometryCollection([SQUARE]), kind="GEOMETRY") is None


def test_a_million_corners_are_refused_before_anything_looks_at_them():
    angle = np.linspace(0, 2 * np.pi, 1_000_000)
    circle = shapely.Polygon(np.column_stack([58 + np.cos(angle), 23 + np.sin(angle)]))
    began = time.perf_counter()
    assert reason(circle) == "too_many_points"
    assert time.perf_counter() - began < 0.1


def test_many_are_judged_each_by_itself():
    many = np.array([SQUARE, None, BOW_TIE, shapely.Polygon(), shapely.Point(1, float("inf")), SQUARE], dtype=object)
    found = [finding.reason.value if finding else None for finding in geometry.check_all(many)]
    assert found == [None, "missing", "invalid", "empty", "not_finite", None]


def test_a_finding_says_where_in_the_readers_language():
    finding = geometry.check(BOW_TIE)
    assert finding is not None
    with translation.override("en"):
        assert (
            str(finding)
            == "The outline is not valid: the outline crosses itself at 58.0005, 23.0005. Correct it there."
        )
        assert str(BadGeometry(finding)) == str(finding)
    with translation.override("ar"):
        assert "58.0005" in str(finding)
        assert "outline" not in str(finding)


def test_every_reason_and_word_is_in_arabic():
    with translation.override("ar"):
        for text in [*(choice.label for choice in (*Reason, *Note)), *WORDS.values()]:
            assert any("\u0600" < letter < "\u06ff" for letter in str(text)), text


def test_the_corner_that_is_no_number_is_named():
    finding = geometry.check(shapely.LineString([(1, 1), (2, float("nan")), (3, float("inf"))]))
    assert finding == Finding(Reason.NOT_FINITE, {"corner": 2})


def test_heights_and_measures_are_left_out_and_told():
    flat, notes = geometry.flat(shapely.from_wkt("POLYGON ZM ((0 0 1 2, 1 0 1 2, 1 1 1 2, 0 0 1 2))"))
    assert (flat.has_z, flat.has_m) == (False, False)
    assert notes == [Note.HEIGHTS_DROPPED, Note.MEASURES_DROPPED]
    assert geometry.flat(SQUARE) == (SQUARE, [])


def test_single_becomes_multi():
    assert geometry.as_kind(SQUARE, "MULTIPOLYGON").geom_type == "MultiPolygon"
    assert geometry.as_kind(SQUARE, "POLYGON") is SQUARE
    assert geometry.as_kind(shapely.Point(1, 1), "MULTIPOLYGON").geom_type == "Point"
    assert geometry.as_kind(shapely.LineString([(0, 0), (1, 1)]), "MULTILINESTRING").geom_type == "MultiLineString"


def nested(levels: int, order: str = "<", code: int = 7) -> bytes:
    mark = b"\x01" if order == "<" else b"\x00"
    srid = b"\0\0\0\0" if code & 0x20000000 else b""
    head = mark + struct.pack(f"{order}I", code) + srid + struct.pack(f"{order}I", 1)
    return head * levels + mark + struct.pack(f"{order}Idd", 1, 1.0, 2.0)


@pytest.mark.parametrize("code", [4, 5, 6, 7, 9, 10, 11, 12, 1007, 2007, 3007, 0x80000007, 0x20000007, 0xE0000007])
@pytest.mark.parametrize("order", ["<", ">"])
def test_deep_nesting_is_refused_before_geos_recurses(order: str, code: int):
    """Read by GEOS as it is, a hundred thousand levels end the process."""
    finding = from_wkb(nested(100_000, order, code))
    assert finding == Finding(Reason.UNREADABLE, {"told": "nested too deeply"})


def test_wkb_that_is_read_and_that_is_not():
    assert from_wkb(shapely.to_wkb(SQUARE)).equals(SQUARE)
    assert from_wkb(nested(3)).geom_type == "GeometryCollection"
    whole = shapely.to_wkb(SQUARE)
    for broken in (b"", whole[:-3], b"\x07" + whole[1:], b"\x01\xff\xff\xff\xff", whole[:5] + b"\xff" * 4 + whole[9:]):
        assert isinstance(from_wkb(broken), Finding)


def test_ten_thousand_broken_wkb_harm_nothing():
    rng = np.random.default_rng(7)
    sources = [
        shapely.to_wkb(shape) for shape in (SQUARE, BOW_TIE, shapely.MultiPoint([(1, 1), (2, 2)]), random_ring(20))
    ]
    outcomes = set()
    for _number in range(10_000):
        data = bytearray(sources[rng.integers(len(sources))])
        for _change in range(rng.integers(1, 4)):
            data[rng.integers(len(data))] = rng.integers(256)
        shape = from_wkb(bytes(data[: rng.integers(5, len(data) + 1)]))
        outcomes.add("unreadable" if isinstance(shape, Finding) else reason(shape))
    assert {"unreadable", None, "invalid", "out_of_bounds"} <= outcomes


def test_a_bow_tie_is_repaired_and_the_change_is_told():
    with mender() as hands:
        mended = hands.repair(BOW_TIE, kind="MULTIPOLYGON")
    assert isinstance(mended, Repaired)
    assert mended.geometry.geom_type == "MultiPolygon"
    assert geometry.check(mended.geometry) is None
    assert mended.area_after_m2 == pytest.approx(5_670, rel=0.01)  # two triangles of a square of 102 x 111 m
    assert mended.area_before_m2 < 1  # one triangle counted against the other


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (shapely.Polygon([(58, 23), (58.1, 23), (58, 23)]), Reason.VANISHED),
        (shapely.LineString([(58, 23), (58, 23)]), Reason.VANISHED),
    ],
)
def test_what_has_no_area_vanishes(shape, expected: Reason):
    kind = "MULTIPOLYGON" if shape.geom_type == "Polygon" else "MULTILINESTRING"
    with mender(1) as hands:
        assert hands.repair(shape, kind=kind) == Finding(expected)


def test_a_bomb_ends_only_its_own_child_and_only_its_own_feature():
    """A random ring of a thousand corners: GEOS does not end within minutes, here it is over in seconds."""
    shapes = [BOW_TIE, random_ring(3_000), BOW_TIE, random_ring(5_000, seed=2), BOW_TIE]
    began = time.perf_counter()
    with mender(1) as hands:
        first = hands.repair(BOW_TIE, kind="MULTIPOLYGON")
        first_child = hands.children[0].process
        outcomes = hands.repair_all(shapes, kind="MULTIPOLYGON")
    assert isinstance(first, Repaired)
    assert first_child is not None
    assert first_child.returncode == -signal.SIGXCPU
    assert [type(outcome) for outcome in outcomes[::2]] == [Repaired, Repaired, Repaired]
    assert outcomes[1] == outcomes[3] == Finding(Reason.BEYOND_REPAIR)
    assert time.perf_counter() - began < 60


def test_a_thousand_repairs_are_quick():
    shapes = [shapely.transform(BOW_TIE, lambda xy, by=number: xy + by * 1e-4) for number in range(1000)]
    with mender() as hands:
        hands.repair(BOW_TIE, kind="MULTIPOLYGON")
        began = time.perf_counter()
        outcomes = hands.repair_all(shapes, kind="MULTIPOLYGON")
    assert all(isinstance(outcome, Repaired) for outcome in outcomes)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "program", ["import time; time.sleep(60)", "print('nonsense' * 999_999)", "raise SystemExit", "no python"]
)
def test_a_child_that_hangs_or_answers_nonsense_is_ended(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(repair, "CHILD", child)
    monkeypatch.setattr(repair, "WALL_SECONDS", 1)
    with mender(1) as hands:
        assert hands.repair(BOW_TIE, kind="MULTIPOLYGON") == Finding(Reason.BEYOND_REPAIR)
        assert hands.children[0].process is None
