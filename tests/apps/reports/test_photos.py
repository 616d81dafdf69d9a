"""T5: what comes out of the gate is a small upright JPEG with nothing in it but the picture."""

import random
import resource
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageStat
from PIL.PngImagePlugin import PngInfo

from apps.core.refusals import Refusal
from apps.reports import photos
from tests.apps.reports.sending import picture

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

CARRIERS = {"APP0", "SOF0", "SOF2", "DQT", "DHT", "SOS", "EOI", "DRI"}
NAMES = {0xC0: "SOF0", 0xC2: "SOF2", 0xC4: "DHT", 0xDA: "SOS", 0xDB: "DQT", 0xDD: "DRI", 0xE0: "APP0", 0xFE: "COM"}
MB = 2**20


def segments(jpeg: bytes) -> Iterator[tuple[str, bytes]]:
    """The marker segments before the picture's data (ITU T.81 B.1)."""
    assert jpeg[:2] == b"\xff\xd8"
    at = 2
    while jpeg[at + 1] != 0xDA:
        size = int.from_bytes(jpeg[at + 2 : at + 4])
        yield NAMES.get(jpeg[at + 1], f"{jpeg[at + 1]:#x}"), jpeg[at + 4 : at + 2 + size]
        at += 2 + size


def assert_bare(jpeg: bytes) -> None:
    """Only the tables that a decoder needs, and a JFIF header without a thumbnail."""
    for name, body in segments(jpeg):
        assert name in CARRIERS, f"segment {name} survived"
        if name == "APP0":
            assert body[:5] == b"JFIF\0"
            assert body[-2:] == b"\0\0"
    for trace in (b"Exif", b"http://ns.adobe.com", b"Photoshop", b"ICC_PROFILE"):
        assert trace not in jpeg
    with Image.open(BytesIO(jpeg)) as image:
        assert image.format == "JPEG"
        assert max(image.size) <= photos.LONGEST_SIDE
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def colour_at(jpeg: bytes, x: int, y: int) -> tuple[int, ...]:
    """Red, green and blue of one pixel."""
    return tuple(Image.open(BytesIO(jpeg)).crop((x, y, x + 1, y + 1)).tobytes())


@pytest.fixture(scope="module")
def corpus(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "08_images" / "gps-exif-jpegs").glob("jpg__*"))


def test_real_photos_lose_place_time_camera_and_thumbnail(corpus: list[Path]):
    with_place = 0
    for path in corpus:
        raw = path.read_bytes()
        with_place += b"GPS" in raw or _has_gps(raw)
        assert_bare(photos.clean(raw).jpeg)
    assert len(corpus) == 27
    assert with_place >= 10


def _has_gps(raw: bytes) -> bool:
    with Image.open(BytesIO(raw)) as image:
        return bool(image.getexif().get_ifd(0x8825))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_real_photos_are_turned_upright(shared_data: Path, orientation: int):
    folder = shared_data / "08_images" / "gps-exif-jpegs"
    reference = photos.clean((folder / "jpg__orientation__landscape_1.jpg").read_bytes())
    turned = photos.clean((folder / f"jpg__orientation__landscape_{orientation}.jpg").read_bytes())
    assert (turned.width, turned.height) == (reference.width, reference.height)
    assert _difference(turned.jpeg, reference.jpeg) < 20  # of 255; every wrong turn gives more than 30


