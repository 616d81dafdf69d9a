"""What is said of a parcel besides its outline."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from apps.territory.models import Wilayat

from ..models import Described, Parcel, Scheme


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """As the title register has them; area in square metres by the deed."""

    plot_no: str
    block_no: str = ""
    scheme: Scheme | None = None
    wilayat: Wilayat | None = None
    land_use: str = Parcel.LandUse.OTHER
    status: str = Parcel.Status.REGISTERED
    legal_area_m2: Decimal | None = None
    krooki_no: str = ""
    deed_no: str = ""

    @classmethod
    def of(cls, described: Described) -> "Particulars":
        return cls(**{field.name: getattr(described, field.name) for field in fields(cls)})

    @property
    def values(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
