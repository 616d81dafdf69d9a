"""What a filter may cost is bounded before anything parses it, and each refusal tells its bound."""

import json
import threading
from typing import Any

import pytest

from gis.cql2 import BadFilter, condition, limits, read
from gis.cql2.refusals import (
    NotCql2,
    NotCql2Json,
    OutsideSystem,
    TooDeep,
    TooLong,
    TooMany,
    Unbalanced,
    WrongGeometry,
    WrongNumber,
    WrongPattern,
    WrongText,
)
from tests.gis.cql2.ogc import scope

DEEP = 10_000
KINDS = {"a": "integer", "name": "text", "geom": "geometry"}
A_IS_1 = {"op": "=", "args": [{"property": "a"}, 1]}
SMALL_STACK = 512 * 1024


def line(vertices: int) -> str:
    return "S_INTERSECTS(geom, LINESTRING(" + ",".join(f"{n / 10} {n % 7}" for n in range(vertices)) + "))"


def asked(text: str, language: Any = "cql2-text") -> Any:
    return condition(read(text, language), scope(KINDS))


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEP + "a=1" + ")" * DEEP,
        "casei(" * DEEP + "name" + ")" * DEEP + "='x'",
        "f(" * DEEP + "a" + ")" * DEEP + "=1",
        "a_contains(name, " + "(" * DEEP + "1" + ")" * DEEP + ")",
        "s_intersects(geom, " + "GEOMETRYCOLLECTION(" * DEEP + "POINT(1 2)" + ")" * DEEP + ")",
        # 20 levels that turn out to be wrong would take the parser six seconds, 30 an hour.
        "(" * 13 + "a = = 1" + ")" * 13,
        "(" * 10 + "a = 1 and " * 300 + " = " + ")" * 10,
        "not " * 3 + "(" * 9 + "a in (" + "1," * 900 + ")" * 10,
    ],
)
def test_deep_texts_are_refused_before_they_are_parsed(text: str):
    with pytest.raises((TooDeep, TooLong)):
        read(text)


@pytest.mark.parametrize("unit", ["not ", "-", "- "])
def test_so_are_chains_of_prefixes(unit: str):
    with pytest.raises(TooMany):
        read("a = " + unit * DEEP + "1")


@pytest.mark.parametrize("unit", ["+1", "^1", " and a=1", " or a=1", " div 1"])
def test_so_are_chains_of_operators(unit: str):
    with pytest.raises((TooMany, TooLong)):
        read("a=1" + unit * DEEP)


@pytest.mark.parametrize("call", ["bbox", "point", "POLYGON", "f", "date"])
@pytest.mark.parametrize("unit", ["+1", "-1", " -1", " and 1", "-'a,b'"])
def test_what_looks_like_a_geometry_hides_no_operators(call: str, unit: str):
    """Measured: the parser takes `bbox(1+1)` and `point(a+1)` for calls with an expression in them."""
    for before in ("", "1,2,"):
        with pytest.raises(TooMany):
            read(f"{call}({before}1{unit * 2_000}) = 1")


def test_signs_are_no_operators():
    assert asked("a in (" + ", ".join(f"-{n}" for n in range(500)) + ")")
    positions = ", ".join(f"-{n / 10} -{n % 7}" for n in range(900))
    assert asked(f"S_INTERSECTS(geom, LINESTRING({positions}))")
    assert asked("S_WITHIN(geom, BBOX(-3,-2,-1,-1))")


@pytest.mark.parametrize("tree", ["[", '{"op":"not","args":['])
def test_deep_json_is_refused_before_it_is_parsed(tree: str):
    with pytest.raises((TooDeep, TooLong)):
        read(tree * (DEEP if len(tree) == 1 else 4_000), "cql2-json")


@pytest.mark.parametrize("text", ["(" * 12, "a = 'x", 'a = "x', "a = 1)", "name = 'it''", "(a = 1))("])
def test_what_is_never_closed_is_refused_before_it_is_parsed(text: str):
    with pytest.raises(Unbalanced):
        read(text)


