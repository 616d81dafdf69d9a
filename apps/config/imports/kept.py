"""The page of a saved mapping: what it makes of a file, in the words of the form it was kept from."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from gis.codes import choices_of
from gis.exchange.choices import Choices
from gis.exchange.mapping import PLACES
from gis.exchange.models import SavedMapping
from gis.layers import registry

from .choosing import DATE_WORDS, UNIT_NAMES
from .placing import TITLES


@dataclass(frozen=True)
class KeptLine:
    """One field of the layer: its column or its one value, and values of the file with what each is read as."""

    title: str
    column: str
    value: str
    recodes: list[tuple[str, str]]


def fields_table(mapping: SavedMapping) -> str:
    """As HTML: each field that is filled, and the columns of the file that fill none."""
    choices = Choices.from_json(mapping.choices)
    used = set(choices.columns.values())
    unused = [column for column in mapping.columns if column not in used]
    context = {"lines": list(_lines(mapping, choices)), "unused": unused}
    return render_to_string("config/imports/kept_fields.html", context)


def reading_table(mapping: SavedMapping) -> str:
    """As HTML: how the file itself is read."""
    return render_to_string(
        "config/imports/kept_reading.html", {"told": list(_told(Choices.from_json(mapping.choices)))}
    )


def _lines(mapping: SavedMapping, choices: Choices) -> Iterator[KeptLine]:
    """In the order of the model; what is no field any more comes last, under its bare name."""
    layer = registry.get(mapping.layer)
    known = {} if layer is None else {field.name: field for field in layer.model._meta.concrete_fields}
    said = {**choices.columns, **choices.values}
    for name in [*(name for name in known if name in said), *(name for name in said if name not in known)]:
        column, value = choices.columns.get(name, ""), choices.values.get(name, "")
        if name in (*PLACES, "unit") or not (column or value):
            continue
        field = known.get(name)
        codes = {code: str(label) for code, label in choices_of(field)} if field is not None else {}
        recodes = [(given, codes.get(code, code)) for given, code in choices.recodes.get(name, {}).items()]
        title = str(field.verbose_name) if field is not None else name
        yield KeptLine(title, column, codes.get(value, value), recodes)


def _told(choices: Choices) -> Iterator[tuple[str, str]]:
    """Title and value of what is not about a field; "" is what the file says itself."""
    yield _("Coordinate system"), choices.crs
    for name, column in choices.places.items():
        yield str(TITLES[name]), column
    if choices.unit:
        yield _("Unit of the drawing"), str(UNIT_NAMES.get(choices.unit, choices.unit))
    yield _("The file has latitude before longitude"), _("Yes") if choices.swap_axes else _("No")
    yield _("Text encoding"), choices.encoding
    yield _("Dates like 03/04/2024"), str(DATE_WORDS.get(choices.dates, choices.dates))
