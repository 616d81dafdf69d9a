"""How the categories are grouped for choosing. A group that is not named here is offered under "Other"."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Category

OTHER = "other"
# Code of the group (data/reference/report_groups.csv): its name and the icon of its tile.
GROUPS: dict[str, tuple[Promise, str]] = {
    "cleanliness": (_("Cleanliness and waste"), "trash-2"),
    "sewage-rain": (_("Sewage and rain water"), "cloud-rain"),
    "roads-lighting": (_("Roads and lighting"), "road"),
    "pests-strays": (_("Pests and stray animals"), "bug"),
    "health-food": (_("Public health and food"), "store"),
    "buildings": (_("Buildings and excavation"), "hard-hat"),
    "vehicles": (_("Parking and abandoned vehicles"), "car"),
    "parks": (_("Parks and beautification"), "tree-palm"),
    "markets": (_("Markets and licences"), "store"),
    "water": (_("Wells and aflaj"), "faucet"),
    "leases": (_("Leases"), "file-text"),
    "service": (_("Service and staff"), "user"),
    "suggestion": (_("Suggestions"), "message-square-text"),
    OTHER: (_("Something else"), "shapes"),
}


@dataclass(frozen=True)
class Group:
    """A tile with the categories under it; `chosen` when one of them is."""

    code: str
    name: str
    icon: str
    categories: tuple[Category, ...]
    chosen: bool


def grouped(categories: list[Category], chosen: str) -> list[Group]:
    """The groups that offer something, in the order above."""
    found = []
    for code, (name, icon) in GROUPS.items():
        inside = tuple(one for one in categories if (one.group if one.group in GROUPS else OTHER) == code)
        if inside:
            found.append(Group(code, str(name), icon, inside, any(one.code == chosen for one in inside)))
    return found
