from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from apps.core.hours import in_words
from gis import layers
from gis.layers import Field, Layer, Zoom

from .models import ParkingZone, PaymentChannel, ZoneHours


def _clock(column: str) -> Func:
    return Func(F(column), Value("HH24:MI"), function="to_char", output_field=TextField())


HOURS = Subquery(
    ZoneHours.objects.filter(zone=OuterRef("pk"))
    .order_by()
    .values("zone")
    .annotate(
        text=StringAgg(
            Concat(F("weekdays"), Value(" "), _clock("starts"), Value("-"), _clock("ends"), output_field=TextField()),
            "; ",
            order_by=("weekdays", "starts", "pk"),
        )
    )
    .values("text")
)

layers.register(
    Layer(
        "parking-zones",
        rows=ParkingZone.objects.current,
        title=_("Parking zones"),
        description=_("Zones of paid parking, with their hours, prices and number of spaces."),
        topics=("transportation",),
        label="code",
        fields=(
            Field("code", _("Zone"), searched=True, editable=True),
            Field("name_ar", _("Name in Arabic"), searched=True, editable=True),
            Field("name_en", _("Name in English"), searched=True, editable=True),
            Field("kind", _("Kind"), codes=ParkingZone.Kind, editable=True),
            Field("spaces", _("Spaces"), editable=True),
            Field("payment_channels", _("Ways to pay"), codes=PaymentChannel, editable=True),
            Field("currency", _("Currency"), source="rate_table__currency"),
            Field("step_minutes", _("Minutes a step"), source="rate_table__step_minutes", unit="min"),
            Field("step_price", _("Price a step"), source="rate_table__step_price", currency="currency"),
            Field("hours", _("Hours"), source=HOURS, said=in_words),
        ),
        zooms=(Zoom(13), Zoom(10, fields=("kind",), simplify_m=5)),
        writes="direct",
        order=50,
    )
)
