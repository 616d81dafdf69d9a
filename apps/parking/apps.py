from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParkingConfig(AppConfig):
    name = "apps.parking"
    verbose_name = _("Parking")

    def ready(self) -> None:
        from . import layers  # noqa: F401  (declares what is published)
