"""What became of a file: the run with its report, and the features that could not be taken."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.db.functions import Uuid7
from gis.layers import registry


class ImportRun(models.Model):
    """One file brought into one layer for one authority. `counts` adds up: what came in is what became of it.

    The authority is a bare key, because the spatial core knows no tenants; row-level security guards it all the same.
    """

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        STOPPED = "stopped", _("Stopped")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    authority_id = models.UUIDField(_("Authority"))
    layer = models.CharField(_("Layer"), max_length=60)
    file_name = models.CharField(_("File"), max_length=255)
    sha256 = models.CharField(_("Checksum"), max_length=64, blank=True, default="", db_default="")
    snapshot = models.DateField(_("State of the day"), null=True, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.RUNNING, db_default=State.RUNNING)
    source = models.JSONField(_("About the file"), default=dict, db_default={})
    counts = models.JSONField(_("Counts"), default=dict, db_default={})
    message_ar = models.TextField(_("Message in Arabic"), blank=True, default="", db_default="")
    message_en = models.TextField(_("Message in English"), blank=True, default="", db_default="")
    started_at = models.DateTimeField(_("Started at"), db_default=Now())
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        ordering = ("-started_at",)
        indexes = (models.Index(fields=("authority_id", "-started_at"), name="imports_by_time"),)

    def __str__(self) -> str:
        layer = registry.get(self.layer)
        return f"{layer.title if layer else self.layer} · {self.file_name}"


class Quarantine(models.Model):
    """A feature that was not taken: as it came, and why, in both languages."""

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="quarantine", verbose_name=_("Import"))
    authority_id = models.UUIDField(_("Authority"))
    row = models.BigIntegerField(_("Row in the file"))
    source_id = models.TextField(_("Number in the source"), blank=True, default="", db_default="")
    code = models.CharField(_("Reason"), max_length=60)
    details = models.JSONField(_("Details"), default=dict, db_default={})
    reason_ar = models.TextField(_("Reason in Arabic"))
    reason_en = models.TextField(_("Reason in English"))
    attributes = models.JSONField(_("Original values"), default=dict, db_default={})
    original = models.BinaryField(_("Original geometry (WKB)"), null=True, blank=True)
    original_crs = models.TextField(_("Original coordinate system"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Quarantined feature")
        verbose_name_plural = _("Quarantine")
        ordering = ("run", "row")
        indexes = (models.Index(fields=("authority_id", "code"), name="quarantine_by_reason"),)
        constraints = (
            models.UniqueConstraint(
                fields=("run", "row"),
                name="quarantine_has_a_row_once",
                violation_error_message=_(
                    "This row of the file is in quarantine already. Look at the one that is there."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"

    @property
    def reason(self) -> str:
        """In the page's language."""
        return self.reason_en if get_language() == "en" else self.reason_ar
