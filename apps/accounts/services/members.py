"""Who works for an authority, as what, from when to when."""

from datetime import date, datetime

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import Conflict, NotAllowed
from apps.territory.models import Authority
from gis.db.acting import acting_as

from ..models import DeskLogin, Membership, Unit, User
from ..permissions import Role, may_manage_members, may_use_desk, standing_of
from .logins import shut


class AlreadyMember(Conflict):
    code = "already_member"
    sentence = _("%(person)s has this role here already. Withdraw it first to give it from another day.")


def grant_membership(
    *,
    person: User,
    authority: Authority,
    role: Role,
    by: User,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
    unit: Unit | None = None,
) -> Membership:
    """Give a role from a day on (today) up to another, not including it. The person may then use the admin.

    Raises NotAllowed, AlreadyMember.
    """
    today = timezone.localdate(at)
    if not may_manage_members(standing_of(by, on=today), authority.pk):
        raise NotAllowed
    since = since or today
    with acting_as(user=by.pk, reason="membership granted"):
        User.objects.select_for_update().get(pk=person.pk)
        in_force = Q(valid_to__isnull=True) | Q(valid_to__gt=since)
        if Membership.objects.filter(in_force, user=person, authority=authority, role=role).exists():
            raise AlreadyMember(person=person)
        User.objects.filter(pk=person.pk).update(is_staff=True)
        membership: Membership = Membership.objects.create(
            user=person, authority=authority, role=role, unit=unit, valid_from=since, valid_to=until
        )
    return membership


def withdraw_membership(*, membership: Membership, by: User, at: datetime) -> Membership:
    """End a role today, unless it has ended already. With a person's last role, one that is still to begin included,
    goes the admin.

    Database logins that the remaining roles do not warrant are closed with it.
    """
    today = timezone.localdate(at)
    if not may_manage_members(standing_of(by, on=today), membership.authority_id):
        raise NotAllowed
    with acting_as(user=by.pk, reason="membership withdrawn"):
        held: Membership = (
            Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
        )
        held.valid_to = max(min(today, held.valid_to or today), held.valid_from)
        held.save(update_fields=["valid_to"])
        left = standing_of(held.user, on=today)
        if not left.is_officer and not _begins_later(held.user, today):
            User.objects.filter(pk=held.user_id).update(is_staff=False)
        for login in DeskLogin.objects.filter(user=held.user_id, active=True):
            if not may_use_desk(left, login.authority_id):
                shut(login)
    return held


def _begins_later(person: User, today: date) -> bool:
    ahead = Membership.objects.filter(user=person, valid_from__gt=today)
    return ahead.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))).exists()


def deactivate(*, person: User, by: User) -> None:
    """Nobody signs in as this person any more, neither to the web nor to the database, and open sessions end."""
    if not (by.is_active and by.is_superuser):
        raise NotAllowed
    with acting_as(user=by.pk, reason="person deactivated"):
        User.objects.filter(pk=person.pk).update(is_active=False)
        for login in DeskLogin.objects.filter(user=person, active=True):
            shut(login)
    person.is_active = False
