"""The emblem of an authority, under no language."""

from django.urls import path

from . import views

urlpatterns = [path("emblem/<slug:code>/<slug:version>.png", views.emblem, name="emblem")]
