"""T14: ten thousand edits from every door are all in the history, and no byte of it changes unseen."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from psycopg.sql import SQL, Identifier

from apps.accounts.models import Organisation, Party
from apps.addressing.models import Street
from gis import history, sealing
from gis.db.acting import acting_as
from tests import databases
from tests.apps.accounts.city import Two, desk_session, is_plain, one_row_each, two_authorities, web_session
from tests.rows import make

Login = Callable[[str], psycopg.Connection]
EACH = 2500  # edits a door
STREETS = 50
LINE = "ST_GeomFromText('MULTILINESTRING((58 23, 58.001 23))', 4326)"


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def seal() -> list[sealing.Block]:
    """Seal all that is committed now."""
    databases.wait_for_horizon()
    return sealing.seal()


def edit_one_by_one(session: psycopg.Connection, table: str) -> None:
    """What QGIS and a form send: UPDATE t SET <changed columns> WHERE id, one statement a row, a commit for some."""
    keys = [key for (key,) in session.execute(f"SELECT id FROM {table} ORDER BY id").fetchall()]
    chance = Random(14)
    for start in range(0, EACH, 50):
        with session.transaction():
            for number in range(start, start + 50):
                session.execute(
                    f"UPDATE {table} SET name_ar = %s WHERE id = %s",
                    [f"{session.info.user} {number}", chance.choice(keys)],
                )


def copy_in(session: psycopg.Connection) -> None:
    with session.cursor().copy("COPY accounts_organisation (code, name_ar) FROM STDIN") as copy:
        for number in range(EACH):
            copy.write_row((f"o{number}", f"منظمة {number}"))


def job(two: Two) -> None:
    for number in range(EACH // STREETS):
        with acting_as(authorities=[two.here.id], actor="job:rename", reason="the council's list of names"):
            assert Street.objects.update(name_en=f"name {number}") == STREETS


def test_ten_thousand_edits_from_every_door_are_kept(two: Two, committed_db: str, login: Login) -> None:
    with acting_as(authorities=[two.here.id], using="owner"):
        for _ in range(STREETS):
            make(Street, authority=two.here)
    with web_session(committed_db, two.officer) as web, desk_session(committed_db, two.officer, two.here) as desk:
        assert is_plain(web)
        assert is_plain(desk)
        web.execute(f"SET baladiya.actor = 'user:{two.officer.id}'")
        edit_one_by_one(web, "addressing_street")
        edit_one_by_one(desk, "own.streets")
        desk_login = desk.info.user
    copy_in(login("owner"))
    job(two)
    with acting_as(user=two.national.id):
        streets = [history.versions(Street, key) for key in Street.objects.values_list("pk", flat=True)]
        firms = [history.versions(Organisation, key) for key in Organisation.objects.values_list("pk", flat=True)]
    edits = [version for record in streets for version in record[1:]] + [
        version for record in firms for version in record
    ]
    counts: dict[tuple[str, str], int] = {}
    for version in edits:
        assert version.actor
        assert version.at
        assert version.after
        assert version.before if version.op == "U" else version.op == "I"
        key = (version.actor, version.session)
        counts[key] = counts.get(key, 0) + 1
    assert counts == {
        (f"user:{two.officer.id}", "baladiya_web"): EACH,
        (f"user:{two.officer.id}", desk_login): EACH,
        ("baladiya_owner", "baladiya_owner"): EACH,
        ("job:rename", "baladiya_web"): EACH,
    }
    for record in streets:
        for earlier, later in pairwise(record):
            assert later.before == earlier.after
            assert later.at > earlier.at
    assert len(edits) == 4 * EACH
    blocks = seal()
    assert sum(len(block.leaves) for block in blocks) // sealing.LEAF.size >= 4 * EACH
    assert list(sealing.faults()) == []
    assert history.drifted() == []


@pytest.fixture
def sealed(two: Two) -> Two:
    """A few sealed versions in two blocks, personal ones among them, one of these erased."""
    one_row_each(two, Street)
    own, _other = one_row_each(two, Party)
    seal()
    with acting_as(user=two.officer.id):
        Party.objects.filter(pk=own.pk).update(phone="91234567")
        history.erase(Party, own.pk, reason="asked for it")
    seal()
    assert list(sealing.faults()) == []
    return two


@contextmanager
def tampering(database: str, statement: str, table: str) -> Iterator[int]:
    """A superuser changes what is kept, and afterwards puts it back. Gives the number of rows touched."""
    with databases.superuser(database) as root:
        root.execute("CREATE TABLE IF NOT EXISTS public.kept_aside (image text)")
        schema, name = table.split(".")
        target = SQL("{}.{}").format(Identifier(schema), Identifier(name))
        root.execute(SQL("CREATE TABLE public.aside AS TABLE {}").format(target))
        root.execute(SQL("ALTER TABLE {} DISABLE TRIGGER history_kept").format(target))
        touched = root.execute(statement).rowcount
        yield touched
        root.execute(SQL("DELETE FROM {}").format(target))
        root.execute(SQL("INSERT INTO {} TABLE public.aside").format(target))
        root.execute(SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER history_kept").format(target))
        root.execute("DROP TABLE public.aside")


def columns_of(database: str, table: str) -> list[tuple[str, str]]:
    with databases.superuser(database) as root:
        return root.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        ).fetchall()


CHANGED = {
    "bigint": "{0} + 100000",
    "integer": "coalesce({0}, 0) + 1",
    "xid8": "'5'::xid8",
    '"char"': "CASE {0} WHEN 'I' THEN 'U' ELSE 'I' END",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "text": "coalesce({0}, '') || 'x'",
    "character varying": "coalesce({0}, '') || 'x'",
    "bytea": "CASE WHEN length({0}) > 0 THEN set_byte({0}, 0, get_byte({0}, 0) # 1) ELSE '\\x00' END",
    "uuid": "gen_random_uuid()",
    "date": "coalesce({0}, current_date) + 1",
    "boolean": "NOT {0}",
    "geometry": "ST_SetPoint(ST_GeometryN({0}, 1), 0, ST_MakePoint(58, 23 + 1e-15 * 8))",
    "name": "{0} || 'x'",
    "bigint[]": "{0} || 1::bigint",
}


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("history.addressing_street", "ORDER BY v_seq LIMIT 1"),
        ("history.accounts_party", "ORDER BY v_seq LIMIT 1"),
        ("personal_history.accounts_party", "ORDER BY v_seq LIMIT 1"),
        ("history.erasure", "LIMIT 1"),
        ("history.block", "WHERE number = 1"),
    ],
)
def test_any_byte_changed_is_found(sealed: Two, committed_db: str, table: str, where: str) -> None:
    """Each column of each kept table in turn; the version is named where it is a version's."""
    for column, kind in columns_of(committed_db, table):
        changed = CHANGED[kind].format(f'"{column}"')
        statement = f'UPDATE {table} SET "{column}" = {changed} WHERE ctid = (SELECT ctid FROM {table} {where}) '
        with tampering(committed_db, statement, table) as touched:
            assert touched == 1
            found = [str(fault) for fault in sealing.faults()]
        assert found, f"{table}.{column} changed unseen"
        if table == "history.addressing_street" and column not in ("v_seq", "v_era", "v_xid"):
            assert found[0].startswith("addressing_street version ")
            assert found[0].endswith("is not what was sealed")
    assert list(sealing.faults()) == []


