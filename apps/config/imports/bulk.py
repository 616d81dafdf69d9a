"""Many features of the work list decided at once: with each goes the version that its officer saw in the list."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import error as say_error
from django.contrib.messages import warning as say_warning
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from gis.exchange.models import Quarantine
from gis.exchange.runs import is_going

from .access import may_import

MOST_AT_ONCE = 500
MOST_NAMED = 10
SEEN = "seen"

Versions = dict[UUID, int]


def seen_in(listed: Any) -> str:
    """The versions that a page of the list shows, and of a longer list the first that "all" may mean."""
    shown = {item.pk: item.version for item in listed.result_list}
    if listed.result_count > len(shown):
        shown = dict(listed.queryset.values_list("pk", "version")[:MOST_AT_ONCE]) | shown
    return as_seen(shown)


def as_seen(versions: Mapping[UUID, int]) -> str:
    """As a form's hidden field keeps them."""
    return " ".join(f"{key.hex}:{version}" for key, version in versions.items())


def chosen(request: HttpRequest, rows: QuerySet[Quarantine], listed: QuerySet[Quarantine]) -> Versions:
    """Of the chosen features those that the caller may decide on now; who is left out, and why, is said.

    Left out is what somebody judges at this moment, and what is not any more as the list showed it. `rows` are all
    that the caller may read, `listed` those that a choice of the whole list means.
    """
    seen = _seen(request.POST.get(SEEN, ""))
    across = request.POST.get("select_across") == "1"
    keys = list(seen) if across else [key for text in request.POST.getlist(ACTION_CHECKBOX_NAME) if (key := _key(text))]
    more = len(keys) > MOST_AT_ONCE or (across and listed[MOST_AT_ONCE : MOST_AT_ONCE + 1].exists())
    found = list(rows.filter(pk__in=keys[:MOST_AT_ONCE], run__dry=False))
    judged = _judged(found)
    changed = [item for item in found if item not in judged and item.version != seen.get(item.pk)]
    versions = {
        item.pk: item.version
        for item in found
        if item.state == Quarantine.State.OPEN
        and item not in judged
        and item not in changed
        and may_import(request, item.authority_id)
    }
    _say(request, judged, changed, more=more, none=not versions)
    return versions


def _judged(found: list[Quarantine]) -> set[Quarantine]:
    runs = {item.settled_by_id: item.settled_by for item in found if item.settled_by}
    going = {key for key, run in runs.items() if is_going(run)}
    return {item for item in found if item.state == Quarantine.State.OPEN and item.settled_by_id in going}


def _say(request: HttpRequest, judged: set[Quarantine], changed: list[Quarantine], *, more: bool, none: bool) -> None:
    if judged:
        words = ngettext(
            "%(n)s feature is being judged at this moment and was left out (row %(rows)s). Choose it again later.",
            "%(n)s features are being judged at this moment and were left out (rows %(rows)s). "
            "Choose them again later.",
            len(judged),
        )
        say_warning(request, words % {"n": len(judged), "rows": _rows(judged)})
    if changed:
        words = ngettext(
            "%(n)s feature was changed by somebody after your list was shown, and was left out (row %(rows)s). "
            "Look at it as it is now, and choose it again.",
            "%(n)s features were changed by somebody after your list was shown, and were left out (rows %(rows)s). "
            "Look at them as they are now, and choose them again.",
            len(changed),
        )
        say_warning(request, words % {"n": len(changed), "rows": _rows(changed)})
    if more:
        words = gettext("At most %(most)s at once: this is about the first %(most)s. Choose the others afterwards.")
        say_warning(request, words % {"most": MOST_AT_ONCE})
    if none and not judged and not changed:
        say_error(request, gettext("None of the chosen features waits for a decision. Choose open ones."))


def _rows(items: Iterable[Quarantine]) -> str:
    rows = sorted(item.row for item in items)
    return ", ".join(map(str, rows[:MOST_NAMED])) + ("…" if len(rows) > MOST_NAMED else "")


def _seen(text: str) -> Versions:
    """What a hidden field brings back; what somebody made up is left out."""
    pairs = (pair.partition(":") for pair in text[: 80 * MOST_AT_ONCE].split())
    return {key: int(version) for given, _colon, version in pairs if (key := _key(given)) and version.isdecimal()}


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
