"""Addresses of the feed and of the tiles. The landing page answers with and without a slash at its end."""

from django.urls import path

from . import views

COLLECTION = "ogc/collections/<str:collection>"

urlpatterns = [
    path("ogc", views.landing, name="ogc-landing"),
    path("ogc/", views.landing),
    path("ogc/conformance", views.conformance),
    path("ogc/openapi", views.api_document),
    path("ogc/collections", views.collections),
    path(COLLECTION, views.collections),
    path(f"{COLLECTION}/schema", views.schema),
    path(f"{COLLECTION}/queryables", views.queryables),
    path(f"{COLLECTION}/items", views.items),
    path(f"{COLLECTION}/items/<str:feature>", views.item),
    path("ogc/<path:rest>", views.elsewhere),
    path("tiles/relief/<int:z>/<int:x>/<int:y>.png", views.shade, name="relief"),
    path("tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
]
