"""The quality report of a layer as a document: each figure with how it was come by."""

from typing import Any

from django.utils.translation import gettext as _

from gis.layers import PUBLIC, Layer
from gis.qualities import Quality

from . import caller, media
from .record_documents import LAYERS, Document
from .relations import link

EXACT, ESTIMATED, GUARDED = "exact", "estimated", "guaranteed"
SHARE_DIGITS, PERCENT_DIGITS = 4, 2


def report(layer: Layer, quality: Quality) -> Document:
    """What everybody sees of the layer, whoever asks. `metres`: how exact places from there are."""
    mine = f"{caller.current().base}/collections/{LAYERS}/items/{layer.id}"
    return {
        "id": layer.id,
        "title": _("Quality of: %(title)s") % {"title": layer.title},
        "sample": {"records": quality.sample, "share": round(quality.share, SHARE_DIGITS)},
        "measures": [*_whole(quality), *_fields(layer, quality), *_origins(quality)],
        "links": [
            link("self", media.JSON, f"{mine}/quality?f=json"),
            link("alternate", media.HTML, f"{mine}/quality?f=html"),
            link("describes", media.GEOJSON, f"{mine}?f=json", str(layer.title)),
        ],
    }


def _whole(quality: Quality) -> list[Document]:
    counted = EXACT if quality.counted else ESTIMATED
    found = [
        _measure("records", _("Records"), quality.rows, "count", counted),
        _measure("quarantined", _("Records in quarantine, not published"), quality.quarantined, "count", EXACT),
    ]
    if quality.guarded:
        invalid = _measure("invalid", _("Invalid geometries: the database takes none"), 0, "count", GUARDED)
        found.append(invalid)
    return [*found, _sampled("placed", _("Records with a place"), quality.placed, quality)]


def _fields(layer: Layer, quality: Quality) -> list[Document]:
    title = _("Records that say: %(field)s")
    return [
        _sampled("complete", title % {"field": field.title}, quality.fields[field.name], quality)
        | {"field": field.name}
        for field in layer.fields_for(PUBLIC)
        if field.name in quality.fields
    ]


def _origins(quality: Quality) -> list[Document]:
    """From which systems geometries were brought; those drawn here, or brought without one, are the rest."""
    title = _("Places brought from %(system)s")
    return [
        _sampled("origin", title % {"system": one.system}, one.rows, quality)
        | {"system": one.system}
        | ({} if one.accuracy_m is None else {"metres": one.accuracy_m})
        for one in quality.origins
    ]


def _sampled(name: str, title: str, number: int, quality: Quality) -> Document:
    """How many of a hundred in the sample; nothing where it is empty."""
    share = round(100 * number / quality.sample, PERCENT_DIGITS) if quality.sample else None
    return _measure(name, title, share, "percent", EXACT if quality.share == 1 else ESTIMATED)


def _measure(name: str, title: str, value: Any, unit: str, method: str) -> Document:
    return {"measure": name, "title": title, "value": value, "unit": unit, "method": method}
