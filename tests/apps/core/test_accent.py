"""An accent colour can be read in both themes, whatever colour an authority chose."""

import re
from itertools import product

import pytest
from django.test import Client

from apps.core.accent import DARK_SURFACES, ENOUGH, LIGHT_SURFACES, contrast, palette, stylesheet
from tests.architecture.sources import ROOT

TOKENS = (ROOT / "apps/core/frontend/css/tokens.css").read_text()
LIGHT = TOKENS.partition(':root[data-theme="dark"]')[0]
DARK = TOKENS.partition(':root[data-theme="dark"]')[2]
EVERY = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 51), repeat=3)]


def token(name: str, text: str) -> str:
    (value,) = re.findall(rf"--{name}: (#\w+);", text)
    return str(value)


def too_faint(accent: str) -> list[str]:
    """Pairs of text and surface below 4.5:1."""
    found = []
    for theme, surfaces, text in (("light", LIGHT_SURFACES, LIGHT), ("dark", DARK_SURFACES, DARK)):
        made = palette(accent)[theme]
        soft, on = made["accent-soft"], made["on-accent"]
        pairs = [(made[ink], ground) for ink in ("accent", "accent-strong") for ground in (*surfaces, soft, on)]
        pairs += [(token(ink, text), soft) for ink in ("text", "text-2")]
        found += [f"{accent} {theme}: {pair}" for pair in pairs if contrast(*pair) < ENOUGH]
    return found


def test_the_surfaces_are_those_of_the_tokens():
    names = ("surface", "page", "surface-2", "surface-3")
    assert tuple(token(name, LIGHT) for name in names) == LIGHT_SURFACES
    assert tuple(token(name, DARK) for name in names) == DARK_SURFACES


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_can_be_read():
    assert [pair for accent in EVERY for pair in too_faint(accent)] == []


def test_a_colour_that_is_good_already_stays():
    assert palette("#0d6b66")["light"]["accent"] == "#0d6b66"


def test_the_stylesheet_is_for_ever_and_takes_colours_only():
    client = Client(headers={"host": "127.0.0.1"})
    answer = client.get("/accent/8b1e3f.css")
    assert (answer["Content-Type"], answer.content.decode()) == ("text/css", stylesheet("#8b1e3f"))
    assert "immutable" in answer["Cache-Control"]
    assert client.get("/accent/8b1e3f;}.css").status_code == 404


def test_the_rule_sees_its_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("apps.core.accent.ENOUGH", 3)
    assert too_faint("#ffff00")
