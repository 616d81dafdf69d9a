"""Addresses for programs that have a key."""

from django.urls import path

from . import oauth_views

urlpatterns = [
    path("oauth/token", oauth_views.token, name="oauth-token"),
    path(".well-known/oauth-authorization-server", oauth_views.metadata, name="oauth-metadata"),
]
