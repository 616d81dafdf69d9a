"""What every process shares. Values that differ from place to place come from the environment."""

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from apps.config.environment import LOCAL, ROOT, databases, env
from apps.config.libraries import point_to_wheel_data, wheel_library

point_to_wheel_data()
GDAL_LIBRARY_PATH = wheel_library("pyogrio", "libgdal*.so*")
GEOS_LIBRARY_PATH = wheel_library("shapely", "libgeos_c*.so*")

BASE_DIR = ROOT
DEBUG = False
PRODUCTION = False
DEMO = env.bool("BALADIYA_DEMO", default=False)
DEFAULT_SECRET = "for-development-only-never-in-production-0123456789"
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

INSTALLED_APPS = [
    "apps.config",
    "apps.core",
    "apps.territory",
    "apps.accounts",
    "apps.parcels",
    "apps.addressing",
    "apps.wells",
    "apps.parking",
    "apps.reports",
    "apps.federation",
    "gis",
    "ogc",
    "leaflet",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    # Outermost, so that files, health and refused hosts carry the headers too.
    "apps.config.headers.on_every_answer",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.config.health.middleware.answer_health",
    "apps.config.charset.only_utf8",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.RefusalMiddleware",
    "apps.accounts.middleware.ActingMiddleware",
]

ROOT_URLCONF = "apps.config.urls"
WSGI_APPLICATION = "apps.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "apps.core.context_processors.page",
                "apps.territory.context_processors.identity",
                "apps.accounts.context_processors.desk",
                "apps.federation.context_processors.notices",
            ],
        },
    },
]

# Database: one, with three logins. Names of the roles begin with the prefix.
DATABASES = databases(pool=env.int("DATABASE_POOL", default=0))
DATABASE_ROUTERS = ["apps.config.routers.OwnerMigrates"]
DB_ROLE_PREFIX = env.str("DB_ROLE_PREFIX", default="baladiya")
PROVISION_FILE = LOCAL / "provision.env"
PROVISION_FILE_WINS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_ON_APP_READY = None
# The worker asks by itself. Whoever may log in may also NOTIFY, and one malformed word ends its listening.
# Somebody waits for an import on a page, so it asks every second. How many at once: apps.config.queues.
PROCRASTINATE_WORKER_DEFAULTS = {"listen_notify": False, "fetch_job_polling_interval": 1.0}

# Connections of the anonymous login that the server's root reads features with
THIN_CONNECTIONS = env.int("DATABASE_POOL", default=8)
# The page in which those of the feed stand
OGC_PAGE = "core/page.html"
# What draws the features of the feed's pages (`drawn`: where they are as GeoJSON, `pages`: what their pages begin with)
OGC_MAP = "core/feed_map.html"
# Who carries out the feed's jobs, and how the address of a caller is known
OGC_JOBS = "apps.config.processes.start"
OGC_ADDRESS = "apps.core.addresses.address_of"
OGC_RIGHTS, OGC_HELD = "apps.accounts.holding.shown", "apps.accounts.holding.held_by"

# People
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
# Who may say in X-Forwarded-For where a request comes from; networks are written 10.0.0.0/8.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Requests to the feed in a minute, of an address without a key and of a key (apps/accounts/rates.py); 0 counts none.
RATE_PER_ADDRESS = env.int("RATE_PER_ADDRESS", default=6000)
RATE_PER_KEY = env.int("RATE_PER_KEY", default=12000)
# Downloads that one caller may be taking at once (ogc/streams.py); 0 is a half of those that all may, of a process
STREAMS_PER_CALLER = env.int("STREAMS_PER_CALLER", default=0)
# What keys with scopes open (apps/accounts/showing.py): the feed and its tiles.
KEY_PATHS = ("/ogc", "/tiles/")
# Reports that are taken from one browser in an hour; three times as many from one address.
REPORTS_AN_HOUR = env.int("REPORTS_AN_HOUR", default=100 if DEMO else 10)

# Where the platform is reached from outside: the address in events that are sent to other servers
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000").rstrip("/")
# What the catalogue of the data says of all layers: a licence of SPDX's list or its address, and who publishes them
DATA_LICENCE = env.str("DATA_LICENCE", default="")
DATA_PUBLISHER_AR = env.str("DATA_PUBLISHER_AR", default="")
DATA_PUBLISHER_EN = env.str("DATA_PUBLISHER_EN", default="")
DATA_CONTACT = env.str("DATA_CONTACT", default="")
# Hosts that webhooks may reach over http and at private addresses, with a port or without
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", default=[])

# Whose site it is: the code of the authority whose name, emblem and colour the pages carry, and where the map begins
HOME_AUTHORITY = env.str("HOME_AUTHORITY", default="")

# Language and time
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", _("Arabic")), ("en", _("English"))]
FORMAT_MODULE_PATH = ["apps.config.formats"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Muscat")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL / "static"
# What carries a hash in its name never changes: the bundler's files, and those that collectstatic names.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(dist/.+-[0-9A-Z]{8}\.|.+\.[0-9a-f]{12}\.)"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(LOCAL / "media")).root
MEDIA_URL = "/media/"
# Photos of citizens: for the server's own account alone.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
COORDINATE_SYSTEMS = env.path("COORDINATE_SYSTEMS", default=str(ROOT / "data/reference/coordinate_systems.yaml")).root
REPORT_GROUPS = env.path("REPORT_GROUPS", default=str(ROOT / "data/reference/report_groups.csv")).root
SEARCH_SYNONYMS = env.path("SEARCH_SYNONYMS", default=str(ROOT / "data/reference/search_synonyms.csv")).root
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

# Headers: nothing is fetched from anybody else's server
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Base map of the admin: the operator's tiles, or none.
LEAFLET_CONFIG = {"TILES": [], "RESET_VIEW": False, "SCALE": "metric"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Every command would begin with the list of the worker's tasks.
    "loggers": {name: {"level": "WARNING"} for name in ("procrastinate.blueprints", "procrastinate.periodic")},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
