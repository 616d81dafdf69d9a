"""Our provider for pygeoapi, which describes collections by it. Features are read by ourselves (`ogc.items`)."""

from collections.abc import Mapping
from typing import Any

from pygeoapi.provider.base import BaseProvider

from gis import published
from gis.layers import registry

from . import caller


class LayerProvider(BaseProvider):
    """One layer during one request.

    What pygeoapi's base sets up from a definition is not needed: it would build a pyproj object for each request.
    """

    type = "feature"
    id_field = "id"
    uri_field = title_field = None
    editable = False

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.layer = registry[definition["data"]]
        self.audience = caller.current().audience
        self.time_field = self.layer.when or None

    @property
    def fields(self) -> dict[str, dict[str, str]]:
        """Names of what the caller sees. Types and titles are in our own schema (`ogc.schemas`)."""
        return {name: {"type": kind} for name, kind in published.properties(self.layer, self.audience).items()}
