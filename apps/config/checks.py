"""What an installation refuses to start with. The server runs these checks first."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, register
from django.db import Error as DatabaseError

from apps.core.addresses import proxies
from apps.territory.identity import home_authority

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
SHORTEST_SECRET = 50


@register(Tags.security)
def production_is_closed(**kwargs: Any) -> Iterable[Error]:
    """Production has no debug pages, no demo mode and a secret of its own."""
    if not settings.PRODUCTION:
        return
    if settings.DEBUG:
        yield Error("DEBUG is on in production.", hint="Take DJANGO_DEBUG away.", id="config.E001")
    if settings.DEMO:
        yield Error("Demo mode is on in production.", hint="Take BALADIYA_DEMO away.", id="config.E002")
    if len(settings.SECRET_KEY) < SHORTEST_SECRET or settings.SECRET_KEY == settings.DEFAULT_SECRET:
        hint = f"Set SECRET_KEY to at least {SHORTEST_SECRET} random characters."
        yield Error("The secret is a default or too short.", hint=hint, id="config.E003")


@register(Tags.security)
def demo_stays_on_loopback(**kwargs: Any) -> Iterable[Error]:
    """The demo's passwords are printed for everybody, so nobody from outside may reach it."""
    if settings.DEMO and (outside := sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)):
        message = f"Demo mode answers for {', '.join(outside)}, which is not this machine alone."
        yield Error(message, hint="Leave ALLOWED_HOSTS away, or turn BALADIYA_DEMO off.", id="config.E004")


@register(Tags.security)
def limits_can_be_kept(**kwargs: Any) -> Iterable[Error]:
    """What the limits on tries are reckoned by."""
    try:
        proxies(tuple(settings.TRUSTED_PROXIES))
    except ValueError as error:
        hint = "Write addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8."
        yield Error(f"TRUSTED_PROXIES: {error}.", hint=hint, id="config.E007")
    if settings.REPORTS_AN_HOUR < 1:
        yield Error("REPORTS_AN_HOUR lets nobody report.", hint="Set it to 1 or more.", id="config.E008")


@register(Tags.database)
def demo_accounts_stay_in_the_demo(databases: Iterable[str] | None = None, **kwargs: Any) -> Iterable[Error]:
    """Accounts whose passwords are public do not exist outside demo mode."""
    if settings.DEMO or "default" not in (databases or ()):
        return
    try:
        names = list(get_user_model().objects.filter(demo=True).values_list("username", flat=True)[:5])
    except DatabaseError:
        return  # an empty database: the migrations are reported by /readyz
    if names:
        hint = "Use an empty database, or remove them: manage.py demo --remove-accounts"
        yield Error(f"Demo accounts exist outside demo mode: {', '.join(names)}.", hint=hint, id="config.E005")


@register(Tags.database)
def home_is_an_authority(databases: Iterable[str] | None = None, **kwargs: Any) -> Iterable[Error]:
    """A site that names its authority wrongly would show somebody else's name, or none."""
    if not settings.HOME_AUTHORITY or "default" not in (databases or ()):
        return
    try:
        found = home_authority()
    except DatabaseError:
        return  # an empty database: the migrations are reported by /readyz
    if found is None:
        hint = "Give the code of an authority in force, as /admin/ lists them, or take HOME_AUTHORITY away."
        yield Error(f"HOME_AUTHORITY names no authority: {settings.HOME_AUTHORITY}.", hint=hint, id="config.E006")
