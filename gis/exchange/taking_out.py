"""The quarantine of a run as a file, with the reasons: to be corrected where the data come from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import numpy as np
import pyarrow as pa
import shapely
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from gis.geometry import small_enough
from gis.wkb import from_wkb

from .limits import MIB
from .models import ImportRun, Quarantine
from .places import LARGEST
from .portions import MostOctets, Octets, columns_of, portions
from .reasons import TITLES
from .spreadsheets import safe
from .worklist import as_written

# Features of one file, and bytes of what they hold; a larger quarantine is a file that was read wrongly.
MOST, MOST_BYTES = 100_000, 256 * MIB


@dataclass(frozen=True)
class Taken:
    """The first features of a run's quarantine, as many as one file holds; read some at a time.

    `shapes`: with their geometry, except those that are too large to be drawn. `whole`: there are no more.
    """

    found: QuerySet[Quarantine]
    sizes: Sequence[tuple[UUID, int]]
    whole: bool

    @classmethod
    def of(cls, run: ImportRun, *, shapes: bool) -> Self:
        drawable = Q(octets__lte=LARGEST if shapes else -1)
        found = run.quarantine.order_by("row").annotate(octets=Octets("original"))
        found = found.annotate(shape=Case(When(drawable, then=F("original"))))
        size = MostOctets("attributes") + Octets("shape")
        sizes = list(found.annotate(size=size).values_list("pk", "size")[: MOST + 1])
        sums = accumulate(size for _key, size in sizes)
        fitting = [one for one, held in zip(sizes, sums, strict=True) if held <= MOST_BYTES][:MOST]
        return cls(found.defer("original", "drawn", "values"), fitting, len(fitting) == len(sizes))

    def portions(self) -> Iterator[list[Quarantine]]:
        for some in portions(self.sizes, lambda one: one[1]):
            yield list(self.found.filter(pk__in=[key for key, _size in some]))

    def columns(self) -> list[str]:
        return columns_of(self.found)


def lines(items: Iterable[Quarantine], columns: Sequence[str]) -> Iterator[list[str]]:
    """A heading, then a line for each feature. Text that a spreadsheet would calculate is marked as text."""
    yield [*map(safe, columns), *_headings()]
    for item in items:
        yield [safe(as_written(item.attributes.get(name))) for name in columns] + [safe(text) for text in _about(item)]


def write_geopackage(path: Path, items: Taken, system: str) -> None:
    """The features with their geometry as it came, in its own system; what cannot be read or drawn has none."""
    import pyogrio  # with GeoPandas, that is a second and 100 MB, which the server else never needs

    columns = items.columns()
    names = _unlike([*columns, *_headings()])
    schema = pa.schema([*((name, pa.string()) for name in names), ("geom", pa.binary())])
    batches = (_batch(some, columns, schema) for some in items.portions())
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches), path, driver="GPKG", layer="quarantine",
        geometry_name="geom", geometry_type="Unknown", crs=system or None,
    )  # fmt: skip


def _batch(items: Sequence[Quarantine], columns: Sequence[str], schema: pa.Schema) -> pa.RecordBatch:
    rows = [[as_written(item.attributes.get(name)) for name in columns] + _about(item) for item in items]
    shapes = np.array([_shape(item) for item in items], dtype=object)
    values = [pa.array(texts, pa.string()) for texts in zip(*rows, strict=True)]
    values.append(pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary()))
    return pa.RecordBatch.from_arrays(values, schema=schema)


def _headings() -> list[str]:
    return [_("Row in the file"), _("Reason"), _("Why"), _("State")]


def _about(item: Quarantine) -> list[str]:
    return [str(item.row), str(TITLES.get(item.code, item.code)), item.reason, str(item.get_state_display())]


def _shape(item: Any) -> Any:
    shape = None if item.shape is None else from_wkb(bytes(item.shape))
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
