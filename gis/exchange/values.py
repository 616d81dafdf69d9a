"""A column of a file as values of a field: text ready for COPY, and the rows whose value is none.

Columns repeat themselves, so each different value is looked at once. Numbers may be written with Arabic digits;
codes may be given by code or by their label in either language.
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models
from django.utils import timezone, translation

from gis.codes import CodesField, choices_of

from .mapping import fold
from .readers.points import DIGITS
from .target import Target, is_required

# A fault: code and details of `gis.exchange.reasons`.
Fault = tuple[str, dict[str, Any]]
Faults = dict[int, Fault]
DateOrder = Literal["", "dmy", "mdy"]

TRUE = {"true", "t", "yes", "y", "1", "نعم", "صحيح"}
FALSE = {"false", "f", "no", "n", "0", "لا", "خطأ"}
DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
# "1,234" is a thousand and more to one office, one and a bit to another.
UNCLEAR = re.compile(r"-?\d{1,3},\d{3}")
BETWEEN_CODES = re.compile("[,;|،؛]")
MOST_CODES_TOLD = 20


class Wrong(Exception):
    """One value that is none of the field's."""

    def __init__(self, code: str, **details: Any) -> None:
        self.fault = (code, details)
        super().__init__(code)


@dataclass
class Converter:
    """Turns the values of one field. `look_up` finds a foreign key by what the file calls the record."""

    target: Target
    name: str
    recode: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder = ""
    look_up: Callable[[set[str]], dict[str, str | Fault]] | None = None

    def __post_init__(self) -> None:
        self.field = self.target.fields[self.name]
        self.codes = codes_of(self.field)
        self.recode = {key.strip(): value for key, value in self.recode.items()}

    def column(self, values: pa.Array, faults: Faults) -> pa.Array:
        """Text for COPY of each row. Rows that have a fault already keep it."""
        texts = as_text(values)
        if self._plain(texts):
            return texts.fill_null("") if not self.field.null else texts
        distinct = texts.dictionary_encode()
        answers = self._answers(distinct.dictionary.to_pylist())
        missing = self._answer_none()
        indices = distinct.indices.to_pylist()
        found: list[str | None] = []
        for row, index in enumerate(indices):
            answer = missing if index is None else answers[index]
            if isinstance(answer, tuple):
                faults.setdefault(row, answer)
                answer = None
            found.append(answer)
        return pa.array(found, pa.string())

    def _plain(self, texts: pa.Array) -> bool:
        """Free text within its length, in every row: nothing to look at one by one."""
        simple = type(self.field) is models.CharField or type(self.field) is models.TextField
        if not simple or self.codes or self.recode or (is_required(self.field) and texts.null_count):
            return False
        longest = pc.max(pc.utf8_length(texts)).as_py() or 0
        has_zero = pc.any(pc.match_substring(texts, "\x00")).as_py()
        return longest <= (self.field.max_length or longest) and not has_zero

    def _answers(self, texts: list[str]) -> list[str | Fault | None]:
        wanted = [self.recode.get(text, text) for text in texts]
        if self.look_up is not None:
            known = self.look_up({text for text in wanted if text})
            return [known[text] if text else self._answer_none() for text in wanted]
        return [self._answer(text) for text in wanted]

    def _answer(self, text: str) -> str | Fault | None:
        try:
            return self._value(text) if text else self._answer_none()
        except Wrong as wrong:
            code, details = wrong.fault
            return code, {"field": self.name, "value": text[:80], **details}

    def _answer_none(self) -> str | Fault | None:
        if is_required(self.field):
            return "missing_value", {"field": self.name}
        # What else may not be null gets its default in the staging table.
        free_text = isinstance(self.field, models.CharField | models.TextField) and not self.codes
        return "" if free_text and not self.field.null else None

    def _value(self, text: str) -> str:
        if isinstance(self.field, CodesField):
            return self._several(text)
        if self.codes:
            return self._code(text)
        for kind, convert in CONVERTERS:
            if isinstance(self.field, kind):
                return convert(self, text)
        return self._free(text)

    def _code(self, text: str) -> str:
        code = self.codes.get(fold(text))
        if code is None:
            known = list(dict.fromkeys(self.codes.values()))[:MOST_CODES_TOLD]
            raise Wrong("unknown_code", known=", ".join(known))
        return code

    def _several(self, text: str) -> str:
        """As PostgreSQL writes an array, in the order of the list; said twice is said once."""
        assert isinstance(self.field, CodesField)  # noqa: S101
        found = {self._code(self.recode.get(part, part)) for part in codes_said(text)}
        return "{" + ",".join(f'"{code}"' for code in self.field.in_order(found)) + "}"

    def _free(self, text: str) -> str:
        if "\x00" in text:
            raise Wrong("bad_value")
        if self.field.max_length and len(text) > self.field.max_length:
            raise Wrong("too_long", most=self.field.max_length)
        return text

    def _integer(self, text: str) -> str:
        number = _decimal(text)
        if number != number.to_integral_value():
            raise Wrong("bad_value")
        low, high = INTEGERS[self.field.get_internal_type()]
        if not low <= number <= high:
            raise Wrong("bad_value")
        return str(int(number))

    def _decimal(self, text: str) -> str:
        number = _decimal(text)
        assert isinstance(self.field, models.DecimalField)  # noqa: S101
        if abs(number) >= Decimal(10) ** (self.field.max_digits - self.field.decimal_places):
            raise Wrong("bad_value")
        return format(round(number, self.field.decimal_places), "f")

    def _float(self, text: str) -> str:
        return format(_decimal(text), "f")

    def _boolean(self, text: str) -> str:
        word = text.translate(DIGITS).casefold()
        if word not in TRUE | FALSE:
            raise Wrong("bad_value")
        return "true" if word in TRUE else "false"

    def _moment(self, text: str) -> str:
        written = text.translate(DIGITS)
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            moment = datetime.combine(read_day(written, self.dates), datetime.min.time())
        moment = moment if moment.tzinfo else timezone.make_aware(moment)
        try:
            moment.astimezone(UTC)
        except OverflowError as error:  # the first or last day of all: some programs' word for none
            raise Wrong("bad_value") from error
        return moment.isoformat()

    def _day(self, text: str) -> str:
        written = text.translate(DIGITS)
        try:
            return datetime.fromisoformat(written).date().isoformat()
        except ValueError:
            return read_day(written, self.dates).isoformat()

    def _uuid(self, text: str) -> str:
        try:
            return str(uuid.UUID(text))
        except ValueError as error:
            raise Wrong("bad_value") from error


