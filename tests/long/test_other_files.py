"""Real files that no layer takes: messages of programs, photographs, elevation models; what becomes of each is told."""

from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
import rasterio
from pi_heif import open_heif
from PIL import Image, UnidentifiedImageError

from apps.core.refusals import Refusal
from apps.reports import photos
from gis.db.acting import acting_as
from gis.exchange.refusals import SENTENCES, UnreadableFile
from gis.exchange.source import Source
from gis.rasters.importing import About, folder, import_elevation
from tests.figures import Record

from .files import OPEN311

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
]
PHOTOS, ELEVATION = "08_images", "10_dem"
MODELS = ("es-dem25-qgis/dem25.tif", "us-pysheds/dem.tif", "za-srtm-cape/srtm_4326.tif")
GPS = 0x8825
ABOUT: dict[str, Any] = {
    "title_ar": "نموذج", "title_en": "Model", "source": "a test", "licence": "CC0", "day": date(2026, 1, 1),
}  # fmt: skip


def told(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items(), key=lambda one: (-one[1], one)))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")


def test_a_message_of_a_program_is_refused_with_a_reason(shared_data: Path, tmp_path: Path, count: Record) -> None:
    """None of them is taken for a file of records, and none is more than the reader can judge."""
    with ZipFile(shared_data / OPEN311) as packed:
        packed.extractall(tmp_path)
    reasons: Counter[str] = Counter()
    for path in sorted(one for one in tmp_path.rglob("*") if one.is_file()):
        with TemporaryDirectory() as work, pytest.raises(UnreadableFile) as refused:
            Source(path, Path(work)).look()
        reasons[refused.value.reason] += 1
    assert reasons.keys() <= SENTENCES.keys() - {"reader_crashed", "took_too_long", "too_much_memory"}
    count(OPEN311, f"{reasons.total()} files, all refused: {told(reasons)}")


def outcome(raw: bytes) -> str:
    try:
        taken = photos.clean(raw).jpeg
    except Refusal as refusal:
        return refusal.code
    return "place kept" if has_place(taken) else "taken"


def has_place(raw: bytes) -> bool:
    try:
        image: Any = Image.open(BytesIO(raw))
    except UnidentifiedImageError:
        image = open_heif(BytesIO(raw)).to_pillow()
    return bool(image.getexif().get_ifd(GPS))


def test_every_photo_is_taken_without_its_place(shared_data: Path, count: Record) -> None:
    for ending in ("jpg", "hei"):
        found = [path for path in files(shared_data / PHOTOS) if path.suffix.lower().startswith(f".{ending}")]
        raws = [path.read_bytes() for path in found]
        reasons = Counter(map(outcome, raws))
        places = sum(map(has_place, raws))
        assert reasons["place kept"] == 0
        count(f"{PHOTOS}, {ending}", f"{len(raws)} photos: {told(reasons)}; {places} told a place, 0 do")


@pytest.mark.parametrize("name", MODELS)
def test_an_elevation_model(
    db: None, shared_data: Path, tmp_path: Path, settings: Any, count: Record, name: str
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    path = shared_data / ELEVATION / name
    with acting_as(actor="test"):
        taken = import_elevation(path, About(**ABOUT))
    with rasterio.open(path) as given, rasterio.open(folder() / taken.file) as kept:
        assert (kept.read(1) == given.read(1)).all()
        cells = f"{given.width} x {given.height} cells"
    heights = f"{taken.lowest:.0f} to {taken.highest:.0f} m"
    count(name, f"taken: {cells} of {taken.resolution_m:.0f} m in {taken.system}, {heights}")


def test_every_photo_and_model_is_looked_at(shared_data: Path) -> None:
    models = {str(path.relative_to(shared_data / ELEVATION)) for path in files(shared_data / ELEVATION)}
    assert models == {*MODELS}
    assert {path.suffix.lower()[:4] for path in files(shared_data / PHOTOS)} == {".jpg", ".hei"}
