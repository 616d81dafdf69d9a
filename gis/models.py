"""Tables of the spatial core, defined beside what uses them."""

from gis.counting import Count
from gis.downloads.models import Export
from gis.exchange.models import Delivery, ImportFeature, ImportRun, Quarantine, QuarantineStep, SavedMapping
from gis.following import Follower
from gis.origins import Origin, Transformation
from gis.processes.jobs import Job
from gis.rasters.models import Raster

__all__ = [
    "Count",
    "Delivery",
    "Export",
    "Follower",
    "ImportFeature",
    "ImportRun",
    "Job",
    "Origin",
    "Quarantine",
    "QuarantineStep",
    "Raster",
    "SavedMapping",
    "Transformation",
]
