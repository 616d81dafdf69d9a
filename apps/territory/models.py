"""Where everything is and whom it belongs to: administrative units, authorities, calendars and the base map."""

from pathlib import PurePath
from typing import ClassVar

from django.contrib.gis.db import models
from django.core.validators import RegexValidator
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Dated, DatedQuerySet, Named, Record
from apps.core.sentences import UNSOUND
from gis.db.functions import Sound, Uuid7
from gis.querysets import SpatialQuerySet

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Give a colour as # and six digits: #0d6b66."))
OUTLINE_POINTS = 200_000  # a governorate's coast; still under a second to validate


class AdminUnit(Named, Dated):
    """A governorate or wilayat. Units are made and split by decree, so each has its own time."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    code = models.CharField(_("Code"), max_length=20, unique=True)
    geom = models.MultiPolygonField(_("Outline"), srid=4326, null=True, blank=True)

    history = "record"
    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("code",)


class Governorate(AdminUnit):
    """First level below the country (ISO 3166-2)."""

    class Meta(AdminUnit.Meta):
        verbose_name = _("Governorate")
        verbose_name_plural = _("Governorates")
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom", OUTLINE_POINTS),
                name="governorate_geometry_is_sound",
                violation_error_message=UNSOUND,
            ),
        )


class Wilayat(AdminUnit):
    """Second level. ISO gives no code below the governorate; ours is the governorate's letters and a name."""

    governorate = models.ForeignKey(Governorate, models.PROTECT, related_name="wilayats", verbose_name=_("Governorate"))

    class Meta(AdminUnit.Meta):
        verbose_name = _("Wilayat")
        verbose_name_plural = _("Wilayats")
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom", OUTLINE_POINTS),
                name="wilayat_geometry_is_sound",
                violation_error_message=UNSOUND,
            ),
        )


class UnitAlias(models.Model):
    """Another spelling or code of a unit: official use varies, and withdrawn codes must still be understood."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    governorate = models.ForeignKey(Governorate, models.CASCADE, null=True, blank=True, related_name="aliases")
    wilayat = models.ForeignKey(Wilayat, models.CASCADE, null=True, blank=True, related_name="aliases")
    name = models.CharField(_("Other name or code"), max_length=200)

    history = "record"

    class Meta:
        verbose_name = _("Other name")
        verbose_name_plural = _("Other names")
        constraints = (
            models.CheckConstraint(
                condition=Q(governorate__isnull=True) ^ Q(wilayat__isnull=True),
                name="alias_names_one_unit",
                violation_error_message=_(
                    "Another name belongs to one unit. Choose a governorate or a wilayat, not both."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Authority(Named, Dated):
    """A body that records belong to: the tenant. Its jurisdiction says where it may act."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        MINISTRY = "ministry", _("Ministry")
        AGENCY = "agency", _("Agency")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    code = models.SlugField(_("Code"), max_length=40, unique=True)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("Belongs to"))
    geom = models.MultiPolygonField(_("Jurisdiction"), srid=4326, null=True, blank=True)
    working_crs = models.CharField(
        _("Working coordinate system"), max_length=40, help_text=_('The system its surveyors use, as "EPSG:9296".')
    )
    survey_tolerance_m = models.DecimalField(
        _("Survey tolerance in metres"), max_digits=5, decimal_places=3, default="0.200", db_default="0.200",
        help_text=_("Neighbouring parcels may overlap by a sliver no wider than this."),
    )  # fmt: skip
    publishes_parcels = models.BooleanField(_("Publishes its parcels"), default=False, db_default=False)
    first_language = models.CharField(_("First language"), max_length=8, default="ar", db_default="ar")
    accent = models.CharField(
        _("Accent colour"), max_length=7, blank=True, default="", db_default="", validators=[COLOUR],
        help_text=_("Six digits, as #0d6b66. It is made lighter or darker where it could not be read."),
    )  # fmt: skip
    emblem = models.FileField(_("Emblem"), max_length=200, blank=True, default="", db_default="")

    history = "record"
    # Columns by which it presents itself: all of it that its own manager changes, here and in the database.
    of_the_manager: ClassVar[tuple[str, ...]] = (
        "name_ar", "name_en", "emblem", "accent", "first_language", "publishes_parcels",
    )  # fmt: skip
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Authority")
        verbose_name_plural = _("Authorities")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom", OUTLINE_POINTS),
                name="authority_geometry_is_sound",
                violation_error_message=UNSOUND,
            ),
            models.CheckConstraint(
                condition=Q(survey_tolerance_m__gte=0),
                name="authority_tolerance_is_positive",
                violation_error_message=_("The survey tolerance cannot be below zero. Give it in metres, as 0.200."),
            ),
            models.CheckConstraint(
                condition=Q(accent__regex=r"^(#[0-9a-f]{6})?$"),
                name="authority_accent_is_a_colour",
                violation_error_message=COLOUR.message,
            ),
        )

    @property
    def emblem_version(self) -> str:
        """Part of the emblem's address: another emblem has another."""
        return PurePath(self.emblem.name or "").stem.rpartition("-")[2] if self.emblem else ""

    @property
    def accent_digits(self) -> str:
        """The colour without its sign, as the address of its stylesheet has it."""
        return self.accent.removeprefix("#")


