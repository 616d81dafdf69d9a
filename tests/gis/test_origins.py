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


NEW = 'INSERT INTO spatial_origin (authority_id, "table", record_id, transformation_id, original) '
ONE = NEW + "VALUES (%s, 'parcels_parcel', gen_random_uuid(), %s, 'x')"
SOME = NEW + (
    "SELECT %s, 'parcels_parcel', gen_random_uuid(), t, 'x' FROM unnest(%s::uuid[]) t, generate_series(1, 3) ORDER BY 2"
)


@pytest.mark.parametrize("role", ["web", "owner", "superuser"])
def test_an_origin_names_a_transformation_that_is_kept(committed_db: str, role: str):
    """Whatever tool writes, however many at once; the foreign key was asked row by row."""
    two = two_authorities()
    known, unknown = keep(two.here.pk).transformation_id, uuid4()
    session = databases.superuser(committed_db) if role == "superuser" else databases.login(role, committed_db)
    with session:
        session.execute("SELECT set_config('baladiya.authority', %s, false)", [str(two.here.pk)])
        session.execute(ONE, [two.here.pk, known])
        session.execute(SOME, [two.here.pk, [known]])
        for statement, given in ((ONE, unknown), (SOME, [unknown]), (SOME, [known, unknown])):
            with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
                session.execute(statement, [two.here.pk, given])
            assert refused.value.diag.constraint_name == "origins_have_transformations"
            assert str(unknown) in str(refused.value)
    with databases.superuser(committed_db) as root:
        assert root.execute("SELECT count(*) FROM spatial_origin").fetchone() == (5,)


def test_copy_names_a_transformation_that_is_kept(committed_db: str):
    """COPY is not for the logins under row-level security, but a restore or a superuser may use it."""
    two = two_authorities()
    known = keep(two.here.pk).transformation_id
    columns = 'authority_id, "table", record_id, transformation_id, original'
    with databases.superuser(committed_db) as root, root.cursor() as cursor:
        for given in (known, uuid4()):
            try:
                with cursor.copy(f"COPY spatial_origin ({columns}) FROM STDIN") as copy:  # type: ignore[arg-type]
                    copy.write_row((two.here.pk, "parcels_parcel", uuid4(), given, b"x"))
            except psycopg.errors.ForeignKeyViolation:
                assert given != known
            else:
                assert given == known


def test_a_transformation_that_another_has_not_committed_is_not_kept_yet(committed_db: str):
    two = two_authorities()
    made = "INSERT INTO spatial_transformation (system, name, pipeline) VALUES ('s', 'n', 'p') RETURNING id"
    with databases.login("web", committed_db) as one, databases.login("web", committed_db) as other:
        one.execute("SELECT set_config('baladiya.authority', %s, false)", [str(two.here.pk)])
        with other.transaction() as undone:
            (transformation,) = other.execute(made).fetchone() or (None,)
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                one.execute(ONE, [two.here.pk, transformation])
            raise psycopg.Rollback(undone)
        with other.transaction():
            (transformation,) = other.execute(made).fetchone() or (None,)
        one.execute(ONE, [two.here.pk, transformation])


def test_a_seeded_fault_of_the_transformations(committed_db: str):
    """Without the trigger anything may be named: so it is the trigger that refuses."""
    two = two_authorities()
    with databases.superuser(committed_db) as root:
        root.execute("ALTER TABLE spatial_origin DISABLE TRIGGER origins_have_transformations")
        root.execute(ONE, [two.here.pk, uuid4()])


def test_the_transformations_stay(committed_db: str):
    """Nothing can take away what an origin names: no login changes, deletes or truncates a transformation."""
    keep(two_authorities().here.pk)
    with databases.superuser(committed_db) as root:
        for statement in (
            "UPDATE spatial_transformation SET id = gen_random_uuid()",
            "DELETE FROM spatial_transformation",
            "TRUNCATE spatial_transformation",
            "TRUNCATE spatial_transformation CASCADE",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                root.execute(statement)
