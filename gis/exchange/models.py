"""What became of a file: the run with its report, and the features that could not be taken."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from gis.db.functions import Uuid7
from gis.layers import registry


def of_page(arabic: str, english: str) -> str:
    """The one in the page's language."""
    return english if get_language() == "en" else arabic


# Why nothing is known of a file at which nobody has looked to the end (`Delivery.found`).
LOOK_CANCELLED = "look_cancelled"


class Delivery(models.Model):
    """A file that an officer handed over, what was found in it, and how it shall be read (`gis.exchange.choices`).

    The file itself lies apart (`gis.exchange.deliveries`) and is deleted after some days; `kept` tells whether it is
    there. `received` is how many of its `size` bytes have come.
    """

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    class State(models.TextChoices):
        COMING = "coming", _("Being uploaded")
        LOOKING = "looking", _("Being looked at")
        READY = "ready", _("Ready")
        UNREADABLE = "unreadable", _("Not readable")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    authority_id = models.UUIDField(_("Authority"))
    layer = models.CharField(_("Layer"), max_length=60)
    file_name = models.CharField(_("File"), max_length=255)
    size = models.BigIntegerField(_("Size"))
    received = models.BigIntegerField(_("Received"), default=0, db_default=0)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.COMING, db_default=State.COMING)
    kept = models.BooleanField(_("File kept"), default=True, db_default=True)
    found = models.JSONField(_("About the file"), default=dict, db_default={})
    choices = models.JSONField(_("How it is read"), default=dict, db_default={})
    message_ar = models.TextField(_("Message in Arabic"), blank=True, default="", db_default="")
    message_en = models.TextField(_("Message in English"), blank=True, default="", db_default="")
    by = models.UUIDField(_("Delivered by"), null=True)
    at = models.DateTimeField(_("Delivered at"), db_default=Now())

    class Meta:
        verbose_name = _("Delivered file")
        verbose_name_plural = _("Delivered files")
        ordering = ("-at",)
        indexes = (models.Index(fields=("authority_id", "-at"), name="deliveries_by_time"),)

    def __str__(self) -> str:
        return self.file_name

    @property
    def stands(self) -> str:
        """Its state in the page's language. Where a look was cancelled, nothing is said against the file."""
        if self.found.get("reason") == LOOK_CANCELLED:
            return gettext("Not looked at")
        return str(self.get_state_display())

    @property
    def message(self) -> str:
        """In the page's language."""
        return of_page(self.message_ar, self.message_en)


