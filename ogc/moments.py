"""`as-of`, and the header Accept-Datetime (RFC 7089): what was recorded at a past moment, for officers.

An officer reads the past of the records of his own authorities, with the columns and the rights of today. For everybody
else what was corrected or withdrawn must not stay readable: as in the change feed (decision 0004).
"""

from datetime import datetime
from typing import ClassVar

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import published
from gis.db import beginnings
from gis.layers import Audience, Layer
from gis.parameters import BadParameter
from gis.refusals import Refusal

AS_OF, HEADER = "as-of", "Accept-Datetime"
DAY = len("2026-01-31")


class NoMoment(BadParameter):
    parameter: ClassVar[str] = AS_OF
    sentence: ClassVar[str | Promise] = _(
        'as-of must be a time that has been, such as 2026-01-31T12:00:00Z; "%(given)s" is not.'
    )


class NoHeaderMoment(BadParameter):
    parameter: ClassVar[str] = HEADER
    sentence: ClassVar[str | Promise] = _(
        "Accept-Datetime must be a past time as HTTP writes it, such as Sat, 31 Jan 2026 12:00:00 GMT."
    )


class OnlyPresent(Refusal):
    code: ClassVar[str] = "only_present"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _(
        "Only officers read what was recorded before: what has been corrected must not stay readable. Ask without a "
        "past time."
    )


class BeforeHistory(BadParameter):
    parameter: ClassVar[str] = AS_OF
    sentence: ClassVar[str | Promise] = _(
        "The changes of this collection are kept since %(begins)s. Ask for that time or a later one."
    )


class NothingKept(BadParameter):
    parameter: ClassVar[str] = AS_OF
    sentence: ClassVar[str | Promise] = _("Of this collection no past is kept. Leave out as-of.")


def negotiated(request: HttpRequest) -> QueryDict:
    """The parameters; where the header asks for a moment and they do not, it stands among them."""
    header = request.headers.get(HEADER)
    if header is None or AS_OF in request.GET:
        return request.GET
    second = parse_http_date_safe(header)
    if second is None or second > timezone.now().timestamp():
        raise NoHeaderMoment
    query = request.GET.copy()
    query[AS_OF] = datetime.fromtimestamp(second, tz=timezone.get_default_timezone()).isoformat()
    return query


def read(text: str) -> datetime:
    """The moment; without a zone it is the platform's. Raises NoMoment, also for times to come."""
    # An unescaped + of a zone comes as a space.
    written = text.strip().replace(" ", "+") if "T" in text else text
    try:
        moment = datetime.fromisoformat(written)
        if len(written) <= DAY or not 1000 <= moment.year < 9999:
            raise ValueError
        moment = moment if moment.tzinfo else timezone.make_aware(moment)
        if moment > timezone.now():
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise NoMoment(given=text[:80].replace("\x00", "?")) from error
    return moment


def check(layer: Layer, audience: Audience, moment: datetime) -> None:
    """Raises OnlyPresent, NothingKept and BeforeHistory."""
    if audience is not Audience.OFFICER:
        raise OnlyPresent
    statement = sql.SQL("SELECT {}()").format(beginnings.reader(layer)).as_string()
    ((begins,),) = published.ask(audience, (statement, {}))
    if begins is None:
        raise NothingKept
    if moment < begins:
        raise BeforeHistory(begins=begins.isoformat(timespec="seconds"))


def headers(moment: datetime, original: str) -> dict[str, str]:
    """What an answer out of the past says of itself; `original` is the address of the present."""
    return {"Memento-Datetime": http_date(moment.timestamp()), "Link": f'<{original}>; rel="original"'}
