from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from gis import layers
from gis.layers import AGENCIES, OFFICERS, Drafts, Field, Importing, Layer, Zoom

from .models import Parcel, Right

OWNERS = Subquery(
    Right.objects.current()
    .filter(parcel=OuterRef("pk"), kind=Right.Kind.OWNERSHIP)
    .order_by()
    .values("parcel")
    .annotate(names=StringAgg("party__name_ar", "، ", order_by=("party__name_ar", "party")))
    .values("names")
)

layers.register(
    Layer(
        "parcels",
        rows=Parcel.objects.current,
        open_rows=Q(authority__publishes_parcels=True),
        title=_("Parcels"),
        description=_("Plots of land that exist today, by number and block, with land use and the area in the deed."),
        topics=("planningCadastre",),
        label="plot_no",
        fields=(
            Field("plot_no", _("Plot"), searched=True, number=True),
            Field("block_no", _("Block"), searched=True),
            Field("land_use", _("Land use"), codes=Parcel.LandUse),
            Field("legal_area_m2", _("Area by deed"), unit="m2"),
            Field("krooki_no", _("Krooki number"), readers=AGENCIES),
            Field("deed_no", _("Deed number"), readers=AGENCIES),
            Field(
                "scheme",
                _("Scheme"),
                source="scheme__code",
                readers=OFFICERS,
                context=("scheme__name_ar", "scheme__name_en"),
            ),
            Field(
                "wilayat",
                _("Wilayat"),
                source="wilayat__code",
                readers=OFFICERS,
                context=("wilayat__name_ar", "wilayat__name_en"),
            ),
            Field("status", _("Status"), codes=Parcel.Status, readers=OFFICERS),
            Field("computed_area_m2", _("Computed area"), unit="m2", readers=OFFICERS),
            Field("owner", _("Owner"), source=OWNERS, readers=OFFICERS),
        ),
        zooms=(Zoom(14), Zoom(12, fields=("land_use",), simplify_m=5), Zoom(6, fields=(), grid_m=500)),
        locates="plot",
        importing=Importing(rivals="parcels_clashes", late="parcels_check_late"),
        writes="draft",
        drafts=Drafts(
            "apps.parcels.api.propose",
            fields=(
                "plot_no",
                "block_no",
                "land_use",
                "legal_area_m2",
                "krooki_no",
                "deed_no",
                "scheme",
                "wilayat",
                "status",
            ),
        ),
        order=30,
    )
)
