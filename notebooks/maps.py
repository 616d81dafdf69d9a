"""How the maps of the notebooks look: the quiet ground of the platform's own map, titles in Arabic and English.

DejaVu Sans, which comes with matplotlib, has the Arabic letters; matplotlib joins them and sets them from the right.
"""

from functools import cache
from typing import Any

import geopandas
import matplotlib.pyplot as plt
import shapely
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from gis import frames

SEA, LAND, WADI, ROAD = "#c9dde4", "#f3f0e8", "#dbe3dc", "#ffffff"
INK, MUTED = "#1c2422", "#55605c"
MARGIN_M = 250
STEPS_M = (100, 200, 250, 500, 1000, 2000, 5000)

plt.rcParams |= {"font.family": "DejaVu Sans", "figure.dpi": 100, "savefig.bbox": "tight", "text.color": INK}


def sheet(arabic: str, english: str, around: geopandas.GeoDataFrame, height: float = 7.0) -> Axes:
    """An empty map of what is in the frame (of a system in metres), with the ground drawn: land, wadis, roads."""
    west, south, east, north = around.total_bounds
    box = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    width = min(12.0, max(5.0, height * (box[2] - box[0]) / (box[3] - box[1])))
    _figure, axes = plt.subplots(figsize=(width, height))
    land, water, wadis, roads = (_ground(name, box, str(around.crs)) for name in ("land", "water", "wadis", "roads"))
    axes.set_facecolor(LAND if land.empty else SEA)
    land.plot(ax=axes, color=LAND)
    wadis.plot(ax=axes, color=WADI, linewidth=0.6)
    water.plot(ax=axes, color=SEA)
    roads.plot(ax=axes, color=ROAD, linewidth=roads["rank"].map(lambda rank: max(0.4, 3 - rank * 0.4)))
    axes.set(xlim=box[::2], ylim=box[1::2], xticks=[], yticks=[], aspect="equal", autoscale_on=False)
    # GeoPandas names the axes of every layer it draws.
    axes.xaxis.label.set_visible(False)
    axes.yaxis.label.set_visible(False)
    _scale_bar(axes, box)
    titles(axes, arabic, english)
    return axes


def chart(arabic: str, english: str, size: tuple[float, float] = (9.0, 4.5)) -> Axes:
    """An empty chart."""
    _figure, axes = plt.subplots(figsize=size)
    axes.spines[["top", "right"]].set_visible(False)
    titles(axes, arabic, english)
    return axes


def titles(axes: Axes, arabic: str, english: str) -> None:
    """Arabic above and from the right, English below it and from the left."""
    axes.set_title(arabic, loc="right", fontsize=13, fontweight="bold", pad=22)
    axes.text(0, 1.015, english, transform=axes.transAxes, fontsize=10, color=MUTED, va="bottom")


def note(axes: Axes, point: shapely.Point, text: str) -> None:
    """A short text beside a point, legible on any ground."""
    halo = [withStroke(linewidth=2.5, foreground="white")]
    place = {"xy": (point.x, point.y), "xytext": (6, 4), "textcoords": "offset points"}
    axes.annotate(text, **place, fontsize=8, zorder=6, path_effects=halo)


def legend(axes: Axes, colours: dict[str, str], **words: Any) -> None:
    """A legend of areas: a colour for each text."""
    handles = [Patch(facecolor=colour, edgecolor=MUTED, linewidth=0.4, label=text) for text, colour in colours.items()]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=9, **words)


def counted_by(axis: Axis) -> None:
    """Plain numbers on an axis of powers: 1, 2, 5, 10, 20, …"""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axis.set_minor_formatter(NullFormatter())


@cache
def _ground(name: str, box: tuple[float, float, float, float], system: str) -> geopandas.GeoDataFrame:
    return frames.frame(f"base-{name}", inside=(shapely.box(*box), system), crs=system)


def _scale_bar(axes: Axes, box: tuple[float, float, float, float]) -> None:
    width = box[2] - box[0]
    step = max((step for step in STEPS_M if step < width / 4), default=STEPS_M[0])
    x, y = box[0] + width * 0.03, box[1] + (box[3] - box[1]) * 0.03
    axes.plot([x, x + step], [y, y], color=INK, linewidth=3, solid_capstyle="butt", zorder=9)
    axes.text(x + step / 2, y + (box[3] - box[1]) * 0.012, f"{step:,} m", ha="center", fontsize=9, zorder=9)
