"""Each format gives the same rows; encodings, separators and coordinates are found, and it is told how."""

import gzip
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gis.exchange.refusals import UnreadableFile
from gis.remedies import in_command
from tests.gis.exchange.files import Plot, plots, square, take, write

FORMATS = ("gpkg", "shp", "geojson", "csv", "fgb", "parquet")
NAMES = ("شارع السلطان قابوس", "حارة الوادي", "ميدان النهضة")


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    rows = plots(5)
    taken = take(write(tmp_path / f"plots.{ending}", rows))
    assert [row["id"] for row in taken.rows] == [row.id for row in rows]
    assert [row["plot"] for row in taken.rows] == [row.plot for row in rows]
    for got, row in zip(taken.geometry, rows, strict=True):
        assert shapely.equals(got, row.geometry)
    assert taken.faults == [None] * 5
    assert taken.numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("ending", "crs", "told_by"),
    [("gpkg", "EPSG:32640", "file"), ("geojson", "EPSG:4326", "standard"), ("parquet", "EPSG:4326", "standard"),
     ("csv", "", ""), ("fgb", "EPSG:32640", "file")],
)  # fmt: skip
def test_the_system_is_what_the_file_says(tmp_path: Path, ending: str, crs: str, told_by: str) -> None:
    head = take(write(tmp_path / f"plots.{ending}", plots(1), crs="EPSG:32640")).head
    assert (head.crs, head.crs_from) == (crs, told_by)


def test_a_file_without_a_system_says_none(tmp_path: Path) -> None:
    path = write(tmp_path / "plots.shp", plots(1))
    path.with_suffix(".prj").unlink()
    assert take(path).head.crs == ""


def test_an_empty_file_has_a_head_and_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "none.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    assert take(path).rows == []


def zipped(path: Path) -> Path:
    archive = path.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part != archive:
                packed.write(part, f"delivery/{part.name}")
        packed.writestr("__MACOSX/._plots.shp", b"x")
    return archive


def test_a_zipped_shapefile_is_unpacked(tmp_path: Path) -> None:
    taken = take(zipped(write(tmp_path / "plots.shp", plots(3))))
    assert (taken.head.format, len(taken.rows)) == ("Shapefile", 3)


def test_a_packed_text_is_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path / "plots.csv", plots(3))
    packed = tmp_path / "plots.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert len(take(packed).rows) == 3


class TestArabicShapefiles:
    def shapefile(self, folder: Path, encoding: str, *, says: str | None, driver: int = 0) -> Path:
        """Text in `encoding`, a .cpg that says `says` (or none), a language driver in the header."""
        rows = [Plot(square(n), f"s{n}", name) for n, name in enumerate(NAMES)]
        path = write(folder / "streets.shp", rows, ENCODING="UTF-8")
        table = path.with_suffix(".dbf").read_bytes()
        head = bytearray(table[: struct.unpack_from("<H", table, 8)[0]])
        head[29] = driver
        body = table[len(head) :]
        for name in NAMES:
            told, wanted = name.encode(), name.encode(encoding)
            body = body.replace(told, wanted.ljust(len(told)))
        path.with_suffix(".dbf").write_bytes(bytes(head) + body)
        path.with_suffix(".cpg").unlink()
        if says is not None:
            path.with_suffix(".cpg").write_text(says)
        return path

    @pytest.mark.parametrize(
        ("encoding", "says", "driver", "found", "told_by"),
        [
            ("cp1256", "1256", 0, "cp1256", "file"),
            ("cp1256", "windows-1256", 0, "cp1256", "file"),
            ("cp1256", None, 0, "cp1256", "detected"),
            ("cp1256", None, 0x7E, "cp1256", "file"),
            ("cp1256", "UTF-8", 0, "cp1256", "detected"),
            ("iso8859_6", None, 0, "iso8859_6", "detected"),
            ("utf-8", None, 0, "utf_8", "detected"),
            ("utf-8", "UTF-8", 0, "utf_8", "file"),
            ("utf-8", "1256", 0, "utf_8", "detected"),
        ],
    )
    def test_the_letters_are_right(
        self, tmp_path: Path, encoding: str, says: str | None, driver: int, found: str, told_by: str
    ) -> None:
        taken = take(self.shapefile(tmp_path, encoding, says=says, driver=driver))
        assert [row["plot"] for row in taken.rows] == list(NAMES)
        assert (taken.head.encoding, taken.head.encoding_from) == (found, told_by)

    def test_the_operator_may_say_it(self, tmp_path: Path) -> None:
        taken = take(self.shapefile(tmp_path, "cp1256", says="UTF-8"), encoding="windows-1256")
        assert (taken.rows[0]["plot"], taken.head.encoding_from) == (NAMES[0], "option")

    def test_an_encoding_that_does_not_exist_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match="klingon"):
            take(self.shapefile(tmp_path, "cp1256", says=None), encoding="klingon")


