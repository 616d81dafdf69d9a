"""What the feed is tested on: every layer with a row of each of two authorities, secrets in every hidden field."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connections
from django.test import Client
from pytest_django import DjangoDbBlocker

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, Organisation, Party
from apps.addressing.models import LegacyAddress
from apps.parcels.models import Parcel, Right
from apps.parking.models import ParkingZone
from apps.reports.models import Category, Report, Reporter
from apps.territory.models import BaseFeature, Governorate, Wilayat
from apps.wells.models import Well, WellOwner
from gis.layers import Layer, registry
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import begin_again, make, square

KEY = "an agency's key"
COLLECTIONS = [layer for layer in registry if not layer.base_map]
AT = Point(58.1, 23.5, srid=4326)

# Text that breaks pages and documents that are put together carelessly, and must come out as it went in.
NASTY = "<script>alert(1)</script> \"'&amp;&lt;</td>{{ 7*7 }}\u202e\\u003c شارع"

SECRETS = {
    "krooki_no": "SECRETKROOKI",
    "deed_no": "SECRETDEED",
    "owner": "SECRETOWNER",
    "number": "SECRETNUMBER",
    "text": "SECRETTEXT",
    "address": "SECRETADDRESS",
    "reporter": "SECRETREPORTER",
}


@dataclass
class Ground:
    """`rows` are the rows of each layer: here's and there's, or one that belongs to nobody."""

    database: str
    two: Two
    rows: dict[str, list[Any]]

    def client(self, who: str, **headers: str) -> Client:
        """A caller: "anonymous", "agency", "officer" (of here), "stranger" (of there) or "nobody" (signed in only)."""
        if who == "agency":
            headers["X-API-Key"] = KEY
        client = Client(headers={"host": "127.0.0.1", "accept-language": "en", **headers})
        person = {"officer": self.two.officer, "stranger": self.two.stranger, "nobody": self.two.nobody}.get(who)
        if person is not None:
            client.force_login(person)
        return client


@contextmanager
def prepared(template: str, blocker: DjangoDbBlocker, label: str) -> Iterator[Ground]:
    """A database of its own with the ground in it; Django points at it meanwhile."""
    with blocker.unblock():
        before = connections["default"].settings_dict["NAME"]
        name = databases.clone(template, label=label)
        databases.point_django_at(name)
        try:
            yield _ground(name)
        finally:
            connections.close_all()
            databases.point_django_at(before)
            with databases.superuser() as connection:
                databases.drop(connection, name)


def _ground(database: str) -> Ground:
    begin_again()
    two = two_authorities()
    two.nobody = type(two.officer).objects.using("owner").create(username="nobody")  # type: ignore[attr-defined]
    office = Organisation.objects.using("owner").create(code="office", name_ar="مكتب")
    AgencyKey.objects.using("owner").create(
        organisation=office, digest=digest_of(KEY), purpose="test", made_at=datetime.now(tz=UTC)
    )
    with acting_for_both(two):
        rows = {layer.id: _rows(two, layer) for layer in COLLECTIONS}
        for layer in registry:
            if layer.base_map:
                rows[layer.id] = [_base(two, layer)]
    return Ground(database, two, rows)


def _rows(two: Two, layer: Layer) -> list[Any]:
    if layer.id == "authorities":
        return [two.here, two.there]
    if not layer.owned:
        return [_unit(layer)]
    return [_with_secrets(layer, authority, place) for place, authority in enumerate((two.here, two.there))]


def _unit(layer: Layer) -> Any:
    about = {"code": "XX-1", "name_ar": NASTY, "name_en": "", "geom": square(500)}
    if layer.model is Wilayat:
        about["governorate"] = Governorate.objects.using("owner").first() or make(Governorate)
    return layer.model._base_manager.using("owner").create(**about)


def _with_secrets(layer: Layer, authority: Any, place: int) -> Any:
    about: dict[str, Any] = {}
    names = {field.name for field in layer.model._meta.concrete_fields}
    if "name_ar" in names:
        about["name_ar"] = NASTY
    for name in ("krooki_no", "deed_no", "text", "address"):
        if name in names:
            about[name] = f"{SECRETS[name]}{place}"
    if layer.model in (Well, Report):
        about |= {"number": f"{SECRETS['number']}{place}", "geom": Point(AT.x + place, AT.y + 0.00123, srid=4326)}
    if layer.model is ParkingZone:
        about["payment_channels"] = [["app", "sms"], ["web"]][place]
    if layer.model is Report:
        about["category"] = make(Category, name_ar=NASTY, place="cell")
    row = make(layer.model, authority=authority, **about)
    _belongings(row, authority, place)
    return row


def _belongings(row: Any, authority: Any, place: int) -> None:
    owner = {"name_ar": f"{SECRETS['owner']}{place}"}
    if isinstance(row, Parcel):
        make(Right, authority=authority, parcel=row, party=make(Party, authority=authority, **owner), kind="ownership")
    elif isinstance(row, Well):
        make(WellOwner, authority=authority, well=row, party=make(Party, authority=authority, **owner))
    elif isinstance(row, Report):
        make(Reporter, authority=authority, report=row, name=f"{SECRETS['reporter']}{place}")
    elif row._meta.model_name == "addressunit":
        make(LegacyAddress, authority=authority, unit=row, way_no="7711", building_no="15")


def _base(two: Two, layer: Layer) -> Any:
    kind = {f"base-{kind}": kind for kind in BaseFeature.Kind} | {f"base-{kind}s": kind for kind in BaseFeature.Kind}
    return make(
        BaseFeature, authority=two.here, kind=kind[layer.id], name_ar="وادي الحدود", geom=square(600, "POLYGON")
    )
