"""The files of other cities: into which layer each goes and as what an operator would say of it, or why into none."""

from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pyogrio

from gis.exchange.importing import import_file
from gis.exchange.mapping import parse
from gis.exchange.order import Order
from gis.exchange.report import Report

Box = tuple[float, float, float, float]
CAMBRIDGE: Box = (-71.165, 42.345, -71.06, 42.41)
OMAN: Box = (51.8, 16.5, 60.0, 26.6)
TENERIFE: Box = (-16.6, 28.1, -16.2, 28.6)
PRAGUE: Box = (14.35, 50.05, 14.45, 50.15)
PORTLAND: Box = (-122.8, 45.4, -122.5, 45.7)
HELSINKI_BOX: Box = (24.8, 60.1, 25.1, 60.3)
EDE: Box = (5.4, 51.9, 6.1, 52.3)

CAMBRIDGE_PARCELS = "02_parcels/cambridge-ma-parcels/cambridge_parcels.gpkg"
CAMBRIDGE_PARKING = "06_parking/cambridge-ma-parking/cambridge_parking.gpkg"
OMAN_NAMES = "01_oman/om-admin-wof/om_admin_wof.gpkg"
OMAN_PLACES = "01_oman/om-populated-places-osm/om_populated_places_osm.gpkg"
HELSINKI = "03_addresses/fi-helsinki-osm-pbf/helsinki.osm.pbf"
SPAIN = "02_parcels/es-catastro-inspire-fixtures/catatom2osm_fixtures.zip"
BUBENEC = "02_parcels/cz-bubenec-momepy/bubenec.gpkg"
SWELLENDAM = "02_parcels/za-swellendam-farms/za_farms_erven.gpkg"
OPEN311 = "05_citizen_reports/open311-samples/open311_samples.zip"
CURBS = "06_parking/portland-curblr"
PARTS_OF_SHAPEFILE = {".shx", ".dbf", ".prj"}
NAMES = ("name_ar=name_ar", "name_en=name_en")
STREET_OF_EDE = ("number=huisnummer", "suffix=huisletter", "area_ar=straatnaam", "area_en=straatnaam",
                 "postcode=postcode", "source_id=id")  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file and what an operator would say of it.

    `inside` names it in an archive that is no delivery as a whole. `least` is the share of rows that must come in;
    where it is not most of them, a comment beside says why.
    """

    layer: str
    path: str
    box: Box
    columns: tuple[str, ...]
    crs: str = "EPSG:32640"
    values: tuple[str, ...] = ()
    recodes: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    inside: str = ""
    least: float = 0.6

    def bring(self, data: Path, **more: object) -> Report:
        wishes = parse(self.columns, self.values, self.recodes)
        with TemporaryDirectory() as folder:
            path = laid(data / self.path, self.inside, Path(folder))
            return import_file(Order(self.layer, path, "city", wishes, **self.options | more)).report  # type: ignore[arg-type]


def laid(path: Path, inside: str, folder: Path) -> Path:
    """The file itself; one of an archive is unpacked, with the other parts of a shapefile."""
    if not inside:
        return path
    with ZipFile(path) as packed:
        packed.extractall(folder, [name for name in packed.namelist() if Path(name).stem == Path(inside).stem])
    return folder / inside


FILES = {
    "addresses, Ede (EPSG:28992)": File(
        "address-units", "03_addresses/nl-dutch-addresses/dutch_addresses_28992.gpkg", EDE,
        STREET_OF_EDE, "EPSG:28992",
    ),
    "addresses, Vermont": File(
        "address-units", "03_addresses/vt-e911-addresses/vt_e911_addresses.csv.gz", (-73.6, 42.6, -71.3, 45.1),
        ("number=HOUSE_NUMBER", "suffix=HOUSE_NUMBERSUFFIX", "area_ar=TOWNNAME", "area_en=TOWNNAME",
         "postcode=ZIP", "source_id=ESITEID"),
    ),
    "streets, Cambridge": File(
        "streets", CAMBRIDGE_PARCELS, CAMBRIDGE,
        ("name_ar=Label", "name_en=Label", "code=Street_ID", "source_id=ID"),
        options={"table": "street_centerlines"},
    ),
    "wells, Washington": File(
        "wells", "04_wells/dc-well-permits/dc_well_permits.gpkg", (-77.12, 38.79, -76.9, 39.0),
        ("number=DCRAPERMITNUMBER", "source_id=PSEUDO_OBJECTID"), values=("use=monitoring",),
    ),
    "wells, California": File(
        "wells", "04_wells/ca-domestic-wells/ca_domestic_wells.csv.gz", (-124.5, 32.5, -114.0, 42.1),
        ("number=wcr_number", "source_id=wcr_number"), values=("use=domestic",), options={"crs": "EPSG:4326"},
    ),
    "parking lots, Cambridge": File(
        "parking-zones", CAMBRIDGE_PARKING, CAMBRIDGE,
        ("code=fid", "source_id=fid", "name_ar=TYPE"), values=("kind=free",),
        options={"table": "parking_lot_polygons"},
    ),
    "permit zones, Cambridge": File(
        "parking-zones", CAMBRIDGE_PARKING, CAMBRIDGE,
        ("code=N_HOOD", "source_id=N_HOOD", "name_ar=NAME", "name_en=NAME"), values=("kind=permit",),
        options={"table": "visitor_permit_zones"},
    ),
    "reports, Chicago": File(
        "reports", "05_citizen_reports/chicago-sanitation-311/chicago_sanitation_311.csv.gz",
        (-87.95, 41.6, -87.5, 42.1),
        ("source_id=Service_Request_Number", "reported_at=Creation_Date", "status=Status", "address=Street_Address",
         "text=What_is_the_Nature_of_this_Code_Violation"),
        values=("category=sanitation", "language=en"),
        recodes=("status:Completed=done", "status:Completed - Dup=rejected", "status:Open=accepted",
                 "status:Open - Dup=rejected"),
    ),
    "addresses, Ede (EPSG:4326)": File(
        "address-units", "03_addresses/nl-dutch-addresses/dutch_addresses_4326.gpkg", EDE, STREET_OF_EDE, "EPSG:28992",
    ),
    "land, Oman": File("base-land", OMAN_NAMES, OMAN, NAMES, options={"table": "country"}),
    "localities, Oman": File("base-places", OMAN_NAMES, OMAN, NAMES, options={"table": "locality"}),
    "neighbourhoods, Oman": File("base-places", OMAN_NAMES, OMAN, NAMES, options={"table": "neighbourhood"}),
    "populated places, Oman": File("base-places", OMAN_PLACES, OMAN, ("name_ar=name:ar", "name_en=name:en")),
    # Parcels may not overlap, and 3,733 pairs of these farms do, by up to 122 km²; 418 numbers occur twice. Who brings
    # such a cadastre first has the work list before him; what is left of it is not most of the file.
    "farms, Swellendam": File(
        "parcels", SWELLENDAM, (19.5, -34.8, 21.5, -33.2), ("plot_no=FARM_NO", "block_no=PORTION", "source_id=SG_CODE"),
        "EPSG:32733", options={"table": "farms_33s"}, least=0.1,
    ),
    "erven, Swellendam": File(
        "parcels", SWELLENDAM, (19.5, -34.8, 21.5, -33.2), ("plot_no=ERF_NO", "block_no=PORTION", "source_id=SG_CODE"),
        "EPSG:32733", options={"table": "urban_33s"}, least=0.3,
    ),
    "parcels, Tenerife": File(
        "parcels", SPAIN, TENERIFE, ("plot_no=label", "source_id=localId", "krooki_no=nationalCadastralReference"),
        "EPSG:32628", inside="parcel.gpkg", least=0.1,  # fixtures: plots of several blocks, numbered anew in each
    ),
    "cadastral blocks, Tenerife": File(
        "base-land", SPAIN, TENERIFE, ("name_ar=label",), "EPSG:32628", inside="zoning.gml",
        options={"table": "CadastralZoning"},
    ),
    "buildings, Tenerife": File("base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="building.gml"),
    "buildings of 38023, Tenerife": File(
        "base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="38023.building.gml",
    ),
    "building parts, Tenerife": File("base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="buildingpart.gml"),
    "building parts of 38023, Tenerife": File(
        "base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="38023.buildingpart.gml",
    ),
    "other constructions, Tenerife": File("base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="othercons.gml"),
    "constructions, Tenerife (Shapefile)": File("base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="cons.shp"),
    "constructions, Tenerife (GeoPackage)": File(
        "base-buildings", SPAIN, TENERIFE, (), "EPSG:32628", inside="cons.gpkg",
    ),
    # The name of the street is a feature of its own there, referred to by xlink, which is not followed; the operator
    # knows the place. What is left out has "S-N" or a letter ("10A") where a number is asked for.
    "addresses, Tenerife (GML)": File(
        "address-units", SPAIN, TENERIFE, ("number=designator", "source_id=localId"), "EPSG:32628",
        values=("area_ar=Fasnia", "area_en=Fasnia"), inside="address.gml", least=0.7,
    ),
    "addresses, Tenerife (GeoJSON)": File(
        "address-units", SPAIN, TENERIFE, ("number=designator", "area_ar=TN_text", "postcode=postCode",
        "source_id=localId"), "EPSG:32628", inside="address.geojson", least=0.9,
    ),
    "roads, Tenerife": File("base-roads", SPAIN, TENERIFE, ("name_ar=name",), "EPSG:32628", inside="highway.geojson"),
    "places, Tenerife": File("base-places", SPAIN, TENERIFE, ("name_ar=name",), "EPSG:32628", inside="place.geojson"),
    "plots, Bubenec": File(
        "parcels", BUBENEC, PRAGUE, ("plot_no=ID", "source_id=ID"), "EPSG:32633", options={"table": "plots"},
    ),
    "buildings, Bubenec": File("base-buildings", BUBENEC, PRAGUE, (), "EPSG:32633", options={"table": "buildings"}),
    "streets, Bubenec": File("base-roads", BUBENEC, PRAGUE, (), "EPSG:32633", options={"table": "streets"}),
    # A row is a year of a well, and nothing numbers the wells: each name comes in once. 13,994 wells are 5 % of it.
    "wells, New York": File(
        "wells", "04_wells/ny-oil-gas-wells/ny_oil_gas_production.parquet", (-80.0, 40.4, -71.8, 45.1),
        ("number=Well Name", "x=Surface Longitude", "y=Surface Latitude"),
        values=("use=industrial",), options={"crs": "EPSG:4326"}, least=0.01,
    ),
    "metered spaces, Cambridge": File(
        "parking-zones", CAMBRIDGE_PARKING, CAMBRIDGE, ("code=SPACE_ID", "source_id=GlobalID", "name_ar=SPACE_ID"),
        values=("kind=paid",), options={"table": "metered_spaces"},
    ),
    # Four districts come in two parts, each a row with the number of the whole.
    "street sweeping, Cambridge": File(
        "parking-zones", CAMBRIDGE_PARKING, CAMBRIDGE, ("code=District", "name_ar=District", "source_id=District"),
        values=("kind=free",), options={"table": "street_sweeping_districts"}, least=0.6,
    ),
    "addresses, Helsinki": File(
        "address-units", HELSINKI, HELSINKI_BOX,
        ("number=addr:housenumber", "area_ar=addr:street", "area_en=addr:street", "postcode=addr:postcode",
         "source_id=osm_id"), "EPSG:32635", options={"table": "points/addr:housenumber"},
    ),
    # Of the lines with the key highway most are footways, which have no name; a street needs one.
    "streets, Helsinki": File(
        "streets", HELSINKI, HELSINKI_BOX, ("name_ar=name", "name_en=name", "source_id=osm_id"), "EPSG:32635",
        options={"table": "lines/highway"}, least=0.2,
    ),
    "roads, Helsinki": File(
        "base-roads", HELSINKI, HELSINKI_BOX, ("name_ar=name",), "EPSG:32635", options={"table": "lines/highway"},
        least=0.9,
    ),
    "buildings, Helsinki": File(
        "base-buildings", HELSINKI, HELSINKI_BOX, ("name_ar=name",), "EPSG:32635",
        options={"table": "multipolygons/building"}, least=0.8,
    ),
    "flood zones, Cambridge": File(
        "base-water", CAMBRIDGE_PARCELS, CAMBRIDGE, ("name_ar=fld_zone",), options={"table": "fema_flood_100y"},
    ),
}  # fmt: skip
# A parking zone is an area: places and lines of parking end in quarantine, each with that as its reason.
FILES |= {
    f"{table}, Cambridge": File(
        "parking-zones", CAMBRIDGE_PARKING, CAMBRIDGE, (f"code={code}", f"name_ar={code}"), values=("kind=free",),
        options={"table": table}, least=0.0,
    )
    for table, code in {
        "accessible_spaces": "CartegraphID", "commercial_parking": "Id", "municipal_lots": "SiteName",
        "snow_parking": "Name",
    }.items()
}  # fmt: skip
FILES |= {
    f"curbs, Portland ({name})": File(
        "parking-zones", f"{CURBS}/{name}.gz", PORTLAND, (), values=("kind=free", "code=curb", "name_ar=curb"),
        least=0.0,
    )
    for name in ("downtown_portland_2020-07-30.curblr.json", "portland_2020-07-30_step3_for-QGIS.geojson")
}  # fmt: skip
# What holds nothing that could be a record on the map: the reason with which it is refused.
REFUSED = {
    "02_parcels/cambridge-ma-parcels/ASSESSING_ParcelsFY2014.topojson.gz": "not_geojson",
    "02_parcels/cambridge-ma-parcels/ASSESSING_ParcelsFY2014.topojson.gz.properties": "unknown_format",
    "02_parcels/cambridge-ma-parcels/tax_fy2013.csv.gz": "no_coordinates",
    "02_parcels/cambridge-ma-parcels/tax_fy2014.csv.gz": "no_coordinates",
    "05_citizen_reports/arabic-complaints/arabic_complaints.csv": "no_coordinates",
    OPEN311: "many_tables",
    SPAIN: "many_tables",
}
# Tables that a test of their own brings in.
BROUGHT_TOGETHER = {
    CAMBRIDGE_PARCELS: {"parcels_fy2013", "parcels_fy2014"},
    OMAN_NAMES: {"region", "county"},
}
# Tables and files that are read well and are no domain of ours, or are looked at by other tests; of a file "path · one,
# another" are its tables, or the files in an archive ("folder/*": all that are in it).
NO_LAYER = {
    f"{CAMBRIDGE_PARCELS} · zoning_districts": "zones of planning: no layer of it yet",
    f"{CAMBRIDGE_PARCELS} · address_blocks": "blocks of the address system: no layer of it",
    f"{BUBENEC} · tessellation": "computed from the buildings",
    f"{HELSINKI} · multilinestrings, other_relations": "routes of buses and bicycles, and where one may not turn",
    f"{SPAIN} · geom1.gml, geom2.gml, split1.geojson, split2.geojson, split3.geojson": "outlines without attributes",
    f"{SPAIN} · municipalities.csv, empty.gml": "without geometry",
    f"{OPEN311} · open311-docs/*": "documents of the interface for reports: no records",
    f"{OPEN311} · mysociety-adapter/*": "what services of other programs ask and answer, each in its maker's own form",
    f"{OPEN311} · amsterdam-signals/*": "forms, categories, two districts as a service tells them; a licence",
    "07_geometry_torture": "odd geometry: brought in, or left out by name, by tests/gis/exchange/test_torture.py",
    "08_images": "photographs: taken by tests/long/test_other_files.py",
    "09_plans": "drawings of single buildings in their own coordinates: read by tests/gis/exchange/test_plans.py",
    "10_dem": "elevation: taken by tests/long/test_other_files.py",
}


def parts_in(path: Path) -> set[str]:
    """The tables of a file, the files of data in an archive; none where it has but one."""
    if path.suffix == ".zip":
        with ZipFile(path) as packed:
            return {name for name in packed.namelist() if Path(name).suffix not in PARTS_OF_SHAPEFILE}
    if path.suffix not in (".gpkg", ".pbf"):
        return set()
    names = {str(name) for name, kind in pyogrio.list_layers(path) if kind}
    return names if len(names) > 1 else set()


def parts_brought(path: str) -> set[str]:
    """Those of them that are brought in; of an extract "lines/highway" stands for its lines."""
    named = {
        file.inside or file.options.get("table", "").partition("/")[0] for file in FILES.values() if file.path == path
    }
    return named - {""} | BROUGHT_TOGETHER.get(path, set())


def parts_without_layer(path: str, parts: set[str]) -> set[str]:
    """Those of the parts that are said to fit no layer, and whatever else is said to and is not there."""
    told = {one for name in NO_LAYER if name.startswith(f"{path} · ") for one in name.partition(" · ")[2].split(", ")}
    found = {one: {part for part in parts if fnmatch(part, one)} or {one} for one in told}
    return set().union(*found.values())
