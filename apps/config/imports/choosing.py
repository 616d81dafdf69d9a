"""The form that says how a file is read: what it shows for each field of the layer, and what it sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis.codes import CodesField, choices_of
from gis.exchange.choices import Choices
from gis.exchange.mapping import UNIT, fold
from gis.exchange.models import Delivery, Quarantine
from gis.exchange.target import Target
from gis.exchange.units import UNITS
from gis.exchange.values import Wrong, codes_of, codes_said

from .placing import places_sent

# What a field is filled with: a column of the file, one value for every row, or nothing.
NOTHING, ONE_VALUE = "", "="
COLUMN = "column:"
# Values of all fields together that a form offers to be read as codes: two inputs each, of the thousand that Django
# takes (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_RECODES = 400
DATE_WORDS = {
    "": _("are refused as unclear"),
    "dmy": _("begin with the day"),
    "mdy": _("begin with the month"),
}
UNIT_NAMES = {
    "m": _("metres"),
    "km": _("kilometres"),
    "dm": _("decimetres"),
    "cm": _("centimetres"),
    "mm": _("millimetres"),
    "ft": _("feet"),
    "in": _("inches"),
    "us-ft": _("US survey feet"),
}


@dataclass
class Recode:
    """A value of the file that is none of the list, how often it was met, and as which code it is read."""

    given: str
    count: int
    code: str


@dataclass
class Line:
    """One field of the layer on the form. `source` is NOTHING, ONE_VALUE or COLUMN with a column's name."""

    name: str
    title: str
    required: bool
    source: str
    value: str
    codes: list[tuple[str, str]]
    samples: list[str] = field(default_factory=list)
    recodes: list[Recode] = field(default_factory=list)
    left_out: int = 0

    @property
    def one_value(self) -> bool:
        return self.source == ONE_VALUE

    @property
    def missing(self) -> bool:
        return self.required and (self.source == NOTHING or (self.one_value and not self.value))


def lines(delivery: Delivery, target: Target) -> list[Line]:
    """The required fields first, then as the model has them."""
    choices = Choices.from_json(delivery.choices)
    columns = {column["name"]: column for column in delivery.found["columns"]}
    met = _met_in_dry_run(delivery)
    found = [_line(name, target, choices, columns, met.get(name, {})) for name in target.fields]
    _shorten(found)
    return sorted(found, key=lambda line: not line.required)


def sent(data: Mapping[str, str], delivery: Delivery, target: Target) -> Choices:
    """The choices of a form that came back. What names no field or column of the file is left out."""
    columns = {column["name"] for column in delivery.found.get("columns", [])}
    chosen: dict[str, str] = {}
    values: dict[str, str] = {}
    for name in target.fields if columns else ():  # before a table is chosen nothing can be said of its columns
        source = data.get(f"source:{name}", NOTHING)
        if source == ONE_VALUE:
            chosen[name], values[name] = "", data.get(f"value:{name}", "").strip()
        else:
            column = source.removeprefix(COLUMN) if source.startswith(COLUMN) else ""
            chosen[name] = column if column in columns else ""
    places = places_sent(data, columns)
    if data.get("unit") in UNITS:
        places[UNIT] = data["unit"]
    dates = data.get("dates", "")
    return Choices(
        columns=chosen | places,
        values=values,
        recodes=dict(_recodes(data, target, Choices.from_json(delivery.choices).recodes)),
        crs=data.get("crs", "").strip()[:200],
        table=data.get("table", "").strip()[:200],
        encoding=data.get("encoding", "").strip()[:40],
        dates=dates if dates in DATE_WORDS else "",  # type: ignore[arg-type]
        swap_axes=bool(data.get("swap_axes")),
        snapshot=data.get("snapshot", "") if target.dated and _is_day(data.get("snapshot", "")) else "",
    )


