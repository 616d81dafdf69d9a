from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpatialConfig(AppConfig):
    """The spatial core. Its label is "spatial" because django.contrib.gis owns "gis"."""

    name = "gis"
    label = "spatial"
    verbose_name = _("Import and quarantine")  # what the desk shows of it
    default_auto_field = "django.db.models.BigAutoField"
