from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from gis import layers
from gis.layers import OFFICERS, PUBLIC, Field, Layer, Zoom

from .models import Report, Reporter

REPORTER = Subquery(Reporter.objects.filter(report=OuterRef("pk")).values("name")[:1])

layers.register(
    Layer(
        "reports",
        rows=Report.objects.all,
        title=_("Reports"),
        label="category",
        geometry={PUBLIC: "public_place", OFFICERS: "geom"},
        fields=(
            Field("category", _("Category"), source="category__code"),
            Field("category_ar", _("Category in Arabic"), source="category__name_ar"),
            Field("category_en", _("Category in English"), source="category__name_en"),
            Field("status", _("Status"), codes=Report.Status, editable=True),
            Field("reported_on", _("Day"), source=TruncDate("reported_at")),
            Field("number", _("Number"), readers=OFFICERS, searched=True),
            Field("reported_at", _("Reported at"), readers=OFFICERS),
            Field("text", _("Description"), readers=OFFICERS, searched=True),
            Field("address", _("Address"), readers=OFFICERS),
            Field("reporter", _("Reporter"), source=REPORTER, readers=OFFICERS),
        ),
        zooms=(Zoom(12), Zoom(9, fields=("category", "status"))),
        when="reported_on",
        writes="none",
        order=80,
    )
)
