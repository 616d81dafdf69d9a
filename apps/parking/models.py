"""Parking zones with their tariff and times, in the terms of APDS: places, rate tables, validity."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Dated, DatedQuerySet, Named, Record
from apps.core.sentences import SOURCE_TAKEN, UNSOUND
from gis.codes import CodesField, of_the_list
from gis.db.functions import Sound


class RateTable(Named, Dated, Record):
    """What parking costs: so much for each started step of time, up to a longest stay."""

    currency = models.CharField(_("Currency"), max_length=3, help_text=_("ISO 4217 code."))
    step_minutes = models.PositiveSmallIntegerField(_("Minutes a step"))
    step_price = models.DecimalField(_("Price a step"), max_digits=12, decimal_places=3)
    longest_minutes = models.PositiveSmallIntegerField(_("Longest stay in minutes"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Tariff")
        verbose_name_plural = _("Tariffs")
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(step_minutes__gt=0) & Q(step_price__gte=0),
                name="ratetable_is_positive",
                violation_error_message=_(
                    "A step lasts at least a minute, and its price cannot be below zero. Correct the two numbers."
                ),
            ),
        )


class PaymentChannel(models.TextChoices):
    """How one may pay (Curb Data Specification 1.1: payment channels)."""

    SMS = "sms", _("SMS")
    APP = "app", _("App")
    WEB = "web", _("Website")
    METER = "meter", _("Parking meter")


class ParkingZone(Named, Dated, Record):
    """An area in which parking is paid or restricted at stated times."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid")
        PERMIT = "permit", _("Permit holders")
        FREE = "free", _("Free")

    code = models.CharField(_("Zone"), max_length=40)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.PAID, db_default=Kind.PAID)
    rate_table = models.ForeignKey(RateTable, models.PROTECT, null=True, blank=True, verbose_name=_("Tariff"))
    spaces = models.PositiveIntegerField(_("Spaces"), null=True, blank=True)
    payment_channels = CodesField(
        models.TextField(choices=PaymentChannel), verbose_name=_("Ways to pay"), default=list, db_default=[], blank=True
    )
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.MultiPolygonField(_("Outline"), srid=4326)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Parking zone")
        verbose_name_plural = _("Parking zones")
        indexes = (GinIndex(fields=("payment_channels",), name="parkingzone_payment_channels"),)
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="parkingzone_geometry_is_sound", violation_error_message=UNSOUND
            ),
            of_the_list(
                "payment_channels",
                PaymentChannel.values,
                _("There is a way to pay that is none of the list, or is said twice. Choose from the list."),
                rule="parkingzone_pays_by_the_list",
            ),
            models.UniqueConstraint(
                fields=("authority", "code"),
                condition=Q(valid_to__isnull=True),
                name="parking_zone_code_is_unique",
                violation_error_message=_(
                    "Another zone in force has this code. Give another code, or end that zone first."
                ),
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="parkingzone_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )


class ZoneHours(Record):
    """When a zone's rule is in force, in the zone's local time."""

    zone = models.ForeignKey(ParkingZone, models.CASCADE, related_name="hours", verbose_name=_("Parking zone"))
    weekdays = models.CharField(
        _("Days"), max_length=7, help_text=_("ISO weekday numbers, Monday is 1: 12347 is Sunday to Thursday.")
    )
    starts = models.TimeField(_("From"))
    ends = models.TimeField(_("To"))

    class Meta:
        verbose_name = _("Hours")
        verbose_name_plural = _("Hours")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="zone_hours_end_after_they_start",
                violation_error_message=_("The hours would end before they start. Give an end later than the start."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__regex=r"^[1-7]{1,7}$"),
                name="zone_weekdays_are_iso",
                violation_error_message=_(
                    "Write the days as numbers from 1 to 7, Monday is 1: 12347 is Sunday to Thursday."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.weekdays} {self.starts:%H:%M}–{self.ends:%H:%M}"
