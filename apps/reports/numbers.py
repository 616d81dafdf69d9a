"""Report numbers as people type them. The database makes them (`reports_next_number`)."""

from django.utils.translation import gettext_lazy as _

from apps.core.digits import european
from apps.core.refusals import Refusal

# Damm's quasigroup of order ten, as in sql/reports_check_digit_v1.sql.
QUASIGROUP = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
LONGEST = 20


class BadNumber(Refusal):
    """Not a number we ever gave: the check digit tells a typing mistake from an unknown report."""

    code = "bad_number"
    status = 404
    sentence = _("This is not a report number: a digit is wrong or missing. Compare it with the one you were given.")


def read_number(typed: str) -> str:
    """The number in European digits, without spaces or dashes. Raises BadNumber."""
    number = "".join(european(typed).split()).replace("-", "")
    if not (number.isascii() and number.isdigit() and 1 < len(number) <= LONGEST) or check_digit(number) != "0":
        raise BadNumber
    return number


def check_digit(digits: str) -> str:
    """Damm's digit: "0" for a number that ends with its own."""
    row = 0
    for digit in digits:
        row = int(QUASIGROUP[row][int(digit)])
    return str(row)