def tables(delivery: Delivery) -> list[tuple[str, str]]:
    """What may be read instead of the table chosen: nothing where the file has one. "" asks to choose anew."""
    chosen, whole = Choices.from_json(delivery.choices).table, delivery.found.get("whole")
    names = delivery.found.get("tables", [])
    if len(names) < 2 and not chosen:
        return []
    offered = {} if whole is None else {whole: gettext("all of them together")}
    counts = delivery.found.get("counts", {})
    told = {name: f"{name} ({counts[name]:,})" if name in counts else name for name in names}
    offered |= told if len(names) > 1 else {chosen: chosen}
    return [*offered.items(), *([] if "" in offered else [("", gettext("— choose another —"))])]


def _line(name: str, target: Target, choices: Choices, columns: dict[str, Any], met: dict[str, int]) -> Line:
    model_field, column = target.fields[name], choices.columns.get(name, "")
    codes = [(code, str(label)) for code, label in choices_of(model_field)]
    value = choices.values.get(name, "")
    source = f"{COLUMN}{column}" if column else ONE_VALUE if name in choices.values else NOTHING
    about = columns.get(column, {"samples": [], "values": []})
    line = Line(name, str(target.title(name)), name in target.required, source, value, codes, about["samples"])
    if codes and column:
        values = _single(about["values"]) if isinstance(model_field, CodesField) else dict(about["values"])
        line.recodes = _to_recode(codes_of(model_field), values | met, choices.recodes.get(name, {}))
    return line


def _single(values: list[tuple[str, int]]) -> dict[str, int]:
    """The values of a column that says several codes at once, each code by itself, with how often it was met."""
    found: dict[str, int] = {}
    for text, count in values:
        try:
            codes = codes_said(text)
        except Wrong:  # as a whole it may be read as a code, which the list between its brackets is not
            codes = [text]
        for code in codes:
            found[code] = found.get(code, 0) + count
    return found


def _shorten(found: list[Line]) -> None:
    """So many values that the form can come back; fields share what there is, and what is seldom met waits its turn."""
    asking = sorted((line for line in found if line.recodes), key=lambda line: len(line.recodes))
    room = MOST_RECODES
    for place, line in enumerate(asking):
        share = room // (len(asking) - place)
        line.left_out = max(0, len(line.recodes) - share)
        line.recodes = line.recodes[:share]
        room -= len(line.recodes)


def _to_recode(known: Mapping[str, str], met: Mapping[str, int], chosen: Mapping[str, str]) -> list[Recode]:
    """Values that the list does not know by code or label, and those given a code before; the most frequent first."""
    asked = {given: count for given, count in met.items() if fold(given) not in known}
    asked |= {given: 0 for given in chosen if given not in asked}
    asked = dict(sorted(asked.items(), key=lambda one: -one[1]))
    return [Recode(given, count, chosen.get(given, "")) for given, count in asked.items()]


def _met_in_dry_run(delivery: Delivery) -> dict[str, dict[str, int]]:
    """Codes that the whole file has and the first rows had not, as the last dry run met them."""
    met: dict[str, dict[str, int]] = {}
    unknown = Quarantine.objects.filter(run__delivery=delivery, run__dry=True, code="unknown_code")
    for details in unknown.values_list("details", flat=True)[:5000]:
        counts = met.setdefault(str(details.get("field")), {})
        counts[str(details.get("value"))] = counts.get(str(details.get("value")), 0) + 1
    return met


def _recodes(
    data: Mapping[str, str], target: Target, before: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What the form said; of values that it had no room for, what was said before."""
    for name in target.fields:
        codes = {code for code, _label in choices_of(target.fields[name])}
        said: dict[str, str] = {}
        for number in range(MOST_RECODES):
            if (given := data.get(f"given:{name}:{number}")) is None:
                break
            said[given] = data.get(f"recode:{name}:{number}", "")
        kept = before.get(name, {}) if said else {}
        if chosen := {given: code for given, code in {**kept, **said}.items() if code in codes}:
            yield name, chosen


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False
