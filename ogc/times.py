"""The parameter `datetime` (OGC API Features 7.15.4): a day, a time, or an interval with an open end.

An interval may end after a duration too (2026-01-01/P7D): the standard does not say so, its test suite asks for it.
"""

from datetime import date, datetime, time
from typing import ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_duration
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.parameters import BadParameter

OPEN = ("", "..")
YEARS = range(1000, 9999)  # farther off, the change to another time zone may leave the calendar

Interval = tuple[datetime | None, datetime | None]


class NoTime(BadParameter):
    parameter: ClassVar[str] = "datetime"
    sentence: ClassVar[str | Promise] = _(
        "datetime must be a day, a time or an interval, such as 2026-01-31, 2026-01-01/.. or 2026-01-01/P7D; "
        '"%(given)s" is not.'
    )


def read(text: str) -> Interval:
    """First and last moment, both included; a day without a time is the whole day here. Raises NoTime."""
    first, slash, last = text.partition("/")
    if "/" in last or (slash and first in OPEN and last in OPEN):
        raise NoTime(given=text[:80])
    begin = _moment(first, text, time.min)
    interval = (
        begin,
        _after(begin, last, text) if last[:1] == "P" else _moment(last if slash else first, text, time.max),
    )
    if None not in interval and interval[0] > interval[1]:  # type: ignore[operator]
        raise NoTime(given=text[:80])
    return interval


def written(text: str, *, last: bool = False) -> str:
    """A day or a time (ISO 8601) as RFC 3339 writes a moment: when the day begins here, or as the `last` ends."""
    if len(text) > len("2026-01-31"):
        return text
    of_day = time(23, 59, 59) if last else time.min
    return timezone.make_aware(datetime.combine(date.fromisoformat(text), of_day)).isoformat()


def _after(begin: datetime | None, duration: str, whole: str) -> datetime:
    """A duration of days, hours, minutes and seconds later: how long others are depends on the calendar."""
    try:
        length = parse_duration(duration)
        if begin is None or not length or (end := begin + length).year not in YEARS:
            raise NoTime(given=whole[:80])
    except (OverflowError, ValueError) as error:
        raise NoTime(given=whole[:80]) from error
    return end


def _moment(part: str, whole: str, of_day: time) -> datetime | None:
    if part in OPEN and whole != part:
        return None
    try:
        if int(part[:4]) not in YEARS:
            raise ValueError
        if len(part) == len("2026-01-31"):
            return timezone.make_aware(datetime.combine(date.fromisoformat(part), of_day))
        moment = datetime.fromisoformat(part)
    except ValueError as error:
        raise NoTime(given=whole[:80]) from error
    return moment if moment.tzinfo else timezone.make_aware(moment)
