"""The cadastre as the municipality uses it (ISO 19152). It consumes parcels; the title register makes them."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Dated, DatedQuerySet, Named, Record
from apps.core.sentences import SOURCE_TAKEN, UNSOUND
from gis.db.functions import GeodesicArea, Sound


class Scheme(Named, Record):
    """A planned subdivision or phase; plot numbers are unique inside its blocks only."""

    code = models.CharField(_("Code"), max_length=40)
    wilayat = models.ForeignKey("territory.Wilayat", models.PROTECT, null=True, blank=True, verbose_name=_("Wilayat"))

    class Meta:
        verbose_name = _("Scheme")
        verbose_name_plural = _("Schemes")
        constraints = (
            models.UniqueConstraint(
                "authority",
                "code",
                name="scheme_code_is_unique",
                violation_error_message=_("Another scheme of the authority has this code. Give another code."),
            ),
        )


class Described(models.Model):
    """What the title register says of a parcel besides its outline; `legal_area_m2` is what the deed says."""

    class LandUse(models.TextChoices):
        RESIDENTIAL = "residential", _("Residential")
        MIXED = "residential_commercial", _("Residential and commercial")
        COMMERCIAL = "commercial", _("Commercial")
        INDUSTRIAL = "industrial", _("Industrial")
        AGRICULTURAL = "agricultural", _("Agricultural")
        TOURISM = "tourism", _("Tourism")
        GOVERNMENT = "government", _("Government")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SURVEYED = "surveyed", _("Surveyed")
        REGISTERED = "registered", _("Registered")

    plot_no = models.CharField(_("Plot"), max_length=40)
    block_no = models.CharField(_("Block"), max_length=40, blank=True, default="", db_default="")
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, blank=True, verbose_name=_("Scheme"))
    wilayat = models.ForeignKey("territory.Wilayat", models.PROTECT, null=True, blank=True, verbose_name=_("Wilayat"))
    land_use = models.CharField(
        _("Land use"), max_length=30, choices=LandUse, default=LandUse.OTHER, db_default=LandUse.OTHER
    )
    status = models.CharField(
        _("Status"), max_length=20, choices=Status, default=Status.REGISTERED, db_default=Status.REGISTERED
    )
    legal_area_m2 = models.DecimalField(_("Area by deed"), max_digits=14, decimal_places=2, null=True, blank=True)
    krooki_no = models.CharField(_("Krooki number"), max_length=40, blank=True, default="", db_default="")
    deed_no = models.CharField(_("Deed number"), max_length=40, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.plot_no


class Parcel(Described, Dated, Record):
    """A piece of land with one plot number (LA_SpatialUnit and its LA_BAUnit).

    `computed_area_m2` is geodesic on WGS 84 and kept by the database.
    Parcels in force at the same time do not overlap by more than the survey tolerance, whatever tool writes.
    """

    computed_area_m2 = models.GeneratedField(
        expression=GeodesicArea("geom"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("Computed area"),
    )
    source_id = models.CharField(_("Number in the source"), max_length=100, blank=True, default="", db_default="")
    geom = models.MultiPolygonField(_("Outline"), srid=4326)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Parcel")
        verbose_name_plural = _("Parcels")
        # All that tells whether everybody sees a parcel: what lies before a far page is counted off in the index alone.
        indexes = (
            models.Index(
                fields=("id",), include=("authority", "valid_from", "valid_to"), name="parcel_in_order_as_published"
            ),
        )
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Sound("geom"), name="parcel_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.UniqueConstraint(
                fields=("authority", "wilayat", "scheme", "block_no", "plot_no"),
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="plot_number_is_unique",
                violation_error_message=_(
                    "There is a parcel with this number in the block already. Give another number, or end that parcel."
                ),
            ),
            models.UniqueConstraint(
                fields=("authority", "source_id"),
                condition=Q(valid_to__isnull=True) & ~Q(source_id=""),
                name="parcel_source_is_unique",
                violation_error_message=SOURCE_TAKEN,
            ),
        )


class ParcelDraft(Described, Record):
    """A proposed outline and particulars, of a new parcel or for one that is there, until somebody else decides.

    The original coordinates wait here, in their own system (EWKB), and go with the parcel when it is approved.
    `seen` is the SHA-256 of the outline that the proposal was made against.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    parcel = models.ForeignKey(
        Parcel, models.PROTECT, null=True, blank=True, related_name="drafts", verbose_name=_("Parcel")
    )
    geom = models.MultiPolygonField(_("Proposed outline"), srid=4326)
    original = models.BinaryField(_("Original coordinates (EWKB)"))
    system = models.TextField(_("Coordinate system"))
    seen = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    valid_from = models.DateField(_("Valid from"))
    reason = models.TextField(_("Reason"))
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("Proposed by"))
    proposed_at = models.DateTimeField(_("Proposed at"))
    state = models.CharField(
        _("State"), max_length=10, choices=State, default=State.PROPOSED, db_default=State.PROPOSED
    )
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Decided by")
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    answer = models.TextField(_("Answer"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Draft of a parcel")
        verbose_name_plural = _("Drafts of parcels")
        constraints = (
            models.CheckConstraint(
                condition=Sound("geom"), name="draft_geometry_is_sound", violation_error_message=UNSOUND
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state__in=("approved", "rejected"), decided_by__isnull=False, decided_at__isnull=False),
                name="draft_is_decided_by_somebody",
                violation_error_message=_(
                    "A decided draft says who decided and when, an open one neither. Decide on it on its own page."
                ),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
                name="draft_is_decided_by_another",
                violation_error_message=_("Nobody decides on what they proposed themselves. Ask another officer."),
            ),
        )


class Right(Dated, Record):
    """What a party holds in a parcel (LA_Right). Personal, so its history can be erased."""

    history = "personal"

    class Kind(models.TextChoices):
        OWNERSHIP = "ownership", _("Ownership")
        USUFRUCT = "usufruct", _("Usufruct")
        LEASE = "lease", _("Lease")

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="rights", verbose_name=_("Parcel"))
    party = models.ForeignKey("accounts.Party", models.PROTECT, related_name="rights", verbose_name=_("Party"))
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind, default=Kind.OWNERSHIP, db_default=Kind.OWNERSHIP)
    share_numerator = models.PositiveIntegerField(_("Share"), default=1, db_default=1)
    share_denominator = models.PositiveIntegerField(_("of"), default=1, db_default=1)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Right")
        verbose_name_plural = _("Rights")
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(share_numerator__gte=1) & Q(share_denominator__gte=models.F("share_numerator")),
                name="right_share_is_a_fraction",
                violation_error_message=_(
                    "A share is at most the whole. Give at least 1 above, and below no less than above."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} · {self.get_kind_display()}"
