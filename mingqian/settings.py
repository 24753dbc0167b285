"""All settings, from the environment; `docs/configuration.md` explains each.

A secret comes from `NAME`, from the file named by `NAME_FILE`, or from `secrets/NAME` in the data folder. A missing one stops the start.
"""

from pathlib import Path

import dj_email_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

#: Where the embedded mode keeps its database, files and keys.
MINGQIAN_HOME = Path(env.str("MINGQIAN_HOME", str(BASE_DIR / "var")))


def secret(name: str) -> str:
    """Return the secret `name`, or stop the start with the command that makes one."""
    if value := env.str(name, ""):
        return value
    file = Path(env.str(f"{name}_FILE", "") or MINGQIAN_HOME / "secrets" / name)
    try:
        return file.read_text().strip()
    except OSError as error:
        message = f"{name} is not set and {file} cannot be read. Make the keys: python -m mingqian.keys {file.parent}"
        raise ImproperlyConfigured(message) from error


def earlier_secrets(name: str) -> list[str]:
    """Return secrets that are on their way out, separated by commas or blanks; none where nothing is set."""
    try:
        return secret(name).replace(",", " ").split()
    except ImproperlyConfigured:
        return []


SECRET_KEY = secret("MINGQIAN_SECRET_KEY")
#: Keys before it: passwords that were set under them still open.
SECRET_KEY_FALLBACKS = earlier_secrets("MINGQIAN_SECRET_KEY_OLD")
#: Base64 of 32 bytes each: AES-GCM key of data encrypted at rest, Ed25519 seed that signs the log's checkpoints.
MINGQIAN_DATA_KEY = secret("MINGQIAN_DATA_KEY")
#: Keys before it, which open what is not yet encrypted anew (`manage.py rotate_data_key`).
MINGQIAN_DATA_KEY_OLD = earlier_secrets("MINGQIAN_DATA_KEY_OLD")
MINGQIAN_LEDGER_KEY = secret("MINGQIAN_LEDGER_KEY")
#: Name of the log: the origin of its checkpoints and the name of its key.
MINGQIAN_LEDGER_NAME = env.str("MINGQIAN_LEDGER_NAME", "mingqian.zibo-miit")
#: The page of components for developers.
MINGQIAN_COMPONENTS_PAGE = env.bool("MINGQIAN_COMPONENTS_PAGE", True)
#: The demo bureau's sign-ins are shown on the sign-in page; never where real data is.
MINGQIAN_DEMO = env.bool("MINGQIAN_DEMO", False)
#: Address that QR codes lead to; empty: the address of the request.
MINGQIAN_PUBLIC_URL = env.str("MINGQIAN_PUBLIC_URL", "")

#: Folders whose fonts papers are printed with; Debian puts those of `fonts-noto-cjk` into the first.
MINGQIAN_FONTS = env.list("MINGQIAN_FONTS", ["/usr/share/fonts/opentype/noto", "/usr/local/share/fonts"])

DEBUG = env.bool("MINGQIAN_DEBUG", False)
ALLOWED_HOSTS = env.list("MINGQIAN_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("MINGQIAN_TRUSTED_ORIGINS", [])
_HTTPS = env.bool("MINGQIAN_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 365 * 86400 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: Rows of sessions are bound to the secret key: read or copied in the database they open nothing.
SESSION_ENGINE = "mingqian.accounts.signin.store"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
#: Minutes without a request after which a user is signed out.
MINGQIAN_IDLE_MINUTES = env.int("MINGQIAN_IDLE_MINUTES", 60)
CSRF_FAILURE_VIEW = "mingqian.portal.views.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django_cotton",
    "mingqian.common",
    "mingqian.pages",
    "mingqian.verifier",
    "mingqian.ledger",
    "mingqian.accounts",
    "mingqian.casework",
    "mingqian.documents",
    "mingqian.rules",
    "mingqian.registry",
    "mingqian.planning",
    "mingqian.drawing",
    "mingqian.disclosure",
    "mingqian.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mingqian.portal.middleware.RequestLimitsMiddleware",
    "mingqian.accounts.signin.sessions.SessionRulesMiddleware",
    "mingqian.accounts.filters.services.DefaultFilterMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mingqian.portal.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mingqian.urls"
WSGI_APPLICATION = "mingqian.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "mingqian" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingqian.portal.context.site",
                "mingqian.accounts.filters.services.saved_filters",
            ],
            "builtins": ["mingqian.pages.templatetags.mingqian"],
        },
    },
]

