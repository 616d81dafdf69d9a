"""How layers look on the map and in the legend. Only looks: what is published is said by the layer itself.

Colours are names of design tokens (frontend/css/tokens.css), so light and dark follow by themselves. A layer that is
not named here gets a plain symbol by its kind of geometry, so a new layer shows at once.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis.layers import Layer

Kind = Literal["area", "line", "point", "border", "mixed"]


# Parts of a feature's title: a phrase and the fields that fill it. "street" means street_ar or street_en, whichever
# the page speaks; two names ("number suffix") are written together; a part without a value is left out.
Part = tuple[str | Promise, str]


@dataclass(frozen=True)
class Symbol:
    """`one` is what a single thing of the layer is called. `rank` decides who wins a click (1 first).

    `classes` colours by the codes of a field, in `shades` or in the colours of classes. `numbered` points show their
    label instead of a disc near by; `thin` lines step back behind their names. Where a layer says which of its things
    are pressing, those are warmth from afar, and the others are small and only seen close up. Layers that guide stay on
    the map on which a place is picked.
    """

    kind: Kind
    hue: str = "data-other"
    icon: str = "map-pin"
    one: str | Promise = ""
    title: tuple[Part, ...] = ()
    rank: int = 50
    classes: str = ""
    shades: tuple[str, ...] = ()
    dashed: bool = False
    thin: bool = False
    numbered: bool = False
    guides: bool = False
    label_from: float = 0
    label_to: float = 24


REPORT_STATES = ("report-new", "report-accepted", "report-progress", "report-done", "report-rejected")
CLASSES = tuple(f"class-{number}" for number in range(1, 9))

SYMBOLS = {
    "governorates": Symbol("border", "data-border", "landmark", _("Governorate"), rank=93, label_to=9),
    "wilayats": Symbol("border", "data-border", "landmark", _("Wilayat"), rank=92, label_to=11),
    "authorities": Symbol("border", "data-border", "landmark", _("Authority"), rank=91, label_to=12),
    "protection-zones": Symbol("area", "data-zone", "shield", _("Protection zone"), rank=70),
    "parcels": Symbol(
        "area", "data-parcel", "land-plot", _("Plot"),
        title=((_("Plot %s"), "plot_no"), (_("block %s"), "block_no")), rank=60,
        classes="land_use", guides=True, label_from=14.5,
    ),
    "streets": Symbol("line", "data-street", "road", _("Street"), rank=40, thin=True, guides=True),
    "parking-zones": Symbol(
        "area", "data-parking", "circle-parking", _("Parking zone"),
        title=(("%s", "code"), ("%s", "name")), rank=45, guides=True,
    ),
    "address-units": Symbol(
        "point", "data-address", "house", pgettext_lazy("kind", "Address"),
        title=(("%s", "number suffix"), ("%s", "street"), ("%s", "area")), rank=20, numbered=True, guides=True,
        label_from=16.8,
    ),
    "aflaj": Symbol("line", "data-falaj", "waves", _("Falaj"), rank=30, dashed=True),
    "wells": Symbol("mixed", "data-well", "droplet", _("Well"), rank=35),
    "reports": Symbol(
        "mixed", "data-report", "megaphone", _("Report"), title=(("%s", "category"),), rank=10,
        classes="status", shades=REPORT_STATES,
    ),
    "base-places": Symbol("point", "data-other", "map-pin", _("Place")),
    "base-roads": Symbol("line", "data-other", "road", _("Road")),
    "base-wadis": Symbol("line", "data-falaj", "waves", _("Wadi")),
    "base-water": Symbol("area", "data-falaj", "waves", _("Water")),
}  # fmt: skip

BY_GEOMETRY: dict[str, Kind] = {
    "POINT": "point",
    "MULTIPOINT": "point",
    "LINESTRING": "line",
    "MULTILINESTRING": "line",
    "POLYGON": "area",
    "MULTIPOLYGON": "area",
}


def symbol_of(layer: Layer) -> Symbol:
    """The layer's symbol, or a plain one by its geometry."""
    return SYMBOLS.get(layer.id) or Symbol(BY_GEOMETRY.get(layer.geometry_type(), "mixed"))
