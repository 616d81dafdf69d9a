"""Addresses of the frame that stand under no language."""

from django.urls import path, re_path

from apps.core.views import api, site

urlpatterns = [
    re_path(r"^accent/(?P<colour>[0-9a-f]{6})\.css$", site.accent, name="accent"),
    path("api/search", api.search, name="api-search"),
    path("api/reverse", api.reverse, name="api-reverse"),
    path("api/openapi", api.openapi, name="api-document"),
    path("language/<slug:language>/", site.choose_language, name="choose-language"),
]
