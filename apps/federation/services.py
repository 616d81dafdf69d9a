"""`follow`: keep a table equal to a collection of another server.

A server that tells its changes is read whole once, from the token of a moment before, and then followed by its log. Any
other OGC API Features is read whole in rounds. Each page and the place after it are written in one transaction. Rows
that a round has not seen are deleted when it ends, so the table is never empty in between.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal
from gis.remedies import Remedied

from . import remote
from .fetching import Declined, Gone, Server
from .mirror import Mirror, Place, by_id, identifier
from .remote import Remote

PAGE = 1000
TABLE = re.compile(r"(?!source$)[a-z][a-z0-9_]{0,49}")
NOTHING_NEW_PAGES = 3  # in a row; a page may come twice where rows came before it meanwhile
EMPTY_PAGES = 100
NEW_LOGS = 3  # in one `run`

Say = Callable[[str, int], object]


class NoTable(Refusal):
    code: ClassVar[str] = "no_table"
    sentence: ClassVar[Remedied] = Remedied(
        _('"%(given)s" is no name for a table: small letters, digits and _, at most 50.'), _("Name one with --into.")
    )


class GoesRound(Refusal):
    code: ClassVar[str] = "goes_round"
    sentence: ClassVar[str | Promise] = _(
        "%(address)s tells the same features again and again. The mirror keeps what it had; nothing was deleted."
    )


class NotChanges(Refusal):
    code: ClassVar[str] = "not_changes"
    sentence: ClassVar[str | Promise] = _(
        "%(address)s is no list of changes. Is the server a newer one than this program?"
    )


@dataclass
class Count:
    """What a run has done."""

    written: int = 0
    deleted: int = 0
    pages: int = 0


class Following:
    """A collection and its table."""

    def __init__(self, server: Server, found: Remote, mirror: Mirror, question: dict[str, str], say: Say) -> None:
        self.server, self.remote, self.mirror, self.question, self._say = server, found, mirror, question, say
        self.count = Count()
        self._stale = self._empty = 0
        self._walked: set[str] = set()

    @property
    def tells_changes(self) -> bool:
        return bool(self.remote.log)

    def run(self, *, wait: int = 0) -> Count:
        """Bring the table up to now: go on where it stands, a walk to its end, the log until there is no more.

        `wait`: seconds that the server may wait for a change when there is none. Raises the refusals of this app.
        """
        self.count = Count()
        place = self.mirror.place(self.remote.address, self.question)
        if place is None or self._is_over(place):
            place = self._begin(place)
        anew = 0
        while True:
            try:
                if place.walking:
                    place = self._walk(place)
                    continue
                if not self.tells_changes:
                    return self.count
                place, more = self._changes(place, wait=wait if self.count.pages == 0 else 0)
                if not more:
                    return self.count
            except (Gone, Declined) as over:
                # A link to a page, too, may have been good for its day only.
                anew += 1
                if anew > NEW_LOGS or (isinstance(over, Declined) and not (place.walking and self.count.pages == 0)):
                    raise
                place = self._begin(place)

    def _is_over(self, place: Place) -> bool:
        """Is there nothing to go on with? Then a new round begins."""
        readable = bool(place.next) if place.walking else self.tells_changes
        return not readable or bool(place.log) != self.tells_changes

    def _begin(self, before: Place | None) -> Place:
        """A new round: the place in the log first, so that what changes while the features are read is read again."""
        token = ""
        if self.tells_changes:
            token = _text(
                self.server.document(remote.asking(self.remote.log, **self.question)), "token", self.remote.log
            )
        with self.mirror.page():
            self.mirror.make()
            place = Place(
                address=self.remote.address,
                question=self.question,
                log=self.remote.log,
                token=token,
                walking=True,
                next=remote.asking(self.remote.items, limit=str(PAGE), **self.question),
                round=before.round + 1 if before else 1,
                fields=before.fields if before else {},
            )
            place = self.mirror.prepare(place, self.remote.fields)
            self.mirror.move(place)
        self._stale = self._empty = 0
        self._walked = {place.next}
        return place

    def _walk(self, place: Place) -> Place:
        """One page of the features."""
        listed = remote.listed(self.server, place.next)
        features = by_id(listed.features, place.next)
        with self.mirror.page():
            after, new = self.mirror.put(place, features)
            lost = self._leads_nowhere(place.next, listed.next, found=len(features), new=new)
            after = replace(after, next="" if lost else listed.next, walking=bool(listed.next))
            if not after.walking:
                self.count.deleted += self.mirror.take_out_unseen(after)
            self.mirror.move(after)
        self._told(len(features))
        if lost:  # the next run begins a round: to go on from here might end it, and take out what it has not seen
            raise GoesRound(address=place.next)
        return after

    def _leads_nowhere(self, here: str, there: str, *, found: int, new: int) -> bool:
        self._stale = self._stale + 1 if found and not new else 0
        self._empty = 0 if found else self._empty + 1
        round_about = there and (there == here or there in self._walked)
        self._walked.add(there)
        return bool(round_about or (there and (self._stale >= NOTHING_NEW_PAGES or self._empty >= EMPTY_PAGES)))

    def _changes(self, place: Place, *, wait: int) -> tuple[Place, bool]:
        """One page of the log."""
        waiting = {"wait": str(wait)} if wait else {}
        asked = remote.asking(self.remote.log, since=place.token, limit=str(PAGE), **waiting, **self.question)
        page = self.server.document(asked, patience=wait)
        token, more, found = _text(page, "token", asked), page.get("more") is True, page.get("changes")
        if not isinstance(found, list) or (more and token == place.token):
            raise NotChanges(address=asked)
        put, gone = _sorted(found, asked)
        with self.mirror.page():
            after, _new = self.mirror.put(place, put)
            self.count.deleted += self.mirror.take_out(gone)
            after = replace(after, token=token)
            self.mirror.move(after)
        self._told(len(put))
        return after, more

    def _told(self, written: int) -> None:
        self.count.written += written
        self.count.pages += 1
        self._say(self.mirror.table, self.count.written)


def following(
    *, address: str, collection: str = "", into: str = "", bbox: str = "", server: Server, using: str, say: Say
) -> Following:
    """What is to be followed where. Raises NoTable, OtherSource and what asking the server raises."""
    found = remote.describe(server, address, collection)
    table = into or re.sub(r"[^a-z0-9_]", "_", found.name.lower())
    if not TABLE.fullmatch(table):
        raise NoTable(given=table)
    question = {"bbox": bbox} if bbox else {}
    mirror = Mirror(table, using)
    mirror.place(found.address, question)
    return Following(server, found, mirror, question, say)


def _text(document: dict[str, Any], name: str, address: str) -> str:
    found = document.get(name)
    if not isinstance(found, str) or not found:
        raise NotChanges(address=address)
    return found


def _sorted(found: list[Any], address: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What each feature has become at the end of the page: to be written, or to be deleted."""
    last: dict[str, dict[str, Any] | None] = {}
    for change in found:
        if not isinstance(change, dict) or change.get("op") not in ("insert", "update", "delete"):
            raise NotChanges(address=address)
        feature = change.get("feature")
        if (change["op"] == "delete") == isinstance(feature, dict):
            raise NotChanges(address=address)
        last[identifier(change.get("id"), address)] = feature
    return {key: one for key, one in last.items() if one is not None}, [key for key, one in last.items() if one is None]
