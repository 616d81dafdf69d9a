"""Settings of a test server with seeded faults, to prove that the tests of its answers can fail.

`/fault/…` answers what no page of ours may: a server's error, a page without its policy. `FAULTY_TEMPLATES` names a
folder whose templates are taken before ours.
"""

import os

from apps.config.settings.test import *  # noqa: F403
from apps.config.settings.test import LOGGING, STORAGES, TEMPLATES

ROOT_URLCONF = "tests.faulty_urls"
STORAGES = STORAGES | {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
TEMPLATES[0]["DIRS"] = [folder for folder in [os.environ.get("FAULTY_TEMPLATES")] if folder]
# Warnings would tell of each refused page that is tested.
LOGGING["root"]["level"] = "ERROR"
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}