def test_the_bounds_themselves_are_read_in_a_small_stack():
    """Threads of a server have less than the main one: measured, 5,000 levels overflow 8 MB."""
    levels = limits.MOST_LEVELS
    at_bounds = [
        "(" * levels + "a=1" + ")" * levels,
        "a=1" + "+1" * limits.MOST_OPERATORS,
        "a = " + "-" * limits.MOST_OPERATORS + "1",
        "not " * limits.MOST_OPERATORS + "a=1",
        " and ".join(["a=1"] * limits.MOST_PREDICATES),
        "a in (" + ",".join(["1"] * limits.MOST_LISTED) + ")",
        line(limits.MOST_VERTICES),
    ]
    done: list[str] = []
    before = threading.stack_size(SMALL_STACK)
    try:
        thread = threading.Thread(target=lambda: done.extend(text for text in at_bounds if asked(text)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert done == at_bounds


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (line(limits.MOST_VERTICES + 1), TooMany),
        (line(1_000_000), TooLong),
        (" or ".join(["a=1"] * (limits.MOST_PREDICATES + 1)), TooMany),
        ("a in (" + ",".join(["1"] * (limits.MOST_LISTED + 1)) + ")", TooMany),
        ("name like '%a%b%c%d%e%'", TooMany),
        ("accenti(name) like accenti('％a％b％c％d％e％')", TooMany),
        ("name like 'a\\'", WrongPattern),
        ("name like name", WrongPattern),
        ("name = 'a\x00'", WrongText),
        ("a = 1e400", WrongNumber),
        ("a = 9007199254740993000", WrongNumber),
        ("a = ", NotCql2),
        ("", NotCql2),
        ("a = 1; DROP TABLE x", NotCql2),
        ("s_intersects(geom, POINT(181 0))", OutsideSystem),
        ("s_intersects(geom, POINT(100000000000000000000 0))", OutsideSystem),
        ("s_intersects(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", WrongGeometry),
        ("s_intersects(geom, POLYGON((0 0, 1 1)))", WrongGeometry),
        ("s_intersects(geom, LINESTRING(0 0))", WrongGeometry),
        ("s_intersects(geom, POLYGON((0 0, 1 1 2 2, 1 0, 0 0)))", WrongGeometry),
        ("s_intersects(geom, POLYGON Z((0 0, 1 1, 1 0, 0 0)))", WrongGeometry),
        ("s_intersects(geom, POLYGON EMPTY)", WrongGeometry),
        ("s_intersects(geom, BBOX(0, 5, 1, 4))", WrongGeometry),
    ],
)
def test_each_bound_is_told(text: str, refusal: type[BadFilter]):
    with pytest.raises(refusal) as refused:
        asked(text)
    assert str(refused.value)


@pytest.mark.parametrize(
    ("tree", "refusal"),
    [
        ({"op": "and", "args": [A_IS_1] * 51}, TooMany),
        ({"op": "=", "args": [{"property": "name"}, "a\x00"]}, WrongText),
        ({"op": "s_intersects", "args": [{"property": "geom"}, {"bbox": [0, 1, "x", 3]}]}, WrongGeometry),
        ({"op": "s_intersects", "args": [{"property": "geom"}, {"bbox": [0, 1]}]}, WrongGeometry),
        ({"op": "s_intersects", "args": [{"property": "geom"}, {"type": "Point", "coordinates": [[1]]}]}, BadFilter),
        ({"op": "like", "args": [{"property": "name"}, 5]}, WrongPattern),
        ({"op": "=", "args": [{"property": "a"}]}, BadFilter),
        ({"op": "=", "args": [{"property": "a"}, None]}, BadFilter),
        ({"op": "=", "args": [{"property": "a"}, {"date": 5}]}, BadFilter),
        ({"op": "in", "args": [{"property": "a"}, []]}, BadFilter),
        ({"op": "between", "args": [{"property": "a"}, 1]}, BadFilter),
        ({"op": "t_after", "args": [{"interval": ["..", "..", ".."]}, {"interval": ["..", ".."]}]}, BadFilter),
        ({"op": "in", "args": [{"property": "a"}, 5]}, BadFilter),
        ([1, 2], BadFilter),
        ("x", BadFilter),
        (5, BadFilter),
        ({"date": "2026-01-31"}, BadFilter),
        ({"bbox": [1, 2, 3, 4]}, BadFilter),
        ({"interval": ["..", ".."]}, BadFilter),
    ],
)
def test_odd_json_is_refused(tree: Any, refusal: type[BadFilter]):
    with pytest.raises(refusal) as refused:
        asked(json.dumps(tree), "cql2-json")
    assert str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "null", "{", '{"op": "="}', '{"op": "=", "args": [NaN, 1]}', '"\\ud800"', "a = 1"]
)
def test_what_is_no_json_is_refused(text: str):
    with pytest.raises((NotCql2Json, Unbalanced, BadFilter)):
        asked(text, "cql2-json")


@pytest.mark.parametrize("text", ["null", " null\n"])
def test_nothing_is_no_filter(text: str):
    """What is read as None would be left out by whoever asks whether there is a filter."""
    with pytest.raises(NotCql2Json):
        read(text, "cql2-json")
