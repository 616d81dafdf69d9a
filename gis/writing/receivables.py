"""What a feature may say when it is written: the editable fields of a layer, or those that a draft of it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.codes import CodesField, choices_of
from gis.exchange.target import is_required
from gis.layers import Audience, Field, Layer
from gis.scopes import INSERT, UPDATE

Kind = Literal["text", "boolean", "integer", "number", "date", "datetime", "texts"]

KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (CodesField, "texts"),
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "number"),
    (models.FloatField, "number"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.ForeignKey, "text"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)
WANTED: Mapping[Kind, Promise] = {
    "text": _("a text"),
    "boolean": _("true or false"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "date": _("a day such as 2026-01-31"),
    "datetime": _("a time such as 2026-01-31T12:00:00Z"),
    "texts": _('a list of codes such as ["a", "b"], each of them once'),
}


@dataclass(frozen=True)
class Receivable:
    """One property that may be written. `by` is the column by which a record of another table is named, its code."""

    name: str
    declared: Field
    field: "models.Field[Any, Any]"
    by: str = ""

    @property
    def kind(self) -> Kind:
        return next(kind for model_field, kind in KINDS if isinstance(self.field, model_field))

    @property
    def required(self) -> bool:
        """Must a whole feature say it?"""
        return is_required(self.field)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _title in choices_of(self.field))

    @property
    def longest(self) -> int | None:
        """Characters of a text."""
        return self.field.max_length if isinstance(self.field, models.CharField) else None

    @property
    def wanted(self) -> Promise:
        return WANTED[self.kind]

    def absent(self) -> Any:
        """What a feature says that leaves it out."""
        if self.field.has_default():
            return self.field.get_default()
        if self.field.null:
            return None
        return self.field.get_default() if self.field.db_default is models.NOT_PROVIDED else self.field.db_default


def receivables(layer: Layer, audience: Audience) -> tuple[Receivable, ...]:
    """What somebody of this audience may write of the layer, if they may write at all: never what they cannot see.

    A key writes the fields that its scope says, whether it reads them or not: of those that agencies see.
    """
    scope = audience.scope
    if layer.writes == "none" or (audience is not Audience.OFFICER and scope is None):
        return ()
    seen = layer.fields_for(audience)
    if scope is not None:
        told = [field for field in layer.fields_for(Audience.AGENCY) if layer.owned]
        seen = tuple(
            field for field in told if any(scope.may_set(verb, layer.id, None, field.name) for verb in (INSERT, UPDATE))
        )
    taken = layer.drafts.fields if layer.drafts else tuple(field.name for field in layer.fields if field.editable)
    found = (_receivable(layer, field) for field in seen if field.name in taken)
    return tuple(one for one in found if one is not None)


def schema_of(one: Receivable) -> dict[str, Any]:
    """The property and its constraints as JSON Schema, in the language of the moment."""
    types = {"text": "string", "date": "string", "datetime": "string", "texts": "array"}
    found: dict[str, Any] = {"title": str(one.declared.title), "type": types.get(one.kind, one.kind)}
    if one.kind in ("date", "datetime"):
        found["format"] = {"date": "date", "datetime": "date-time"}[one.kind]
    codes = [{"const": code, "title": str(title)} for code, title in choices_of(one.field)]
    if one.kind == "texts":
        found |= {"uniqueItems": True, "items": {"type": "string", "oneOf": codes}}
    elif codes:
        found["oneOf"] = codes
    elif one.longest:
        found["maxLength"] = one.longest
    if one.required and one.kind == "text":
        found["minLength"] = 1
    if isinstance(one.field, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        found["minimum"] = 0
    if one.declared.unit:
        found["x-ogc-unit"] = one.declared.unit
    return found


def _receivable(layer: Layer, declared: Field) -> Receivable | None:
    source = declared.source or declared.name
    if not isinstance(source, str):
        return None
    key, _under, column = source.partition("__")
    field = layer.model._meta.get_field(key)
    if not isinstance(field, models.Field) or bool(column) != isinstance(field, models.ForeignKey):
        return None
    return Receivable(declared.name, declared, field, by=column)
