"""The reference consumer against our own server: its table is the collection, row by row, whatever is killed."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from apps.addressing.models import Street
from apps.federation import remote, services
from apps.federation.fetching import Server
from apps.federation.mirror import Mirror, Place
from gis import changes
from gis.db.acting import acting_as
from tests import databases
from tests.apps.accounts.city import Two, two_authorities, web_session
from tests.rows import make

from .storm import LINE, answers, rage, rows, serving


class Killed(BaseException):
    """Whoever is killed runs no handler of errors."""


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def add(two: Two, many: int = 1) -> list[Any]:
    with acting_as(authorities=[two.here.id], using="owner"):
        return [make(Street, authority=two.here, name_ar=f"شارع {number}") for number in range(many)]


def change(two: Two, street: Any, **values: Any) -> None:
    with acting_as(authorities=[two.here.id], using="owner"):
        Street.objects.using("owner").filter(pk=street.pk).update(**values)


def remove(two: Two, street: Any) -> None:
    with acting_as(authorities=[two.here.id], using="owner"):
        Street.objects.using("owner").filter(pk=street.pk).delete()


def once(site: str, **options: Any) -> None:
    call_command("follow", f"{site}/ogc", collection="streets", once=True, **options)


def following(site: str) -> services.Following:
    return services.following(
        address=f"{site}/ogc/collections/streets", server=Server(site), using="owner", say=lambda table, count: None
    )


def dies(*_args: Any) -> None:
    raise Killed


def differences(database: str) -> list[Any]:
    """The rows that the mirror and the layer do not share."""
    mirror, layer = (set(rows(database, table)) for table in ("mirror.streets", "pub.streets"))
    return sorted(mirror ^ layer, key=str)


def test_the_table_is_the_collection(site: str, two: Two, committed_db: str, capsys: pytest.CaptureFixture[str]):
    streets = add(two, 5)
    once(site)
    assert rows(committed_db, "mirror.streets") == rows(committed_db, "pub.streets")
    assert len(rows(committed_db, "mirror.streets")) == 5
    change(two, streets[0], name_ar="another", kind="road")
    remove(two, streets[1])
    add(two)
    once(site)
    assert rows(committed_db, "mirror.streets") == rows(committed_db, "pub.streets")
    told = capsys.readouterr().out
    assert "mirror.streets is up to date: 2 written, 1 deleted, 5 rows." in told
    assert "محدَّث" in told


def test_a_box_is_followed_with_its_tombstones(site: str, two: Two, committed_db: str):
    street, _other = add(two, 2)
    west, south, east, north = street.geom.extent
    once(site, bbox=f"{west},{south},{east},{north}", into="boxed")
    assert str(street.pk) in [row[0] for row in rows(committed_db, "mirror.boxed")]
    change(two, street, geom=type(street.geom)(*[type(line)((10, 10), (11, 11)) for line in street.geom], srid=4326))
    once(site, bbox=f"{west},{south},{east},{north}", into="boxed")
    assert str(street.pk) not in [row[0] for row in rows(committed_db, "mirror.boxed")]


def test_a_restored_server_is_read_anew(site: str, two: Two, committed_db: str):
    """The log is another one then: what the mirror has too many goes, what it lacks comes."""
    streets = add(two, 3)
    once(site)
    with databases.superuser(committed_db) as root:
        root.execute("UPDATE mirror.source SET token = replace(token, left(token, 4), 'MDAw')")
        root.execute("INSERT INTO mirror.streets (id, _round) VALUES ('left over', 1)")
    remove(two, streets[0])
    once(site)
    assert rows(committed_db, "mirror.streets") == rows(committed_db, "pub.streets")


def test_refusals_are_told_in_both_languages(site: str, two: Two):
    with pytest.raises(CommandError) as refused:
        call_command("follow", f"{site}/ogc/collections/streets", into="NO", once=True)
    assert "is no name for a table" in str(refused.value)
    assert "لا يصلح" in str(refused.value)
    with pytest.raises(CommandError):
        call_command("follow", f"{site}/ogc/collections/streets", key="@/nowhere", once=True)
    with pytest.raises(CommandError, match="401"):
        call_command("follow", f"{site}/ogc/collections/streets", key="guess", once=True)


def kill_in(monkeypatch: pytest.MonkeyPatch, name: str, nth: int) -> None:
    """The follower dies in the nth call of a method of its table, after its work."""
    method, calls = getattr(Mirror, name), [0]

    def dying(self: Mirror, *args: Any) -> Any:
        done = method(self, *args)
        calls[0] += 1
        if calls[0] == nth:
            raise Killed
        return done

    monkeypatch.setattr(Mirror, name, dying)


def killed_once(site: str) -> None:
    """Follow, be killed, follow again: as another process would."""
    with pytest.raises(Killed):
        following(site).run()
    connections["owner"].close()
    following(site).run()


def through_kills(site: str, two: Two, monkeypatch: pytest.MonkeyPatch, database: str) -> list[list[Any]]:
    """The differences after a kill at each place of a page; rows are written, changed and deleted in all pages."""
    monkeypatch.setattr(services, "PAGE", 2)
    streets = add(two, 5)
    following(site).run()
    found = []
    for name in ("put", "take_out", "move"):
        for nth in (1, 2):
            change(two, streets[0], name_ar=f"{name} {nth}")
            change(two, streets[1], name_ar=f"{name} {nth}")
            remove(two, add(two)[0])
            streets += add(two, 2)
            with monkeypatch.context() as patched:
                kill_in(patched, name, nth)
                killed_once(site)
            found.append(differences(database))
    return found


def test_killed_at_any_place_of_a_page_it_loses_nothing(
    site: str, two: Two, committed_db: str, monkeypatch: pytest.MonkeyPatch
):
    assert through_kills(site, two, monkeypatch, committed_db) == [[]] * 6


def test_a_token_apart_from_its_page_loses_changes(
    site: str, two: Two, committed_db: str, monkeypatch: pytest.MonkeyPatch
):
    """Seeded fault: the place is committed first, and by itself."""
    usual = services.Following._changes

    def place_first(self: services.Following, place: Place, *, wait: int) -> tuple[Place, bool]:
        page = self.server.document(remote.asking(self.remote.log, since=place.token))
        self.mirror.move(replace(place, token=page["token"]))
        return usual(self, place, wait=wait)

    monkeypatch.setattr(services.Following, "_changes", place_first)
    assert killed_in_writing(site, two, monkeypatch, committed_db) != []


def killed_in_writing(site: str, two: Two, monkeypatch: pytest.MonkeyPatch, database: str) -> list[Any]:
    streets = add(two, 3)
    following(site).run()
    change(two, streets[0], name_ar="lost")
    with monkeypatch.context() as patched:
        patched.setattr(Mirror, "_write", dies)
        with pytest.raises(Killed):
            following(site).run()
    connections["owner"].close()
    following(site).run()
    return differences(database)


def test_the_right_page_survives_the_same_kill(site: str, two: Two, committed_db: str, monkeypatch: pytest.MonkeyPatch):
    assert killed_in_writing(site, two, monkeypatch, committed_db) == []


def held_open(site: str, two: Two, database: str) -> list[Any]:
    """A transaction that begins before a page is asked for and is committed after it."""
    add(two, 2)
    following(site).run()
    with web_session(database, two.officer) as old:
        with old.transaction():
            old.execute(
                f"INSERT INTO addressing_street (authority_id, name_ar, geom) VALUES (%s, 'old', {LINE})",
                [two.here.id, "MULTILINESTRING((58 23, 58.5 23))"],
            )
            add(two)
            following(site).run()
    following(site).run()
    return differences(database)


def test_a_transaction_that_ends_late_is_not_missed(site: str, two: Two, committed_db: str):
    assert held_open(site, two, committed_db) == []


def test_a_token_by_the_highest_number_misses_it(
    site: str, two: Two, committed_db: str, monkeypatch: pytest.MonkeyPatch
):
    """Seeded fault: what was open counts as seen."""

    def highest(snapshot: str, own: str | None) -> str:
        high = snapshot.split(":")[1]
        return f"{high}:{high}:"

    monkeypatch.setattr(changes, "without_own", highest)
    assert held_open(site, two, committed_db) != []


def through_a_storm(template: str, blocker: DjangoDbBlocker, seconds: float, seed: int) -> dict[str, int]:
    """What happened in it, and how many rows the mirror and the layer have, each the same."""
    with databases.used(template, blocker, label="storm") as name:
        two = two_authorities()
        with serving(name) as (address, server):
            told = rage(name, two, address, server, seconds, seed)
            answers(address)
            call_command("follow", f"{address}/ogc", collection="streets", once=True)
            assert rows(name, "mirror.streets") == rows(name, "pub.streets")
        assert told["committed"] > 5 * seconds, told
        assert min(told.values()) >= 1, told
        return told | {"rows alike": len(rows(name, "mirror.streets"))}


def test_a_minute_of_storm_leaves_the_table_equal(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
):
    """Eight writers, transactions held open; writers, server and follower are killed at random."""
    through_a_storm(template_database, django_db_blocker, seconds=60, seed=4)