CONVERTERS: tuple[tuple[type[Any], Callable[[Converter, str], str]], ...] = (
    (models.BooleanField, Converter._boolean),
    (models.IntegerField, Converter._integer),
    (models.DecimalField, Converter._decimal),
    (models.FloatField, Converter._float),
    (models.DateTimeField, Converter._moment),
    (models.DateField, Converter._day),
    (models.UUIDField, Converter._uuid),
)
INTEGERS = {
    "SmallIntegerField": (-32768, 32767),
    "PositiveSmallIntegerField": (0, 32767),
    "IntegerField": (-(2**31), 2**31 - 1),
    "PositiveIntegerField": (0, 2**31 - 1),
    "BigIntegerField": (-(2**63), 2**63 - 1),
    "PositiveBigIntegerField": (0, 2**63 - 1),
}


def as_text(values: pa.Array) -> pa.Array:
    """Every kind of column as trimmed text, empty as null; whole numbers without a decimal point."""
    kind = values.type
    if pa.types.is_floating(kind):
        values = pc.if_else(pc.is_finite(values), values, None)
        if pc.all(pc.equal(values, pc.round(values))).as_py() and (pc.max(pc.abs(values)).as_py() or 0) < 2**53:
            values = values.cast(pa.int64())
    if pa.types.is_string(kind):
        texts = values
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        texts = pa.array([None if value is None else json.dumps(value, default=str) for value in values.to_pylist()])
        texts = texts.cast(pa.string())
    elif pa.types.is_binary(kind) or pa.types.is_nested(kind):
        texts = pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())
    else:
        texts = values.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(pc.utf8_length(trimmed), 0), None, trimmed)


def read_day(text: str, order: DateOrder) -> date:
    """A day. Only one that begins with the year is clear of itself. Raises Wrong."""
    match = DAY.fullmatch(text.partition(" ")[0].partition("T")[0])
    if match is None:
        raise Wrong("bad_value")
    first, second, third = match.groups()
    try:
        if len(first) == 4:
            return date(int(first), int(second), int(third))
        if len(third) != 4:
            raise Wrong("bad_value")
        if not order:
            raise Wrong("unclear_date")
        day, month = (first, second) if order == "dmy" else (second, first)
        return date(int(third), int(month), int(day))
    except ValueError as error:
        raise Wrong("bad_value") from error


def _decimal(text: str) -> Decimal:
    written = text.translate(DIGITS).replace("٬", "").replace(" ", "")
    if UNCLEAR.fullmatch(written):
        raise Wrong("unclear_number")
    # One comma and no point: a decimal comma. Otherwise commas part thousands.
    written = written.replace(",", "." if written.count(",") == 1 and "." not in written else "")
    try:
        number = Decimal(written)
    except InvalidOperation as error:
        raise Wrong("bad_value") from error
    if not number.is_finite():
        raise Wrong("bad_value")
    return number


def codes_said(text: str) -> list[str]:
    """The parts of a text that names several codes: a JSON array, or with commas, semicolons or bars between them."""
    if text.startswith("["):
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Wrong("bad_value") from error
        return [str(one).strip() for one in said if one is not None]
    return [part for part in map(str.strip, BETWEEN_CODES.split(text)) if part]


def codes_of(model_field: "models.Field[Any, Any]") -> dict[str, str]:
    """What may be written for each code, folded: the code itself and its label in both languages."""
    known: dict[str, str] = {}
    for code, label in choices_of(model_field):
        for language in ("ar", "en"):
            with translation.override(language):
                known.setdefault(fold(str(label)), code)
    return known | {fold(code): code for code, _label in choices_of(model_field)}
