from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "apps.territory"
    verbose_name = _("Territory and authorities")

    def ready(self) -> None:
        from . import layers  # noqa: F401  (declares what is published)
