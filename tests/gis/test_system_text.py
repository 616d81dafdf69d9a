"""A coordinate system's text comes from strangers: PROJ would open any file that it names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyproj import CRS

from gis import crs
from gis.system_text import NotASystem, parse

BOUND = (
    'BOUNDCRS[SOURCECRS[{source}],TARGETCRS[{target}],ABRIDGEDTRANSFORMATION["NTv2",METHOD["NTv2",ID["EPSG",9615]],'
    'PARAMETERFILE["Latitude and longitude difference file","{file}"]]]'
)
CLARKE = CRS.from_proj4("+proj=longlat +ellps=clrk80 +no_defs +type=crs")
WORLD = CRS.from_epsg(4326)


def hostile(file: str) -> list[str]:
    old = CRS.from_proj4("+proj=merc +a=6378137 +b=6378137 +nadgrids=@null +no_defs").to_wkt("WKT1_GDAL")
    assert "@null" in old
    return [
        f"+proj=longlat +ellps=clrk80 +nadgrids={file}",
        f"proj=longlat ellps=clrk80 nadgrids = {file}",
        f"+proj=longlat +ellps=clrk80 +nadgrids=@null,{file}",
        f"+proj=longlat +ellps=clrk80 +NADGRIDS={file}",
        f"+proj=longlat +ellps=WGS84 +geoidgrids={file}",
        f"+proj=utm +zone=40 +xy_grids={file}",
        f"+proj=defmodel +model={file}",
        f"+init={file}:foo",
        f"init={file}:foo +type=crs",
        f"+proj=longlat +ellps=clrk80 +unheard={file}",
        BOUND.format(source=CLARKE.to_wkt(), target=WORLD.to_wkt(), file=file),
        old.replace("@null", file),
        f"file:{file}",
        file,
    ]


TRY = """
import sys
import django
django.setup()
from gis import crs
for text in sys.argv[1:]:
    try:
        crs.operation(text)
    except crs.UnknownSystem:
        print("refused")
    else:
        print("read", text)
"""


def test_a_text_that_names_a_file_opens_none(tmp_path: Path) -> None:
    """The file is a pipe that nobody writes to: whoever opens it waits for ever, and no thread can end it."""
    pipe = tmp_path / "grid.gsb"
    os.mkfifo(pipe)
    texts = hostile(str(pipe))
    told = subprocess.run(
        [sys.executable, "-c", TRY, *texts],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "apps.config.settings.test"},
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert told.stdout.split("\n")[:-1] == ["refused"] * len(texts), told.stderr[-500:]


@pytest.mark.parametrize("code", [3857, 3440, 9296, 32640, 28992, 2056, 5514, 2154, 26986])
@pytest.mark.filterwarnings("ignore:You will likely lose important projection information")
def test_what_programs_write_of_a_system_is_read(code: int) -> None:
    system = CRS.from_epsg(code)
    texts = [system.to_wkt("WKT1_GDAL"), system.to_wkt("WKT2_2019"), system.to_wkt("WKT1_ESRI"), system.to_json()]
    for text in (*texts, system.to_proj4(), f"urn:ogc:def:crs:EPSG::{code}", f"EPSG:{code}", system.name):
        assert parse(text).axis_info
    assert parse(f"+init=epsg:{code} +no_defs").to_epsg() == code


@pytest.mark.parametrize(
    "text",
    [
        "+proj=utm +zone=40 +ellps=clrk80 +towgs84=-180.624,-225.516,173.919,-0.81,-1.898,8.336,16.7101 +units=m",
        "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +nadgrids=@null +wktext +no_defs",
    ],
)
def test_shifts_without_a_file_are_read(text: str) -> None:
    assert crs.operation(text).pipeline


@pytest.mark.parametrize("text", ["", "no such system", "x" * 200_000, "EPSG:4326\0", "{}", "PROJCS[", "+proj=nothing"])
def test_what_is_no_system_is_refused(text: str) -> None:
    with pytest.raises(NotASystem):
        parse(text)