def _difference(one: bytes, other: bytes) -> float:
    """Mean difference of brightness after both are made small: sharpness does not count, the turn does."""
    small = [Image.open(BytesIO(jpeg)).convert("L").resize((16, 12)).tobytes() for jpeg in (one, other)]
    return sum(abs(a - b) for a, b in zip(*small, strict=True)) / len(small[0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_of_the_eight_turns_is_the_right_one(orientation: int):
    """A red corner, drawn where the sensor saw it, must end at the top left."""
    upright = Image.new("RGB", (60, 40), "white")
    ImageDraw.Draw(upright).rectangle((0, 0, 19, 9), fill="red")
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes each turn
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[photos.ORIENTATION] = orientation
    out = BytesIO()
    stored.save(out, "JPEG", exif=exif, quality=95)
    clean = photos.clean(out.getvalue())
    assert (clean.width, clean.height) == (60, 40)
    assert colour_at(clean.jpeg, 5, 4)[1] < 60
    assert colour_at(clean.jpeg, 50, 35)[1] > 200


def test_apple_photos_are_taken_without_what_they_tell(shared_data: Path):
    found = sorted((shared_data / "08_images" / "gps-exif-jpegs").glob("heic__*"))
    assert found
    for path in found:
        photo = photos.clean(path.read_bytes())
        with Image.open(BytesIO(photo.jpeg)) as image:
            assert (image.format, max(image.size) <= photos.LONGEST_SIDE) == ("JPEG", True)
            assert not image.getexif()
            assert {"icc_profile", "xmp", "comment"}.isdisjoint(image.info)
            assert ImageStat.Stat(image.convert("L")).stddev[0] > 10  # a picture, not a blank


def test_what_only_looks_like_heic_ends_its_own_process(shared_data: Path):
    whole = min((shared_data / "08_images" / "gps-exif-jpegs").glob("heic__*")).read_bytes()
    for broken in (whole[:4000], whole[: len(whole) // 2], whole[:24] + b"\xff" * 5000):
        with pytest.raises(photos.PhotoUnreadable):
            photos.clean(broken)


def test_heic_has_the_same_caps(shared_data: Path, monkeypatch: pytest.MonkeyPatch):
    whole = min((shared_data / "08_images" / "gps-exif-jpegs").glob("heic__*")).read_bytes()
    monkeypatch.setattr(photos, "LARGEST_PIXELS", 10_000)
    with pytest.raises(photos.PhotoTooManyPixels):
        photos.clean(whole)
    monkeypatch.setattr(photos, "WALL_SECONDS", 0.01)
    with pytest.raises(photos.PhotoUnreadable):
        photos.clean(whole)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_metadata_of_every_kind_is_dropped(kind: str):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[1] = "N"
    options: dict[str, Any] = {
        "exif": exif,
        "icc_profile": b"secret profile" * 20,
        "xmp": b"<x:xmpmeta>secret</x:xmpmeta>",
    }
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Author", "secret name")
        options = {"pnginfo": text, "exif": exif, "icc_profile": options["icc_profile"]}
    raw = picture("teal", kind=kind, **options).read()
    assert b"secret" in raw or kind == "PNG"
    clean = photos.clean(raw)
    assert_bare(clean.jpeg)
    assert b"secret" not in clean.jpeg


def test_a_comment_and_what_follows_the_picture_are_dropped():
    raw = picture("teal", comment=b"secret comment").read() + b"PK\x03\x04 secret archive <script>"
    clean = photos.clean(raw)
    assert b"secret" not in clean.jpeg
    assert clean.jpeg.endswith(b"\xff\xd9")


def test_transparency_turns_white_and_palettes_become_colours():
    file = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(file, "PNG")
    assert min(colour_at(photos.clean(file.getvalue()).jpeg, 10, 10)) > 250
    file = BytesIO()
    Image.new("RGB", (20, 20), "red").quantize(4).save(file, "PNG", transparency=3)
    assert colour_at(photos.clean(file.getvalue()).jpeg, 10, 10)[0] > 240


def test_large_photos_become_small():
    clean = photos.clean(picture("teal", size=(4000, 3000)).read())
    assert (clean.width, clean.height) == (1600, 1200)


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (b"", photos.PhotoUnreadable),
        (b"\xff\xd8\xff\xe0", photos.PhotoUnreadable),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", photos.PhotoUnreadable),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", photos.PhotoUnreadable),
        (b"%PDF-1.7 ...", photos.PhotoUnreadable),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", photos.PhotoUnreadable),
        (b"\x00" * (photos.LARGEST_BYTES + 1), photos.PhotoTooLarge),
        (picture(size=(9000, 6000), kind="PNG").read(), photos.PhotoTooManyPixels),
        (picture(size=(30000, 30000), kind="PNG").read(), photos.PhotoTooManyPixels),
        (picture(size=(500, 400)).read()[:-800], photos.PhotoUnreadable),
    ],
    ids=["empty", "header", "svg", "gif", "pdf", "eps", "13 MB", "54 Mpx", "bomb", "cut off"],
)
def test_what_is_no_acceptable_photo_is_refused(raw: bytes, refusal: type[Refusal]):
    with pytest.raises(refusal) as refused:
        photos.clean(raw)
    assert str(refused.value)


def test_a_file_is_not_read_beyond_the_limit():
    class Endless:
        asked = 0

        def read(self, size: int = -1, /) -> bytes:
            self.asked += size
            return b"\0" * size

    file = Endless()
    with pytest.raises(photos.PhotoTooLarge):
        photos.read(file)
    assert file.asked == photos.LARGEST_BYTES + 1


def test_the_largest_photo_allowed_stays_within_memory():
    file = BytesIO()
    Image.effect_noise((500, 500), 90).convert("RGBA").resize((8000, 6200)).save(file, "PNG", compress_level=1)
    raw = file.getvalue()
    if len(raw) > photos.LARGEST_BYTES:
        file = BytesIO()
        Image.new("RGBA", (8000, 6200), (9, 9, 9, 200)).save(file, "PNG")
        raw = file.getvalue()
    del file
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert photos.clean(raw).width == 1600
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 512


def mutations(sources: list[bytes], number: int, seed: int) -> Iterator[bytes]:
    """Bytes flipped, cut, doubled and mixed: what a broken phone or a hostile one may send."""
    dice = random.Random(seed)
    for _ in range(number):
        raw = bytearray(dice.choice(sources))
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(min(len(raw), 4096) if dice.random() < 0.7 else len(raw))
            match dice.randrange(4):
                case 0:
                    raw[at] ^= 1 << dice.randrange(8)
                case 1:
                    del raw[at : at + dice.randint(1, 200)]
                case 2:
                    raw[at:at] = raw[at : at + dice.randint(1, 200)]
                case _:
                    other = dice.choice(sources)
                    raw[at : at + 64] = other[at : at + 64]
            if not raw:
                break
        yield bytes(raw)


def small_sources(corpus: list[Path]) -> list[bytes]:
    made = [picture(kind=kind).read() for kind in ("JPEG", "PNG", "WEBP")]
    return made + [path.read_bytes() for path in corpus if path.stat().st_size < 200_000]


def check_mutations(corpus: list[Path], number: int, seed: int) -> tuple[int, int]:
    accepted = refused = 0
    for raw in mutations(small_sources(corpus), number, seed):
        try:
            clean = photos.clean(raw)
        except Refusal:
            refused += 1
        else:
            accepted += 1
            assert_bare(clean.jpeg)
    return accepted, refused


def test_mutated_photos_are_cleaned_or_refused_and_nothing_else(corpus: list[Path]):
    accepted, refused = check_mutations(corpus, 400, seed=5)
    assert accepted > 100
    assert refused > 20


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_thousand_mutated_photos(corpus: list[Path]):
    accepted, refused = check_mutations(corpus, 10_000, seed=6)
    assert accepted + refused == 10_000


def test_the_test_would_notice_a_gate_that_keeps_the_bytes(corpus: list[Path]):
    """The seeded fault of T5: a way in that stores what was sent."""
    with pytest.raises(AssertionError):
        assert_bare(corpus[0].read_bytes())
