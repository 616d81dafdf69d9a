"""Where a place is, in words: the address next to it, its plot, its street, its village and provinces."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.wording import COMMA, Fact, kind_of, language, title_of
from gis import reverse
from gis.layers import Audience
from gis.reverse import Here

AT_M = 1  # nearer than this is at the place itself
AREAS = ("locality", "city", "state")


@dataclass(frozen=True)
class Line:
    """What tells where a place is: what kind of thing, what it is called, and how far away it is."""

    kind: str
    of: str
    title: str
    metres: float

    @property
    def text(self) -> str:
        """With the distance where it is not at the place itself."""
        if self.metres < AT_M:
            return self.title
        return _("%(title)s, %(metres)s m away") % {"title": self.title, "metres": f"{self.metres:,.0f}"}


def lines(lng: float, lat: float, audience: Audience) -> list[Line]:
    """One line for each kind of thing, the narrowest first."""
    return [_line(one) for one in reverse.at(lng, lat, audience)]


def facts(lng: float, lat: float, audience: Audience) -> list[Fact]:
    """For the card of a place; what contains it is told together."""
    found = lines(lng, lat, audience)
    told = [Fact(one.of, _nearest(one), one.text) for one in found if one.of not in AREAS]
    area = _areas(found)
    return [*told, Fact("area", _("Area"), area)] if area else told


def in_words(lng: float, lat: float, audience: Audience) -> str:
    """On one line: the address or the street, else the plot; then village and provinces."""
    found = lines(lng, lat, audience)
    narrow = sorted((one for one in found if one.of not in AREAS), key=lambda one: one.of == "plot")
    return _joined([*(one.text for one in narrow[:1]), _areas(found)])


def _line(here: Here) -> Line:
    return Line(kind_of(here.found.layer), here.kind, title_of(here.found), here.metres)


def _nearest(line: Line) -> str:
    return _("Nearest address") if line.of == "house" and line.metres >= AT_M else line.kind


def _areas(found: list[Line]) -> str:
    """Village, wilayat and governorate, named once where two are called the same. A village is a point on the map."""
    told = [_("near %(place)s") % {"place": one.title} if one.metres >= AT_M else one.title
            for one in found if one.of in AREAS]  # fmt: skip
    return _joined(list(dict.fromkeys(told)))


def _joined(parts: list[str]) -> str:
    return COMMA.get(language(), ", ").join(part for part in parts if part)
