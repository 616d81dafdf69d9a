"""The settings of the tests, with a server that reads one number unguarded: what fuzzing must find."""

from apps.config.settings.test import *  # noqa: F403

MIDDLEWARE = ["tests.ogc.fuzzing.faulty.Unguarded", *MIDDLEWARE]  # noqa: F405
