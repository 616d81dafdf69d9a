"""Days and times that a caller wrote. Beside a field of times a day is the whole day here, as in `datetime`."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from gis.cql2.kinds import Term
from gis.cql2.refusals import WrongInstant

YEARS = range(1000, 9999)  # farther off, the change to another time zone may leave the calendar
A_DAY = len("2026-01-31")


def instant(tree: dict[str, Any]) -> Term:
    """DATE(…) or TIMESTAMP(…). A time without a zone is one here. Raises WrongInstant."""
    if "date" in tree:
        return day(tree["date"])
    return moment(tree["timestamp"])


def day(given: Any) -> Term:
    """Raises WrongInstant."""
    try:
        found = date.fromisoformat(given)
        if len(given) != A_DAY or found.year not in YEARS:
            raise ValueError
    except (TypeError, ValueError) as error:
        raise WrongInstant(given=_shown(given)) from error
    return Term("date", value=found)


def moment(given: Any) -> Term:
    """Raises WrongInstant."""
    try:
        found = datetime.fromisoformat(given)
        if len(given) <= A_DAY or found.year not in YEARS:
            raise ValueError
    except (TypeError, ValueError) as error:
        raise WrongInstant(given=_shown(given)) from error
    return Term("datetime", value=found if found.tzinfo else timezone.make_aware(found))


def either(given: str) -> Term:
    """A day or a time, by its length. Raises WrongInstant."""
    return day(given) if len(given) <= A_DAY else moment(given)


def opening(term: Term) -> Term:
    """The first moment of a day that the caller wrote; anything else as it is."""
    return _at(term, time.min)


def closing(term: Term) -> Term:
    """The last moment of a day that the caller wrote; anything else as it is."""
    return _at(term, time.max)


def _at(term: Term, of_day: time) -> Term:
    if not (term.literal and term.kind == "date"):
        return term
    return Term("datetime", value=timezone.make_aware(datetime.combine(term.value, of_day)))


def _shown(given: Any) -> str:
    return str(given)[:40].replace("\x00", "?")
