"""Whose a job is: a person's, an organisation's, or of whoever knows its random id."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from gis.layers import Audience
from gis.processes.jobs import ANONYMOUS
from gis.published import NotByKey
from gis.rights import Held

from . import border

SHORT = 32


def audience_of(request: HttpRequest) -> Audience:
    """Who asks a process. Raises NotByKey: what a scope opens is judged for each question of one layer."""
    audience = border.audience_of(request)
    if audience.scope is not None:
        raise NotByKey
    return audience


def rights_of(request: HttpRequest) -> list[str]:
    """What the answer to this caller rests on, to be kept with what is made for them later."""
    return sorted(import_string(settings.OGC_RIGHTS)(request))


def held_by(whose: str) -> Held:
    """What somebody holds at this moment, by what is kept of them."""
    found: Held = import_string(settings.OGC_HELD)(whose)
    return found


def caller_of(request: HttpRequest) -> str:
    """The caller as a job keeps them. Raises NotByKey."""
    audience_of(request)
    return name_of(request)


def mark_of(request: HttpRequest) -> str:
    """The same for every request of a caller, and of no use to anybody else."""
    return salted_hmac("ogc.mark", name_of(request), algorithm="sha256").hexdigest()[:SHORT]


def name_of(request: HttpRequest) -> str:
    """A person, an organisation, or else an address, of which there is a digest that differs from day to day."""
    audience = border.audience_of(request)
    person, organisation = getattr(request, "user", None), getattr(request, "organisation", None)
    signed_in = person is not None and person.is_authenticated
    if signed_in and (audience is Audience.OFFICER or organisation is None):
        return f"user:{person.pk}"  # type: ignore[union-attr]
    if organisation is not None:
        return f"organisation:{organisation.pk}"
    address = import_string(settings.OGC_ADDRESS)(request)
    digest = salted_hmac("ogc.asker", f"{address} {timezone.localdate()}", algorithm="sha256").hexdigest()
    return f"{ANONYMOUS}{digest[:SHORT]}"
