"""What citizens report and what becomes of it, in the terms of Open311 GeoReport."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.models import Named, Record
from apps.core.sentences import SOURCE_TAKEN, UNSOUND
from gis.db.functions import Sound, Uuid7, Uuid7OfDay
from gis.querysets import SpatialQuerySet

from .functions import NextNumber

# Statuses of what somebody has still to do something about. The indexes reports_at_work… name them too.
AT_WORK = ("new", "accepted", "in_progress")


class Category(Named):
    """A kind of problem (Open311 service). `place` says how exactly the public may see where."""

    class Place(models.TextChoices):
        EXACT = "exact", _("Exact: a public thing on public land")
        CELL = "cell", _("The 100-metre square")
        HIDDEN = "hidden", _("Not at all")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    code = models.SlugField(_("Code"), max_length=40, unique=True)
    group = models.SlugField(_("Group"), max_length=40)
    icon = models.CharField(_("Icon"), max_length=40, blank=True, default="", db_default="")
    place = models.CharField(_("Public place"), max_length=10, choices=Place, default=Place.CELL, db_default=Place.CELL)
    order = models.PositiveSmallIntegerField(_("Order"), default=100, db_default=100)
    active = models.BooleanField(_("Offered"), default=True, db_default=True)

    history = "record"

    class Meta:
        verbose_name = _("Category")
        verbose_name_plural = _("Categories")
        ordering = ("order", "code")


class Report(Record):
    """A citizen's report (Open311 service request).

    `client_id` stands for the id made on the phone: sending again is safe. `body_hash` tells a resend from another
    report under the same id. `token` is what the key to the reporter's own page is checked against; answers are in
    `language`. `public_place` is what the public sees, kept by the database; so is the number, with its check digit.
    Where somebody stood and what they wrote is personal.
    """

    personal_fields = ("text", "address", "geom", "client_id", "body_hash", "token")

    class Status(models.TextChoices):
        NEW = "new", _("Received")
        ACCEPTED = "accepted", _("Accepted")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        REJECTED = "rejected", _("Not followed up")

    id = models.UUIDField(primary_key=True, db_default=Uuid7OfDay(), editable=False)
    number = models.CharField(_("Number"), max_length=20, unique=True, editable=False, db_default=NextNumber())
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("Category"))
    status = models.CharField(_("Status"), max_length=12, choices=Status, default=Status.NEW, db_default=Status.NEW)
    text = models.TextField(_("Description"), max_length=4000, blank=True, default="", db_default="")
    address = models.CharField(_("Address"), max_length=300, blank=True, default="", db_default="")
    language = models.CharField(_("Language"), max_length=8, default="ar", db_default="ar", editable=False)
    reported_at = models.DateTimeField(_("Reported at"), editable=False)
    client_id = models.UUIDField(unique=True, editable=False)
    body_hash = models.CharField(max_length=64, editable=False)
    token = models.CharField(max_length=64, editable=False)
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.PointField(_("Place"), srid=4326)
    public_place = models.GeometryField(_("Public place"), srid=4326, null=True, editable=False)

    objects = SpatialQuerySet.as_manager()

    class Meta:
        verbose_name = _("Report")
        verbose_name_plural = _("Reports")
        ordering = ("-reported_at",)
        indexes = (
            models.Index(fields=("authority", "-reported_at"), name="reports_by_day"),
            models.Index(fields=("-reported_at",), name="reports_of_all_by_day"),  # for who reads all authorities'
        )
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom"), name="report_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=~Q(source_id=""),
                name="report_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )

    def __str__(self) -> str:
        return self.number


class Reporter(Record):
    """Who reported, when they said so. Apart from the report, and erasable."""

    history = "personal"

    report = models.OneToOneField(Report, models.CASCADE, related_name="reporter", verbose_name=_("Report"))
    name = models.CharField(_("Name"), max_length=150, blank=True, default="", db_default="")
    phone = models.CharField(_("Phone"), max_length=20, blank=True, default="", db_default="")
    email = models.EmailField(_("E-mail"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Reporter")
        verbose_name_plural = _("Reporters")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name="", phone="", email=""),
                name="reporter_says_something",
                violation_error_message=_(
                    "Nothing is said of the reporter. Give a name, a phone number or an e-mail address."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.phone or self.email


class Photo(Record):
    """A photo of a report, re-encoded without metadata. Public only after review, as a blurred copy."""

    class Review(models.TextChoices):
        WAITING = "waiting", _("Waiting for review")
        PUBLIC = "public", _("Public")
        HIDDEN = "hidden", _("Not public")

    id = models.UUIDField(primary_key=True, db_default=Uuid7OfDay(), editable=False)
    report = models.ForeignKey(Report, models.CASCADE, related_name="photos", verbose_name=_("Report"))
    image = models.ImageField(_("Photo"), upload_to="reports/")
    public_image = models.ImageField(_("Public copy"), upload_to="reports/public/", blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    review = models.CharField(
        _("Review"), max_length=10, choices=Review, default=Review.WAITING, db_default=Review.WAITING
    )

    class Meta:
        verbose_name = _("Photo")
        verbose_name_plural = _("Photos")
        constraints = (
            models.UniqueConstraint(
                "report",
                "sha256",
                name="photo_is_kept_once",
                violation_error_message=_("The report has this photo already. Send another one."),
            ),
            models.CheckConstraint(
                condition=~Q(review="public", public_image=""),
                name="photo_public_has_a_copy",
                violation_error_message=_("The public sees blurred copies only. Add the blurred copy first."),
            ),
        )

    def __str__(self) -> str:
        order = self.report.photos.filter(pk__lte=self.pk).count()
        return gettext("Photo %(order)s of report %(number)s") % {"order": order, "number": self.report.number}


class StatusNote(Record):
    """A change of a report's status with the answer that the reporter reads."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="notes", verbose_name=_("Report"))
    status = models.CharField(_("Status"), max_length=12, choices=Report.Status)
    answer = models.TextField(_("Answer to the reporter"), max_length=2000, blank=True, default="", db_default="")
    noted_at = models.DateTimeField(_("Noted at"), editable=False)

    class Meta:
        verbose_name = _("Status note")
        verbose_name_plural = _("Status notes")
        ordering = ("noted_at",)

    def __str__(self) -> str:
        return f"{self.report} / {self.get_status_display()}"