def test_deleted_rows_of_a_shapefile_are_not_missed(tmp_path: Path) -> None:
    path = write(tmp_path / "plots.shp", plots(5))
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    first, width = struct.unpack_from("<HH", table, 8)
    table[first + 2 * width] = ord("*")
    path.with_suffix(".dbf").write_bytes(bytes(table))
    assert [row["id"] for row in take(path).rows] == ["s0", "s1", "s3", "s4"]


class TestCsv:
    def read(self, folder: Path, content: bytes | str, name: str = "points.csv", **options: object):
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return take(path, **options)

    def test_semicolons_decimal_commas_and_arabic_digits(self, tmp_path: Path) -> None:
        taken = self.read(tmp_path, "id;lon;lat\n1;57,5;٢٣٫٤\n2;57.6;23.5\n")
        assert [(p.x, p.y) for p in taken.geometry] == [(57.5, 23.4), (57.6, 23.5)]
        assert (taken.head.crs, taken.head.crs_from) == ("EPSG:4326", "columns")

    def test_x_and_y_say_no_system(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, "id,x,y\n1,555000,2580000\n").head.crs == ""

    def test_named_columns_win(self, tmp_path: Path) -> None:
        taken = self.read(tmp_path, "id,lon,lat,e,n\n1,1,2,3,4\n", places={"x": "e", "y": "n"})
        assert (taken.geometry[0].x, taken.head.crs) == (3, "")

    def test_a_row_of_the_wrong_length_keeps_its_place(self, tmp_path: Path) -> None:
        taken = self.read(tmp_path, "id,lon,lat\n1,57.5,23.4\n2,57.5\n3,57.6,23.5\n")
        found = dict(zip(taken.numbers, taken.faults, strict=True))
        assert found == {1: None, 2: {"code": "row_of_wrong_length", "found": 2, "expected": 3}, 3: None}

    def test_a_bad_coordinate_is_the_row_s(self, tmp_path: Path) -> None:
        taken = self.read(tmp_path, "id,lon,lat\n1,57.5,23.4\n2,east,23.4\n3,,\n")
        assert [fault and fault["code"] for fault in taken.faults] == [None, "bad_coordinate", None]
        assert taken.geometry[1:] == [None, None]

    def test_damaged_text_costs_its_row_only(self, tmp_path: Path) -> None:
        rows = b"".join(b"%d,\xd8\xb4\xd8\xa7\xd8\xb1\xd8\xb9,57.5,23.4\n" % n for n in range(50))
        taken = self.read(tmp_path, b"id,name,lon,lat\n" + rows + b"51,\xff\xfe,57.5,23.4\n")
        assert [fault and fault["code"] for fault in taken.faults] == [None] * 50 + ["text_not_utf8"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1256"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        taken = self.read(tmp_path, f"id,name,lon,lat\n1,{NAMES[0]},57.5,23.4\n".encode(encoding))
        assert taken.rows == [{"id": "1", "name": NAMES[0], "lon": "57.5", "lat": "23.4"}]

    def test_no_coordinates_names_the_columns(self, tmp_path: Path) -> None:
        with in_command(), pytest.raises(UnreadableFile, match="--map x=COLUMN"):
            self.read(tmp_path, "id,name\n1,x\n")

    def test_quoted_line_ends_are_one_value(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, 'id,note,lon,lat\n1,"a\nb",57.5,23.4\n').rows[0]["note"] == "a\nb"


def test_a_curve_in_a_column_costs_its_row(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text('id,wkt\n1,"CIRCULARSTRING (0 0, 1 1, 2 0)"\n2,"LINESTRING (0 0, 1 1)"\n')
    assert [fault and fault["code"] for fault in take(path).faults] == ["bad_coordinate", None]


def test_plain_parquet_with_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    pq.write_table(pa.table({"longitude": [57.5, None], "latitude": [23.4, 23.5], "n": [1, 2]}), path)
    taken = take(path)
    assert (taken.geometry[0].x, taken.geometry[1], taken.head.format) == (57.5, None, "Parquet")


def test_a_file_of_several_tables_asks_which(tmp_path: Path) -> None:
    path = write(tmp_path / "two.gpkg", plots(1))
    import pyogrio

    from tests.gis.exchange.files import table

    pyogrio.write_arrow(
        table(plots(2)), path, driver="GPKG", layer="others", append=True,
        geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4326",
    )  # fmt: skip
    with pytest.raises(UnreadableFile) as refused:
        take(path)
    assert refused.value.details == {"tables": ["plots", "others"]}
    assert len(take(path, table="others").rows) == 2
    with pytest.raises(UnreadableFile, match="nowhere"):
        take(path, table="nowhere")
