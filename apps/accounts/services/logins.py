"""An officer's own PostgreSQL login, for QGIS. The database makes it (`desk_login_open`, see provisioning)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import NotAllowed, Refusal
from apps.territory.models import Authority
from gis.db.acting import acting_as

from ..models import DeskLogin, User
from ..permissions import may_manage_members, may_use_desk, standing_of

VALID_FOR = timedelta(days=90)  # a stolen laptop opens the database no longer than this (reliability, 19)
PASSWORD_BYTES = 18


class NoDeskRight(Refusal):
    code = "no_desk_right"
    status = 403
    sentence = _("%(person)s has no role here that works in QGIS. Give a role first: GIS officer, planner or manager.")


@dataclass(frozen=True)
class DeskAccess:
    """Name and password of a login, to be handed over once; the password is stored nowhere."""

    rolname: str
    password: str
    ends_at: datetime


def grant_desk_login(*, person: User, authority: Authority, by: User, at: datetime) -> DeskLogin:
    """Give somebody a login of the authority, or open a closed one again. The person takes the password alone.

    Raises NotAllowed, NoDeskRight.
    """
    today = timezone.localdate(at)
    if not may_manage_members(standing_of(by, on=today), authority.pk):
        raise NotAllowed
    if not may_use_desk(standing_of(person, on=today), authority.pk):
        raise NoDeskRight(person=person)
    with acting_as(user=by.pk, reason="database login granted"):
        User.objects.select_for_update().get(pk=person.pk)
        login = DeskLogin.objects.filter(user=person, authority=authority).first()
        if login is None:
            return DeskLogin.objects.create(user=person, authority=authority, rolname=_new_name())
        if not login.active:
            login.active = True
            login.save(update_fields=["active"])
    return login


def take_password(*, login: DeskLogin, by: User, at: datetime) -> DeskAccess:
    """A new password for 90 days, for the person whose login it is and nobody else: the history names that person.

    Raises NotAllowed, NoDeskRight.
    """
    if login.user_id != by.pk or not login.active:
        raise NotAllowed
    if not may_use_desk(standing_of(by, on=timezone.localdate(at)), login.authority_id):
        raise NoDeskRight(person=by)
    password, ends_at = secrets.token_urlsafe(PASSWORD_BYTES), at + VALID_FOR
    with acting_as(user=by.pk, reason="database password taken"):
        _call("SELECT desk_login_open(%s, %s, %s)", [login.pk, _verifier(login.rolname, password), ends_at])
    return DeskAccess(login.rolname, password, ends_at)


def close_desk_login(*, login: DeskLogin, by: User, at: datetime) -> None:
    """Nobody gets in by it any more, and open sessions end. The name stays: the history speaks of it."""
    if not may_manage_members(standing_of(by, on=timezone.localdate(at)), login.authority_id):
        raise NotAllowed
    with acting_as(user=by.pk, reason="database login closed"):
        shut(login)


def shut(login: DeskLogin) -> None:
    """Close the login inside the caller's transaction; its sessions are ended again once nobody can start one."""
    DeskLogin.objects.filter(pk=login.pk).update(active=False)
    _end(login.pk)
    transaction.on_commit(lambda: _end(login.pk))


def _end(login: UUID) -> None:
    _call("SELECT desk_login_close(%s)", [login])


def _new_name() -> str:
    """Random: two databases of one cluster share its roles, and a name must not tell who it is."""
    return f"{settings.DB_ROLE_PREFIX}_officer_{uuid4().hex[-12:]}"


def _verifier(rolname: str, password: str) -> str:
    """What PostgreSQL keeps of a password, made here, so that no statement and no log ever holds the password."""
    connection.ensure_connection()
    session: Any = connection.connection
    made: bytes = session.pgconn.encrypt_password(password.encode(), rolname.encode(), b"scram-sha-256")
    return made.decode()


def _call(statement: str, parameters: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
