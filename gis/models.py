"""Tables of the spatial core, defined beside what uses them."""

from gis.exchange.models import ImportRun, Quarantine
from gis.origins import Origin, Transformation

__all__ = ["ImportRun", "Origin", "Quarantine", "Transformation"]
