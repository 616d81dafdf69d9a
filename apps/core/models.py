"""What every record of the platform has."""

from typing import ClassVar, Literal, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Func, Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.db.functions import Uuid7
from gis.querysets import SpatialQuerySet


def new_key() -> UUID:
    """A key as the database gives it, for a row whose key must be known before it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gis_uuid7()")
        return UUID(str(cursor.fetchone()[0]))


class Record(models.Model):
    """A row that belongs to an authority, whose every change is kept (reliability: history by triggers).

    `history` says where: "record" is permanent, "personal" can be erased on request, None keeps nothing. The past of
    the `personal_fields` of a permanent record can be erased too.
    `tenanted` puts the table under row-level security: an authority's officers see and write its rows only.
    """

    history: ClassVar[Literal["record", "personal"] | None] = "record"
    personal_fields: ClassVar[tuple[str, ...]] = ()
    tenanted: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    authority = models.ForeignKey(
        "territory.Authority", on_delete=models.PROTECT, related_name="+", verbose_name=_("Authority")
    )

    class Meta:
        abstract = True


class Today(Func):
    """The day in force, by the database's clock. As a subselect: a scan asks for it once, and not for each row."""

    template = "(SELECT %(expressions)s)"
    output_field = models.DateField()

    def __init__(self) -> None:
        super().__init__(TruncDate(Now()))


class DatedQuerySet(SpatialQuerySet):
    """Words about valid time: when something is true in the world, not when we learned it."""

    def current(self) -> Self:
        """What is in force today, by the database's clock."""
        today = Today()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), valid_from__lte=today)


class Dated(models.Model):
    """Valid time, half open: from the first day up to, not including, the last."""

    valid_from = models.DateField(_("Valid from"), db_default=TruncDate(Now()))
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="%(class)s_ends_after_it_begins",
                violation_error_message=_(
                    "It would end before it begins. Give an end on its first day or later, or leave it empty."
                ),
            ),
        )


class Named(models.Model):
    """A name in both scripts. Arabic first: it is the one that must exist."""

    name_ar = models.CharField(_("Name in Arabic"), max_length=200)
    name_en = models.CharField(_("Name in English"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the page's language, falling back to the other."""
        return (self.name_en or self.name_ar) if get_language() == "en" else (self.name_ar or self.name_en)
