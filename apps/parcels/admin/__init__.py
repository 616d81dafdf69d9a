"""The desk of the cadastre: parcels to look at, and drafts by which they change."""

from .drafts import ParcelDraftAdmin
from .parcels import ParcelAdmin, SchemeAdmin

__all__ = ["ParcelAdmin", "ParcelDraftAdmin", "SchemeAdmin"]
