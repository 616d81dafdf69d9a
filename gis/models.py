"""Tables of the spatial core, defined beside what uses them."""

from gis.origins import Origin, Transformation

__all__ = ["Origin", "Transformation"]
