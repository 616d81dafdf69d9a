"""The folder in which a run unpacks and spools."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest

from gis.exchange import importing
from gis.exchange.refusals import NoSuchColumn, Refusal, UnreadableFile
from tests.gis.exchange.conftest import Desk

TAKEN = "wkt,id,plot\n" + '"POLYGON ((57.5 23.4, 57.5003 23.4, 57.5003 23.4003, 57.5 23.4003, 57.5 23.4))",s0,1\n'


@pytest.fixture
def folders(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[Path]]:
    """Where the folders of runs are made, and what lay in each just before its end."""
    place = desk.folder / "temporary"
    place.mkdir()
    seen: list[Path] = []

    class Watched(TemporaryDirectory[str]):
        def __exit__(self, *error: object) -> None:
            seen.extend(Path(self.name).rglob("*"))
            super().__exit__(*error)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "TemporaryDirectory", partial(Watched, dir=place))
    return place, seen


def bring(desk: Desk, content: str) -> None:
    with ZipFile(desk.folder / "packed.zip", "w") as packed:
        packed.writestr("plots.csv", content)
    desk.bring(desk.folder / "packed.zip", columns=("source_id=id", "plot_no=plot"), crs="EPSG:4326")


def test_what_was_unpacked_goes_with_the_run(desk: Desk, folders: tuple[Path, list[Path]]) -> None:
    bring(desk, TAKEN)
    place, seen = folders
    assert "data.csv" in {path.name for path in seen}
    assert list(place.iterdir()) == []
    assert list(desk.parcels()) == ["s0"]


@pytest.mark.parametrize(
    ("content", "refusal"), [("name\nnowhere\n", UnreadableFile), (TAKEN.replace("plot\n", "x\n"), NoSuchColumn)]
)
def test_also_when_the_file_is_refused(
    desk: Desk, folders: tuple[Path, list[Path]], content: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        bring(desk, content)
    place, seen = folders
    assert "data.csv" in {path.name for path in seen}
    assert list(place.iterdir()) == []
