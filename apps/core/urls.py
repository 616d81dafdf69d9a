"""Addresses of the frame, under a language: /ar/…, /en/…"""

from django.urls import path

from apps.core.views import api, design, map, search

urlpatterns = [
    path("", map.home, name="home"),
    path("map.json", map.plan, name="map-plan"),
    path("card/<slug:layer_id>/<uuid:feature_id>/", map.card, name="card"),
    path("at/", map.at, name="at"),
    path("here/", map.here, name="here"),
    path("list/", map.listed, name="list"),
    path("search", search.find, name="search"),
    path("coordinates", search.coordinates, name="coordinates"),
    path("api/", api.explained, name="api"),
    path("design/", design.components, name="design"),
]
