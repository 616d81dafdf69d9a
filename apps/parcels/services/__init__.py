"""Every write to parcels other than an import: each keeps the original coordinates and meets the rules as words."""

from .dividing import AreaChanged, Division, replace_parcels
from .drafting import DraftDecided, OutlineChanged, OwnDraft, approve_draft, propose_parcel, reject_draft
from .outlines import Outline, OutsideJurisdiction, surveyed_outline
from .particulars import Particulars
from .registering import EndsBeforeItBegins, correct_outline, end_parcel, register_parcel
from .words import Busy, Overlap, PlotTaken, WrongIsolation

__all__ = [
    "AreaChanged",
    "Busy",
    "Division",
    "DraftDecided",
    "EndsBeforeItBegins",
    "Outline",
    "OutlineChanged",
    "OutsideJurisdiction",
    "Overlap",
    "OwnDraft",
    "Particulars",
    "PlotTaken",
    "WrongIsolation",
    "approve_draft",
    "correct_outline",
    "end_parcel",
    "propose_parcel",
    "register_parcel",
    "reject_draft",
    "replace_parcels",
    "surveyed_outline",
]
