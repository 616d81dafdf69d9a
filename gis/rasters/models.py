"""The catalogue of rasters: what each measures, where, how finely, and where it comes from."""

from typing import ClassVar, Literal

from django.contrib.gis.db.models import PolygonField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.db.functions import Uuid7


class Raster(models.Model):
    """One grid of numbers, kept as a cloud-optimised GeoTIFF. It belongs to no authority and everybody may read it.

    `system` is its coordinate system, `resolution_m` the size of a cell on the ground, `levels` how many overviews
    the file has; `sha256` is that of the file as it was delivered.
    """

    history: ClassVar[Literal["record"]] = "record"
    tenanted: ClassVar[bool] = False

    class Kind(models.TextChoices):
        ELEVATION = "elevation", _("Elevation")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    title_ar = models.CharField(_("Title in Arabic"), max_length=200)
    title_en = models.CharField(_("Title in English"), max_length=200)
    unit = models.CharField(_("Unit"), max_length=20, default="m", db_default="m")
    vertical_datum = models.CharField(_("Vertical datum"), max_length=200, blank=True, default="", db_default="")
    source = models.CharField(_("Source"), max_length=300)
    licence = models.CharField(_("Licence"), max_length=200)
    day = models.DateField(_("State of the day"))
    system = models.TextField(_("Coordinate system"))
    resolution_m = models.FloatField(_("Resolution in metres"))
    lowest = models.FloatField(_("Lowest value"))
    highest = models.FloatField(_("Highest value"))
    levels = models.SmallIntegerField(_("Overviews"))
    sha256 = models.CharField(_("Checksum"), max_length=64, unique=True)
    file = models.CharField(_("File"), max_length=100)
    geom = PolygonField(_("Extent"), srid=4326)

    class Meta:
        verbose_name = _("Raster")
        verbose_name_plural = _("Rasters")
        ordering = ("kind", "-day")

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title_ar
