"""What a draft would change, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis.geometry import from_geos
from gis.measure import area_m2

from ..models import Described, ParcelDraft
from ..services import Particulars


@dataclass(frozen=True)
class Line:
    """One field, as it is and as it is proposed."""

    name: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def differences(draft: ParcelDraft) -> list[Line]:
    """Every field, the area of the outline last (geodesic, square metres). A new parcel has nothing before."""
    return list(_lines(draft))


def _lines(draft: ParcelDraft) -> Iterator[Line]:
    for field in fields(Particulars):
        title: Any = ParcelDraft._meta.get_field(field.name)
        yield Line(str(title.verbose_name), _shown(draft.parcel, field.name), _shown(draft, field.name))
    yield Line(_("Computed area"), _area(draft.parcel.geom) if draft.parcel else "", _area(draft.geom))


def _shown(described: Described | None, name: str) -> str:
    if described is None:
        return ""
    value: Any = getattr(described, name)
    titled = getattr(described, f"get_{name}_display", None)
    return "" if value is None else str(titled() if titled else value)


def _area(geometry: Any) -> str:
    return f"{number_format(round(area_m2(from_geos(geometry)), 2), 2)} {pgettext('unit', 'm²')}"
