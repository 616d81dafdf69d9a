"""Parking zones of one town."""

import datetime
from decimal import Decimal

from apps.parking.models import ParkingZone, RateTable, ZoneHours
from apps.territory.models import Authority

from ..site import phrase, tariff
from ..town import Town
from .rows import add, areas


def load(town: Town, owner: Authority, today: datetime.date) -> None:
    """Zones with the tariff in force, the one before it, and their hours."""
    if not town.parking:
        return
    rates = tariff()
    changed = today - datetime.timedelta(days=int(rates["days_in_force"]))
    common = {"authority": owner, "currency": rates["currency"], "step_minutes": rates["step_minutes"]}
    common["longest_minutes"] = rates["longest_minutes"]
    old, new = phrase("old_tariff"), phrase("tariff")
    add(
        RateTable,
        [
            RateTable(
                **common, name_ar=old.ar, name_en=old.en, step_price=Decimal(rates["old_step_price"]),
                valid_from=changed - datetime.timedelta(days=2000), valid_to=changed,
            ),
        ],
    )  # fmt: skip
    in_force = RateTable.objects.create(
        **common, name_ar=new.ar, name_en=new.en, step_price=Decimal(rates["step_price"]), valid_from=changed
    )
    zones = add(
        ParkingZone,
        (
            ParkingZone(
                authority=owner,
                code=zone.code,
                name_ar=zone.name.ar,
                name_en=zone.name.en,
                kind=zone.kind,
                rate_table=in_force if zone.kind == "paid" else None,
                spaces=zone.spaces,
                payment_channels=rates["payment_channels"][zone.kind],
                valid_from=changed,
                geom=areas(town.frame, zone.outline),
            )
            for zone in town.parking
        ),
    )
    add(
        ZoneHours,
        (
            ZoneHours(
                authority=owner, zone=row, weekdays=rates["weekdays"],
                starts=datetime.time.fromisoformat(starts), ends=datetime.time.fromisoformat(ends),
            )
            for zone, row in zip(town.parking, zones, strict=True)
            if zone.kind != "free"
            for starts, ends in rates["hours"][: 1 if zone.morning_only else None]
        ),
    )  # fmt: skip
