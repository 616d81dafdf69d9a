"""Addresses of the feed and of the tiles. The landing page answers with and without a slash at its end."""

from django.urls import path

from . import changes, exports, jobs, processes, records, tiles, views

COLLECTION = "ogc/collections/<str:collection>"
RECORDS = "ogc/catalogue/collections/layers"
PLACE = "<str:level>/<str:row>/<str:column>"

urlpatterns = [
    path("ogc", views.landing, name="ogc-landing"),
    path("ogc/", views.landing),
    path("ogc/conformance", views.conformance),
    path("ogc/openapi", views.api_document),
    path("ogc/collections", views.collections),
    path(COLLECTION, views.collections),
    path(f"{COLLECTION}/schema", views.schema),
    path(f"{COLLECTION}/queryables", views.queryables),
    path(f"{COLLECTION}/sortables", views.sortables),
    path(f"{COLLECTION}/changes", changes.page),
    path(f"{COLLECTION}/items", views.items),
    path(f"{COLLECTION}/items/<str:feature>", views.item),
    path("ogc/exports/<str:export>", exports.status),
    path("ogc/exports/<str:export>/file", exports.file),
    path("ogc/tileMatrixSets", tiles.matrix_set_list),
    path("ogc/tileMatrixSets/<str:matrices>", tiles.matrix_set),
    path("ogc/tiles", tiles.tileset_list),
    path("ogc/tiles/<str:matrices>", tiles.tileset),
    path(f"ogc/tiles/<str:matrices>/{PLACE}", tiles.tile),
    path(f"{COLLECTION}/tiles", tiles.tileset_list),
    path(f"{COLLECTION}/tiles/<str:matrices>", tiles.tileset),
    path(f"{COLLECTION}/tiles/<str:matrices>/{PLACE}", tiles.tile),
    path("ogc/processes", processes.listing),
    path("ogc/processes/<str:process>", processes.one),
    path("ogc/processes/<str:process>/execution", processes.execution),
    path("ogc/jobs", jobs.listing),
    path("ogc/jobs/<str:job>", jobs.one),
    path("ogc/jobs/<str:job>/results", jobs.results),
    path("ogc/catalogue", records.landing),
    path("ogc/catalogue/", records.landing),
    path("ogc/catalogue/conformance", records.conformance),
    path("ogc/catalogue/openapi", records.api_document),
    path("ogc/catalogue/collections", records.collections),
    path(RECORDS, records.collection),
    path(f"{RECORDS}/sortables", records.sortables),
    path(f"{RECORDS}/items", records.items),
    path(f"{RECORDS}/items/<str:record>", records.item),
    path(f"{RECORDS}/items/<str:record>/quality", records.quality),
    path("ogc/<path:rest>", views.elsewhere),
    path("tiles/relief/<int:z>/<int:x>/<int:y>.png", views.shade, name="relief"),
    path("tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
]