_DATABASE = env.dj_db_url("DATABASE_URL", "") if env.str("DATABASE_URL", "") else {}
#: Seconds that a step waits for what somebody else holds; then it is given up, and says so (503).
_PATIENCE = env.int("MINGQIAN_LOCK_SECONDS", 30)
if _DATABASE:
    _DATABASE.setdefault("OPTIONS", {})["options"] = f"-c lock_timeout={_PATIENCE}s"
DATABASES = {
    "default": _DATABASE
    or {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": MINGQIAN_HOME / "mingqian.sqlite3",
        # A file, as in real life: connections to SQLite's memory lock each other out in another way.
        "TEST": {"NAME": MINGQIAN_HOME / "test.sqlite3"},
        "OPTIONS": {
            # A writer takes the lock at the start of its transaction, so that two writers wait for each other
            # instead of failing half-way, and the ledger is serialised.
            "transaction_mode": "IMMEDIATE",
            "timeout": _PATIENCE,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
_OIDC_BACKEND = "mingqian.accounts.signin.oidc.AccountBackend"
#: OpenID Connect, off while no issuer is named: a sign-in elsewhere finds the account of the same user name, and never makes one.
MINGQIAN_OIDC = bool(env.str("MINGQIAN_OIDC_CLIENT_ID", ""))
OIDC_RP_CLIENT_ID = env.str("MINGQIAN_OIDC_CLIENT_ID", "")
OIDC_RP_CLIENT_SECRET = secret("MINGQIAN_OIDC_CLIENT_SECRET") if MINGQIAN_OIDC else ""
OIDC_OP_AUTHORIZATION_ENDPOINT = env.str("MINGQIAN_OIDC_AUTHORIZATION_ENDPOINT", "")
OIDC_OP_TOKEN_ENDPOINT = env.str("MINGQIAN_OIDC_TOKEN_ENDPOINT", "")
OIDC_OP_USER_ENDPOINT = env.str("MINGQIAN_OIDC_USER_ENDPOINT", "")
OIDC_OP_JWKS_ENDPOINT = env.str("MINGQIAN_OIDC_JWKS_ENDPOINT", "")
if MINGQIAN_OIDC:
    AUTHENTICATION_BACKENDS.append(_OIDC_BACKEND)
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_VERIFY_KID = env.bool("MINGQIAN_OIDC_VERIFY_KID", True)
OIDC_CREATE_USER = False
OIDC_USE_PKCE = True
OIDC_AUTHENTICATION_CALLBACK_URL = "accounts:oidc-callback"
LOGIN_REDIRECT_URL_FAILURE = "/accounts/sign-in/?elsewhere=failed"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "portal:workbench"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "mingqian.accounts.signin.views.locked_out"
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "mingqian" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "mingqian.documents.files.folder_store.FolderStore",
        "OPTIONS": {"location": str(MINGQIAN_HOME / "files")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if _BUCKET := env.str("MINGQIAN_S3_BUCKET", ""):
    STORAGES["default"] = {
        "BACKEND": "mingqian.documents.files.object_store.ObjectStore",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "endpoint_url": env.str("MINGQIAN_S3_ENDPOINT", "") or None,
            "region_name": env.str("MINGQIAN_S3_REGION", "us-east-1"),
            "access_key": env.str("MINGQIAN_S3_KEY", ""),
            "secret_key": secret("MINGQIAN_S3_SECRET"),
            # Stores on the bureau's own network have no name for each bucket.
            "addressing_style": "path",
            "signature_version": "s3v4",
            # What is read goes to a temporary file beyond this, never whole into memory.
            "max_memory_size": 8 * 1024 * 1024,
        },
    }
WHITENOISE_USE_FINDERS = True
#: The largest file that a page accepts, in bytes.
MINGQIAN_MAX_UPLOAD = env.int("MINGQIAN_MAX_UPLOAD", 64 * 1024 * 1024)
#: The largest picture or video of a draw, which comes in pieces, in bytes.
MINGQIAN_MAX_MEDIA = env.int("MINGQIAN_MAX_MEDIA", 4 * 1024 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

#: Mail of notices, off while no server is named: `smtp+tls://USER:PASSWORD@HOST:PORT`.
_MAIL_URL = secret("MINGQIAN_MAIL_URL") if env.bool("MINGQIAN_MAIL", False) else ""
MINGQIAN_MAIL = bool(_MAIL_URL)
if MINGQIAN_MAIL:
    _MAIL = dj_email_url.parse(_MAIL_URL)
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _MAIL["EMAIL_BACKEND"], _MAIL["EMAIL_HOST"], _MAIL["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_USER"], _MAIL["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["EMAIL_USE_TLS"], _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MINGQIAN_MAIL_FROM", "mingqian@localhost")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],  # widths of bars; no style can run code
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("MINGQIAN_LOG_LEVEL", "WARNING")},
}
