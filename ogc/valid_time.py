"""`datetime` of layers whose records hold from one day to another: what held, or will hold, on the days asked for.

Without it a layer shows what holds today. Valid time is not recorded time: `as-of` asks what was known (`ogc.moments`).
"""

from datetime import date
from typing import ClassVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.db import dated
from gis.history import PastForOfficers
from gis.layers import Audience, Layer
from gis.parameters import BadParameter
from gis.published import NotByKey

from .times import Interval

Days = tuple[date | None, date | None]


class OneDay(BadParameter):
    parameter: ClassVar[str] = "datetime"
    sentence: ClassVar[str | Promise] = _("With as-of, datetime must be one day or time, not an interval.")


def valid_days(layer: Layer, audience: Audience, during: Interval, past: object = None) -> Days | None:
    """First and last day here; None where the layer has no such days. Raises NotByKey, PastForOfficers and OneDay."""
    if not dated.is_dated(layer):
        return None
    if audience.scope is not None:
        raise NotByKey
    if not dated.readable(layer, audience):
        raise PastForOfficers
    first, last = (None if bound is None else timezone.localdate(bound) for bound in during)
    if past is not None and (first is None or first != last):
        raise OneDay
    return first, last
