from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WellsConfig(AppConfig):
    name = "apps.wells"
    verbose_name = _("Wells")

    def ready(self) -> None:
        from . import layers  # noqa: F401  (declares what is published)
