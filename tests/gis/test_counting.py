"""How many features a layer has: exact whatever happens after the last count, or not told."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import connections

from gis import counting
from gis.db import counts
from gis.db.acting import acting_as
from gis.features import Query
from gis.features import reading as features
from gis.layers import AGENCIES, OFFICERS, PUBLIC, registry
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make

PARCELS = registry["parcels"]


def known() -> int | None:
    """What the function tells, without counting."""
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT pub.parcels_count()")
        (number,) = cursor.fetchone()
    return None if number is None else int(number)


def there() -> int:
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pub.parcels")
        return int(cursor.fetchone()[0])


@pytest.fixture
def two(committed_db: str) -> Two:
    """Five parcels of here and two of there, counted."""
    two = two_authorities()
    with acting_for_both(two):
        for number in range(7):
            make(PARCELS.model, authority=two.here if number < 5 else two.there, plot_no=str(number))
    counting.follow()
    return two


def test_nothing_is_told_before_it_was_counted(committed_db: str):
    counting.Count.objects.all().delete()
    assert known() is None
    counting.follow()
    assert known() == 0


def test_what_changed_since_is_in_the_number(two: Two):
    assert known() == 7
    parcels: Any = PARCELS.model
    with acting_for_both(two):
        make(parcels, authority=two.here, plot_no="new")
        assert known() == 7  # not committed
    assert known() == 8
    with acting_for_both(two):
        parcels.objects.using("owner").filter(plot_no="0").update(valid_to="2001-01-01", valid_from="2000-01-01")
        parcels.objects.using("owner").filter(plot_no="1").update(land_use="industrial")
        parcels.objects.using("owner").filter(plot_no="2").delete()
        parcels.objects.using("owner").filter(plot_no="new").delete()
    assert known() == there() == 5
    with acting_for_both(two):
        parcels.objects.using("owner").filter(plot_no="0").update(valid_to=None)
    assert known() == there() == 6
    counting.follow()
    assert known() == there() == 6


def test_the_number_goes_with_the_folding(two: Two):
    assert counting.follow() == 0
    with acting_for_both(two):
        make(PARCELS.model, authority=two.here)
    assert counting.follow() == 0  # by the changes alone
    assert known() == 8


def test_an_authority_that_opens_or_closes_is_counted_anew(two: Two):
    type(two.here).objects.using("owner").filter(pk=two.here.pk).update(publishes_parcels=False)
    assert known() is None
    assert features.count(PARCELS, PUBLIC, Query()) == 2
    assert counting.follow() >= 1
    assert known() == features.count(PARCELS, AGENCIES, Query()) == 2
    with acting_as(user=two.officer.id):
        assert features.count(PARCELS, OFFICERS, Query()) == 7


def test_much_is_counted_by_the_job_only(two: Two, monkeypatch: pytest.MonkeyPatch):
    with acting_for_both(two):
        make(PARCELS.model, authority=two.here, plot_no="old")
    with databases.superuser(connections["default"].settings_dict["NAME"]) as root:
        made = root.execute("SELECT pg_get_functiondef('pub.parcels_count()'::regprocedure)").fetchone()
        assert made
        root.execute(made[0].replace(f"LIMIT {counts.MANY}", "LIMIT 1").replace(f"= {counts.MANY}", "= 1"))
    assert known() is None
    assert counting.follow() == 1
    assert known() == 8


@pytest.mark.parametrize("column", ["day = day - 1", "era = era + 1", "stamp = 'another'"])
def test_another_day_database_or_declaration_is_not_told(two: Two, column: str):
    with connections["default"].cursor() as cursor:
        cursor.execute(f"UPDATE spatial_count SET {column}")
    assert known() is None
    assert counting.follow() >= 1
    assert known() == 7


def test_the_number_is_exact_beside_writers_and_folding(two: Two):
    """Whatever one snapshot shows: the number told in it is the number that it holds."""
    name, wrong, told = connections["default"].settings_dict["NAME"], [], []
    stop = threading.Event()

    def write(turn: int) -> None:
        with databases.login("web", name) as session:
            while not stop.is_set():
                with session.transaction():
                    session.execute("SELECT set_config('baladiya.authority', %s, true)", [str(two.here.pk)])
                    _change(session, turn)

    def read() -> None:
        with databases.login("public", name) as session:
            for _turn in range(400):
                found = session.execute("SELECT pub.parcels_count(), (SELECT count(*) FROM pub.parcels)").fetchone()
                assert found
                told.append(found[0])
                if found[0] not in (None, found[1]):
                    wrong.append(found)
        stop.set()

    threads = [threading.Thread(target=write, args=(turn,)) for turn in range(3)] + [threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        counting.follow()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len({number for number in told if number is not None}) > 1


def _change(session: psycopg.Connection, turn: int) -> None:
    """Close and open again one record, each writer its own, and now and then hold the transaction open."""
    changed = session.execute(
        "UPDATE parcels_parcel SET valid_from = '2000-01-01', valid_to = CASE WHEN valid_to IS NULL THEN"
        " '2001-01-01'::date END WHERE plot_no = %s",
        [str(turn)],
    )
    assert changed.rowcount == 1
    session.execute("SELECT pg_sleep(0.02)")
