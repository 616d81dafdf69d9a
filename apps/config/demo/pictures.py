"""Small pictures for reports: a street under the sky, what is wrong with it, and somebody who must not be shown.

Drawn, not photographed: nobody's picture has to be cleared. `drawn` is what a phone would send, `blurred` what an
officer makes of it before the public sees it.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1024, 768)
HORIZON, KERB = 400, 610
SKY, WALLS, SAND, ASPHALT = ((133, 178, 214), (222, 230, 233)), (226, 214, 190), (214, 198, 166), (92, 92, 96)
# Where the passer-by's face and the car's plate are: what the public must not see.
FACE, PLATE = (828, 392, 876, 446), (196, 588, 268, 612)
GRAIN = 7.0  # levels of brightness that the sensor adds

Pen = ImageDraw.ImageDraw


def _bin(pen: Pen, at: int) -> None:
    pen.polygon([(at, 450), (at + 150, 450), (at + 136, 640), (at + 14, 640)], fill=(54, 110, 74), outline=(30, 66, 44))
    for n in range(9):
        x, y = at - 46 + n * 27, 428 + (n * 37) % 40 + (190 if n % 3 == 0 else 0)
        pen.ellipse([x, y - 30, x + 58, y + 24], fill=(38 + n * 9, 38 + n * 6, 42 + n * 4), outline=(20, 20, 22))


def _hole(pen: Pen, at: int) -> None:
    pen.ellipse([at - 60, 636, at + 220, 724], fill=(60, 58, 58), outline=(126, 122, 118), width=6)
    pen.ellipse([at - 18, 654, at + 176, 708], fill=(36, 34, 34))
    for n in range(7):
        pen.ellipse([at - 90 + n * 46, 728 - (n % 2) * 10, at - 74 + n * 46, 740], fill=(128, 124, 120))


def _lamp(pen: Pen, at: int) -> None:
    pen.rectangle([at + 60, 120, at + 72, 640], fill=(88, 92, 96))
    pen.line([(at + 66, 124), (at - 30, 96), (at - 74, 132)], fill=(88, 92, 96), width=10)
    pen.polygon([(at - 100, 132), (at - 46, 132), (at - 60, 158), (at - 86, 158)], fill=(44, 46, 50))


def _pool(pen: Pen, at: int) -> None:
    pen.ellipse([at - 190, 626, at + 340, 748], fill=(120, 136, 142), outline=(76, 78, 80), width=5)
    pen.ellipse([at - 90, 650, at + 190, 706], fill=(164, 184, 194))
    pen.ellipse([at + 30, 590, at + 130, 634], fill=(70, 70, 72), outline=(40, 40, 42), width=5)


def _rubble(pen: Pen, at: int) -> None:
    for n in range(42):
        x, y = at - 120 + (n * 71) % 330, 640 - (n * 29) % (40 + abs(165 - (n * 71) % 330) // -3 + 70)
        shade = 138 + (n * 17) % 70
        pen.polygon([(x, y), (x + 44, y - 14), (x + 62, y + 16), (x + 12, y + 28)], fill=(shade, shade - 8, shade - 24))


def _palm(pen: Pen, at: int) -> None:
    pen.line([(at + 80, 640), (at + 64, 470), (at - 70, 560)], fill=(112, 84, 56), width=26, joint="curve")
    for n in range(8):
        pen.arc([at - 190, 480 + n * 9, at + 40, 640 - n * 4], 180 + n * 11, 300 + n * 6, fill=(126, 130, 62), width=9)


# What each pictured category shows.
THINGS: dict[str, Callable[[Pen, int], None]] = {
    "bin-full": _bin,
    "pothole": _hole,
    "street-light": _lamp,
    "sewage-overflow": _pool,
    "rubble": _rubble,
    "trees": _palm,
}


def drawn(category: str, rng: np.random.Generator) -> bytes:
    """A JPEG of this kind of problem."""
    image = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(image)
    _street(pen, rng)
    _car(pen, rng)
    THINGS[category](pen, int(rng.integers(430, 600)))
    _passer_by(pen, rng)
    seen = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), float) * rng.uniform(0.88, 1.06)
    return _jpeg(Image.fromarray(np.clip(seen + rng.normal(0, GRAIN, seen.shape), 0, 255).astype(np.uint8)))


def blurred(jpeg: bytes) -> bytes:
    """The same with the face and the number plate made unrecognisable."""
    image = Image.open(BytesIO(jpeg)).convert("RGB")
    for box in (FACE, PLATE):
        part = image.crop(box)
        small = part.resize((4, 4), Image.Resampling.BOX)
        image.paste(small.resize(part.size, Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(6)), box)
    return _jpeg(image)


def _street(pen: Pen, rng: np.random.Generator) -> None:
    width, height = SIZE
    for y in range(HORIZON):
        share = y / HORIZON
        shade = tuple(round(a + (b - a) * share) for a, b in zip(*SKY, strict=True))
        pen.line([(0, y), (width, y)], fill=shade)
    pen.rectangle([0, HORIZON, width, KERB], fill=SAND)
    pen.rectangle([0, KERB, width, height], fill=ASPHALT)
    pen.rectangle([0, KERB - 8, width, KERB + 6], fill=(176, 172, 164))
    x = -int(rng.integers(0, 120))
    while x < width:
        wide, high = int(rng.integers(150, 280)), int(rng.integers(120, 260))
        tint = int(rng.integers(-16, 14))
        pen.rectangle([x, HORIZON + 60 - high, x + wide, HORIZON + 70], fill=tuple(c + tint for c in WALLS))
        for row in range(HORIZON + 84 - high, HORIZON + 10, 62):
            for window in range(x + 24, x + wide - 40, 58):
                pen.rectangle([window, row, window + 26, row + 34], fill=(94, 108, 120))
        x += wide + int(rng.integers(4, 40))


def _car(pen: Pen, rng: np.random.Generator) -> None:
    paint = [(236, 236, 232), (168, 172, 176), (120, 38, 36), (52, 74, 104)][int(rng.integers(4))]
    pen.polygon([(110, 520), (150, 462), (310, 462), (350, 520)], fill=(70, 84, 96))
    pen.rounded_rectangle([70, 512, 394, 618], 22, fill=paint)
    for x in (104, 300):
        pen.ellipse([x, 580, x + 66, 646], fill=(34, 34, 36))
    pen.rectangle(PLATE, fill=(240, 206, 60), outline=(30, 30, 30), width=2)
    pen.text((PLATE[0] + 6, PLATE[1] + 2), f"{int(rng.integers(1000, 99999))} M", fill=(20, 20, 20), font_size=18)


def _passer_by(pen: Pen, rng: np.random.Generator) -> None:
    """In a dishdasha, with a cap."""
    left, top, right, bottom = FACE
    pen.polygon([(left - 6, bottom), (right + 6, bottom), (right + 26, 668), (left - 26, 668)], fill=(236, 234, 228))
    pen.ellipse(FACE, fill=(172, 124, 92))
    pen.rectangle([left + 2, top - 6, right - 2, top + 14], fill=(190, 60 + int(rng.integers(90)), 70))
    for x in (left + 14, right - 18):
        pen.ellipse([x, top + 22, x + 5, top + 27], fill=(30, 22, 18))


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
