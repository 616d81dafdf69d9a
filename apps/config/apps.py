"""The composition root is in INSTALLED_APPS for its commands, checks and messages; it has no models."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "apps.config"
    label = "config"

    def ready(self) -> None:
        from gis.downloads import exports as files

        from . import checks, exports  # noqa: F401  (registers them)

        files.asked.connect(exports.start)
