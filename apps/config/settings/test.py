"""The tests: the cluster of `bin/cluster --test`, whatever database the caller's environment names."""

from apps.config.environment import LOCAL, env, read

# The tests make their template by commands in processes of their own, and name its database to them.
read(LOCAL / "test.env", overwrite=not env.bool("BALADIYA_TEST_URLS", default=False))

from .base import *  # noqa: E402, F403

PROVISION_FILE = LOCAL / "provision-test.env"
PROVISION_FILE_WINS = True
# Rasters lie in files even here; a running demo's are not touched.
MEDIA_ROOT = env("MEDIA_ROOT", default=str(LOCAL / "test-media"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The tests' servers serve the files of the sources: nothing is collected for them.
WHITENOISE_USE_FINDERS = True
# Each client of a test is a server of its own, which would look through all of them before its first answer. Servers
# that are processes of their own do.
WHITENOISE_AUTOREFRESH = not env.bool("BALADIYA_TEST_URLS", default=False)
