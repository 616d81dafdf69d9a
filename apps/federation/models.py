"""Subscriptions to what changes in a layer: who is told where, how far each has been told, and what was answered.

What leaves the house is decided by the authority's managers alone: the tables are written under the policies of
`apps.accounts.tenancy` for managers, and officers' own logins see none of them.
"""

from typing import ClassVar, Literal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.models import Record


class Managed(Record):
    """A table of the managers'. What changes with each event has no history: it would be a copy of the log."""

    history: ClassVar[Literal["record", "personal"] | None] = None
    tenanted = False
    of_managers = True

    class Meta:
        abstract = True


class Subscription(Managed):
    """Whoever is at `url` is told what changes in a layer, as far as the reader may see it and the filter wants it.

    `bbox` is "west,south,east,north" in degrees or empty; `equals` has values by the names of fields, as texts.
    It reads by the keys of the organisation, or by the right of `made_by`: who made it, or resumed it last.
    """

    history = "record"

    class Reader(models.TextChoices):
        PUBLIC = "public", pgettext_lazy("who reads", "The public")
        AGENCY = "agency", pgettext_lazy("who reads", "An organisation")
        OFFICER = "officer", pgettext_lazy("who reads", "The authority itself")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("subscription", "waits for the receiver's consent")
        ACTIVE = "active", pgettext_lazy("subscription", "active")
        PAUSED = "paused", pgettext_lazy("subscription", "paused")
        STOPPED = "stopped", pgettext_lazy("subscription", "stopped: the receiver failed for days")
        UNENTITLED = (
            "unentitled",
            pgettext_lazy("subscription", "stopped: whoever it reads by has lost the right to it"),
        )
        ENDED = "ended", pgettext_lazy("subscription", "ended by the receiver")

    purpose = models.CharField(_("Purpose"), max_length=200)
    reader = models.CharField(_("Who reads"), max_length=10, choices=Reader)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, verbose_name=_("Organisation")
    )
    layer = models.CharField(_("Layer"), max_length=60)
    bbox = models.CharField(_("In the box"), max_length=120, blank=True, default="", db_default="")
    equals = models.JSONField(_("With the values"), default=dict, blank=True)
    inserts = models.BooleanField(_("New features"), default=True, db_default=True)
    updates = models.BooleanField(_("Changed features"), default=True, db_default=True)
    deletions = models.BooleanField(_("Deleted features"), default=True, db_default=True)
    url = models.URLField(_("Address of the receiver"), max_length=500)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING)
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name=_("Made by")
    )
    made_at = models.DateTimeField(_("Made at"), editable=False)

    class Meta:
        verbose_name = _("Subscription")
        verbose_name_plural = _("Subscriptions")
        constraints = (
            models.CheckConstraint(
                condition=Q(reader="agency", organisation__isnull=False)
                | Q(~Q(reader="agency"), organisation__isnull=True),
                name="subscription_of_an_organisation_names_it",
                violation_error_message=_("Name the organisation where an organisation reads, and only there."),
            ),
            models.CheckConstraint(
                condition=Q(inserts=True) | Q(updates=True) | Q(deletions=True),
                name="subscription_tells_something",
                violation_error_message=_("Choose at least one kind of change that is told."),
            ),
        )

    def __str__(self) -> str:
        return self.purpose


class Secret(Managed):
    """What a subscription's events are signed with; sealed with the platform's key. While two hold, both sign."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="secrets")
    sealed = models.TextField(editable=False)
    made_at = models.DateTimeField(_("Made at"))
    ends_at = models.DateTimeField(_("Ends at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Signing secret")
        verbose_name_plural = _("Signing secrets")


class Place(Managed):
    """How far a subscription has been told: a token of the change log, and the numbers after it that are done with.

    `turn` counts the moves, so that a sender who has lost its lock cannot move the place a second time. Before what
    follows the token the receiver is told, where it is so, that the log has begun anew (`restarted`), and sent the
    event to try it with that somebody asked for (`test`).
    """

    subscription = models.OneToOneField(Subscription, models.CASCADE, related_name="place")
    token = models.TextField()
    restarted = models.BooleanField(default=False)
    test = models.UUIDField(null=True, blank=True)
    sent = models.JSONField(default=list)
    turn = models.BigIntegerField(default=0)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(_("Last told"), null=True, blank=True)
    a_minute = models.IntegerField(_("Events a minute that the receiver takes"), null=True, blank=True)

    class Meta:
        verbose_name = _("Place in the change log")
        verbose_name_plural = _("Places in the change log")


class Held(Managed):
    """A feature whose event the receiver has refused: its later events wait behind it, those of others go on."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="held")
    feature = models.UUIDField()
    era = models.IntegerField()
    seq = models.BigIntegerField()
    tries = models.IntegerField(default=1)
    since = models.DateTimeField()
    next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Refused feature")
        verbose_name_plural = _("Refused features")
        constraints = (
            models.UniqueConstraint(
                fields=("subscription", "feature"),
                name="feature_is_held_once",
                violation_error_message=_("The feature waits already. Wait for its next attempt."),
            ),
        )


class Attempt(Managed):
    """One request to a receiver and what came of it; kept for `KEPT` (apps.federation.webhooks.keeping).

    `status` is empty where there was no answer; `answer` is the beginning of the answer or the reason there was none.
    """

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("At"))
    event = models.UUIDField(_("Event"))
    kind = models.CharField(_("Kind of event"), max_length=60)
    subject = models.CharField(_("Feature"), max_length=60, blank=True, default="")
    number = models.IntegerField(_("Attempt"))
    status = models.IntegerField(_("Status"), null=True, blank=True)
    took_ms = models.IntegerField(_("Milliseconds"))
    answer = models.CharField(_("Answer"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("Delivery")
        verbose_name_plural = _("Deliveries")
        indexes = (models.Index(fields=["subscription", "-at"]), models.Index(fields=["at"]))
