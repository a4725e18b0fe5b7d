"""Django's settings, all from the environment; .env.example explains each variable."""

import base64
import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from config import api, unfold
from config.environment import (
    LOOPBACK_HOSTS,
    Environment,
    database,
    database_or_none,
    encryption_keys,
    one_of,
    redis_url,
    secret_key,
    token_or_none,
    web_address,
    web_address_or_none,
    whole_number,
    whole_number_from,
    words,
    yes_or_no,
)

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
if ENV_FILE.is_file():
    environ.Env.read_env(ENV_FILE)
env = Environment(os.environ)

# What this process is

DEBUG = env.read("DEBUG", yes_or_no, default="false")
env.production = not DEBUG
# Two WSGI entry points say which door they are; commands and Celery workers are neither.
FRONT_DOOR = env.read("FRONT_DOOR", one_of("none", "backoffice", "wallet"), default="none")
SECRET_KEY = env.read("SECRET_KEY", secret_key, development="development-" * 5)
ENCRYPTION_KEYS = env.read(
    "ENCRYPTION_KEYS",
    encryption_keys,
    development="development:" + base64.urlsafe_b64encode(b"only for a developer's machine!!").decode(),
)

LEDGER_DIGEST_KEYS = env.read(
    "LEDGER_DIGEST_KEYS",
    encryption_keys,
    development="development:" + base64.urlsafe_b64encode(b"signs no digest that is to hold.").decode(),
)

# How it is reached

ALLOWED_HOSTS = env.read("ALLOWED_HOSTS", words, development="127.0.0.1,localhost,[::1]")
HTTPS_ONLY = env.read("HTTPS_ONLY", yes_or_no, default="false" if DEBUG else "true")
TRUSTED_PROXY_COUNT = env.read("TRUSTED_PROXY_COUNT", whole_number, default="0")
SECOND_FACTOR = env.read("SECOND_FACTOR", yes_or_no, default="false" if DEBUG else "true")
PUBLIC_BACKOFFICE_URL = env.read("PUBLIC_BACKOFFICE_URL", web_address, default="http://127.0.0.1:8000")
# Where players open a platform's page in a frame; a stranger's page is best kept on a host of its own.
PUBLIC_PLAY_URL = env.read("PUBLIC_PLAY_URL", web_address, default=PUBLIC_BACKOFFICE_URL)
PUBLIC_WALLET_URL = env.read("PUBLIC_WALLET_URL", web_address, default="http://127.0.0.1:8001/wallet")
if not DEBUG and "*" in ALLOWED_HOSTS:
    env.note("ALLOWED_HOSTS", "must name the hosts in production, not *")
if not DEBUG and not HTTPS_ONLY and not LOOPBACK_HOSTS.issuperset(ALLOWED_HOSTS):
    env.note("HTTPS_ONLY", "may be false only where ALLOWED_HOSTS are this machine's own loopback names")
if not DEBUG and not SECOND_FACTOR and not LOOPBACK_HOSTS.issuperset(ALLOWED_HOSTS):
    env.note("SECOND_FACTOR", "may be false only where ALLOWED_HOSTS are this machine's own loopback names")

# How it is watched

LOG_FORMAT = env.read("LOG_FORMAT", one_of("json", "text"), default="text" if DEBUG else "json")
METRICS_TOKEN = env.read("METRICS_TOKEN", token_or_none, default="")
METRICS_PATH = env.read("METRICS_PATH", Path, default=str(BASE_DIR / "var/metrics"))
# What is asked of the database is told by one door, and no call to the wallet waits for it.
FURTHER_METRICS = ["config.facts.tell_facts"] if FRONT_DOOR == "backoffice" else []

# The business's own settings

