"""Streets, address units and what they were called before (the national addressing standard, ISO 19160-1)."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Dated, DatedQuerySet, Named, Record
from apps.core.sentences import SOURCE_TAKEN, UNSOUND
from gis.db.functions import Sound


class Street(Named, Dated, Record):
    """A named street; its name is unique within the wilayat it is in force in."""

    class Kind(models.TextChoices):
        STREET = "street", _("Street")
        ROAD = "road", _("Road")
        ALLEY = "alley", _("Alley")
        SQUARE = "square", _("Square")

    code = models.CharField(_("Street number"), max_length=40, blank=True, default="", db_default="")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.STREET, db_default=Kind.STREET)
    wilayat = models.ForeignKey("territory.Wilayat", models.PROTECT, null=True, blank=True, verbose_name=_("Wilayat"))
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.MultiLineStringField(_("Centre line"), srid=4326)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Street")
        verbose_name_plural = _("Streets")
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="street_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="street_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )


class AddressUnit(Dated, Record):
    """A numbered entrance: odd on the left, even on the right, or numbered by area where there is no street."""

    number = models.PositiveIntegerField(_("Number"))
    suffix = models.CharField(_("Suffix"), max_length=10, blank=True, default="", db_default="")
    street = models.ForeignKey(
        Street, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("Street")
    )
    area_ar = models.CharField(_("Area in Arabic"), max_length=200, blank=True, default="", db_default="")
    area_en = models.CharField(_("Area in English"), max_length=200, blank=True, default="", db_default="")
    postcode = models.CharField(_("Postal code"), max_length=20, blank=True, default="", db_default="")
    wilayat = models.ForeignKey("territory.Wilayat", models.PROTECT, null=True, blank=True, verbose_name=_("Wilayat"))
    parcel = models.ForeignKey("parcels.Parcel", models.SET_NULL, null=True, blank=True, verbose_name=_("Parcel"))
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.PointField(_("Entrance"), srid=4326)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Address unit")
        verbose_name_plural = _("Address units")
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="addressunit_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.CheckConstraint(
                condition=Q(street__isnull=False) | ~Q(area_ar="", area_en=""),
                name="addressunit_has_street_or_area",
                violation_error_message=_(
                    "An address needs a street or an area. Choose the street, or write the name of the area."
                ),
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="addressunit_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}{self.suffix}"


class SubAddress(Record):
    """A flat, shop or villa behind one entrance. The kinds are an open list."""

    class Kind(models.TextChoices):
        APARTMENT = "apartment", _("Apartment")
        SHOP = "shop", _("Shop")
        OFFICE = "office", _("Office")
        VILLA = "villa", _("Villa in a compound")
        OTHER = "other", _("Other unit")

    unit = models.ForeignKey(AddressUnit, models.CASCADE, related_name="sub_addresses", verbose_name=_("Address unit"))
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind, default=Kind.APARTMENT, db_default=Kind.APARTMENT)
    number = models.CharField(_("Number"), max_length=20)

    class Meta:
        verbose_name = _("Sub-address")
        verbose_name_plural = _("Sub-addresses")
        constraints = (
            models.UniqueConstraint(
                "unit",
                "kind",
                "number",
                name="sub_address_is_unique",
                violation_error_message=_(
                    "The address has a part of this kind and number already. Give another number."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class LegacyAddress(Record):
    """What the unit was called before: legal documents that name a way and a building must stay resolvable."""

    unit = models.ForeignKey(AddressUnit, models.CASCADE, related_name="legacy", verbose_name=_("Address unit"))
    building_no = models.CharField(_("Building"), max_length=20, blank=True, default="", db_default="")
    way_no = models.CharField(_("Way"), max_length=20, blank=True, default="", db_default="")
    block_no = models.CharField(_("Block"), max_length=20, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Old address")
        verbose_name_plural = _("Old addresses")

    def __str__(self) -> str:
        return f"{self.building_no}/{self.way_no}/{self.block_no}"
