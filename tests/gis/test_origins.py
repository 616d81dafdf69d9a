"""Where a geometry comes from is added and never changed, and belongs to its authority."""

from uuid import uuid4

import psycopg
import pytest
import shapely

from gis import crs, origins
from gis.db.acting import acting_as
from gis.origins import Origin, Transformation
from tests import databases
from tests.apps.accounts.city import desk_session, two_authorities, web_session

SURVEY = shapely.Polygon([(650_000, 2_600_000, 5), (650_020, 2_600_000, 5), (650_020, 2_600_030, 5)])


def keep(authority_id) -> Origin:
    with acting_as(authorities=[authority_id]):
        return origins.keep(
            table="parcels_parcel", record_id=uuid4(), authority_id=authority_id, original=SURVEY,
            operation=crs.operation("EPSG:3440"), file="krooki.gpkg", row=7,
        )  # fmt: skip


def test_an_operation_is_kept_once(committed_db: str):
    two = two_authorities()
    first, second = keep(two.here.pk), keep(two.there.pk)
    assert first.transformation_id == second.transformation_id
    told = Transformation.objects.get()
    assert (told.system, told.accuracy_m) == ("EPSG:3440", 0.5)
    assert "1439" in told.name
    again = crs.to_storage(shapely.force_2d(shapely.from_wkb(bytes(first.original))), crs.Operation(
        told.system, told.name, told.pipeline, told.accuracy_m, pinned=True
    ))  # fmt: skip
    assert again.equals(crs.to_storage(shapely.force_2d(SURVEY), crs.operation("EPSG:3440")))


def test_the_original_keeps_heights_and_system(committed_db: str):
    kept = shapely.from_wkb(bytes(keep(two_authorities().here.pk).original))
    assert kept.has_z
    assert shapely.get_srid(kept) == 3440
    assert shapely.get_srid(shapely.from_wkb(origins.ewkb(SURVEY, "+proj=utm +zone=40"))) == 0


@pytest.mark.parametrize("role", ["web", "owner", "superuser"])
def test_nobody_changes_an_origin(committed_db: str, role: str):
    two = two_authorities()
    keep(two.here.pk)
    session = databases.superuser(committed_db) if role == "superuser" else databases.login(role, committed_db)
    with session:
        session.execute("SELECT set_config('baladiya.authority', %s, false)", [str(two.here.pk)])
        for statement in (
            "UPDATE spatial_origin SET row = 8",
            "DELETE FROM spatial_origin",
            "UPDATE spatial_transformation SET pipeline = 'x'",
            "DELETE FROM spatial_transformation",
        ):
            with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.InsufficientPrivilege)):
                session.execute(statement)


def test_an_origin_belongs_to_its_authority(committed_db: str):
    two = two_authorities()
    mine, theirs = keep(two.here.pk), keep(two.there.pk)
    with web_session(committed_db, two.officer) as web, desk_session(committed_db, two.officer, two.here) as desk:
        for session in (web, desk):
            seen = session.execute("SELECT id FROM spatial_origin").fetchall()
            assert (mine.pk,) in seen
            assert (theirs.pk,) not in seen