class AuthorityAlias(models.Model):
    """A former or other name of an authority."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    body = models.ForeignKey(Authority, models.CASCADE, related_name="aliases")
    name = models.CharField(_("Other name or code"), max_length=200)

    history = "record"

    class Meta:
        verbose_name = _("Other name of an authority")
        verbose_name_plural = _("Other names of authorities")

    def __str__(self) -> str:
        return self.name


class WorkingCalendar(Named, Record):
    """An authority's working week. Clocks and tariffs of every service use it."""

    weekdays = models.CharField(
        _("Working days"), max_length=7, help_text=_("ISO weekday numbers, Monday is 1: 12347 is Sunday to Thursday.")
    )
    opens = models.TimeField(_("Opens"))
    closes = models.TimeField(_("Closes"))

    class Meta:
        verbose_name = _("Working calendar")
        verbose_name_plural = _("Working calendars")
        constraints = (
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="calendar_closes_after_it_opens",
                violation_error_message=_(
                    "It would close before it opens. Give a closing time later than the opening time."
                ),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__regex=r"^[1-7]{1,7}$"),
                name="calendar_weekdays_are_iso",
                violation_error_message=_(
                    "Write the days as numbers from 1 to 7, Monday is 1: 12347 is Sunday to Thursday."
                ),
            ),
        )


class CalendarException(Named, Record):
    """Days on which the calendar differs: a holiday (no hours) or other hours, as in Ramadan."""

    calendar = models.ForeignKey(WorkingCalendar, models.CASCADE, related_name="exceptions")
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))
    opens = models.TimeField(_("Opens"), null=True, blank=True)
    closes = models.TimeField(_("Closes"), null=True, blank=True)

    class Meta:
        verbose_name = _("Holiday or other hours")
        verbose_name_plural = _("Holidays and other hours")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="exception_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first. Give the first day or a later one."),
            ),
        )


class Inventory(Named, Record):
    """Where and when a layer was surveyed completely: outside it, "no well here" means "nobody looked"."""

    layer = models.CharField(_("Layer"), max_length=60)
    surveyed_from = models.DateField(_("Surveyed from"))
    surveyed_to = models.DateField(_("Surveyed to"))
    geom = models.MultiPolygonField(_("Covered area"), srid=4326)

    objects = SpatialQuerySet.as_manager()

    class Meta:
        verbose_name = _("Inventory")
        verbose_name_plural = _("Inventories")
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom", OUTLINE_POINTS),
                name="inventory_geometry_is_sound",
                violation_error_message=UNSOUND,
            ),
        )


class BaseFeature(Record):
    """One feature of the quiet map under the data.

    Its spatial indexes are in SQL, one a kind: GeoDjango drops the condition of a partial spatial index.
    """

    class Kind(models.TextChoices):
        LAND = "land", _("Land")
        WATER = "water", _("Water")
        WADI = "wadi", _("Wadi")
        ROAD = "road", _("Road")
        BUILDING = "building", _("Building")
        PLACE = "place", _("Place")

    class Sort(models.TextChoices):
        """What a place is, where a symbol tells it sooner than its name."""

        HILL = "hill", _("Hill")
        PALMS = "palms", _("Palm groves")
        BEACH = "beach", _("Beach")
        HARBOUR = "harbour", _("Harbour")
        FORT = "fort", _("Fort")
        MOSQUE = "mosque", _("Mosque")
        SCHOOL = "school", _("School")
        MARKET = "market", _("Market")
        PARK = "park", _("Park")
        HEALTH = "health", _("Hospital or clinic")
        PUBLIC = "public", _("Public building")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    rank = models.PositiveSmallIntegerField(
        _("Rank"), default=5, db_default=5, help_text=_("1 shows from afar, 9 only near.")
    )
    sort = models.CharField(_("Sort"), max_length=10, choices=Sort, blank=True, default="", db_default="")
    name_ar = models.CharField(_("Name in Arabic"), max_length=200, blank=True, default="", db_default="")
    name_en = models.CharField(_("Name in English"), max_length=200, blank=True, default="", db_default="")
    geom = models.GeometryField(_("Geometry"), srid=4326, spatial_index=False)

    objects = SpatialQuerySet.as_manager()

    class Meta:
        verbose_name = _("Base map feature")
        verbose_name_plural = _("Base map features")
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom", OUTLINE_POINTS), name="basefeature_is_sound", violation_error_message=UNSOUND
            ),
        )

    def __str__(self) -> str:
        return self.name_ar or self.name_en or self.get_kind_display()
