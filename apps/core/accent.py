"""An authority's accent colour as the design tokens need it: readable in light and dark whatever colour it chose.

The hue stays; the lightness moves until text has at least 4.5:1 (WCAG 2.2, 1.4.3) on every surface it may stand on.
"""

import colorsys
from collections.abc import Callable

Rgb = tuple[float, float, float]  # each 0 to 1, sRGB

ENOUGH = 4.5
STEP = 0.005
WHITE, NIGHT = "#ffffff", "#06110f"
# The surfaces of tokens.css that are nearest to text in each theme; a test compares.
LIGHT_SURFACES = ("#ffffff", "#f4f3ef", "#f7f6f2", "#ebe9e2")
DARK_SURFACES = ("#1a2120", "#101514", "#212a28", "#2c3634")


def palette(accent: str) -> dict[str, dict[str, str]]:
    """The tokens of an accent ("#rrggbb") for the themes `light` and `dark`."""
    return {
        "light": _tokens(accent, LIGHT_SURFACES, on=WHITE, tint=0.12, towards=_darker),
        "dark": _tokens(accent, DARK_SURFACES, on=NIGHT, tint=0.14, towards=_lighter),
    }


def stylesheet(accent: str) -> str:
    """The tokens as CSS that comes after tokens.css, for both themes and for systems that ask for dark."""
    light, dark = ("".join(f"--{name}:{value};" for name, value in one.items()) for one in palette(accent).values())
    following = ':root:not([data-theme="light"],[data-theme="dark"])'
    return (
        f':root{{{light}}}:root[data-theme="dark"]{{{dark}}}@media (prefers-color-scheme:dark){{{following}{{{dark}}}}}'
    )


def contrast(one: str, other: str) -> float:
    """WCAG's ratio, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _tokens(
    accent: str, surfaces: tuple[str, ...], *, on: str, tint: float, towards: Callable[[str], str]
) -> dict[str, str]:
    """`towards` moves a colour one step away from the surfaces."""
    ground, colour = surfaces[0], accent
    soft = _mixed(colour, ground, tint)
    while min(contrast(colour, other) for other in (*surfaces, soft, on)) < ENOUGH:
        colour = towards(colour)
        soft = _mixed(colour, ground, tint)
    strong = colour
    for _step in range(round(0.1 / STEP)):
        strong = towards(strong)
    return {"accent": colour, "accent-strong": strong, "accent-soft": soft, "on-accent": on}


def _darker(colour: str) -> str:
    return _moved(colour, -STEP)


def _lighter(colour: str) -> str:
    return _moved(colour, STEP)


def _moved(colour: str, by: float) -> str:
    hue, light, full = colorsys.rgb_to_hls(*_rgb(colour))
    return _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light + by)), full))


def _mixed(colour: str, ground: str, share: float) -> str:
    parts = zip(_rgb(colour), _rgb(ground), strict=True)
    red, green, blue = (share * one + (1 - share) * other for one, other in parts)
    return _hex((red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
