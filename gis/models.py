"""Tables of the spatial core, defined beside what uses them."""

from gis.exchange.models import ImportRun, Quarantine
from gis.following import Follower
from gis.origins import Origin, Transformation
from gis.rasters.models import Raster

__all__ = ["Follower", "ImportRun", "Origin", "Quarantine", "Raster", "Transformation"]
