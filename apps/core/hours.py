"""The hours of a week as they are published ("12347 08:00-13:00; …", ISO weekdays) in words."""

import re

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

PART = re.compile(r"([1-7]{1,7}) (\d\d:\d\d)-(\d\d:\d\d)")
WEEK = 7


def in_words(text: str) -> str:
    """Each part on its own: days, then from when to when. What is written in another way stays as it is."""
    parts = [PART.fullmatch(part) for part in text.split("; ")]
    if not all(parts):
        return text
    return "\n".join(
        _("%(days)s, %(start)s to %(end)s") % {"days": _days(part[1]), "start": part[2], "end": part[3]}
        for part in sorted(filter(None, parts), key=lambda part: (part[1], part[2]))
    )


def _days(numbers: str) -> str:
    """Runs of days, also over the turn of the week: 12347 is Sunday to Thursday."""
    days = {int(number) - 1 for number in numbers}
    if len(days) == WEEK:
        return _("Every day")
    runs = []
    for first in sorted(day for day in days if (day - 1) % WEEK not in days):
        last = first
        while (last + 1) % WEEK in days:
            last = (last + 1) % WEEK
        names = {"first": str(WEEKDAYS[first]), "last": str(WEEKDAYS[last])}
        runs.append(names["first"] if first == last else _("%(first)s to %(last)s") % names)
    return _(" and ").join(runs)
