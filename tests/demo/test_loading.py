"""The demonstration in the database: complete, once, replaceable, and with accounts only where nobody else comes."""

import datetime
import stat
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F, Q
from django.test import override_settings
from django.utils import timezone
from PIL import Image, ImageOps, ImageStat
from pytest_django import DjangoDbBlocker

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, Membership, User
from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.config import reference
from apps.config.demo import accounts, clear, completing, pictures, sightings
from apps.config.demo.load import load_all
from apps.config.demo.load.towns import codes
from apps.config.demo.nation import fill
from apps.config.demo.town import Town
from apps.parcels.models import Parcel, Right, Scheme
from apps.parking.models import ParkingZone, ZoneHours
from apps.reports.models import Photo, Report, Reporter, StatusNote
from apps.territory.models import Authority, BaseFeature, Inventory, WorkingCalendar
from apps.wells.models import Falaj, MotherWell, ProtectionZone, Well, WellOwner
from gis.db.acting import acting_as
from gis.origins import Origin
from gis.rasters.models import Raster
from tests import databases
from tests.demo.drawn import SEED, small_towns


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return small_towns()


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Demo mode, with the secrets of these tests alone."""
    folder = tmp_path_factory.mktemp("secrets")
    with pytest.MonkeyPatch.context() as patch, override_settings(DEMO=True):
        patch.setattr(accounts, "PASSWORD_FILE", folder / "of demo" / "password")
        patch.setattr(accounts, "KEY_FILE", folder / "of demo" / "key")
        yield


@pytest.fixture(scope="module")
def database(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database for this module: the demonstration is loaded once, each test undoes what it does to it."""
    with databases.used(template_database, django_db_blocker, label="demo"):
        yield


@pytest.fixture(scope="module")
def stored(database: None, secrets: None, towns: list[Town], django_db_blocker: DjangoDbBlocker) -> list[Town]:
    with django_db_blocker.unblock():
        reference.seed()
        load_all(towns, now=timezone.localtime(), say=lambda line: None)
        accounts.ensure(now=timezone.localtime())
        connections.close_all()
    return towns


@pytest.fixture
def loaded(stored: list[Town], db: None) -> list[Town]:
    return stored


def owners() -> list[Any]:
    return list(Authority.objects.filter(code__in=codes()).values_list("pk", flat=True))


