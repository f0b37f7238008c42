"""Configuration, by environment variables only (the table is in README.md)."""

from pathlib import Path

from csp.constants import NONE, SELF

from smsplatform import embedded, sign_in
from smsplatform.lib import env
from smsplatform.lib.circuit import REDIS_SECONDS
from smsplatform.sign_in import *  # noqa: F403
from smsplatform.workers import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", embedded.secret_key(DATA_DIR))
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")

# --- Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "smsplatform.platform_admin.PlatformAdminConfig",
    "django.contrib.auth",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "smsplatform.accounts",
    "smsplatform.ui",
    "contacts",
    "directory",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "import_export",
]

MIDDLEWARE = [
    "smsplatform.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "smsplatform.accounts.middleware.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smsplatform.accounts.middleware.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last: opened after CSRF has received the body, so that a slow upload holds no transaction.
    "smsplatform.accounts.middleware.AccountContextMiddleware",
    "smsplatform.accounts.middleware.SeenMiddleware",
    "smsplatform.accounts.middleware.SecondStepMiddleware",
]

ROOT_URLCONF = "smsplatform.urls"
WSGI_APPLICATION = "smsplatform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "smsplatform.accounts.context.shell",
            ],
        },
    }
]

# --- PostgreSQL: the application's role may not bypass row-level security; migrations run as the owner ------------------


def database(parts: dict[str, str]) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def patience(parts: dict[str, str]) -> dict[str, str]:
    """Add how long a process waits: a page for others seconds, a worker as long as the longest job of another may last."""
    lock, statement, idle = (
        (("WEB_LOCK_SECONDS", 2), ("WEB_STATEMENT_SECONDS", 15), ("WEB_IDLE_SECONDS", 30))
        if PROCESS == "web"
        else (("WORKER_LOCK_SECONDS", 1800), ("WORKER_STATEMENT_SECONDS", 3600), ("WORKER_IDLE_SECONDS", 1800))
    )
    names = {"lock_timeout": lock, "statement_timeout": statement, "idle_in_transaction_session_timeout": idle}
    given = [f"-c {name}={round(1000 * env.decimal(*seconds))}" for name, seconds in names.items()]  # milliseconds
    return {"connect_timeout": "5"} | parts | {"options": " ".join([*given, parts.get("options", "")]).strip()}


PROCESS = env.text("PROCESS", "worker")  # wsgi.py says "web"
EMBEDDED = embedded.is_used()  # real servers must all be named, none is guessed
DATABASES = {
    "default": database(patience(env.database("DATABASE_URL", embedded.database_url(DATA_DIR, "app")))),
}
# Only the commands that need it are given the owner's address: `prepare`, `createsuperuser`.
if owner_url := env.text("DATABASE_OWNER_URL", embedded.database_url(DATA_DIR, "owner") if EMBEDDED else ""):
    DATABASES["owner"] = database(env.database("DATABASE_OWNER_URL", owner_url))
DATABASE_ROUTERS = ["smsplatform.accounts.tenancy.MigrateAsOwner"]

# --- Redis: wake-ups for the workers, cache and rate limits -----------------------------------------------------------

REDIS_URL = env.redis_url("REDIS_URL", embedded.redis_url(DATA_DIR) if EMBEDDED else None)
CACHES = {
    "default": {
        "BACKEND": "smsplatform.lib.softcache.SoftCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS},
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A worker that lost its connection hears again within seconds, not after minutes.
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 5,
    "visibility_timeout": 3600,
    "unacked_restore_throttle": 1,
}
# --- Mail -------------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10  # seconds; an invitation is sent while its sender waits
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "smsplatform <no-reply@localhost>")

# --- Security headers -------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
INSECURE_HTTP = env.flag("INSECURE_HTTP", True)
if not INSECURE_HTTP:
    vars().update(sign_in.OVER_HTTPS)

# --- Languages: French is what people see first -----------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "smsplatform" / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["smsplatform.formats"]

# --- Files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "smsplatform.lib.storage.WholeFiles",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "smsplatform.staticfiles.StaticStorage"},
}
FILE_UPLOAD_HANDLERS = ["smsplatform.uploads.LimitedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env.text("UPLOAD_TEMP_DIR", "") or None
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20  # bytes; pasted values travel in a form field

FORM_RENDERER = "smsplatform.ui.forms.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Limits that people are told about --------------------------------------------------------------------------------

IMPORT_MAX_BYTES = env.integer("IMPORT_MAX_BYTES", 500 * 10**6)
IMPORT_MAX_ROWS = env.integer("IMPORT_MAX_ROWS", 10_000_000)
# What one workbook may expand to, and the process that opens it may take: a full Excel sheet of ten columns fits.
IMPORT_MAX_EXPANDED_BYTES = env.integer("IMPORT_MAX_EXPANDED_BYTES", 2 * 10**9)
IMPORT_WORKBOOK_MEMORY = env.integer("IMPORT_WORKBOOK_MEMORY", 10**9)
IMPORT_DETECTION_MEMORY = env.integer("IMPORT_DETECTION_MEMORY", 300 * 10**6)  # of the process that looks at texts
IMPORT_WORKBOOK_SECONDS = env.integer("IMPORT_WORKBOOK_SECONDS", 120)
IMPORTS_PER_ACCOUNT = env.integer("IMPORTS_PER_ACCOUNT", 2)  # running at once; the others wait their turn
JOBS_PER_ACCOUNT = env.integer("JOBS_PER_ACCOUNT", 2)  # exports, and actions on lists, running at once
EXPORT_AT_ONCE_ROWS = env.integer("EXPORT_AT_ONCE_ROWS", 50_000)  # a larger file is made in the background
LIST_UNUSED_MONTHS = 3
# Below, no file is taken or made any more. Less on one's own machine, whose disk is for other things too.
MIN_FREE_DISK_PERCENT = env.integer("MIN_FREE_DISK_PERCENT", 5 if EMBEDDED else 20)
ACCOUNT_FILES_MB = env.integer("ACCOUNT_FILES_MB", 20_000)  # of an account without a quota of its own
# Of files of imports, of what reports quote of people, of stored searches.
PERSONAL_DETAILS_DAYS = env.integer("PERSONAL_DETAILS_DAYS", 30)

IMPORT_EXPORT_ESCAPE_ILLEGAL_CHARS_ON_EXPORT = True  # the platform admins' files

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
