"""What people type: coordinates in two forms and two scripts, digits, and the names of things."""

import datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from apps.core.coordinates import read_point
from apps.core.digits import european
from apps.core.wording import money, text_of
from gis.layers import Field

# Typed, longitude, latitude.
PLACES = [
    ("23.588, 58.383", 58.383, 23.588),
    ("23.588 58.383", 58.383, 23.588),
    ("٢٣٫٥٨٨، ٥٨٫٣٨٣", 58.383, 23.588),
    ("23.588N, 58.383E", 58.383, 23.588),
    ("-33.9; 18.4", 18.4, -33.9),
    ("33.9 S, 18.4 W", -18.4, -33.9),
    ("23.588 ش، 58.383 ق", 58.383, 23.588),
    ("23°35'17\"N 58°22'59\"E", 58 + 22 / 60 + 59 / 3600, 23 + 35 / 60 + 17 / 3600),
    ("\u206623.588, 58.383\u2069", 58.383, 23.588),
]
NO_PLACES = ["", "23.588", "91, 58", "99 999", "23, 181", "شارع 23", "23,588", "nan, nan", "1e3, 2", "101/4"]


@pytest.mark.parametrize(("typed", "lng", "lat"), PLACES)
def test_coordinates_are_read(typed: str, lng: float, lat: float):
    assert read_point(typed) == pytest.approx((lng, lat))


@pytest.mark.parametrize("typed", NO_PLACES)
def test_what_is_no_place_is_not_one(typed: str):
    assert read_point(typed) is None


def test_digits_are_shown_european():
    assert european("قطعة ١٢٣/۴٫٥") == "قطعة 123/4.5"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        ("", ""),
        (True, "Yes"),
        (0, "0"),
        (Decimal("1234.500"), "1,234.5"),
        (Decimal("600.00"), "600"),
        (Decimal("1000"), "1,000"),
        (datetime.date(2026, 1, 31), "Saturday 31 January 2026"),
    ],
)
def test_values_are_said_plainly(value: object, said: str):
    with override("en"):
        assert text_of(Field("x", "X"), value) == said


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [
        ("en", "OMR", "0.100 Omani rials"),
        ("ar", "OMR", "0.100 ريال عماني"),
        ("en", "USD", "0.10 US dollars"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(language: str, currency: str, said: str):
    with override(language):
        assert money(Decimal("0.1"), currency) == said


def test_a_field_says_what_is_published_for_programs():
    assert text_of(Field("x", "X", said=str.upper), "mo-fr") == "MO-FR"
