"""Opening a zone with its tariff and its hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.contrib.gis.geos import MultiPolygon
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import Conflict, NotAllowed, Refusal
from apps.territory.models import Authority
from gis.db.acting import acting_as

from ..models import ParkingZone, PaymentChannel, RateTable, ZoneHours
from ..permissions import may_keep_zones

DAYS = 7


class CodeInUse(Conflict):
    code = "zone_code_in_use"
    sentence = _("There is a zone %(zone)s already. Close it first, or choose another code.")


class NoTariffForPaid(Refusal):
    code = "paid_zone_without_tariff"
    sentence = _("A paid zone needs a tariff and its hours. Give both, or open it as a free zone.")


class BadHours(Refusal):
    code = "bad_hours"
    sentence = _(
        "Hours end after they start, on days numbered 1 (Monday) to 7. Correct %(weekdays)s %(starts)s-%(ends)s."
    )


@dataclass(frozen=True)
class Hours:
    """When the zone's rule is in force: ISO weekday numbers (Monday is 1) and local time."""

    weekdays: str
    starts: time
    ends: time

    def refuse_nonsense(self) -> None:
        """Raises BadHours."""
        days_are_iso = 0 < len(self.weekdays) <= DAYS and set(self.weekdays) <= set("1234567")
        if not days_are_iso or self.ends <= self.starts:
            raise BadHours(weekdays=self.weekdays, starts=f"{self.starts:%H:%M}", ends=f"{self.ends:%H:%M}")


def open_zone(
    *,
    authority: Authority,
    code: str,
    name_ar: str,
    outline: MultiPolygon,
    by: User,
    at: datetime,
    name_en: str = "",
    kind: ParkingZone.Kind = ParkingZone.Kind.PAID,
    rate_table: RateTable | None = None,
    hours: Iterable[Hours] = (),
    spaces: int | None = None,
    payment_channels: Iterable[PaymentChannel] = (),
) -> ParkingZone:
    """Open a zone today (outline in EPSG:4326). Raises NotAllowed, BadHours, NoTariffForPaid, CodeInUse."""
    if not may_keep_zones(by, authority.pk, at=at):
        raise NotAllowed
    given = list(hours)
    for one in given:
        one.refuse_nonsense()
    if kind == ParkingZone.Kind.PAID and (rate_table is None or not given):
        raise NoTariffForPaid
    with acting_as(user=by.pk, reason="zone opened"):
        try:
            with transaction.atomic():
                zone: ParkingZone = ParkingZone.objects.create(
                    authority=authority,
                    code=code,
                    name_ar=name_ar,
                    name_en=name_en,
                    kind=kind,
                    rate_table=rate_table,
                    spaces=spaces,
                    payment_channels=list(payment_channels),
                    valid_from=timezone.localdate(at),
                    geom=outline,
                )
        except IntegrityError as error:
            if ParkingZone.objects.filter(authority=authority, code=code, valid_to__isnull=True).exists():
                raise CodeInUse(zone=code) from error
            raise
        ZoneHours.objects.bulk_create(
            ZoneHours(authority=authority, zone=zone, weekdays=one.weekdays, starts=one.starts, ends=one.ends)
            for one in given
        )
    return zone
