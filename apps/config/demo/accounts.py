"""One account for each role. Their password is made for this installation and stands in a file only its owner reads."""

import datetime
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.accounts.callers import digest_of
from apps.accounts.models import AgencyKey, Membership, Organisation, Unit, User
from apps.accounts.services import make_agency_key
from apps.config.environment import LOCAL
from apps.territory.models import Authority
from gis.db.acting import acting_as

from .site import phrase, word_list

PASSWORD_FILE = LOCAL / "demo-password"
KEY_FILE = LOCAL / "demo-agency-key"
AGENCY = "demo-agency"
ACTOR = "job:demo"


@dataclass(frozen=True)
class Login:
    """A line of the list; without an authority it is the platform's administrator."""

    username: str
    authority: str
    role: str
    unit: str
    ar: str
    en: str


def logins() -> list[Login]:
    """The accounts of `data/demo/accounts.csv`."""
    return [Login(**row) for row in word_list("accounts")]


def password() -> str:
    """The password of all demo accounts, made when it is first asked for."""
    if not PASSWORD_FILE.exists():
        _write_private(PASSWORD_FILE, secrets.token_urlsafe(9))
    return PASSWORD_FILE.read_text(encoding="utf-8").strip()


def ensure(*, now: datetime.datetime) -> None:
    """Make the accounts that are missing, and let the password of the file open all of them."""
    secret = password()
    with acting_as(actor=ACTOR, reason="demonstration accounts"):
        for login in logins():
            user, _new = User.objects.get_or_create(
                username=login.username,
                defaults={"name_ar": login.ar, "name_en": login.en, "demo": True, "is_staff": True},
            )
            if not user.demo:
                continue  # somebody real has taken the name
            if not user.check_password(secret):
                user.set_password(secret)
            user.is_superuser = not login.authority
            user.save()
            _employ(user, login, now.date())
    _give_key(now)


def agency_key() -> str:
    """The key by which the demo's agency reads; "" before there is one."""
    return KEY_FILE.read_text(encoding="utf-8").strip() if KEY_FILE.exists() else ""


def _give_key(now: datetime.datetime) -> None:
    """A neighbour who reads as an agency. Its key is stored as a digest only, so a lost one is made anew."""
    with acting_as(actor=ACTOR, reason="demonstration accounts"):
        name = phrase("agency")
        agency, _new = Organisation.objects.get_or_create(
            code=AGENCY, defaults={"name_ar": name.ar, "name_en": name.en}
        )
    if agency.keys.filter(digest=digest_of(agency_key()), ends_at__isnull=True).exists():
        return
    administrator = User.objects.filter(demo=True, is_superuser=True).first()
    if administrator is not None:
        key = make_agency_key(organisation=agency, purpose="demonstration", by=administrator, at=now)
        _write_private(KEY_FILE, key)


def _write_private(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret, encoding="utf-8")


def _employ(user: User, login: Login, today: datetime.date) -> None:
    authority = Authority.objects.filter(code=login.authority).first()
    if authority is None or user.memberships.exists():
        return
    with acting_as(authorities=[authority.pk], actor=ACTOR, reason="demonstration accounts"):
        unit = Unit.objects.filter(authority=authority, code=login.unit).first()
        Membership.objects.create(authority=authority, user=user, unit=unit, role=login.role, valid_from=today)


def remove() -> int:
    """Delete the demo accounts and the agency's key, so that the installation may leave demo mode."""
    everybody = Authority.objects.values_list("pk", flat=True)
    with acting_as(authorities=everybody, actor=ACTOR, reason="demonstration accounts removed"):
        AgencyKey.objects.filter(organisation__code=AGENCY).delete()
        found = User.objects.filter(demo=True)
        count = found.count()
        found.delete()
    return count


def table() -> str:
    """Who signs in with what, for the terminal."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    names = {code: (ar, en) for code, ar, en in Authority.objects.values_list("code", "name_ar", "name_en")}
    yield f"{_('Name'):<10} {_('Password'):<14} {_('Role')}"
    for login in logins():
        role = Membership.Role(login.role).label if login.role else _("Platform administrator")
        where = names.get(login.authority, ("", ""))[1]
        yield f"{login.username:<10} {password():<14} {role}{', ' + where if where else ''}"
    if key := agency_key():
        yield f"{_('Agency key')}: {key}"
