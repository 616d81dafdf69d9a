"""How height and slope are said on a card, with the elevation model that they are from."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.core.wording import Fact
from gis.rasters.sampling import Ground

FLAT_M = 1.0  # heights that differ by less are one


def facts(found: Ground | None) -> tuple[Fact, ...]:
    """Lines for a card; none where no elevation model has a value."""
    if found is None:
        return ()
    height = Fact("height", _("Height above sea level"), _height(found), pgettext("unit", "m"), number=True)
    source = Fact("height_source", _("Heights from"), str(found.raster))
    if found.slope_percent is None:
        return (height, source)
    return (height, Fact("slope", _("Slope"), f"{found.slope_percent:.1f}", "%", number=True), source)


def _height(found: Ground) -> str:
    """One number, or the lowest and highest of an area that is not level."""
    if found.lowest is None or found.highest is None or found.highest - found.lowest < FLAT_M:
        return f"{found.height:,.0f}"
    return f"{found.lowest:,.0f}\u2013{found.highest:,.0f}"
