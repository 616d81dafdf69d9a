"""Behind TLS, with settings from the environment only. What it refuses to start with is in `checks.py`."""

from apps.config.environment import env

from .base import *  # noqa: F403

PRODUCTION = True
DEBUG = env.bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_ADDRESS = env.str("SITE_ADDRESS", default=f"https://{''.join(ALLOWED_HOSTS[:1]).lstrip('.')}").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# TLS ends at a proxy, and without other word it is on this machine.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=["127.0.0.1", "::1"])

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
