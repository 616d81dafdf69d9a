"""Who may do what, where: a table of rights by role, and somebody's roles on a day.

The database holds the boundary between authorities (row-level security); these functions say what a role may do
inside its own, and let a page offer only what will succeed.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest

from .models import AgencyKey, Membership, User

Role = Membership.Role
WRITERS = frozenset(Role) - {Role.PLANNER}


class Action(StrEnum):
    """What a role may be allowed to do in its authority."""

    READ_PRIVATE = "read_private"
    EDIT_LAYER = "edit_layer"
    ANSWER_REPORT = "answer_report"
    PUBLISH_PHOTO = "publish_photo"
    MANAGE_MEMBERS = "manage_members"
    USE_DESK = "use_desk"


RIGHTS: Mapping[Action, frozenset[Role]] = {
    Action.READ_PRIVATE: frozenset(Role),
    Action.EDIT_LAYER: frozenset({Role.GIS_OFFICER, Role.MANAGER}),
    Action.ANSWER_REPORT: frozenset({Role.DESK_OFFICER, Role.FIELD_OFFICER, Role.MANAGER}),
    Action.PUBLISH_PHOTO: frozenset({Role.DESK_OFFICER, Role.MANAGER}),
    Action.MANAGE_MEMBERS: frozenset({Role.MANAGER}),
    Action.USE_DESK: frozenset({Role.GIS_OFFICER, Role.PLANNER, Role.MANAGER}),
}


@dataclass(frozen=True)
class Standing:
    """Somebody's roles by authority, loaded once; `everywhere` is a superuser, who acts for every authority."""

    roles: Mapping[UUID, frozenset[Role]] = field(default_factory=dict)
    everywhere: bool = False

    @property
    def is_officer(self) -> bool:
        return self.everywhere or bool(self.roles)

    def may(self, action: Action | str, authority: UUID | None = None) -> bool:
        """May they do this in the authority; without one: in any authority at all."""
        if self.everywhere:
            return True
        held = self.roles.get(authority, frozenset()) if authority else frozenset().union(*self.roles.values())
        return not RIGHTS[Action(action)].isdisjoint(held)

    def authorities(self, action: Action | str) -> frozenset[UUID]:
        """Where a member may do this. A superuser's authorities are not listed: ask `everywhere` first."""
        return frozenset(one for one, held in self.roles.items() if not RIGHTS[Action(action)].isdisjoint(held))


NOBODY = Standing()


def standing_of(user: User | AnonymousUser, *, on: datetime.date) -> Standing:
    """The roles in force on a day. The policies in the database follow the same table, by the database's clock."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    if user.is_superuser:
        return Standing(everywhere=True)
    in_force = Membership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), user=user, valid_from__lte=on)
    roles: dict[UUID, frozenset[Role]] = {}
    for authority, role in in_force.values_list("authority_id", "role"):
        roles[authority] = roles.get(authority, frozenset()) | {Role(role)}
    return Standing(roles=roles)


def keys_of(organisation: UUID, *, at: datetime.datetime) -> list[AgencyKey]:
    """The keys in force by which it is shown what agencies are; a key with scopes opens less."""
    in_force = AgencyKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return list(in_force.filter(organisation=organisation, scoped=False))


def person_of(request: HttpRequest) -> User:
    """Who has signed in. Pages of the admin answer nobody else."""
    if not isinstance(request.user, User):
        raise TypeError("the admin answers people who have signed in")
    return request.user


def may_read_private(standing: Standing, authority: UUID) -> bool:
    """See owners, reporters and exact places of the authority's records."""
    return standing.may(Action.READ_PRIVATE, authority)


def may_edit_layer(standing: Standing, authority: UUID) -> bool:
    """Change the authority's records that are written directly."""
    return standing.may(Action.EDIT_LAYER, authority)


def may_answer_reports(standing: Standing, authority: UUID) -> bool:
    """Change the status of a citizen's report and answer its reporter."""
    return standing.may(Action.ANSWER_REPORT, authority)


def may_publish_photos(standing: Standing, authority: UUID) -> bool:
    """Let the public see a blurred copy of a report's photo."""
    return standing.may(Action.PUBLISH_PHOTO, authority)


def may_manage_members(standing: Standing, authority: UUID) -> bool:
    """Say who works for the authority, and open database logins."""
    return standing.may(Action.MANAGE_MEMBERS, authority)


def may_use_desk(standing: Standing, authority: UUID) -> bool:
    """Have an own PostgreSQL login, for QGIS: by a role held there, since such a login opens one authority only."""
    return authority in standing.authorities(Action.USE_DESK)
