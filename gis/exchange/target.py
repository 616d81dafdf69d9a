"""What a file is brought into: a layer's table, seen from its declaration. No layer is known by name here."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.gis.db.models.fields import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import NOT_PROVIDED, Field, ForeignKey, Model

from gis.layers import OFFICERS, Importing, Layer, registry

from .refusals import NoAuthorities, UnknownAuthority, UnknownLayer

# Ends of valid time are set by a snapshot, never by a column.
NEVER = ("valid_to",)


@dataclass(frozen=True)
class Holder:
    """The authority the records belong to, as the import needs to know it."""

    id: UUID
    code: str
    name_ar: str
    name_en: str
    jurisdiction: GEOSGeometry | None
    working_crs: str
    tolerance_m: float


@dataclass(frozen=True)
class Target:
    """One layer for one authority."""

    layer: Layer
    holder: Holder

    @property
    def rule(self) -> Importing:
        return self.layer.importing

    @property
    def model(self) -> type[Model]:
        return self.layer.model

    @property
    def table(self) -> str:
        return self.layer.table

    @property
    def owned(self) -> bool:
        return self.layer.owned

    @cached_property
    def geometry(self) -> "GeometryField[Any, Any]":
        field = self.model._meta.get_field(self.layer.geometry_for(OFFICERS))
        assert isinstance(field, GeometryField)  # noqa: S101  (the layer's declaration says so)
        return field

    @cached_property
    def dated(self) -> bool:
        return {"valid_from", "valid_to"} <= {field.name for field in self.model._meta.concrete_fields}

    @cached_property
    def key(self) -> str:
        """The field by which a later file recognises a record; "" where the layer has none."""
        if self.rule.key in self.fields:
            return self.rule.key
        return next((name for name, field in self.fields.items() if field.unique), "")

    @cached_property
    def fields(self) -> "dict[str, Field[Any, Any]]":
        """What a file may bring, by name, without the geometry."""
        return {field.name: field for field in self.model._meta.concrete_fields if self._importable(field)}

    def _importable(self, field: "Field[Any, Any]") -> bool:
        if field.primary_key or field.name in (*NEVER, "authority", *self.rule.fixed, *self.rule.filled):
            return False
        if isinstance(field, GeometryField) or field.generated:
            return False
        return bool(field.editable) or field.name in self.rule.fields

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Fields without which there can be no new record."""
        return tuple(name for name, field in self.fields.items() if is_required(field))

    def title(self, name: str) -> Any:
        """What people call a field."""
        return self.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]

    def column(self, name: str) -> str:
        """Its column in the table."""
        return str(self.model._meta.get_field(name).column)  # type: ignore[union-attr]


def is_required(field: "Field[Any, Any]") -> bool:
    has_default = field.has_default() or field.db_default is not NOT_PROVIDED
    return not (field.null or field.blank or has_default)


def find_target(layer_id: str, authority: str) -> Target:
    """The target, by what the operator typed. Raises UnknownLayer, UnknownAuthority."""
    layer = registry.get(layer_id)
    if layer is None:
        raise UnknownLayer(layer=layer_id, layers=", ".join(each.id for each in registry))
    return Target(layer, _holder(authority))


def _holder(code: str) -> Holder:
    bodies = authority_model()._base_manager.all()
    found: Any = bodies.filter(code=code).first() if code else None
    if found is None and not code and bodies.count() == 1:
        found = bodies.get()
    if not bodies.exists():
        raise NoAuthorities
    if found is None:
        raise UnknownAuthority(codes=", ".join(bodies.order_by("code").values_list("code", flat=True)))
    return Holder(
        found.id,
        found.code,
        found.name_ar,
        found.name_en or found.name_ar,
        found.geom,
        found.working_crs,
        float(found.survey_tolerance_m),
    )


def authority_model() -> type[Any]:
    """The model of authorities: what the owned layers' records belong to. The core does not know its name."""
    for layer in registry:
        if layer.owned:
            field = layer.model._meta.get_field("authority")
            assert isinstance(field, ForeignKey)  # noqa: S101
            model: type[Any] = field.related_model
            return model
    raise NoAuthorities