def test_versions_lost_or_slipped_in_are_found(sealed: Two, committed_db: str) -> None:
    table = "history.addressing_street"
    with tampering(committed_db, f"DELETE FROM {table} WHERE v_seq = (SELECT min(v_seq) FROM {table})", table):
        assert "is missing" in str(next(sealing.faults()))
    columns = ", ".join(f'"{name}"' for name, _kind in columns_of(committed_db, table) if name != "v_seq")
    forged = f"INSERT INTO {table} (v_seq, {columns}) SELECT v_seq + 1000000, {columns} FROM {table} LIMIT 1"
    with tampering(committed_db, forged, table):
        assert "was added behind the seal" in str(next(sealing.faults()))
    personal = "personal_history.accounts_party"
    with tampering(committed_db, f"DELETE FROM {personal}", personal):
        assert "its personal part is missing" in str(next(sealing.faults()))


def test_a_whole_new_chain_is_not_signed(sealed: Two, committed_db: str) -> None:
    """A superuser can make a chain over altered versions, but not the platform's signature, nor an old digest."""
    with databases.superuser(committed_db) as root:
        row = root.execute("SELECT encode(digest, 'hex') FROM history.block ORDER BY number DESC LIMIT 1").fetchone()
        (head,) = row  # type: ignore[misc]
        root.execute("ALTER TABLE history.block DISABLE TRIGGER history_kept; DELETE FROM history.block")
        root.execute("ALTER TABLE history.addressing_street DISABLE TRIGGER history_kept")
        root.execute("UPDATE history.addressing_street SET v_actor = 'somebody else'")
        databases.wait_for_horizon()
        root.execute("SELECT history_seal()")
    assert "is not signed by this platform" in str(next(sealing.faults()))
    with databases.superuser(committed_db) as root:
        root.execute("DELETE FROM history.block")
    seal()
    assert list(sealing.faults()) == [], "the platform itself would sign it: the noted digest is what is left"
    assert list(sealing.faults(head=head)) == [sealing.Fault(f"the chain no longer holds the digest {head}")]


def test_a_new_secret_with_the_old_one_as_fallback_still_verifies(sealed: Two, settings: Any) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [old]
    assert list(sealing.faults()) == []
    settings.SECRET_KEY_FALLBACKS = []
    assert "is not signed" in str(next(sealing.faults()))


