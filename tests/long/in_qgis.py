"""What QGIS makes of the feed, as JSON: run by the system's Python, which knows nothing of the project.

in_qgis.py FEED KEY TEMPLATE WEST,SOUTH,EAST,NORTH: the address of the landing page, an agency's key, the template of
vector tiles ({x}, {y}, {z}) and a box in degrees.
"""

import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsAuthMethodConfig,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsNetworkAccessManager,
    QgsRectangle,
    QgsVectorDataProvider,
    QgsVectorLayer,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize

EDITS = ("AddFeatures", "DeleteFeatures", "ChangeAttributeValues", "ChangeGeometries")
PAPER = 0xFFFFFFFF


def layer(feed, name, more=""):
    found = QgsVectorLayer(f"url='{feed}' typename='{name}' {more}", name, "OAPIF")
    if not found.isValid():
        raise SystemExit(f"{name}: {found.error().message()}")
    return found


def plain(value):
    """A value of Qt's as one of Python's; None where there is none."""
    if value is None or (hasattr(value, "isNull") and value.isNull()):
        return None
    return value if isinstance(value, (str, int, float, bool)) else value.toString("yyyy-MM-dd")


def rows(found, request=None):
    names = found.fields().names()
    asked = found.getFeatures(request or QgsFeatureRequest())
    return [dict(zip(names, map(plain, one.attributes()), strict=True)) for one in asked]


def told(found):
    """What QGIS says of a layer before and after it has read all of it."""
    extent = found.extent()
    provider = found.dataProvider()
    return {
        "count": found.featureCount(),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "system": found.crs().authid(),
        "kind": QgsWkbTypes.displayString(found.wkbType()),
        "fields": {field.name(): field.typeName() for field in found.fields()},
        "title": found.name(),
        "edits": [name for name in EDITS if provider.capabilities() & getattr(QgsVectorDataProvider, name)],
        "may_edit": found.startEditing(),
        "rows": rows(found),
    }


def in_box(found, box):
    """As the map asks: by a rectangle, and what lies in it by QGIS's own geometry."""
    asked = QgsFeatureRequest().setFilterRect(QgsRectangle(*box))
    return sorted(row["id"] for row in rows(found, asked))


def with_key(feed, key):
    """By the way to give a header that this version has: a configuration of its own kind, or a script's."""
    if "APIHeader" in QgsApplication.authManager().authMethodsKeys():
        kept = QgsAuthMethodConfig("APIHeader")
        kept.setName("agency")
        kept.setConfigMap({"X-API-Key": key})
        QgsApplication.authManager().setMasterPassword("of the test", True)
        QgsApplication.authManager().storeAuthenticationConfig(kept)
        return "authcfg", rows(layer(feed, "parcels", f"authcfg={kept.id()}"))

    def sign(request):
        request.setRawHeader(b"X-API-Key", key.encode())

    named = QgsNetworkAccessManager.setRequestPreprocessor(sign)
    try:
        return "script", rows(layer(feed, "parcels"))
    finally:
        QgsNetworkAccessManager.removeRequestPreprocessor(named)


def drawn(template, box):
    """How many of 512 x 512 dots the vector tiles of this box colour."""
    tiles = QgsVectorTileLayer(f"type=xyz&url={template}&zmin=0&zmax=16", "tiles")
    if not tiles.isValid():
        raise SystemExit(f"tiles: {tiles.error().message()}")
    settings = QgsMapSettings()
    settings.setLayers([tiles])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    settings.setExtent(QgsRectangle(*box))
    settings.setOutputSize(QSize(512, 512))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    return sum(image.pixel(x, y) != PAPER for x in range(512) for y in range(512))


def main():
    feed, key, template, corners = sys.argv[1:]
    box = [float(corner) for corner in corners.split(",")]
    parcels = layer(feed, "parcels")
    found = {"version": Qgis.version(), "parcels": told(parcels), "streets": told(layer(feed, "streets"))}
    found["in_box"] = in_box(layer(feed, "parcels"), box)
    plot = QgsFeatureRequest().setFilterExpression("\"plot_no\" = '103'")
    found["plot"] = rows(layer(feed, "parcels"), plot)
    found["wrong"] = QgsVectorLayer(f"url='{feed}' typename='nothing'", "nothing", "OAPIF").isValid()
    found["key_by"], found["agency"] = with_key(feed, key)
    found["drawn"] = drawn(template, box)
    found["drawn_elsewhere"] = drawn(template, [10, 10, 10.01, 10.01])
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    main()
