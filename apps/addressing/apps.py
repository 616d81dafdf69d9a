from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AddressingConfig(AppConfig):
    name = "apps.addressing"
    verbose_name = _("Addressing")

    def ready(self) -> None:
        from . import layers  # noqa: F401  (declares what is published)
