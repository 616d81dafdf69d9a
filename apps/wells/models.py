"""Wells, aflaj with their mother wells, and the zones that protect them."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Dated, DatedQuerySet, Named, Record
from apps.core.sentences import SOURCE_TAKEN, UNSOUND
from gis.db.functions import Cell, Sound

PUBLIC_CELL_M = 1000


class Well(Dated, Record):
    """A water well. The public sees the square kilometre it lies in, never the place."""

    class Kind(models.TextChoices):
        DUG = "dug", _("Dug by hand")
        DRILLED = "drilled", _("Drilled")

    class Use(models.TextChoices):
        AGRICULTURAL = "agricultural", _("Agricultural")
        DOMESTIC = "domestic", _("Domestic")
        INDUSTRIAL = "industrial", _("Industrial")
        COMMERCIAL = "commercial", _("Commercial")
        MONITORING = "monitoring", _("Monitoring")
        FALAJ_SUPPORT = "falaj_support", _("Falaj support")

    class Status(models.TextChoices):
        WORKING = "working", _("Working")
        ABANDONED = "abandoned", _("Abandoned")
        SEALED = "sealed", _("Sealed")

    number = models.CharField(_("Well number"), max_length=40)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.DRILLED, db_default=Kind.DRILLED)
    use = models.CharField(_("Use"), max_length=20, choices=Use)
    status = models.CharField(
        _("Status"), max_length=12, choices=Status, default=Status.WORKING, db_default=Status.WORKING
    )
    depth_m = models.DecimalField(_("Depth"), max_digits=7, decimal_places=2, null=True, blank=True)
    drilled_on = models.DateField(_("Drilled on"), null=True, blank=True)
    parcel = models.ForeignKey("parcels.Parcel", models.SET_NULL, null=True, blank=True, verbose_name=_("Parcel"))
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.PointField(_("Place"), srid=4326)
    cell = GeneratedField(
        expression=Cell("geom", PUBLIC_CELL_M), output_field=models.PolygonField(srid=4326), db_persist=True
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Well")
        verbose_name_plural = _("Wells")
        indexes = (GistIndex(fields=("cell",), name="wells_by_cell"),)
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="well_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.CheckConstraint(
                condition=Q(depth_m__isnull=True) | Q(depth_m__gt=0),
                name="well_depth_is_positive",
                violation_error_message=_("A depth is more than zero. Give it in metres, or leave it empty."),
            ),
            models.UniqueConstraint(
                fields=("authority", "number"),
                condition=Q(valid_to__isnull=True),
                name="well_number_is_unique",
                violation_error_message=_(
                    "Another well in force has this number. Give another number, or end that well first."
                ),
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="well_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )

    def __str__(self) -> str:
        return self.number


class WellOwner(Record):
    """Who holds a well. Personal, so its history can be erased."""

    history = "personal"

    well = models.ForeignKey(Well, models.CASCADE, related_name="owners", verbose_name=_("Well"))
    party = models.ForeignKey("accounts.Party", models.PROTECT, related_name="wells", verbose_name=_("Party"))

    class Meta:
        verbose_name = _("Well owner")
        verbose_name_plural = _("Well owners")
        constraints = (
            models.UniqueConstraint(
                "well",
                "party",
                name="well_owner_is_unique",
                violation_error_message=_("This party owns the well already. Choose another party."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.well} / {self.party}"


class Falaj(Named, Dated, Record):
    """A channel that leads groundwater to a village."""

    class Kind(models.TextChoices):
        DAWUDI = "dawudi", _("Dawudi")
        AYNI = "ayni", _("Ayni")
        GHAYLI = "ghayli", _("Ghayli")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    live = models.BooleanField(_("Flowing"), default=True, db_default=True)
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.MultiLineStringField(_("Channel"), srid=4326)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Falaj")
        verbose_name_plural = _("Aflaj")
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="falaj_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="falaj_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )


class MotherWell(Record):
    """The well a falaj springs from; its surroundings are protected."""

    falaj = models.ForeignKey(Falaj, models.CASCADE, related_name="mother_wells", verbose_name=_("Falaj"))
    depth_m = models.DecimalField(_("Depth"), max_digits=7, decimal_places=2, null=True, blank=True)
    geom = models.PointField(_("Place"), srid=4326)

    class Meta:
        verbose_name = _("Mother well")
        verbose_name_plural = _("Mother wells")
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom"), name="motherwell_geometry_is_sound", violation_error_message=UNSOUND
            ),
        )

    def __str__(self) -> str:
        return str(self.falaj)


class ProtectionZone(Named, Dated, Record):
    """An area in which wells are forbidden or restricted, and why."""

    class Kind(models.TextChoices):
        RED = "red", _("Red: no wells")
        ORANGE = "orange", _("Orange: restricted")
        FALAJ = "falaj", _("Surroundings of a mother well")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.MultiPolygonField(_("Outline"), srid=4326)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Protection zone")
        verbose_name_plural = _("Protection zones")
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="protectionzone_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="protectionzone_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )
