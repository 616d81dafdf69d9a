"""A record's past as people read it: when, who, why, and what became what."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Field, Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.wording import plain, titled
from gis.codes import choices_of
from gis.history import Row, Version, deletions, versions

WORDS = {"I": _("Added"), "U": _("Changed"), "D": _("Deleted")}
PERSON, JOB = "user:", "job:"

Names = dict[tuple[str, Any], str]  # of a field and a key of it


@dataclass(frozen=True)
class Difference:
    """One field that became another."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One change. Who wrote from outside the web is named by the database login."""

    what: str
    at: datetime
    who: str
    why: str
    differences: list[Difference]


def lines(model: type[Model], key: UUID, *, hidden: Collection[str] = ()) -> list[Line]:
    """The newest first; only what row-level security lets the caller see, without the hidden fields."""
    past = versions(model, key)
    people = _people(past)
    names = _names(model, past, hidden)
    return [
        Line(
            what=str(WORDS[version.op]),
            at=version.at,
            who=people.get(version.actor or "") or _who(version.actor, version.session),
            why=version.reason or "",
            differences=list(_differences(model, version, hidden, names)),
        )
        for version in reversed(past)
    ]


def withdrawn(model: type[Model], *, most: int) -> list[tuple[str, Line]]:
    """What the deleted records were called, in the language in force, and how they went; the latest first."""
    past = deletions(model, most=most)
    people = _people(past)
    columns = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    found = []
    for version in past:
        was = model(**{name: (version.before or {}).get(column) for name, column in columns.items()})
        who = people.get(version.actor or "") or _who(version.actor, version.session)
        found.append((str(was), Line(str(WORDS["D"]), version.at, who, version.reason or "", [])))
    return found


def _who(actor: str | None, session: str) -> str:
    """Whoever is no person of ours."""
    if actor == "citizen":
        return gettext("A citizen")
    if actor and actor.startswith(JOB):
        return gettext("The program (%s)") % actor.removeprefix(JOB)
    return actor or session


def _people(past: list[Version]) -> dict[str, str]:
    people = {version.actor for version in past if version.actor and version.actor.startswith(PERSON)}
    found = get_user_model()._default_manager.in_bulk([actor.removeprefix(PERSON) for actor in people])
    return {f"{PERSON}{key}": person.get_full_name() for key, person in found.items()}


def _names(model: type[Model], past: list[Version], hidden: Collection[str]) -> Names:
    """What foreign keys of all versions lead to, as far as the reader may see it."""
    rows = [row for version in past for row in (version.before, version.after) if row]
    found: Names = {}
    for field in model._meta.concrete_fields:
        if field.related_model is None or field.name in hidden:
            continue
        keys = {row.get(str(field.column)) for row in rows} - {None}
        said = field.related_model._base_manager.in_bulk(keys)
        found |= {(field.name, key): str(one) for key, one in said.items()}
    return found


def _differences(model: type[Model], version: Version, hidden: Collection[str], names: Names) -> Iterator[Difference]:
    if version.op != "U" or version.before is None or version.after is None:
        return
    for field in model._meta.concrete_fields:
        if field.name in hidden or not _differ(field, version.before, version.after):
            continue
        before, after = (_shown(field, row, names) for row in (version.before, version.after))
        yield Difference(str(field.verbose_name), before, after)


def _differ(field: "Field[Any, Any]", before: Row, after: Row) -> bool:
    return before.get(str(field.column)) != after.get(str(field.column))


def _shown(field: "Field[Any, Any]", row: Row, names: Names) -> str:
    value = row.get(str(field.column))
    if value is None or value == "":
        return ""
    if isinstance(value, GEOSGeometry):
        middle = value.centroid
        return f"{middle.y:.6f}, {middle.x:.6f}"
    if codes := choices_of(field):
        return titled(codes, value)
    return names.get((field.name, value)) or plain(value)
