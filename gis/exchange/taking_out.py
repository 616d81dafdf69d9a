"""The quarantine of a run as a file, with the reasons: to be corrected where the data come from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.utils.translation import gettext as _

from gis.geometry import small_enough
from gis.wkb import from_wkb

from .models import Quarantine
from .reasons import TITLES
from .worklist import as_written

# Features of one file; a larger quarantine is a file that was read wrongly.
MOST = 100_000
# Where a spreadsheet begins a formula: also behind blanks, with wide signs, and, where cells are parted at semicolons,
# in the middle of a text.
FORMULA = re.compile("(^[\\t\\r]*|[;\\t\\r\\n]\\s*|^\\s+)(?=[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-])")


def lines(items: Iterable[Quarantine], columns: Sequence[str]) -> Iterator[list[str]]:
    """A heading, then a line for each feature. Text that a spreadsheet would calculate is marked as text."""
    yield [*map(_safe, columns), *_headings()]
    for item in items:
        yield [_safe(as_written(item.attributes.get(name))) for name in columns] + [
            _safe(text) for text in _about(item)
        ]


def write_geopackage(path: Path, items: Sequence[Quarantine], columns: Sequence[str], system: str) -> None:
    """The features with their geometry as it came, in its own system; what cannot be read has none."""
    import pyogrio  # with GeoPandas, that is a second and 100 MB, which the server else never needs

    names = _unlike([*columns, *_headings()])
    rows = [[as_written(item.attributes.get(name)) for name in columns] + _about(item) for item in items]
    values = {name: pa.array([row[number] for row in rows], pa.string()) for number, name in enumerate(names)}
    shapes = np.array([_shape(item) for item in items] or [None], dtype=object)[: len(items)]
    values["geom"] = pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary())
    pyogrio.write_arrow(
        pa.table(values), path, driver="GPKG", layer="quarantine", geometry_name="geom", geometry_type="Unknown",
        crs=system or None,
    )  # fmt: skip


def columns_of(items: Iterable[Quarantine]) -> list[str]:
    return list(dict.fromkeys(name for item in items for name in item.attributes))


def _headings() -> list[str]:
    return [_("Row in the file"), _("Reason"), _("Why"), _("State")]


def _about(item: Quarantine) -> list[str]:
    return [str(item.row), str(TITLES.get(item.code, item.code)), item.reason, str(item.get_state_display())]


def _shape(item: Quarantine) -> Any:
    shape = None if item.original is None else from_wkb(bytes(item.original))
    if not shapely.is_geometry(shape) or small_enough(np.array([shape], dtype=object))[0] is not None:
        return None
    return shape


def _unlike(names: Sequence[str]) -> list[str]:
    """GeoPackage does not tell capitals apart, and has names of its own."""
    seen: set[str] = {"fid", "geom"}
    result = []
    for name in names:
        text = name
        while text.casefold() in seen:
            text += "_"
        seen.add(text.casefold())
        result.append(text)
    return result


def _safe(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return FORMULA.sub(r"\1'", text)
    return text
