"""Where pygeoapi is bent to our needs: every name of it that we replace, in one place.

A test holds that each name is still there and still used, so that a new version cannot undo one in silence.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from pygeoapi import api, l10n
from pygeoapi.api import itemtypes

from gis.areas import Area
from gis.features import Output

from . import documents, pages, systems
from .parameters import read_box


def transform_box(box: Sequence[float], system: str, _storage: str) -> tuple[Area, ...]:
    """For pygeoapi's `transform_bbox`, which builds pyproj objects for each request and knows no pinned system."""
    return read_box(",".join(map(str, box)), systems.offered(system, "bbox-crs"))


def chosen_system(_definition: Mapping[str, Any], uri: str | None = None) -> Output | None:
    """For pygeoapi's `create_crs_transform_spec`: the database writes the answer in the system asked for."""
    return systems.offered(uri, "crs") if uri else None


def translated(text: str, _language: str) -> str:
    """For pygeoapi's `translate_gettext`: its package ships no catalogues, ours has its words (`ogc.phrases`)."""
    return gettext(text) if text else text


REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (api, "to_json", documents.dumps),
    (itemtypes, "to_json", documents.dumps),
    (api, "render_j2_template", pages.render),
    (itemtypes, "render_j2_template", pages.render),
    (itemtypes, "transform_bbox", transform_box),
    (itemtypes, "create_crs_transform_spec", chosen_system),
    (l10n, "translate_gettext", translated),
)


def replace() -> None:
    """Put ours in the place of theirs."""
    for module, name, ours in REPLACED:
        if not hasattr(module, name):
            raise AttributeError(f"pygeoapi has no {module.__name__}.{name} any more: see ogc/seams.py")
        setattr(module, name, ours)
