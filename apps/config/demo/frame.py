"""From a town's own frame to its surveyors' system and to storage."""

import numpy as np
import shapely
from shapely import Geometry

from gis import crs

from .dice import Numbers
from .site import Site


class Frame:
    """u, v in metres; `stored` gives longitude and latitude of EPSG:4326 by the operation of the town's own system."""

    def __init__(self, site: Site) -> None:
        self.operation = crs.operation(site.crs)
        lon, lat = site.origin
        self._origin = np.array(self.operation.backward(lon, lat))
        angle = np.radians(site.turned)
        self._turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def working[G: Geometry](self, geometry: G) -> G:
        """The geometry in the surveyors' system."""
        return shapely.transform(geometry, lambda local: local @ self._turn + self._origin)

    def local(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """The way back: u and v of places in the surveyors' system."""
        u, v = (np.column_stack([x, y]) - self._origin).dot(self._turn.T).T
        return u, v

    def stored[G: Geometry](self, geometry: G) -> G:
        """The geometry in EPSG:4326. Shared corners stay shared: each is computed alone."""
        return crs.to_storage(self.working(geometry), self.operation)
