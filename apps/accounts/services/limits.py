"""How often something may be tried, counted in the database: for all threads and processes together.

Nobody is locked out for good: the wait grows up to a bound, what is refused meanwhile does not count, and after the
wait the next try is taken. Keys are digests: the table does not tell who tried, nor from where.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, ClassVar

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import Refusal

from ..models import Tally

# One statement, so that of many tries at once each is counted before it is made.
TAKE = """
INSERT INTO accounts_tally AS t (key, taken, since, until) VALUES (
    %(key)s, 1, %(at)s, %(at)s + CASE WHEN %(free)s > 1 THEN interval '0' ELSE %(first)s::interval END)
ON CONFLICT (key) DO UPDATE SET (taken, since, until) = (
    SELECT n.taken, n.since, %(at)s + CASE WHEN n.taken < %(free)s THEN interval '0'
        ELSE least(%(longest)s::interval, %(first)s::interval * power(2, least(n.taken - %(free)s, 20))) END
    FROM (SELECT CASE WHEN over THEN 1 ELSE t.taken + 1 END AS taken,
                 CASE WHEN over THEN %(at)s ELSE t.since END AS since
          FROM (VALUES (t.since + %(window)s::interval <= %(at)s)) AS window_is (over)) AS n)
WHERE t.until <= %(at)s
RETURNING until
"""


@dataclass(frozen=True)
class Limit:
    """`free` tries in a `window`; from then on a wait after each, doubling from `first` to `longest`."""

    name: str
    free: int
    window: timedelta
    first: timedelta
    longest: timedelta


class TooMany(Refusal):
    """`seconds` are what is left to wait."""

    code: ClassVar[str] = "too_many"
    status: ClassVar[int] = 429
    sentence: ClassVar[str | Promise] = _("Too many tries. Wait until %(time)s, then try again.")

    def __init__(self, *, until: datetime, at: datetime) -> None:
        self.seconds = ceil((until - at).total_seconds())
        super().__init__(time=f"{timezone.localtime(at + timedelta(seconds=self.seconds)):%H:%M:%S}")


def take(limit: Limit, who: str, *, at: datetime) -> datetime | None:
    """Count a try that is about to be made. Gives None when it may be made, else until when to wait."""
    values: dict[str, Any] = {"key": _key(limit, who), "at": at, "free": limit.free, "window": limit.window}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values | {"first": limit.first, "longest": limit.longest})
        if cursor.fetchone():
            return None
    return Tally.objects.filter(key=_key(limit, who)).values_list("until", flat=True).first()


def give_back(limit: Limit, who: str, *, at: datetime) -> None:
    """A try that was none: the wait that it began ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_tally SET taken = greatest(taken - 1, 0), until = %s WHERE key = %s",
            [at, _key(limit, who)],
        )


def forget(limit: Limit, who: str) -> None:
    """Begin anew."""
    Tally.objects.filter(key=_key(limit, who)).delete()


def forget_old(*, before: datetime) -> None:
    """Rows that no limit needs any more."""
    Tally.objects.filter(since__lt=before, until__lt=before).delete()


def _key(limit: Limit, who: str) -> str:
    return salted_hmac(f"limit {limit.name}", who, algorithm="sha256").hexdigest()
