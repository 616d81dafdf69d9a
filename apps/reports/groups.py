"""How the categories are grouped for choosing: by the operator's list (`REPORT_GROUPS`), in its order.

A group that the list does not name is offered under "Something else".
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .models import Category

OTHER, OTHER_ICON = "other", "shapes"
NAME = "name_{}"


@dataclass(frozen=True)
class Group:
    """A tile with the categories under it; `chosen` when one of them is."""

    code: str
    name: str
    icon: str
    categories: tuple[Category, ...]
    chosen: bool


@cache
def listed() -> dict[str, dict[str, str]]:
    """The rows of the list by code."""
    with Path(settings.REPORT_GROUPS).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def grouped(categories: list[Category], chosen: str) -> list[Group]:
    """The groups that offer something, in the order of the list."""
    inside: dict[str, list[Category]] = {code: [] for code in (*listed(), OTHER)}
    for category in categories:
        inside[category.group if category.group in listed() else OTHER].append(category)
    return [
        Group(code, *_tile(code), tuple(members), any(one.code == chosen for one in members))
        for code, members in inside.items()
        if members
    ]


def _tile(code: str) -> tuple[str, str]:
    """Name in the page's language, and icon."""
    row = listed().get(code)
    if row is None:
        return _("Something else"), OTHER_ICON
    return row.get(NAME.format(get_language())) or row["name_en"], row["icon"]
