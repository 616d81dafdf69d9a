"""Where a stored geometry comes from: its original system and coordinates, and the transformation that was used.

EPSG:4326 alone would lose the legal coordinate: a survey is valid in the system it was made in. Rows are added and
never changed; a corrected geometry gets a new row, so the youngest one belongs to what is stored now.
"""

from typing import Any, ClassVar
from uuid import UUID

import shapely
from django.db import models
from django.db.models.functions import MD5, Now
from django.utils.translation import gettext_lazy as _

from gis.crs import Operation
from gis.db.functions import Uuid7


class Transformation(models.Model):
    """One way from a coordinate system to storage, as it was used: name and PROJ pipeline, accuracy in metres."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    system = models.TextField(_("Coordinate system"))
    name = models.TextField(_("Operation"))
    pipeline = models.TextField(_("PROJ pipeline"))
    accuracy_m = models.FloatField(_("Accuracy in metres"), null=True, blank=True)

    class Meta:
        verbose_name = _("Transformation")
        verbose_name_plural = _("Transformations")
        constraints = (
            models.UniqueConstraint(
                MD5("system"),
                MD5("pipeline"),
                name="transformation_is_unique",
                violation_error_message=_("This transformation is kept already. Use the one that is there."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.system}: {self.name}"


class Origin(models.Model):
    """The original of one record's geometry. The authority is a bare key, because the spatial core knows no tenants."""

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    authority_id = models.UUIDField(_("Authority"))
    table = models.CharField(_("Table"), max_length=63)
    record_id = models.UUIDField(_("Record"))
    # Asked by the trigger origins_have_transformations. Nobody deletes a transformation, or looks for its origins.
    transformation = models.ForeignKey(
        Transformation, models.PROTECT, db_constraint=False, db_index=False, verbose_name=_("Transformation")
    )
    original = models.BinaryField(_("Original coordinates (EWKB)"))
    file = models.CharField(_("File"), max_length=255, blank=True, default="", db_default="")
    row = models.BigIntegerField(_("Row in the file"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("Recorded at"), db_default=Now())

    class Meta:
        verbose_name = _("Origin")
        verbose_name_plural = _("Origins")
        indexes = (models.Index(fields=("record_id", "-recorded_at"), name="origins_of_a_record"),)

    def __str__(self) -> str:
        return f"{self.table} {self.record_id}"


def transformation_of(operation: Operation, *, using: str | None = None) -> Transformation:
    """The row that keeps this operation; made the first time that it is used."""
    known = Transformation.objects.using(using)
    found, _made = known.get_or_create(
        system=operation.source,
        pipeline=operation.pipeline,
        defaults={"name": operation.name, "accuracy_m": operation.accuracy_m},
    )
    return found


def ewkb(geometry: Any, system: str) -> bytes:
    """The original as EWKB: all its dimensions, with EPSG's number where the system has one."""
    authority, _colon, number = system.partition(":")
    srid = int(number) if authority == "EPSG" and number.isdecimal() else 0
    return bytes(shapely.to_wkb(shapely.set_srid(geometry, srid), include_srid=bool(srid), flavor="extended"))


def keep(
    *,
    table: str,
    record_id: UUID,
    authority_id: UUID,
    original: Any,
    operation: Operation,
    file: str = "",
    row: int | None = None,
) -> Origin:
    """Keep the original (shapely, in the operation's system) beside the record that now holds the geometry."""
    return Origin.objects.create(
        table=table,
        record_id=record_id,
        authority_id=authority_id,
        transformation=transformation_of(operation),
        original=ewkb(original, operation.source),
        file=file,
        row=row,
    )
