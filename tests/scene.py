"""A small quarter that can be looked at: a street with plots and addresses, a falaj, a well, parking, reports.

Kept by the owner's login in a database of its own, for the screens' tests and the browser's.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.accounts.models import Membership, User
from apps.addressing.models import AddressUnit, Street
from apps.parcels.models import Parcel
from apps.parking.models import ParkingZone, RateTable, ZoneHours
from apps.reports.models import Category, Report
from apps.reports.services.keys import kept
from apps.territory.models import Authority, BaseFeature, Governorate, Wilayat
from apps.wells.models import Falaj, Well
from gis.db.acting import acting_as
from tests import databases

WEST, SOUTH = 58.1, 23.5  # corner of the quarter
STEP = 0.0004  # some 40 metres
STREET_AR, STREET_EN = "شارع جامع الإمام والمكتبة العامة", "Imam Mosque and Public Library Street"
KEY = "key-of-the-scene"
PASSWORD = "a password for the tests"
NASTY = "<script>document.title='run'</script>\"'&lt;"


@dataclass
class Scene:
    """What the tests ask for by name. `middle` is inside the plot."""

    database: str
    authority: Authority
    officer: User
    parcel: Parcel
    well: Well
    report: Report
    zone: ParkingZone
    middle: tuple[float, float]


@contextmanager
def set_up(template: str, blocker: DjangoDbBlocker, label: str) -> Iterator[Scene]:
    """A database with the quarter in it; Django points at it meanwhile."""
    with databases.used(template, blocker, label=label) as name:
        yield _quarter(name)


def box(x: float, y: float, wide: float = 1, high: float = 1) -> MultiPolygon:
    """A rectangle, in steps from the quarter's corner."""
    west, south = WEST + x * STEP, SOUTH + y * STEP
    square = Polygon.from_bbox((west, south, west + wide * STEP, south + high * STEP))
    return MultiPolygon(square, srid=4326)


def spot(x: float, y: float) -> Point:
    return Point(WEST + x * STEP, SOUTH + y * STEP, srid=4326)


def line(*corners: tuple[float, float]) -> MultiLineString:
    return MultiLineString(LineString([spot(*corner).coords for corner in corners]), srid=4326)


def _quarter(database: str) -> Scene:
    owner = "owner"
    body = Authority.objects.using(owner).create(
        code="quarter", kind="municipality", name_ar="بلدية الحي", name_en="Quarter Municipality",
        working_crs="EPSG:32640", publishes_parcels=True, geom=box(-20, -20, 60, 60),
        valid_from=datetime.date(2020, 1, 1),
    )  # fmt: skip
    officer = User.objects.using(owner).create(username="screen-officer", is_staff=True)
    officer.set_password(PASSWORD)
    officer.save(using=owner)
    Membership.objects.using(owner).create(
        user=officer, authority=body, role="manager", valid_from=datetime.date(2020, 1, 1)
    )
    with acting_as(authorities=[body.pk], actor="test", using=owner):
        _ground(body)
        parcel = _plots(body)
        well = Well(authority=body, use=Well.Use.values[0], number="SECRETNUMBER", geom=spot(2.5, 2.5))
        well.save(using=owner)
        report = _reports(body)
        zone = ParkingZone.objects.using(owner).get()
    return Scene(database, body, officer, parcel, well, report, zone, (WEST + 2.5 * STEP, SOUTH + 0.5 * STEP))


def _ground(body: Authority) -> None:
    governorate = Governorate(code="QQ", name_ar="المحافظة", name_en="The Governorate", geom=box(-90, -90, 200, 200))
    governorate.save(using="owner")
    Wilayat(
        code="QQ-1", name_ar="الولاية", name_en="The Wilayat", governorate=governorate, geom=box(-40, -40, 100, 100)
    ).save(using="owner")
    base = [
        BaseFeature(kind="land", rank=1, geom=box(-500, -500, 1000, 1000)),
        BaseFeature(kind="road", rank=5, name_ar=STREET_AR, name_en=STREET_EN, geom=line((-2, 1.5), (8, 1.5))),
        BaseFeature(kind="place", rank=1, name_ar="الحي", name_en="The Quarter", geom=spot(2.5, 1.5)),
        BaseFeature(kind="building", rank=9, geom=box(2.2, 0.2, 0.5, 0.5)),
    ]
    for feature in base:
        feature.authority = body
        feature.save(using="owner")


def _plots(body: Authority) -> Parcel:
    street = Street(authority=body, code="7", name_ar=STREET_AR, name_en=STREET_EN, geom=line((-2, 1.5), (8, 1.5)))
    street.save(using="owner")
    for number in range(6):
        plot = Parcel(
            authority=body, plot_no=str(101 + number), block_no="4", land_use="residential", legal_area_m2=600,
            krooki_no="SECRETKROOKI", geom=box(number, 0),
        )  # fmt: skip
        plot.save(using="owner")
        unit = AddressUnit(authority=body, number=2 * number + 1, street=street, geom=spot(number + 0.5, 0.9))
        unit.save(using="owner")
    Falaj(
        authority=body, name_ar="فلج الحي", name_en="Falaj of the Quarter", kind="dawudi", geom=line((0, 4), (5, 6))
    ).save(using="owner")
    rates = RateTable(
        authority=body, name_ar="عادية", currency="OMR", step_minutes=30, step_price=Decimal("0.1"),
        valid_from=datetime.date(2020, 1, 1),
    )  # fmt: skip
    rates.save(using="owner")
    zone = ParkingZone(
        authority=body, code="P1", name_ar="مواقف السوق", name_en="Market parking", rate_table=rates, geom=box(7, 0),
        payment_channels=["sms", "app"],
    )  # fmt: skip
    zone.save(using="owner")
    for starts, ends in (("08:00", "13:00"), ("16:00", "21:00")):
        ZoneHours(authority=body, zone=zone, weekdays="12347", starts=starts, ends=ends).save(using="owner")
    return Parcel.objects.using("owner").get(plot_no="103")


def _reports(body: Authority) -> Report:
    exact, _made = Category.objects.using("owner").get_or_create(
        code="street-light",
        defaults={
            "group": "roads-lighting",
            "name_ar": "عمود إنارة لا يعمل",
            "name_en": "Street light out",
            "place": "exact",
        },
    )
    report = Report(
        authority=body, category=exact, text=NASTY, reported_at=timezone.now(), client_id=uuid4(), body_hash="x",
        token=kept(KEY), geom=spot(4.5, 1.6),
    )  # fmt: skip
    report.save(using="owner")
    return Report.objects.using("owner").get(pk=report.pk)
