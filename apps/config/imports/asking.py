"""A second look at a file: what of its choices is kept, and when one is needed."""

from collections.abc import Mapping
from dataclasses import replace

from gis.exchange.choices import Choices
from gis.exchange.mapping import PLACES
from gis.exchange.models import Delivery

from .placing import places_sent

# Why a file cannot be read that may be due to an encoding somebody typed.
OF_ENCODING = ("unknown_encoding", "corrupt")


def asked_anew(before: Choices, data: Mapping[str, str], delivery: Delivery) -> Choices:
    """The choices before, with what a page without the large form may ask: another table, or columns of the place.

    What the large form said is kept, for the page that sent this did not show it; a refused encoding is not
    tried again.
    """
    choices = before
    if "table" in data:
        choices = of_table(replace(choices, table=data["table"].strip()[:200]), before)
    if names_place(data):
        columns = {column["name"] for column in delivery.found.get("columns", [])}
        others = {name: column for name, column in choices.columns.items() if name not in PLACES}
        choices = replace(choices, columns=others | places_sent(data, columns))
    if delivery.found.get("reason") in OF_ENCODING:
        choices = replace(choices, encoding="")
    return choices


def names_place(data: Mapping[str, str]) -> bool:
    """Was the form there in which columns are named as the place?"""
    return any(f"place:{name}" in data for name in PLACES)


def of_table(choices: Choices, before: Choices) -> Choices:
    """Another table has other columns: what was left out of the one before may be there."""
    if choices.table == before.table:
        return choices
    return replace(choices, columns={name: column for name, column in choices.columns.items() if column})


def read_otherwise(before: Choices, after: Choices) -> bool:
    """Other rows, letters or places come out of the file; a mapping alone changes nothing of that.

    Columns of which it is not clear yet how they are a place change nothing either.
    """
    first, second = ((one.table, one.encoding, one.unit) for one in (before, after))
    if first != second or after.undecided:
        return first != second
    return bool(before.undecided) or before.places != after.places
