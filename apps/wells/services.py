"""Entering wells in the register and sealing them. Licences, and the distances they keep, are not decided here."""

from datetime import date, datetime
from decimal import Decimal

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import Conflict, NotAllowed, Refusal
from apps.parcels.models import Parcel
from apps.territory.models import Authority
from gis.db.acting import acting_as

from .models import Well
from .permissions import may_keep_wells


class NumberInUse(Conflict):
    code = "well_number_in_use"
    sentence = _("There is a well with the number %(number)s already. Look it up, or give the next free number.")


class NoDepth(Refusal):
    code = "well_without_depth"
    sentence = _("A well is deeper than 0 m. Give its depth in metres, or leave it out when it is not known.")


class DrilledTomorrow(Refusal):
    code = "well_drilled_in_future"
    sentence = _("A well that is registered has been drilled: give a day up to today.")


class SealedAlready(Conflict):
    code = "well_sealed_already"
    sentence = _("This well is sealed already.")


def register_well(
    *,
    authority: Authority,
    number: str,
    location: Point,
    use: Well.Use,
    by: User,
    at: datetime,
    kind: Well.Kind = Well.Kind.DRILLED,
    depth_m: Decimal | None = None,
    drilled_on: date | None = None,
) -> Well:
    """Enter a well (longitude, latitude; EPSG:4326; depth in metres) with the parcel under it.

    The parcel is noted where the officer may see it: a water authority's wells stand on municipalities' parcels.
    Raises NotAllowed, NoDepth, DrilledTomorrow, NumberInUse.
    """
    if not may_keep_wells(by, authority.pk, at=at):
        raise NotAllowed
    today = timezone.localdate(at)
    if depth_m is not None and depth_m <= 0:
        raise NoDepth
    if drilled_on is not None and drilled_on > today:
        raise DrilledTomorrow
    with acting_as(user=by.pk, reason="well registered"):
        try:
            with transaction.atomic():
                well: Well = Well.objects.create(
                    authority=authority,
                    number=number.strip(),
                    kind=kind,
                    use=use,
                    depth_m=depth_m,
                    drilled_on=drilled_on,
                    parcel=Parcel.objects.current().covering(location).first(),
                    valid_from=today,
                    geom=location,
                )
        except IntegrityError as error:
            if Well.objects.filter(authority=authority, number=number.strip(), valid_to__isnull=True).exists():
                raise NumberInUse(number=number.strip()) from error
            raise
    return well


def seal_well(*, well: Well, reason: str, by: User, at: datetime) -> Well:
    """Note that the well was closed for good; it stays in the register. The reason goes into its history."""
    if not may_keep_wells(by, well.authority_id, at=at):
        raise NotAllowed
    with acting_as(user=by.pk, reason=reason):
        held: Well = Well.objects.select_for_update().get(pk=well.pk)
        if held.status == Well.Status.SEALED:
            raise SealedAlready
        held.status = Well.Status.SEALED
        held.save(update_fields=["status"])
    return held