def say(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_everything_that_was_drawn_is_there(loaded: list[Town]):
    with acting_as(authorities=owners()):
        for model, count in {
            Parcel: sum(len(town.land.lots) for town in loaded),
            Origin: sum(len(town.land.lots) for town in loaded),
            BaseFeature: sum(len(town.base) for town in loaded),
            AddressUnit: sum(len(town.doors) for town in loaded),
            Street: sum(1 for town in loaded for road in town.roads if road.name),
            Well: sum(len(town.wells) for town in loaded),
            ProtectionZone: sum(len(town.zones) for town in loaded),
            ParkingZone: sum(len(town.parking) for town in loaded),
            Report: sum(len(town.complaints) for town in loaded),
            Falaj: 2,
            MotherWell: 2,
            Inventory: 6,
            WorkingCalendar: 3,
        }.items():
            assert model._default_manager.count() == count, model
        for model in (Right, LegacyAddress, ZoneHours, StatusNote, WellOwner):
            assert model._default_manager.exists(), model


def test_nothing_lies_outside_its_authority(loaded: list[Town]):
    with acting_as(authorities=owners()):
        for model in (Parcel, AddressUnit, Well, ProtectionZone, ParkingZone, Report, Falaj):
            outside = model._default_manager.exclude(authority__geom__covers=F("geom"))
            assert outside.count() == 0, model


def test_areas_by_deed_are_near_the_computed_ones(loaded: list[Town]):
    with acting_as(authorities=owners()):
        for parcel in Parcel.objects.order_by("?")[:200]:
            assert parcel.computed_area_m2 is not None
            assert abs(parcel.legal_area_m2 - parcel.computed_area_m2) < parcel.computed_area_m2 / 15


def test_no_field_that_a_screen_shows_is_empty(loaded: list[Town]):
    with acting_as(authorities=owners()):
        for model in (Parcel, Scheme, Street, AddressUnit):
            assert not model._default_manager.filter(wilayat=None).exists(), model
        assert not AddressUnit.objects.filter(postcode="").exists()
        assert Report.objects.exclude(address="").count() > Report.objects.count() / 2
        assert Reporter.objects.exclude(email="").exists()


def contrast(file: Any) -> float:
    """How much can be told of the face."""
    return float(ImageStat.Stat(ImageOps.grayscale(Image.open(file)).crop(pictures.FACE)).stddev[0])


def test_some_reports_come_with_photos(loaded: list[Town], settings, tmp_path):
    """Sent and reviewed by the services: stripped, numbered, and public only as a blurred copy."""
    settings.MEDIA_ROOT = tmp_path
    sent = sightings.send(loaded[0], SEED, timezone.localtime())
    with acting_as(authorities=owners()):
        photos = list(Photo.objects.filter(report__in=sent))
        assert {photo.report_id for photo in photos} == {report.pk for report in sent} != set()
        reviewed = [photo for photo in photos if photo.review == Photo.Review.PUBLIC]
        assert 0 < len(reviewed) < len(photos)
        for photo in reviewed:
            face = [
                ImageOps.grayscale(Image.open(one)).crop(pictures.FACE) for one in (photo.image, photo.public_image)
            ]
            assert ImageStat.Stat(face[1]).stddev[0] < ImageStat.Stat(face[0]).stddev[0]
            assert photo.report.status == Report.Status.ACCEPTED


def test_time_is_counted_from_today(loaded: list[Town]):
    today = timezone.localdate()
    with acting_as(authorities=owners()):
        assert not Parcel.objects.filter(Q(valid_from__gt=today) | Q(valid_to__lte=today)).exists()
        assert Report.objects.filter(reported_at__gt=timezone.now() - datetime.timedelta(days=60)).exists()


def test_anybody_sees_the_plots_and_nobody_the_owners(loaded: list[Town]):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pub.parcels")
        assert cursor.fetchone()[0] == sum(len(town.land.lots) for town in loaded)
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'pub.parcels'::regclass AND attnum > 0")
        assert "owner" not in {name for (name,) in cursor.fetchall()}


def test_a_second_run_makes_what_is_missing_and_a_third_changes_nothing(loaded: list[Town], settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    before = Authority.objects.count()
    second = say("--scale", "tiny")
    assert second.count("heights of the ground") == second.count("reports with photos") == len(loaded)
    with acting_as(authorities=owners()):
        photos = Photo.objects.count()
    assert "already there" in say("--scale", "tiny")
    assert (Authority.objects.count(), Raster.objects.count()) == (before, len(loaded))
    with acting_as(authorities=owners()):
        assert Photo.objects.count() == photos > 0


@pytest.mark.long
def test_one_that_was_ended_while_it_was_loaded_anew_is_loaded(loaded: list[Town], settings, tmp_path):
    """The old records are gone, the authorities are still there."""
    settings.MEDIA_ROOT = tmp_path
    with acting_as(authorities=owners()):
        plots = Parcel.objects.count()
    clear.clear(say=lambda line: None)
    assert f"{len(loaded[0].land.lots)} parcels" in say("--scale", "tiny")
    with acting_as(authorities=owners()):
        assert Parcel.objects.count() == plots


def test_a_country_goes_on_and_does_not_offer_to_begin_anew(loaded: list[Town], monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(fill, "fill", lambda scale, **more: asked.append(scale))
    monkeypatch.setattr(completing, "complete", lambda scale, **more: False)  # these towns are smaller
    assert "--again" not in say("--scale", "medium")
    assert asked == ["medium"]


def test_again_replaces_the_records_and_keeps_the_people(loaded: list[Town]):
    before = {authority.code: authority.pk for authority in Authority.objects.all()}
    members = set(Membership.objects.values_list("pk", flat=True))
    with acting_as(authorities=owners()):
        plots = Parcel.objects.count()
        old = set(Parcel.objects.values_list("pk", flat=True))
    say("--again", "--scale", "tiny", "--seed", str(SEED))
    assert {authority.code: authority.pk for authority in Authority.objects.all()} == before
    assert set(Membership.objects.values_list("pk", flat=True)) == members
    with acting_as(authorities=owners()):
        assert Parcel.objects.count() == plots
        assert old.isdisjoint(Parcel.objects.values_list("pk", flat=True))


def test_removing_may_take_long_and_says_what_it_removes(loaded: list[Town]):
    """The web's login ends a statement after seconds; a country's parcels take minutes."""
    limits: dict[str, str] = {}

    def look(line: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            limits[line] = cursor.fetchone()[0]

    with acting_as(authorities=owners()):
        plots = Parcel.objects.count()
    clear.clear(say=look)
    assert limits[f"  {plots:,} of parcels_parcel"] == "30min"


def test_one_account_for_each_role(loaded: list[Town]):
    roles = set(Membership.objects.filter(user__demo=True).values_list("role", flat=True))
    assert roles == set(Membership.Role)
    for user in User.objects.filter(demo=True):
        assert user.check_password(accounts.password())
        assert user.is_superuser != user.memberships.exists()
    table = say("--logins")
    for login in accounts.logins():
        assert login.username in table
    assert accounts.agency_key() in table
    assert AgencyKey.objects.filter(digest=digest_of(accounts.agency_key())).exists()
    assert (
        stat.S_IMODE(accounts.PASSWORD_FILE.stat().st_mode) == stat.S_IMODE(accounts.KEY_FILE.stat().st_mode) == 0o600
    )


def test_accounts_are_made_once_and_removed_on_request(loaded: list[Town]):
    made = User.objects.filter(demo=True).count()
    accounts.ensure(now=timezone.localtime())
    assert User.objects.filter(demo=True).count() == made
    assert AgencyKey.objects.count() == 1
    assert f"{made} demo accounts removed" in say("--remove-accounts")
    assert not User.objects.filter(demo=True).exists()
    assert not AgencyKey.objects.exists()
