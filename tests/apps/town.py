"""Two municipalities side by side with an officer of every role: the ground on which services are tested."""

import datetime
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from apps.accounts.models import Membership, User
from apps.core.models import new_key
from apps.reports.models import Category
from apps.territory.models import Authority
from gis.db.acting import acting_as

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
HERE = Point(58.05, 23.55, srid=4326)
THERE = Point(58.15, 23.55, srid=4326)
NOWHERE = Point(11.88, 43.46, srid=4326)

_people = count(1)


@dataclass
class Town:
    """Jurisdictions are squares of a tenth of a degree: `here` and, east of it, `there`."""

    here: Authority
    there: Authority


def found_towns() -> Town:
    return Town(found("here", 58.0), found("there", 58.1))


def found(code: str, west: float, *, kind: str = "municipality", parent: Authority | None = None) -> Authority:
    square = Polygon.from_bbox((west, 23.5, west + 0.1, 23.6))
    key = new_key()
    with acting_as(authorities=[key], actor="test"):
        made: Authority = Authority.objects.create(
            id=key, code=code, kind=kind, name_ar=code, working_crs="EPSG:32640", parent=parent,
            geom=MultiPolygon(square, srid=4326), valid_from=datetime.date(2020, 1, 1),
        )  # fmt: skip
    return made


def hire(authority: Authority | None, role: str = "desk_officer", **about: object) -> User:
    """Somebody who signs in, with this role since 2020; without an authority, a person and no more."""
    about = {"is_staff": authority is not None} | about
    person = User.objects.create(username=f"{role}-{next(_people)}", **about)
    if authority is not None:
        employ(person, authority, role)
    return person


def employ(person: User, authority: Authority, role: str, **about: Any) -> Membership:
    """Give somebody a role since 2020, as a job would."""
    about = {"valid_from": datetime.date(2020, 1, 1)} | about
    with acting_as(authorities=[authority.pk], actor="test"):
        membership: Membership = Membership.objects.create(user=person, authority=authority, role=role, **about)
    return membership


def dismiss(person: User, authority: Authority) -> None:
    """Their roles in the authority ended long ago."""
    with acting_as(authorities=[authority.pk], actor="test"):
        person.memberships.filter(authority=authority).update(valid_to=datetime.date(2021, 1, 1))


def category(place: str = "cell", **about: object) -> Category:
    number = next(_people)
    defaults = {"code": f"kind-{number}", "group": "roads", "name_ar": "حفرة", "name_en": "Pothole"}
    return Category.objects.create(**(defaults | {"place": place} | about))
