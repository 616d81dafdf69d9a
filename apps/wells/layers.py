from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from apps.territory.models import Inventory
from gis import layers
from gis.layers import AGENCIES, OFFICERS, PUBLIC, Field, Layer, Zoom

from .models import Falaj, ProtectionZone, Well, WellOwner

OWNERS = Subquery(
    WellOwner.objects.filter(well=OuterRef("pk"))
    .order_by()
    .values("well")
    .annotate(names=StringAgg("party__name_ar", "، ", order_by=("party__name_ar", "party")))
    .values("names")
)
NAMES = (
    Field("name_ar", _("Name in Arabic"), searched=True, editable=True),
    Field("name_en", _("Name in English"), searched=True, editable=True),
)

layers.register(
    Layer(
        "wells",
        rows=Well.objects.current,
        title=_("Wells"),
        description=_("Water wells and what they are used for; everybody sees the square in which a well lies."),
        topics=("inlandWaters",),
        label="use",
        geometry={PUBLIC: "cell", AGENCIES: "geom"},
        fields=(
            Field("use", _("Use"), codes=Well.Use, editable=True),
            Field("depth_m", _("Depth"), unit="m", readers=AGENCIES, editable=True),
            Field("status", _("Status"), codes=Well.Status, readers=AGENCIES, editable=True),
            Field("number", _("Well number"), readers=OFFICERS, searched=True, number=True, editable=True),
            Field("kind", _("Kind"), codes=Well.Kind, readers=OFFICERS, editable=True),
            Field("drilled_on", _("Drilled on"), readers=OFFICERS, editable=True),
            Field("owner", _("Owner"), source=OWNERS, readers=OFFICERS),
        ),
        zooms=(Zoom(13), Zoom(7, fields=(), grid_m=300)),
        coverage=lambda: Inventory.objects.filter(layer="wells"),
        writes="direct",
        shown_first=False,
        order=70,
    ),
    Layer(
        "aflaj",
        rows=Falaj.objects.current,
        title=_("Aflaj"),
        description=_("The courses of aflaj with their names and kinds, and whether they flow."),
        topics=("inlandWaters", "structure"),
        label="name_ar",
        fields=(
            *NAMES,
            Field("kind", _("Kind"), codes=Falaj.Kind, editable=True),
            Field("live", _("Flowing"), editable=True),
        ),
        zooms=(Zoom(12), Zoom(8, fields=("name_ar", "name_en"), simplify_m=20)),
        coverage=lambda: Inventory.objects.filter(layer="aflaj"),
        writes="direct",
        order=65,
    ),
    Layer(
        "protection-zones",
        rows=ProtectionZone.objects.current,
        title=_("Protection zones"),
        description=_("Where drilling and building are limited to protect wells and aflaj."),
        topics=("inlandWaters", "environment"),
        label="name_ar",
        fields=(*NAMES, Field("kind", _("Kind"), codes=ProtectionZone.Kind, editable=True)),
        zooms=(Zoom(12), Zoom(7, fields=("name_ar", "name_en"), simplify_m=20)),
        coverage=lambda: Inventory.objects.filter(layer="protection-zones"),
        writes="direct",
        shown_first=False,
        order=20,
    ),
)
