"""Which columns of a table hold the place: what the form shows for them, and what it sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis.exchange.choices import Choices
from gis.exchange.mapping import PLACES
from gis.exchange.models import Delivery
from gis.exchange.refusals import UnreadableFile

TITLES = {
    "x": _("Easting, x or longitude"),
    "y": _("Northing, y or latitude"),
    "wkt": _("Whole geometry as text (WKT)"),
}


@dataclass(frozen=True)
class PlaceLine:
    """One choice of the form. `otherwise` is what holds where no column is chosen."""

    name: str
    title: str
    chosen: str
    otherwise: str


def place_lines(delivery: Delivery) -> list[PlaceLine]:
    """None for a format that has geometry of its own, nor where no columns are known."""
    found = delivery.found
    if not found.get("places") and not ("reason" in found and found.get("columns")):
        return []
    choices = Choices.from_json(delivery.choices)
    columns = {column["name"] for column in found["columns"]}
    return [PlaceLine(name, str(TITLES[name]), _chosen(choices, name, columns), _otherwise(found, choices, name))
            for name in PLACES]  # fmt: skip


def places_sent(data: Mapping[str, str], columns: Collection[str]) -> dict[str, str]:
    """The columns chosen; what is no column of the file is left out."""
    return {name: data[f"place:{name}"] for name in PLACES if data.get(f"place:{name}", "") in columns}


def place_missing(choices: Choices) -> list[tuple[str, str]]:
    """The other coordinate, where one is chosen: the input's id and its title."""
    if choices.undecided != "half_a_place":
        return []
    other = "y" if "x" in choices.places else "x"
    return [(f"place-{other}", str(TITLES[other]))]


def place_fault(choices: Choices) -> str:
    """Why the columns chosen are no place yet; nothing where they are, or none is chosen."""
    return str(UnreadableFile(choices.undecided)) if choices.undecided else ""


def _chosen(choices: Choices, name: str, columns: Collection[str]) -> str:
    column = choices.places.get(name, "")
    return column if column in columns else ""


def _otherwise(found: Mapping[str, Any], choices: Choices, name: str) -> str:
    """What was recognised is known where the last look had to recognise it."""
    if choices.places and found.get("reason") != "no_coordinates":
        return gettext("as recognised")
    column = found.get("places", {}).get(name)
    return gettext("as recognised: %(column)s") % {"column": column} if column else gettext("none recognised")
