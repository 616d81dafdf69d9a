from django.apps import AppConfig


class OgcConfig(AppConfig):
    """The shop window: publishes the layer registry and owns no data."""

    name = "ogc"
