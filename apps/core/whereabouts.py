"""Typed coordinates as choices: the readings that lie where this installation works, each with its system's name.

Nothing is guessed: metres without a datum are offered in every datum that this country has used, the working system of
the authority on the spot first. Where no reading lies here, a sentence says what to look at.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.core import coordinates
from apps.core.coordinates import Reading, Typed
from apps.core.degrees import Degrees
from apps.core.wording import language
from gis import crs, places
from gis.layers import Audience, registry
from gis.refusals import Refusal

HOLDERS, COUNTRY = "authorities", "governorates"


class NotHere(Refusal):
    code = "not_here"
    sentence = _(
        "This place lies outside the area of this site. Check the digits, and the order: latitude comes first."
    )


class MetresNotHere(NotHere):
    sentence = _(
        "In no coordinate system known here do these metres lie in the area of this site. "
        "Check the digits, the order (easting, then northing) and the zone."
    )


@dataclass(frozen=True)
class Choice:
    """One place that the text may mean: degrees of WGS 84 as they are written here, and the name of the system."""

    lng: float
    lat: float
    system: str

    @property
    def point(self) -> str:
        """Latitude, longitude, to a tenth of a metre."""
        return f"{self.lat:.6f},{self.lng:.6f}"


def choices(text: str, audience: Audience) -> list[Choice]:
    """The places that a text may mean, the best first; none where it is no coordinates.

    Raises NotHere where it is, but none of them lies here; SystemNotHere where it names an unknown system.
    """
    typed = coordinates.read(text)
    if typed is None:
        return []
    here = _here(typed, audience)
    if not here:
        raise NotHere if isinstance(typed.number, Degrees) else MetresNotHere
    return [Choice(one.lng, one.lat, _said(one)) for one in here]


def _here(typed: Typed, audience: Audience) -> list[Reading]:
    """The readings that lie here; those in the unusual order only where none in the usual one does."""
    points = [(one.lng, one.lat) for one in typed.readings]
    working = _working(points, audience)
    inside = [(one, systems) for one, systems in zip(typed.readings, working, strict=True) if systems is not None]
    usual = [pair for pair in inside if not pair[0].turned] or inside
    return [one for one, systems in sorted(usual, key=lambda pair: pair[0].system.code not in (pair[1] or ()))]


def _working(points: list[tuple[float, float]], audience: Audience) -> list[set[str] | None]:
    """For each point the working systems of the authorities there; None where it lies in no area of this country."""
    found: list[set[str] | None] = [None] * len(points)
    for name in (COUNTRY, HOLDERS):
        layer = registry.get(name)
        if layer is None:
            continue
        inside = places.containing(points, layer, audience)
        areas = places.read_many(layer, {one for ids in inside for one in ids}, audience)
        systems = {area.id: crs.identify(code) for area in areas if (code := area.values.get("working_crs"))}
        for place, ids in enumerate(inside):
            if ids:
                found[place] = (found[place] or set()) | {systems[one] for one in ids if one in systems}
    return found


def _said(reading: Reading) -> str:
    """The system in the page's language, with the order where it is not the usual one."""
    name = reading.system.title.get(language(), reading.system.code)
    if not reading.turned:
        return name
    order = _("northing first") if reading.system.projected else _("longitude first")
    return f"{name} ({order})"
