"""On whose behalf the database works: actor, tenant and reason, local to one transaction.

`SET LOCAL` ends with the transaction, so an answer that streams after the request, or a job, must open its own
`acting_as`: without it row-level security shows nothing (it fails closed).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connections, transaction

SETTINGS = ("baladiya.user", "baladiya.authority", "baladiya.actor", "baladiya.reason")


@contextmanager
def acting_as(
    *,
    user: UUID | None = None,
    authorities: Iterable[UUID] = (),
    actor: str = "",
    reason: str = "",
    using: str = "default",
) -> Iterator[None]:
    """Open a transaction whose rows are those of a person (`user`) or, for a job, of the `authorities` named.

    `actor` is who the history names ("user:…", "job:import"); it defaults to the user. Nested calls put the outer
    identity back when they end.
    """
    values = (
        str(user or ""),
        ",".join(str(authority) for authority in authorities),
        actor or (f"user:{user}" if user else ""),
        reason,
    )
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in SETTINGS))
        before = cursor.fetchone()
        _set(cursor, values)
        yield
        _set(cursor, tuple(value or "" for value in before))


def _set(cursor: object, values: tuple[str, ...]) -> None:
    calls = ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
    cursor.execute(f"SELECT {calls}", values)  # type: ignore[attr-defined]
