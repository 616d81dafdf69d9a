"""The colours of the map's classes stay apart, also for whoever sees no hue."""

import re
from itertools import combinations, pairwise

import pytest

from apps.config.environment import ROOT
from apps.core.accent import contrast
from apps.core.plan import entries
from apps.core.symbols import SYMBOLS

LEAST_ON_THE_MAP = 3  # WCAG 2.2, 1.4.11
LEAST_BETWEEN = 1.3  # the ratio of two neighbours in lightness
STYLES = ROOT / "apps/core/frontend/css"
THEMES = dict(
    zip(("light", "dark"), (STYLES / "tokens.css").read_text().split(':root[data-theme="dark"]'), strict=True)
)
SHADED = {name: symbol.shades for name, symbol in SYMBOLS.items() if symbol.shades}


def colours(theme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", THEMES[theme]))


def faults(theme: dict[str, str], shades: tuple[str, ...]) -> list[str]:
    """What is too faint on the land or an icon's disc, and two that are as light as each other."""
    by_lightness = sorted(shades, key=lambda token: contrast(theme[token], "#000000"))
    faint = [
        f"{token} on {ground}"
        for token in shades
        for ground in ("map-land", "map-halo")
        if contrast(theme[token], theme[ground]) < LEAST_ON_THE_MAP
    ]
    alike = [f"{a} like {b}" for a, b in pairwise(by_lightness) if contrast(theme[a], theme[b]) < LEAST_BETWEEN]
    return faint + alike


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SHADED)
def test_the_classes_stay_apart_without_their_hues(name: str, theme: str):
    assert faults(colours(theme), SHADED[name]) == []


def test_the_rule_sees_its_faults():
    light = colours("light")
    assert faults(light, ("data-report", "data-report")) == ["data-report like data-report"]
    assert faults(light, ("map-wadi",)) == ["map-wadi on map-land", "map-wadi on map-halo"]


def test_every_class_has_a_colour_of_its_own_and_the_legend_knows_it():
    known = set(re.findall(r"\.hue-([\w-]+)", (STYLES / "hues.css").read_text()))
    shown = [entry for entry in entries() if entry.classes]
    assert {entry.layer.id for entry in shown} >= {"parcels", "reports"}
    for entry in shown:
        tokens = [one.token for one in entry.classes]
        assert set(tokens) <= known
        assert all(a != b for a, b in combinations(tokens, 2))
