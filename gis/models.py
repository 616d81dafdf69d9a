"""Tables of the spatial core, defined beside what uses them."""

from gis.exchange.models import ImportRun, Quarantine
from gis.origins import Origin, Transformation
from gis.rasters.models import Raster

__all__ = ["ImportRun", "Origin", "Quarantine", "Raster", "Transformation"]
