"""Several codes at once come in from every format in which they go out, and as offices write them."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from apps.parking.models import ParkingZone
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import square

MAP = ("code=code", "name_ar=name", "source_id=id", "payment_channels=ways")
WAYS = [["sms", "app"], ["web"], []]
LISTS = pa.list_(pa.string())


def rows() -> list[dict[str, object]]:
    return [{"id": f"z{n}", "code": f"Z{n}", "name": f"موقف {n}", "ways": ways} for n, ways in enumerate(WAYS)]


def geojson(path: Path) -> None:
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(square(n)))}
        for n, row in enumerate(rows())
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def csv(path: Path) -> None:
    lines = ["id,code,name,ways,wkt"]
    for n, row in enumerate(rows()):
        ways = json.dumps(row["ways"]).replace('"', '""')
        lines.append(f'{row["id"]},{row["code"]},{row["name"]},"{ways}","{square(n).wkt}"')
    path.write_text("\n".join(lines), encoding="utf-8")


def table(*, lists: bool) -> pa.Table:
    columns = {name: pa.array([row[name] for row in rows()]) for name in ("id", "code", "name")}
    ways = [row["ways"] if lists else json.dumps(row["ways"]) for row in rows()]
    kind = pa.list_(pa.string()) if lists else pa.string()
    shapes = pa.array([square(n).wkb for n in range(len(WAYS))], pa.binary())
    return pa.table({**columns, "ways": pa.array(ways, kind), "geometry": shapes})


def parquet(path: Path, kind: pa.DataType = LISTS) -> None:
    about = {"version": "1.1.0", "primary_column": "geometry"}
    about["columns"] = {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon"]}}  # type: ignore[assignment]
    found = table(lists=True)
    found = found.set_column(3, "ways", found["ways"].cast(kind)) if kind != LISTS else found
    pq.write_table(found.replace_schema_metadata({"geo": json.dumps(about)}), path)


def by_gdal(path: Path) -> None:
    driver = {".gpkg": "GPKG", ".fgb": "FlatGeobuf"}[path.suffix]
    pyogrio.write_arrow(
        table(lists=False), path, driver=driver, layer="zones", geometry_name="geometry", geometry_type="Polygon",
        crs="EPSG:4326",
    )  # fmt: skip


WRITERS = {"geojson": geojson, "csv": csv, "parquet": parquet, "gpkg": by_gdal, "fgb": by_gdal}


@pytest.mark.parametrize("form", WRITERS)
def test_from_every_format(desk: Desk, form: str):
    path = desk.folder / f"zones.{form}"
    WRITERS[form](path)
    columns = (*MAP, "wkt=wkt") if form == "csv" else MAP
    done = desk.bring(path, layer="parking-zones", columns=columns, crs="EPSG:4326" if form == "csv" else "")
    assert done.report.added == 3
    with desk.acting():
        found = dict(ParkingZone.objects.values_list("source_id", "payment_channels"))
    assert found == {f"z{n}": ways for n, ways in enumerate(WAYS)}


def test_from_lists_as_other_programs_write_them(desk: Desk):
    path = desk.folder / "zones.parquet"
    parquet(path, pa.large_list(pa.large_string()))
    assert desk.bring(path, layer="parking-zones", columns=MAP).report.added == 3


def test_what_is_no_code_goes_to_quarantine_with_the_list(desk: Desk):
    path = desk.folder / "zones.csv"
    lines = [
        "id,code,name,ways,wkt",
        f'z0,Z0,موقف,"SMS, cheque","{square(0).wkt}"',
        f'z1,Z1,موقف,رسالة نصية؛ تطبيق,"{square(1).wkt}"',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    desk.bring(path, layer="parking-zones", columns=(*MAP, "wkt=wkt"), crs="EPSG:4326")
    assert desk.quarantine()["z0"].code == "unknown_code"
    with desk.acting():
        assert ParkingZone.objects.get().payment_channels == ["sms", "app"]
    done = desk.bring(
        path, layer="parking-zones", columns=(*MAP, "wkt=wkt"), crs="EPSG:4326",
        recodes=("payment_channels:cheque=meter",),
    )  # fmt: skip
    assert done.report.added == 1
    with desk.acting():
        assert ParkingZone.objects.get(source_id="z0").payment_channels == ["sms", "meter"]