EXCHANGE_LOG_DAYS = env.read("EXCHANGE_LOG_DAYS", whole_number, default="7")
SESSION_HOURS = env.read("SESSION_HOURS", whole_number_from(1), default="24")
SIGN_IN_HOURS = env.read("SIGN_IN_HOURS", whole_number_from(1), default="12")
# That somebody is there is written down once a minute.
SIGN_IN_IDLE_MINUTES = env.read("SIGN_IN_IDLE_MINUTES", whole_number_from(2), default="30")
LEDGER_DIGEST_PATH = env.read("LEDGER_DIGEST_PATH", Path, default=str(BASE_DIR / "var/digests"))
LEDGER_ARCHIVE_PATH = env.read("LEDGER_ARCHIVE_PATH", Path, default=str(BASE_DIR / "var/archive"))
LEDGER_MONTHS_KEPT = env.read("LEDGER_MONTHS_KEPT", whole_number, default="13")
PLATFORM_PRIVATE_HOSTS_ALLOWED = env.read("PLATFORM_PRIVATE_HOSTS_ALLOWED", yes_or_no, default="false")
GEOIP_PATH = env.read("GEOIP_PATH", Path, default=str(BASE_DIR / "var/geoip.mmdb"))
GEOIP_URL = env.read("GEOIP_URL", web_address_or_none, default="")
GEOIP_UNKNOWN = env.read("GEOIP_UNKNOWN", one_of("block", "allow"), default="block")

# PostgreSQL and Redis

DATABASE = env.read("DATABASE_URL", database, development="postgresql://127.0.0.1:5432/backoffice")
# Migrations, and what else only the owner of the tables may do, run as another role than the rest: manage.py says when.
OWNER_DATABASE = env.read("MIGRATION_DATABASE_URL", database_or_none, default="")
DATABASE_AS = env.read("DATABASE_AS", one_of("application", "owner"), default="application")
APPLICATION_ROLE = env.read("APPLICATION_ROLE", str, default=str(DATABASE["USER"]) if OWNER_DATABASE else "")
DATABASE = OWNER_DATABASE if OWNER_DATABASE and DATABASE_AS == "owner" else DATABASE
REDIS_URL = env.read("REDIS_URL", redis_url, development="redis://127.0.0.1:6379/0")
env.refuse_faults()

# The wallet answers within 4 s whatever happens. Its plans are kept for the life of a connection: one made while a
# table was still small must not choose to read the whole of it.
WALLET_CONNECTION: dict[str, Any] = {
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": False,
    "OPTIONS": {
        "options": "-c lock_timeout=2000 -c statement_timeout=2000 -c enable_seqscan=off",
        "connect_timeout": 2,
        "tcp_user_timeout": 3000,
        "prepare_threshold": 1,
    },
}
# A page is read by one process: helpers take longer to start than its few rows take, and their time is the bets'.
BACKOFFICE_CONNECTION: dict[str, Any] = {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "options": "-c lock_timeout=10000 -c statement_timeout=60000 -c max_parallel_workers_per_gather=0",
        "connect_timeout": 5,
    },
}
COMMAND_CONNECTION: dict[str, Any] = {"CONN_HEALTH_CHECKS": True, "OPTIONS": {"connect_timeout": 5}}
CONNECTION = {"wallet": WALLET_CONNECTION, "backoffice": BACKOFFICE_CONNECTION, "none": COMMAND_CONNECTION}[FRONT_DOOR]
DATABASES = {"default": DATABASE | CONNECTION | {"OPTIONS": CONNECTION["OPTIONS"] | DATABASE.get("OPTIONS", {})}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Django

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.apps.BackOfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "operators",
    "staff",
    "geoblock",
    "catalog",
    "wallet",
]
WALLET_MIDDLEWARE = ["config.calls.CountedCalls"]
BACKOFFICE_MIDDLEWARE = [
    "config.calls.CountedRequests",
    "staff.middleware.NamedOrigin",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "staff.middleware.TimedSessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
MIDDLEWARE = WALLET_MIDDLEWARE if FRONT_DOOR == "wallet" else BACKOFFICE_MIDDLEWARE
ROOT_URLCONF = "config.urls_wallet" if FRONT_DOOR == "wallet" else "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            ],
            "libraries": {"display": "config.display"},
        },
    }
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "config/static"]
WHITENOISE_USE_FINDERS = True  # the process serves the packages' own files: no collecting step, in production neither
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
UNFOLD = unfold.UNFOLD
# Who tells the catalogue's and GeoIP's pages what is played: the wallet, which stands above both.
PLAY_FIGURES = "wallet.selectors"

# Security

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_AGE = SIGN_IN_HOURS * 3600
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# HTTP interfaces

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = api.SPECTACULAR_SETTINGS

# Celery

CELERY_BROKER_URL = REDIS_URL

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "config.logs.LineFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"refusals": {"()": "config.logs.RefusalFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"filters": ["refusals"]},
    },
}
