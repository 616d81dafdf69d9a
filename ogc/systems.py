"""The coordinate systems of the feed: CRS84, and those that the installation's file of systems pins.

An OGC address of a system means its own order of axes: EPSG's 4326 is written latitude first, CRS84 is not.
"""

from functools import lru_cache
from typing import ClassVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import crs, systems
from gis.crs import STORAGE
from gis.features import DEGREE_DIGITS, METRE_DIGITS, Output
from gis.parameters import BadParameter

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


class NoSuchSystem(BadParameter):
    sentence: ClassVar[str | Promise] = _(
        '%(name)s names no coordinate system of this feed: "%(given)s". The collection lists them as "crs".'
    )


def uris() -> list[str]:
    """The systems as a collection lists them, the default first."""
    return list(_offered(str(settings.COORDINATE_SYSTEMS)))


def offered(uri: str, name: str) -> Output:
    """The system with this URI, as the value of the parameter `name`. Raises NoSuchSystem."""
    known = _offered(str(settings.COORDINATE_SYSTEMS))
    if uri not in known:
        raise NoSuchSystem(name=name, given=uri[:80])
    return known[uri]


@lru_cache(maxsize=4)
def _offered(_file: str) -> dict[str, Output]:
    """Every system of the file, by URI."""
    found = {CRS84: Output()}
    for code, system in systems.catalogue().systems.items():
        found[f"{EPSG}{system.number}"] = Output(
            code=code,
            pinned=code != STORAGE,
            flipped=crs.north_first(code),
            digits=METRE_DIGITS if system.projected else DEGREE_DIGITS,
        )
    return found
