"""Random filters over a small table, as trees of CQL2's JSON, and how a tree is written as text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from gis.cql2 import Kind
from gis.cql2.kinds import TEMPORAL

KINDS: dict[str, Kind] = {
    "name": "text",
    "other": "text",
    "n": "integer",
    "m": "number",
    "yes": "boolean",
    "day": "date",
    "first": "datetime",
    "last": "datetime",
}
TYPES = {
    "text": "text",
    "integer": "int",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}
# Their order is the same by code points, as Python compares, and by the database's collation.
NAMES = ["", "a", "b", "a_B", "it's", "مدرسة", "50%", "c\\d"]
NUMBERS = [-3, -1, 0, 1, 2, 7, 0.25, -1.5, 2.75]
DAYS = ["2026-01-30", "2026-01-31", "2026-02-01"]
MOMENTS = [f"2026-01-31T{hour:02}:00:00Z" for hour in (8, 9, 10, 11)]
PATTERNS = ["%", "a%", "_", "%b", "a\\_B", "50\\%", "%\\\\%", "م%ة", ""]


def rows() -> list[dict[str, Any]]:
    """Twenty rows; every column holds a missing value somewhere."""
    return [
        {
            "name": [*NAMES, None][n % 9],
            "other": [*NAMES, None][(n * 5 + 2) % 9],
            "n": [-3, -1, 0, 1, 2, 7, None][n % 7],
            "m": [Decimal("0.25"), Decimal(2), Decimal("-1.5"), None, Decimal(0)][n % 5],
            "yes": [True, False, None][n % 3],
            "day": [*(date.fromisoformat(day) for day in DAYS), None][n % 4],
            "first": [*(_moment(text) for text in MOMENTS), None][n % 5],
            "last": [*(_moment(text) for text in MOMENTS), None][(n * 2 + 1) % 5],
        }
        for n in range(20)
    ]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _field(*names: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(names).map(lambda name: {"property": name})


def _op(op: st.SearchStrategy[str], *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda op, args: {"op": op, "args": list(args)}, op, st.tuples(*args))


TEXTS = _field("name", "other") | st.sampled_from(NAMES)
PLAIN_NUMBERS = _field("n", "m") | st.sampled_from(NUMBERS)
# Divisors are powers of two, so that both evaluations are exact.
ARITHMETIC = st.recursive(
    PLAIN_NUMBERS,
    lambda inner: (
        _op(st.sampled_from(["+", "-", "*"]), inner, inner)
        | _op(st.sampled_from(["/", "%", "div"]), inner, st.sampled_from([0, 2, 4, -2]))
    ),
    max_leaves=4,
) | _op(st.just("^"), PLAIN_NUMBERS, st.sampled_from([0, 1, 2, 3]))
DATES = _field("day") | st.sampled_from(DAYS).map(lambda day: {"date": day})
TIMES = _field("first", "last") | st.sampled_from(MOMENTS).map(lambda text: {"timestamp": text})
ENDS = [_field("first", "last") | st.sampled_from(part) for part in ([*MOMENTS[:2], ".."], [*MOMENTS[2:], ".."])]
INTERVALS = TIMES | st.tuples(*ENDS).map(lambda ends: {"interval": list(ends)})
SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.lists(values, min_size=1, max_size=3)
    return (
        _op(SIGNS, values, values)
        | _op(st.just("between"), values, values, values)
        | _op(st.just("in"), values, listed)
        | _op(st.just("isNull"), values)
    )


CONDITIONS = (
    _of(TEXTS)
    | _of(ARITHMETIC)
    | _of(DATES)
    | _of(TIMES)
    | _op(SIGNS, _field("yes"), st.booleans())
    | _op(st.just("like"), TEXTS, st.sampled_from(PATTERNS))
    | _op(st.sampled_from(TEMPORAL), INTERVALS, INTERVALS)
    | st.booleans()
)
FILTERS = st.recursive(
    CONDITIONS,
    lambda inner: _op(st.sampled_from(["and", "or"]), inner, inner) | _op(st.just("not"), inner),
    max_leaves=6,
)


def written(tree: Any) -> str:
    """The tree as text, every operator in parentheses."""
    if isinstance(tree, bool):
        return str(tree).lower()
    if isinstance(tree, str):
        return "'" + tree.replace("'", "''") + "'"
    if not isinstance(tree, dict):
        return str(tree)
    if "property" in tree:
        return f'"{tree["property"]}"'
    for name in ("date", "timestamp"):
        if name in tree:
            return f"{name.upper()}('{tree[name]}')"
    if "interval" in tree:
        return f"INTERVAL({', '.join(map(written, tree['interval']))})"
    return _operation(tree["op"], tree["args"])


def _operation(op: str, args: list[Any]) -> str:
    if op == "in":
        return f"({written(args[0])} IN ({', '.join(map(written, args[1]))}))"
    told = list(map(written, args))
    if op == "isNull":
        return f"({told[0]} IS NULL)"
    if op == "not":
        return f"NOT ({told[0]})"
    if op == "between":
        return f"({told[0]} BETWEEN {told[1]} AND {told[2]})"
    if op.startswith("t_"):
        return f"{op.upper()}({', '.join(told)})"
    return f"({told[0]} {op.upper()} {told[1]})"
