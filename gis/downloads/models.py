"""Files that were asked for and are made in the background."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis.layers import Audience

HOURS_KEPT = 24


class Export(models.Model):
    """What somebody has asked for, how far it is, and what became of it.

    `id` is random: of an export that anybody may see, it is what only the asker knows. `asker` tells persons, agencies
    and the public's addresses (as a digest) apart; `user` is as whom the rows are read, and `rights` what that rests on
    (`gis.rights`). `given` are the checked parameters of the question. `seen_at` is when the process that makes it was
    last alive.
    """

    history: ClassVar[None] = None

    class State(models.TextChoices):
        WAITING = "accepted", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "successful", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "dismissed", _("Cancelled")

    GOING = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    asker = models.CharField(_("Asked by"), max_length=100)
    user = models.UUIDField(_("Who"), null=True)
    audience = models.SmallIntegerField(_("Audience"))
    rights = models.JSONField(_("Rights of the asker"), default=list, db_default=[])
    layer = models.CharField(_("Layer"), max_length=60)
    format = models.CharField(_("Format"), max_length=20)
    given = models.JSONField(_("Question"))
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    number = models.IntegerField(_("Features written"), default=0, db_default=0)
    total = models.IntegerField(_("Features in all"), null=True)
    size = models.BigIntegerField(_("Size"), null=True)
    to_cancel = models.BooleanField(_("To be cancelled"), default=False, db_default=False)
    message_ar = models.TextField(_("Message in Arabic"), blank=True, default="", db_default="")
    message_en = models.TextField(_("Message in English"), blank=True, default="", db_default="")
    asked_at = models.DateTimeField(_("Asked at"), db_default=Now())
    begun_at = models.DateTimeField(_("Begun at"), null=True)
    seen_at = models.DateTimeField(_("Last seen at"), null=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)

    class Meta:
        verbose_name = _("Export")
        verbose_name_plural = _("Exports")
        default_permissions = ()
        indexes = (models.Index(fields=["asker", "state"], name="exports_of_asker"),)

    def __str__(self) -> str:
        return f"{self.layer}.{self.format}"

    @property
    def ends_at(self) -> datetime | None:
        """When the file is deleted; None while there is none."""
        return self.ended_at + timedelta(hours=HOURS_KEPT) if self.ended_at else None

    @property
    def reader(self) -> Audience:
        return Audience(self.audience)
