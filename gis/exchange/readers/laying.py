"""The delivered file under a name of ours, alone in a folder of its own: no name of a sender reaches a library.

A library that looks beside the file for more (a schema, an index, a journal) finds only what is laid there on purpose.
Stands on nothing but Python, for it runs before the reading process closes itself in.
"""

from pathlib import Path

# The endings that say something; a file with another one is known by its first bytes or not at all.
ENDINGS = {
    ".shp", ".gpkg", ".geojson", ".json", ".csv", ".txt", ".tsv", ".fgb", ".parquet", ".kml", ".gml", ".xml", ".dxf",
    ".pbf", ".zip", ".kmz", ".gz",
}  # fmt: skip
# The files of a shapefile that we read; the rest stays where it is.
SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
JOURNAL = "-wal"


def our_name(name: str) -> str:
    """ "data" with the endings that say something: "قطع.CSV.gz" is "data.csv.gz"."""
    endings = [ending.lower() for ending in Path(name).suffixes[-2:]]
    if len(endings) == 2 and endings[1] != ".gz":
        endings = endings[1:]
    return "data" + "".join(ending for ending in endings if ending in ENDINGS or ending in SHAPEFILE)


def lay(path: Path, folder: Path) -> tuple[Path, list[Path]]:
    """A link to the file in the folder, with links to what belongs to it; and the files that they lead to."""
    laid = folder / our_name(path.name)
    parts = {laid: path}
    if laid.suffix == ".shp":
        parts |= {
            folder / f"data{other.suffix.lower()}": other
            for other in sorted(path.parent.iterdir())
            if other.stem == path.stem and other.suffix.lower() in SHAPEFILE - {".shp"}
        }
    journal = path.with_name(path.name + JOURNAL)
    if journal.is_file():
        parts[folder / (laid.name + JOURNAL)] = journal
    for link, target in parts.items():
        link.symlink_to(target)
    return laid, list(parts.values())