class SavedMapping(models.Model):
    """How the files of one source are read, kept under a name for the next one. `columns` are those of the file."""

    history: ClassVar[str] = "record"
    tenanted: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    authority_id = models.UUIDField(_("Authority"))
    layer = models.CharField(_("Layer"), max_length=60)
    name = models.CharField(_("Name"), max_length=100)
    columns = models.JSONField(_("Columns"), default=list, db_default=[])
    choices = models.JSONField(_("How it is read"), default=dict, db_default={})

    class Meta:
        verbose_name = _("Saved mapping")
        verbose_name_plural = _("Saved mappings")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("authority_id", "layer", "name"),
                name="mapping_has_a_name_once",
                violation_error_message=_("Another mapping of this layer has this name. Give another name."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file brought into one layer for one authority. `counts` adds up: what came in is what became of it.

    The authority is a bare key, because the spatial core knows no tenants; row-level security guards it all the same.
    `kind` "release" judges features of the quarantine anew instead of a file. `stage`, `share` of the stage and `rows`
    tell how far a running one is.
    """

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        RELEASE = "release", _("Release from quarantine")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        STOPPED = "stopped", _("Stopped")
        CANCELLED = "cancelled", _("Cancelled")

    GOING: ClassVar[tuple[str, ...]] = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    authority_id = models.UUIDField(_("Authority"))
    layer = models.CharField(_("Layer"), max_length=60)
    file_name = models.CharField(_("File"), max_length=255)
    sha256 = models.CharField(_("Checksum"), max_length=64, blank=True, default="", db_default="")
    snapshot = models.DateField(_("State of the day"), null=True, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.FILE, db_default=Kind.FILE)
    dry = models.BooleanField(_("Dry run"), default=False, db_default=False)
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("Delivered file")
    )
    choices = models.JSONField(_("How it is read"), default=dict, db_default={})
    by = models.UUIDField(_("Asked by"), null=True, blank=True)
    stage = models.CharField(_("Stage"), max_length=20, blank=True, default="", db_default="")
    share = models.FloatField(_("Share of the stage"), default=0.0, db_default=0.0)
    rows = models.BigIntegerField(_("Rows"), default=0, db_default=0)
    to_cancel = models.BooleanField(_("To be cancelled"), default=False, db_default=False)
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
        return f"{layer.title if layer else self.layer} · {self.known_by}"

    @property
    def known_by(self) -> str:
        """Which file of which day: one that comes every month has one name. The file last, so that it turns nothing."""
        return f"{date_format(localtime(self.started_at), 'DATETIME_FORMAT')} · {self.file_name}"

    @property
    def message(self) -> str:
        """In the page's language."""
        return of_page(self.message_ar, self.message_en)


class ImportFeature(models.Model):
    """A record that a run wrote, for its report: those that were repaired first, then the changed, then the new."""

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="features", verbose_name=_("Import"))
    authority_id = models.UUIDField(_("Authority"))
    record_id = models.UUIDField(_("Record"))
    row = models.BigIntegerField(_("Row in the file"), null=True)
    outcome = models.CharField(_("Outcome"), max_length=10, choices=Outcome)
    notes = models.TextField(_("Repairs"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Imported feature")
        verbose_name_plural = _("Imported features")
        ordering = ("run", "row")

    def __str__(self) -> str:
        return f"{self.row}: {self.outcome}"


class Quarantine(models.Model):
    """A feature that was not taken: as it came, and why, in both languages; and what became of it.

    `values` and `drawn` (WKB in storage coordinates) are an officer's corrections, None where there is none. `version`
    grows with each step, so that of two officers the second is told. `settled_by` is the run that released it, is
    about to, or brought a newer state of it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a decision")
        RELEASED = "released", _("Released")
        REJECTED = "rejected", _("Rejected")
        OVERTAKEN = "overtaken", _("Overtaken by a newer file")

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
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.OPEN, db_default=State.OPEN)
    values = models.JSONField(_("Corrected values"), null=True)
    drawn = models.BinaryField(_("Corrected geometry (WKB)"), null=True)
    version = models.IntegerField(_("Version"), default=0, db_default=0)
    settled_by = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, related_name="settled", verbose_name=_("Settled by")
    )
    record_id = models.UUIDField(_("Record"), null=True)

    class Meta:
        verbose_name = _("Quarantined feature")
        verbose_name_plural = _("Quarantine")
        ordering = ("run", "row")
        indexes = (
            models.Index(fields=("authority_id", "code"), name="quarantine_by_reason"),
            models.Index(
                fields=("authority_id", "source_id"), name="quarantine_to_overtake", condition=Q(state="open")
            ),
        )
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
        return of_page(self.reason_ar, self.reason_en)


class QuarantineStep(models.Model):
    """What was done about a quarantined feature, by whom and why. Rows are added and never changed.

    `by` is None where the program did it: it came back with a new reason, or a newer file brought it again.
    """

    history: ClassVar[None] = None
    tenanted: ClassVar[bool] = True

    class What(models.TextChoices):
        CORRECTED = "corrected", _("Corrected")
        ASKED = "asked", _("Asked to be released")
        RELEASED = "released", _("Released")
        RETURNED = "returned", _("Came back")
        REJECTED = "rejected", _("Rejected")
        REOPENED = "reopened", _("Opened again")
        OVERTAKEN = "overtaken", _("Overtaken by a newer file")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    item = models.ForeignKey(Quarantine, models.CASCADE, related_name="steps", verbose_name=_("Quarantined feature"))
    authority_id = models.UUIDField(_("Authority"))
    what = models.CharField(_("What"), max_length=10, choices=What)
    by = models.UUIDField(_("Who"), null=True)
    at = models.DateTimeField(_("When"), db_default=Now())
    told_ar = models.TextField(_("Why, in Arabic"), blank=True, default="", db_default="")
    told_en = models.TextField(_("Why, in English"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Step")
        verbose_name_plural = _("Steps")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.what}"

    @property
    def told(self) -> str:
        """In the page's language."""
        return of_page(self.told_ar, self.told_en)
