"""How many reports are taken from one browser and from one address: more than a family needs, less than a flood."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.limits import Limit, TooMany, give_back, take
from apps.core.refusals import Refusal

from .keys import kept_id
from .whose import whose

HOUR = timedelta(hours=1)
BROWSERS = 3  # many phones share one address of their network


class TooManyReports(TooMany):
    code = "too_many_reports"
    sentence = _("Many reports came from here within an hour. Nothing is lost: send this one again after %(time)s.")


@contextmanager
def paced(*, client_id: UUID, browser: str, address: str, at: datetime) -> Iterator[None]:
    """Around the submission of a report. Sending the same one again does not count, nor does what is refused.

    Beyond the hour's number reports are still taken, one at a time and evenly.
    """
    if whose(client_id=kept_id(client_id)) is not None:
        yield
        return
    taken: list[tuple[Limit, str]] = []
    try:
        for limit, who in _limits(browser, address):
            if until := take(limit, who, at=at):
                raise TooManyReports(until=until, at=at)
            taken.append((limit, who))
        yield
    except Refusal:
        for limit, who in taken:
            give_back(limit, who, at=at)
        raise


def _limits(browser: str, address: str) -> Iterator[tuple[Limit, str]]:
    free = settings.REPORTS_AN_HOUR
    for name, who, most in (("reports browser", browser, free), ("reports address", address, free * BROWSERS)):
        if who:
            yield Limit(name, free=most, window=HOUR, first=HOUR / most, longest=HOUR / most), who
