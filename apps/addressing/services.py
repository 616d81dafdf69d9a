"""Giving addresses, keeping old ones findable, and finding the nearest."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import NotAllowed, Refusal
from apps.parcels.models import Parcel
from apps.territory.models import Authority, Wilayat
from gis.db.acting import acting_as

from .formatters import national, one_line
from .models import AddressUnit, LegacyAddress, Street
from .numbering import fits_side, stands_left
from .permissions import may_address


class NumberTaken(Refusal):
    code = "number_taken"
    status = 409
    sentence = _("Number %(number)s is given already. Take a free one on this side, or add a suffix.")


class WrongSide(Refusal):
    code = "wrong_side"
    sentence = _("Number %(number)s belongs on the other side: odd on the left, even on the right, in the direction "
                 "of the street.")  # fmt: skip


class NoStreetNoArea(Refusal):
    code = "no_street_no_area"
    sentence = _("Name the street, or the area where units are numbered without one.")


class NothingToRecord(Refusal):
    code = "nothing_to_record"
    sentence = _("An old address has at least a building, a way or a block number.")


@dataclass(frozen=True)
class Area:
    """Where units are numbered without a street: the name of the quarter or village in both scripts."""

    name_ar: str
    name_en: str = ""


def number_unit(
    *,
    authority: Authority,
    location: Point,
    number: int,
    by: User,
    at: datetime,
    street: Street | None = None,
    area: Area | None = None,
    suffix: str = "",
    postcode: str = "",
) -> AddressUnit:
    """Give an entrance (longitude, latitude; EPSG:4326) its number in the street, or in the area without one.

    The parcel under it is noted where the officer may see it. Raises NotAllowed, NoStreetNoArea, WrongSide,
    NumberTaken. Two officers in one street wait for each other; real files may hold doubles, so no constraint does it.
    """
    if not may_address(by, authority.pk, at=at):
        raise NotAllowed
    if street is None and area is None:
        raise NoStreetNoArea
    today = timezone.localdate(at)
    with acting_as(user=by.pk, reason="numbering"):
        if street is not None:
            Street.objects.select_for_update().get(pk=street.pk)
            if not fits_side(number, left=stands_left(street.geom, location)):
                raise WrongSide(number=number)
        _refuse_double(authority, street, area, number, suffix)
        wilayat = street.wilayat if street and street.wilayat else _wilayat_of(location)
        unit: AddressUnit = AddressUnit.objects.create(
            authority=authority,
            number=number,
            suffix=suffix,
            street=street,
            area_ar=area.name_ar if area else "",
            area_en=area.name_en if area else "",
            postcode=postcode,
            wilayat=wilayat,
            parcel=Parcel.objects.current().covering(location).first(),
            valid_from=today,
            geom=location,
        )
    return unit


def record_old_address(
    *, unit: AddressUnit, by: User, at: datetime, building_no: str = "", way_no: str = "", block_no: str = ""
) -> LegacyAddress:
    """Note what the unit was called before, so that deeds and contracts stay resolvable; noting it twice is once."""
    if not may_address(by, unit.authority_id, at=at):
        raise NotAllowed
    if not (building_no or way_no or block_no):
        raise NothingToRecord
    with acting_as(user=by.pk, reason="old address"):
        old, _new = LegacyAddress.objects.get_or_create(
            authority_id=unit.authority_id, unit=unit, building_no=building_no, way_no=way_no, block_no=block_no
        )
    return old


def address_near(*, location: Point, metres: float, language: str) -> str:
    """The nearest address in force within so many metres (geodesic), on one line; "" where there is none.

    Among the units that the caller sees.
    """
    near = AddressUnit.objects.current().within_metres(location, metres)
    unit = (
        near.select_related("street__wilayat__governorate", "wilayat__governorate")
        .order_by(Distance("geom", location, spheroid=True))
        .first()
    )
    return one_line(national(unit, language=language), language=language) if unit else ""


def _refuse_double(authority: Authority, street: Street | None, area: Area | None, number: int, suffix: str) -> None:
    same = AddressUnit.objects.current().filter(authority=authority, number=number, suffix=suffix, street=street)
    if street is None and area is not None:
        same = same.filter(area_ar=area.name_ar)
    if same.exists():
        raise NumberTaken(number=f"{number}{suffix}")


def _wilayat_of(location: Point) -> Wilayat | None:
    return Wilayat.objects.current().covering(location).first()
