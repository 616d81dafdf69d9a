from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParcelsConfig(AppConfig):
    name = "apps.parcels"
    verbose_name = _("Parcels")

    def ready(self) -> None:
        from . import layers, services  # noqa: F401  (declares what is published, and what refusals mean)
