"""Single values: numbers and dates as people write them, and those that could mean two things."""

import pyarrow as pa
import pytest

from apps.addressing.models import Street
from gis.exchange.mapping import fold, parse, plan
from gis.exchange.references import References
from gis.exchange.refusals import BadMapping, NoSuchColumn, UnknownField
from gis.exchange.target import Holder, Target, find_target
from gis.exchange.values import Converter, DateOrder, Faults, as_text
from gis.layers import registry
from tests.gis.exchange.conftest import Desk

HOLDER = Holder(id=None, code="x", name_ar="س", name_en="X", jurisdiction=None, working_crs="", tolerance_m=0.2)  # type: ignore[arg-type]


def convert(layer: str, field: str, value: object, *, dates: DateOrder = "") -> object:
    """The text for COPY, or the code of the fault."""
    faults: Faults = {}
    found = Converter(Target(registry[layer], HOLDER), field, dates=dates).column(pa.array([value]), faults)
    return faults[0][0] if faults else found[0].as_py()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("12.5", "12.50"), ("١٢٫٥", "12.50"), ("12,5", "12.50"), ("1,234,567.8", "1234567.80"), (12.5, "12.50"),
        ("1,234", "unclear_number"), ("abc", "bad_value"), ("NaN", "bad_value"), ("1e400", "bad_value"),
        ("", None), (None, None), ("999999999999999", "bad_value"),
    ],
)  # fmt: skip
def test_decimals(given: object, expected: object) -> None:
    assert convert("parcels", "legal_area_m2", given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("7", "7"), ("٧", "7"), (7.0, "7"), ("7.0", "7"), ("7.5", "bad_value"), ("-1", "bad_value"),
     ("99999999999", "bad_value"), ("", "missing_value")],
)  # fmt: skip
def test_integers(given: object, expected: object) -> None:
    assert convert("address-units", "number", given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("app, sms", '{"sms","app"}'), ("SMS;SMS", '{"sms"}'), ("رسالة نصية، تطبيق", '{"sms","app"}'),
        ('["web", "sms"]', '{"sms","web"}'), (["web", "sms"], '{"sms","web"}'), ("[]", "{}"), ([], "{}"),
        ("", None), (None, None), ("sms, cheque", "unknown_code"), ('["sms"', "bad_value"),
        ("[" * 100_000, "bad_value"), ("[[]]", "unknown_code"),
        ("sms|meter", '{"sms","meter"}'),
    ],
)  # fmt: skip
def test_several_codes(given: object, expected: object) -> None:
    assert convert("parking-zones", "payment_channels", given) == expected


@pytest.mark.parametrize(
    ("given", "dates", "expected"),
    [
        ("2024-12-31", "", "2024-12-31"), ("2024/12/31", "", "2024-12-31"), ("٢٠٢٤-١٢-٣١", "", "2024-12-31"),
        ("2024-12-31T10:00:00Z", "", "2024-12-31"), ("31/12/2024", "", "unclear_date"),
        ("31/12/2024", "dmy", "2024-12-31"), ("12/31/2024", "mdy", "2024-12-31"), ("31/12/2024", "mdy", "bad_value"),
        ("1993", "", "bad_value"), ("yesterday", "", "bad_value"),
    ],
)  # fmt: skip
def test_days(given: str, dates: DateOrder, expected: str) -> None:
    assert convert("wells", "drilled_on", given, dates=dates) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2024-12-31T10:00:00Z", "2024-12-31T10:00:00+00:00"), ("0001-01-01T00:00:00", "bad_value"),
        ("0001-01-01", "bad_value"), ("9999-12-31T23:59:59-12:00", "bad_value"),
    ],
)  # fmt: skip
def test_moments(given: str, expected: str) -> None:
    """What no program could read again is not stored."""
    assert convert("reports", "reported_at", given) == expected


@pytest.mark.parametrize(
    ("given", "expected"), [("نعم", "true"), ("no", "false"), (True, "true"), ("maybe", "bad_value")]
)
def test_yes_and_no(given: object, expected: str) -> None:
    assert convert("aflaj", "live", given) == expected


@pytest.mark.parametrize(("given", "expected"), [("x" * 40, "x" * 40), ("x" * 41, "too_long"), ("a\x00b", "bad_value")])
def test_texts(given: str, expected: str) -> None:
    assert convert("parcels", "deed_no", given) == expected


def test_whole_numbers_lose_their_point_and_texts_their_spaces() -> None:
    assert as_text(pa.array([1.0, None, 3.0])).to_pylist() == ["1", None, "3"]
    assert as_text(pa.array(["  a ", " ", None])).to_pylist() == ["a", None, None]


def test_names_of_columns_are_compared_without_their_dress() -> None:
    assert fold("Plot_No") == fold("PLOT NO") == "plotno"
    target = Target(registry["parcels"], HOLDER)
    found = plan(target, parse([], [], []), ("رقم القطعة", "Plot", "X"), snapshot=False, has_rows=True)
    assert "plot_no" in found.columns


@pytest.mark.parametrize("text", ["plot_no", "=PLOT", ""])
def test_a_mapping_that_says_nothing(text: str) -> None:
    with pytest.raises(BadMapping):
        parse([text], [], [])


def test_names_that_do_not_exist() -> None:
    target = Target(registry["parcels"], HOLDER)
    with pytest.raises(UnknownField, match="plot_no"):
        plan(target, parse(["colour=X"], [], []), ("X",), snapshot=False, has_rows=False)
    with pytest.raises(NoSuchColumn, match="X"):
        plan(target, parse(["plot_no=Y"], [], []), ("X",), snapshot=False, has_rows=False)


def test_a_name_is_forgiven_beside_others_that_are_exact(desk: Desk) -> None:
    """A file holds both: what one row says must not decide over another."""
    with desk.acting():
        for name in ("شارع النور", "شارع الأمل"):
            Street.objects.create(
                authority=desk.authority, name_ar=name, geom="SRID=4326;MULTILINESTRING((57.5 23.4, 57.6 23.4))"
            )
        asked = {"شارع النور", "شارع الامل", "شارع الغد"}
        found = References(find_target("address-units", desk.authority.code), "street").look_up(asked)
    assert {text for text, answer in found.items() if isinstance(answer, str)} == {"شارع النور", "شارع الامل"}
