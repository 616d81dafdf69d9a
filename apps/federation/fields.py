"""Values of another server's features as columns: which type holds one, and which when it does not."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["text", "bigint", "numeric", "boolean", "date", "timestamptz", "jsonb"]

LONGEST_NAME = 55  # bytes; PostgreSQL cuts names at 63
RESERVED = ("id", "geom", "_round")
BIGINT = 2**63
FORMATS: dict[str, Kind] = {"date": "date", "date-time": "timestamptz"}
TYPES: dict[str, Kind] = {
    "string": "text", "integer": "bigint", "number": "numeric", "boolean": "boolean",
    "array": "jsonb", "object": "jsonb",
}  # fmt: skip


class Unfit(Exception):
    """The value is none of the column's type."""


def kind_of_schema(said: dict[str, Any]) -> Kind:
    """The type for what a JSON schema says of a property."""
    named = said.get("type")
    if isinstance(named, list):
        named = next((one for one in named if one != "null"), None)
    kind = TYPES.get(str(named), "text")
    return FORMATS.get(str(said.get("format")), kind) if kind == "text" else kind


def kind_of(value: Any) -> Kind:
    """The type for a value that no schema tells of."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "bigint" if -BIGINT <= value < BIGINT else "numeric"
    if isinstance(value, Decimal):
        return "numeric"
    return "jsonb" if isinstance(value, dict | list) else "text"


def wider(kind: Kind, value: Any) -> Kind:
    """The type of a column that holds what it had and this value too."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return "numeric" if kind == "bigint" and number else "text"


def written(kind: Kind, value: Any) -> Any:
    """The value as it is given to the database. Raises Unfit."""
    if value is None:
        return None
    if kind == "jsonb":
        return _json(value)
    if kind == "text":
        return clean(value) if isinstance(value, str) else _json(value)
    if kind in ("bigint", "numeric", "boolean"):
        if kind_of(value) != kind and (kind, kind_of(value)) != ("numeric", "bigint"):
            raise Unfit
        return value
    return _moment(kind, value)


def clean(text: str) -> str:
    """Without what the database cannot hold: the sign NUL and halves of letters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def column_name(property_name: str, taken: set[str]) -> str:
    """A name for the property's column that no other has."""
    plain = clean(property_name).encode()[:LONGEST_NAME].decode("utf-8", "ignore") or "_"
    name, number = f"{plain}_" if plain in RESERVED else plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def _moment(kind: Kind, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit
    try:
        if kind == "date":
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Unfit from error
    if moment.tzinfo is None:
        raise Unfit
    return moment.isoformat()


def _json(value: Any) -> str:
    return json.dumps(_cleaned(value), default=_fraction, ensure_ascii=False)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(one) for name, one in value.items()}
    return value


def _fraction(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)
