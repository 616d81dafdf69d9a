"""What may be wrong with an installation, each with a sentence that says what to do.

Without row-level security nothing may be served; everything else degrades.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from apps.accounts.tenancy import unguarded_tables
from apps.config.provisioning import provision_state
from gis import generalising
from gis.exchange.confine import in_force
from gis.history import untracked

QUEUE_WAITS_AT_MOST = "5 minutes"
WORKER_SILENT_AT_MOST = "1 minute"  # a worker reports every ten seconds
DISK_ALARM = 0.85
# The filter of system calls closes TCP where an older Landlock does not.
NEEDED_GUARDS = ("landlock", "seccomp")


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    FATAL = "fatal"


@dataclass(frozen=True)
class Finding:
    """One item of `/readyz`."""

    code: str
    state: State
    sentence: str


def findings() -> list[Finding]:
    """Every item; the database's are asked only while it answers."""
    try:
        connection.ensure_connection()
    except Error:
        return [
            Finding("database", State.FATAL, "The database does not answer. Is it started?"),
            *_confinement(),
            *_disk(),
        ]
    found = [Finding("database", State.OK, "The database answers.")]
    for code, unanswered, ask in ASKED:
        try:
            found += ask()
        except Error as error:
            found.append(Finding(code, unanswered, f"Could not be asked: {str(error).splitlines()[0]}"))
    return [*found, *_confinement(), *_disk()]


def _migrations() -> Iterator[Finding]:
    applied = set(MigrationRecorder(connection).applied_migrations())
    if waiting := sorted(f"{app}.{name}" for app, name in _known_migrations() - applied):
        yield Finding("migrations", State.FATAL, f"Not applied: {', '.join(waiting)}. Run: manage.py migrate")
    else:
        yield Finding("migrations", State.OK, "All migrations are applied.")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _row_security() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        login, passes = cursor.fetchone()
    if passes:
        sentence = f"Login {login} passes row-level security. Let DATABASE_URL name one that does not."
        yield Finding("row-security", State.FATAL, sentence)
    elif unguarded := unguarded_tables("default"):
        sentence = f"Row-level security is not in force on {', '.join(unguarded)}. Run: manage.py migrate"
        yield Finding("row-security", State.FATAL, sentence)
    else:
        yield Finding("row-security", State.OK, "Row-level security is in force on every table of an authority.")


def _provision() -> Iterator[Finding]:
    lacking = provision_state(connection)
    for item in lacking:
        yield Finding(item.code, State.DEGRADED, f"Not so: {item.sentence}. Run: manage.py provision")
    if not lacking:
        yield Finding("provision", State.OK, "Roles, extensions, revocations and the leakproof flag are in place.")


def _history() -> Iterator[Finding]:
    if tables := untracked():
        sentence = f"Changes are not kept of {', '.join(tables)}. Run: manage.py migrate, then manage.py verify_history"
        yield Finding("history", State.DEGRADED, sentence)
    else:
        yield Finding("history", State.OK, "Every change of every record is kept.")


def _queue() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s::interval),
                   (SELECT count(*) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
                    WHERE j.status = 'todo' AND e.type = 'deferred'
                      AND greatest(e.at, coalesce(j.scheduled_at, e.at)) < now() - %s::interval)
            """,
            [WORKER_SILENT_AT_MOST, QUEUE_WAITS_AT_MOST],
        )
        workers, waiting = cursor.fetchone()
    if not workers:
        yield Finding("worker", State.DEGRADED, "No worker reports. Start one: manage.py work")
    elif waiting:
        yield Finding("worker", State.DEGRADED, f"{waiting} jobs wait for more than {QUEUE_WAITS_AT_MOST}.")
    else:
        yield Finding("worker", State.OK, "A worker reports, and no job waits.")


def _far_zooms() -> Iterator[Finding]:
    """Tiles are right all the same; cut from very many records they are slow."""
    if lagging := generalising.lagging():
        sentence = f"Cut from the records themselves, so slow: {', '.join(lagging)}. Is a worker running?"
        yield Finding("far-zooms", State.DEGRADED, sentence)
    else:
        yield Finding("far-zooms", State.OK, "Tiles of far zooms are cut from what is kept for them.")


def _confinement() -> Iterator[Finding]:
    """A delivered file is read in a process that is closed in; what of that the system gives where this one runs."""
    given = in_force()
    guards = {
        "landlock": "files (Landlock, Linux 5.13)",
        "landlock_tcp": "TCP (Landlock, Linux 6.7)",
        "seccomp": "system calls (seccomp)",
    }
    held = ", ".join(told for guard, told in guards.items() if given[guard]) or "none"
    lacking = [guards[guard] for guard in NEEDED_GUARDS if not given[guard]]
    if lacking:
        sentence = f"The reader of delivered files is not closed in by: {', '.join(lacking)}. In force: {held}."
        yield Finding("file-reader", State.DEGRADED, f"{sentence} Allow them in the kernel and in the container.")
    else:
        yield Finding("file-reader", State.OK, f"The reader of delivered files is closed in by: {held}.")


def _disk() -> Iterator[Finding]:
    place = Path(settings.MEDIA_ROOT)
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    full = usage.used / (usage.used + usage.free)
    state = State.DEGRADED if full > DISK_ALARM else State.OK
    yield Finding("disk", state, f"The disk of uploaded files is {full:.0%} full; the alarm is at {DISK_ALARM:.0%}.")


# What cannot be asked is taken for the worst that it may be.
ASKED: tuple[tuple[str, State, Callable[[], Iterator[Finding]]], ...] = (
    ("migrations", State.FATAL, _migrations),
    ("row-security", State.FATAL, _row_security),
    ("provision", State.DEGRADED, _provision),
    ("history", State.DEGRADED, _history),
    ("worker", State.DEGRADED, _queue),
    ("far-zooms", State.DEGRADED, _far_zooms),
)
