"""Django as a WSGI application: what granian serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings.production")

application = get_wsgi_application()

# Views and all that they import are loaded before the first visitor comes, not while he waits.
get_resolver().url_patterns  # noqa: B018
