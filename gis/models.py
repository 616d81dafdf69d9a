"""Tables of the spatial core, defined beside what uses them."""

from gis.exchange.models import Delivery, ImportFeature, ImportRun, Quarantine, QuarantineStep, SavedMapping
from gis.following import Follower
from gis.origins import Origin, Transformation
from gis.rasters.models import Raster

__all__ = [
    "Delivery",
    "Follower",
    "ImportFeature",
    "ImportRun",
    "Origin",
    "Quarantine",
    "QuarantineStep",
    "Raster",
    "SavedMapping",
    "Transformation",
]
