"""What cannot be compared is refused by a sentence that names the field and what was expected."""

import pytest
from django.utils import translation

from gis.cql2 import BadFilter, Kind, allowed, condition, read
from gis.cql2.kinds import FAMILIES
from gis.features import UnknownField
from tests.gis.cql2.ogc import scope

KINDS: dict[str, Kind] = {
    "status": "text",
    "floors": "integer",
    "depth": "number",
    "open": "boolean",
    "built": "date",
    "seen": "datetime",
    "geom": "geometry",
    "tags": "texts",
    "sizes": "numbers",
}
WRITTEN = {
    "text": "'x'",
    "integer": "1",
    "number": "1.5",
    "boolean": "true",
    "date": "DATE('2026-01-31')",
    "datetime": "TIMESTAMP('2026-01-31T12:00:00Z')",
    "geometry": "POINT(1 2)",
    "texts": "('x','y')",
    "numbers": "(1,2)",
}
TEMPLATES = {
    **{sign: f"{{field}} {sign} {{value}}" for sign in ("=", "<>", "<", "<=", ">", ">=")},
    "in": "{field} in ({value})",
    "between": "{field} between {value} and {value}",
    "like": "{field} like 'x%'",
    "casei": "casei({field}) = 'x'",
    "accenti": "accenti({field}) = 'x'",
    **{sign: f"{{field}} {sign} 2 > 1" for sign in ("+", "-", "*", "/", "%", "div", "^")},
    "t_after": "t_after({field}, {value})",
    "t_during": "t_during({field}, interval('..', {text}))",
    "s_intersects": "s_intersects({field}, POINT(1 2))",
    "s_dwithin": "s_dwithin({field}, POINT(1 2), 10)",
    "a_contains": "a_contains({field}, {value})",
    "a_equals": "a_equals({field}, {value})",
}


def said(text: str) -> str:
    with translation.override("en"), pytest.raises(BadFilter) as refused:
        condition(read(text), scope(KINDS))
    with translation.override("en"):
        return str(refused.value)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("operator", TEMPLATES)
def test_each_kind_takes_the_operators_that_are_told(name: str, operator: str):
    kind = KINDS[name]
    value = WRITTEN[kind]
    text = TEMPLATES[operator].format(
        field=name, value=value, text="'2026-01-31'" if kind == "date" else "'2026-01-31T12:00:00Z'"
    )
    if operator in allowed(kind):
        condition(read(text), scope(KINDS))
    else:
        with pytest.raises(BadFilter):
            condition(read(text), scope(KINDS))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("other", WRITTEN)
def test_only_kinds_of_one_family_are_compared(name: str, other: Kind):
    kind = KINDS[name]
    never = {"geometry", "texts", "numbers"}
    fits = FAMILIES[kind] == FAMILIES[other] and kind not in never
    if fits or (kind, other) == ("datetime", "date"):
        condition(read(f"{name} = {WRITTEN[other]}"), scope(KINDS))
    else:
        sentence = said(f"{name} = {WRITTEN[other]}")
        assert name in sentence or other in never or (kind, other) in (("date", "text"), ("datetime", "text"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "floors = 'x'",
            "floors is a whole number and cannot be compared with a text. Compare it with a number such as 12.",
        ),
        (
            "5 > status",
            "status is a text and cannot be compared with a number. Compare it with a text in single quotation marks.",
        ),
        ("S_WITHIN(status, POINT(1 2))", "status cannot stand here: expected a geometry, found a text."),
        (
            "built > TIMESTAMP('2026-01-31T12:00:00Z')",
            "built is a day and cannot be compared with a time. Compare it with a day such as DATE('2026-01-31').",
        ),
        ("geom = POINT(1 2)", "A value is expected: a field, a text, a number, a day or a time; Point is none."),
        ("uper(status) = 'X'", 'There is no function "uper" in filters. The nearest is "upper".'),
        ("upper(status, status) = 'X'", "upper takes 1 arguments; 2 are given."),
        ("status + 1 = 2", "status cannot stand here: expected a number, found a text."),
        ("floors", "A condition is expected, such as a comparison; floors is none."),
        ("floors + 1", "A condition is expected, such as a comparison; + is none."),
        ("built = '31/1/2026'", '"31/1/2026" is no day such as 2026-01-31 and no time such as 2026-01-31T12:00:00Z.'),
        (
            "T_DURING(built, INTERVAL('2026-02-01', '2026-01-01'))",
            "An interval has a beginning and an end of one kind, days or times, the beginning first; "
            '".." leaves one open.',
        ),
        (
            "S_TOUCHES(geom, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 0)))",
            "S_TOUCHES takes no geometry collection of several kinds. Give its parts one by one, joined with OR.",
        ),
        ("S_DWITHIN(geom, POINT(1 2), 500000)", "S_DWITHIN looks from 0 to 100,000 metres around, not 500000."),
    ],
)
def test_the_sentence_names_the_field_and_what_was_expected(text: str, sentence: str):
    assert said(text) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "owner = 'x'",
        "S_WITHIN(owner, POINT(1 2))",
        "lower(owner) = 'x'",
        "owner IS NULL",
        "casei(owner) like 'x'",
        "T_AFTER(INTERVAL(owner, '..'), DATE('2026-01-01'))",
    ],
)
def test_a_hidden_field_does_not_exist(text: str):
    with pytest.raises(UnknownField) as refused:
        condition(read(text), scope(KINDS))
    assert refused.value.details["name"] == "owner"
    assert refused.value.details["nearest"] in KINDS
