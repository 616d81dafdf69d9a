"""Coordinate systems in PostGIS: our own rows with fixed definitions, and EPSG's rows that PostGIS lacks.

`spatial_ref_sys` belongs to whoever made the extension; `provision` lets the owner add to it. Our rows name no EPSG
code to PROJ, so that it takes the definition as it stands; each has EPSG's number plus `OWN`.
"""

from django.db import connections
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.systems import catalogue

OWN = 950_000

Row = tuple[int, str, int | None, str | None, str]


def install(using: str) -> bool:
    """Make the rows say what the reference file says; False where the owner may not write them."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(t, 'INSERT') AND has_table_privilege(t, 'DELETE') "
            "FROM (VALUES ('spatial_ref_sys')) x (t)"
        )
        if not cursor.fetchone()[0]:
            return False
        rows = own_rows()
        cursor.execute(
            "DELETE FROM spatial_ref_sys WHERE auth_name = 'BALADIYA' AND srid <> ALL (%s)", [[row[0] for row in rows]]
        )
        cursor.executemany(
            "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (srid) DO UPDATE SET proj4text = excluded.proj4text "
            "WHERE spatial_ref_sys.proj4text <> excluded.proj4text",
            rows,
        )
        cursor.executemany(
            "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (srid) DO NOTHING",
            lacking_rows(),
        )
    return True


def own_rows() -> list[Row]:
    return [(OWN + system.number, "BALADIYA", None, None, system.definition) for system in catalogue().systems.values()]


def lacking_rows() -> list[Row]:
    """EPSG's rows for systems newer than PostGIS: other programs look them up there."""
    known = catalogue()
    texts = {system.code: system.definition.removesuffix(" +type=crs") for system in known.systems.values()}
    return [_epsg_row(code, text) for code, text in (known.registered | texts).items()]


def _epsg_row(code: str, text: str) -> Row:
    number = int(code.removeprefix("EPSG:"))
    return (number, "EPSG", number, _wkt(code), text)


def _wkt(code: str) -> str | None:
    """WKT 1, which has no words for a system with ellipsoidal height."""
    try:
        return str(CRS.from_user_input(code).to_wkt("WKT1_GDAL"))
    except CRSError:
        return None
