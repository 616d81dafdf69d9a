"""Addresses of the frame that stand under no language."""

from django.urls import path, re_path

from apps.core.views import site

urlpatterns = [
    re_path(r"^accent/(?P<colour>[0-9a-f]{6})\.css$", site.accent, name="accent"),
    path("language/<slug:language>/", site.choose_language, name="choose-language"),
]
