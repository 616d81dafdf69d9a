"""The base map says of each place what it is, and the map has a symbol for it."""

import json
import re
from pathlib import Path

from apps.territory.models import BaseFeature
from gis.layers import PUBLIC, registry

FRONTEND = Path(__file__).resolve().parents[3] / "apps/core/frontend"


def test_every_sort_of_place_has_its_symbol():
    (drawn,) = re.findall(r"const SORTS = \{(.*?)\};", (FRONTEND / "map/base.js").read_text(), re.DOTALL)
    symbols = dict(re.findall(r'(\w+): "([\w-]+)"', drawn))
    assert set(symbols) == set(BaseFeature.Sort.values)
    assert set(symbols.values()) <= set(json.loads((FRONTEND / "icons.json").read_text()))


def test_places_say_their_sort_to_everybody():
    assert "sort" in {field.name for field in registry["base-places"].fields_for(PUBLIC)}
    assert "sort" not in {field.name for field in registry["base-roads"].fields_for(PUBLIC)}