def test_an_open_transaction_is_sealed_later_in_its_place(two: Two, committed_db: str) -> None:
    one_row_each(two, Street)
    databases.wait_for_horizon()
    with web_session(committed_db, two.officer) as session:
        session.execute("BEGIN")
        session.execute(f"INSERT INTO addressing_street (name_ar, geom) VALUES ('late', {LINE})")
        one_row_each(two, Street)
        while sealing.seal():
            pass
        session.execute("COMMIT")
    (block,) = seal()
    assert len(block.leaves) // sealing.LEAF.size == 3
    assert list(sealing.faults()) == []


def test_a_large_window_is_sealed_in_parts(two: Two, committed_db: str) -> None:
    one_row_each(two, Street)
    databases.wait_for_horizon()
    with databases.superuser(committed_db) as root:
        while root.execute("SELECT history_seal(3)").fetchone() != (None,):
            pass
        found = root.execute("SELECT number, length(leaves) / 40, closes FROM history.block ORDER BY number").fetchall()
        closings = [closes for _number, _count, closes in found]
        assert len(found) > 3
        assert closings[-1]
        assert False in closings
        assert max(count for _number, count, _closes in found) == 3
    assert {str(fault) for fault in sealing.faults()} == {
        "block 1 is not signed by this platform (is its old SECRET_KEY in the fallbacks?)"
    }


def test_a_window_of_a_country_is_sealed_without_sorting_its_rows(two: Two, committed_db: str) -> None:
    """The nation's window did not fit the database's limit of temporary files, and was sealed never after."""
    one_row_each(two, Street)
    many = "SELECT ST_Multi(ST_MakeLine(ST_SetSRID(ST_MakePoint(58 + n / 1e5, 23 + i / 1e5), 4326)))"
    with web_session(committed_db, two.officer) as session:
        session.execute(
            "INSERT INTO addressing_street (name_ar, geom) SELECT i::text, g.line FROM generate_series(1, 1000) i,"
            f" LATERAL ({many} AS line FROM generate_series(1, 200) n) g"
        )
    databases.wait_for_horizon()
    with databases.superuser(committed_db) as root:
        root.execute("SET temp_file_limit = '1MB'; SET work_mem = '64kB'")
        with pytest.raises(psycopg.errors.ConfigurationLimitExceeded):
            root.execute("SELECT h::text FROM history.addressing_street h ORDER BY 1").fetchall()
        while root.execute("SELECT history_seal(150)").fetchone() != (None,):
            pass
        (counted,) = root.execute("SELECT sum(length(leaves) / 40) FROM history.block").fetchone()  # type: ignore[misc]
    assert counted > 1000
    assert all("is not signed" in str(fault) for fault in sealing.faults())


def test_what_was_written_with_the_trigger_off_is_named(sealed: Two, login: Login) -> None:
    """Seeded fault: the owner switches a trigger off, edits, and switches it on again."""
    owner = login("owner")
    owner.execute("ALTER TABLE addressing_street DISABLE TRIGGER history_update")
    owner.execute("ALTER TABLE addressing_street NO FORCE ROW LEVEL SECURITY")
    row = owner.execute("UPDATE addressing_street SET name_ar = 'in the dark' RETURNING id").fetchone()
    assert row
    assert verified() == ["The history of addressing_street is not kept: run manage.py migrate.", *dark(owner)]
    owner.execute("ALTER TABLE addressing_street ENABLE ALWAYS TRIGGER history_update")
    assert verified() == dark(owner)


def dark(owner: psycopg.Connection) -> list[str]:
    keys: list[tuple[UUID]] = owner.execute("SELECT id FROM addressing_street ORDER BY id").fetchall()
    return [f"addressing_street {key}: changed past the history" for (key,) in keys]


def verified() -> list[str]:
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_history", stdout=said)
    return said.getvalue().splitlines()


def test_the_commands_say_what_they_did(two: Two) -> None:
    one_row_each(two, Street)
    said = StringIO()
    databases.wait_for_horizon()
    call_command("seal_history", stdout=said)
    call_command("seal_history", stdout=said)
    assert said.getvalue().endswith("Nothing new to seal.\n")
    assert "digest " in said.getvalue()
    call_command("verify_history", stdout=said)
    assert said.getvalue().endswith("The history holds.\n")


def test_a_digest_can_be_computed_by_anybody(sealed: Two) -> None:
    """The form of a leaf is plain: table name, then SHA-256 of the row's text without trailing nulls."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET ROLE baladiya_checker; SET timezone = 'UTC'")
        cursor.execute("SELECT v_seq, h::text FROM history.addressing_street h ORDER BY v_seq LIMIT 1")
        seq, text = cursor.fetchone()
        cursor.execute("RESET ROLE; RESET timezone")
        cursor.execute("SELECT leaves FROM history.block ORDER BY number")
        leaves = dict(sealing.LEAF.iter_unpack(b"".join(bytes(leaves) for (leaves,) in cursor.fetchall())))
    row = hashlib.sha256(text[:-1].rstrip(",").encode()).digest()
    assert leaves[seq] == hashlib.sha256(b"addressing_street" + row).digest()
