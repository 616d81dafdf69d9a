"""The map widget of the admin's forms."""

from typing import Any

from django.forms import Media, Script
from leaflet.forms.widgets import LeafletWidget

from apps.core.bundles import bundle_url


class MapWidget(LeafletWidget):
    """django-leaflet's map with Geoman as the editor (frontend/admin) instead of Leaflet.draw, over our own base map.

    Leaflet.draw is no longer kept up, cannot snap, and django-leaflet's store drops the holes of multipolygons.
    """

    geometry_field_class = "GeomanField"
    field_store_class = "Object"

    @property
    def media(self) -> Media:
        script: Any = Script(bundle_url("editor.js"), type="module")
        return Media(
            js=["leaflet/leaflet.js", "leaflet/leaflet.extras.js", script],
            css={"screen": ["leaflet/leaflet.css"]},
        )

    def get_attrs(self, name: str, attrs: Any = None) -> Any:
        """The base map is ours, so django-leaflet adds no tiles."""
        given = super().get_attrs(name, attrs)
        return {**given, "settings_overrides": {**(given["settings_overrides"] or {}), "TILES": []}}

    def deserialize(self, value: str) -> Any:
        """What is nested deeper than can be read is no geometry either."""
        try:
            return super().deserialize(value)
        except RecursionError:
            return None
