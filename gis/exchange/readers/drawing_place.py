"""From a drawing's coordinates to metres of a system: by its unit, or by the georeference it holds."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ezdxf.enums import InsertUnits
from ezdxf.lldxf.const import DXFError
from ezdxf.units import conversion_factor

from gis.exchange.units import UNITS

from .unreadable import Unreadable

METRES = 6


@dataclass
class Placing:
    """`unit` is what one unit of the drawing measures in metres; `matrix` turns it into the system of `crs`."""

    unit: float = 1.0
    crs: str = ""
    matrix: Any = None
    remarks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def apply(self, places: np.ndarray) -> np.ndarray:
        """Two columns of coordinates."""
        if self.matrix is None:
            return np.asarray(places) * self.unit
        moved = self.matrix.transform_vertices([(float(x), float(y), 0.0) for x, y in places])
        return np.array([(place.x, place.y) for place in moved])


def placing(drawing: Any, asked: str) -> Placing:
    """As the operator says, else as the drawing's georeference says, else by its unit. Raises Unreadable."""
    if asked:
        if asked not in UNITS:
            raise Unreadable("unknown_unit", unit=asked[:20], units=", ".join(UNITS))
        return Placing(UNITS[asked], remarks=[("dxf_unit", {"unit": asked, "metres": f"{UNITS[asked]:g}"})])
    code = int(drawing.header.get("$INSUNITS", 0) or 0)
    unit = _metres(code)
    found = Placing(unit or 1.0)
    if not unit:
        found.remarks.append(("dxf_unit_missing", {}))
    elif code != METRES:
        found.remarks.append(("dxf_unit", {"unit": f"$INSUNITS {code}", "metres": f"{unit:g}"}))
    geodata = drawing.modelspace().get_geodata()
    if geodata is None:
        return found
    try:
        matrix, epsg = geodata.get_crs_transformation()
    except (DXFError, ValueError, TypeError, ArithmeticError):
        found.remarks.append(("dxf_georeference_unread", {}))
        return found
    return Placing(unit or 1.0, f"EPSG:{epsg}", matrix, [("dxf_georeference", {"system": f"EPSG:{epsg}"})])


def _metres(code: int) -> float:
    """0 where the drawing says no unit, or one that we do not know."""
    try:
        return float(conversion_factor(InsertUnits(code), InsertUnits.Meters)) if code else 0.0
    except (KeyError, IndexError, TypeError, ValueError):
        return 0.0
