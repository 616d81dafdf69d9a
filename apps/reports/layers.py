from django.contrib.postgres.functions import RandomUUID
from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import gettext_lazy as _

from gis import layers
from gis.layers import OFFICERS, PUBLIC, Field, Importing, Layer, Zoom

from .models import AT_WORK, Report, Reporter

REPORTER = Subquery(Reporter.objects.filter(report=OuterRef("pk")).values("name")[:1])

layers.register(
    Layer(
        "reports",
        rows=Report.objects.all,
        title=_("Reports"),
        description=_(
            "What people have reported, by category and state; places that touch privacy are shown as squares."
        ),
        topics=("society",),
        label="category",
        geometry={PUBLIC: "public_place", OFFICERS: "geom"},
        fields=(
            Field("category", _("Category"), source="category__code"),
            Field("category_ar", _("Category in Arabic"), source="category__name_ar"),
            Field("category_en", _("Category in English"), source="category__name_en"),
            Field("status", _("Status"), codes=Report.Status, editable=True),
            Field("reported_on", _("Day"), source=TruncDate("reported_at")),
            Field("number", _("Number"), readers=OFFICERS, searched=True, number=True),
            Field("reported_at", _("Reported at"), readers=OFFICERS),
            Field("text", _("Description"), readers=OFFICERS, searched=True),
            Field("address", _("Address"), readers=OFFICERS),
            Field("reporter", _("Reporter"), source=REPORTER, readers=OFFICERS),
        ),
        # Far off how many are at work in each square; then where those are; what is settled only close up.
        zooms=(
            Zoom(15),
            Zoom(13, fields=("category", "category_ar", "category_en", "status"), pressing=True),
            Zoom(6, fields=(), grid_m=150, pressing=True),
        ),
        when="reported_on",
        pressing=("status", AT_WORK),
        # Reports of an older system come with their day and number; nobody follows them by a link.
        importing=Importing(
            fields=("reported_at", "language"),
            filled={"client_id": RandomUUID(), "token": Cast(RandomUUID(), TextField()), "body_hash": Value("")},
        ),
        writes="none",
        order=80,
    )
)
