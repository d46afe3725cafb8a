"""All settings, read from top to bottom; what differs between installations comes from the environment (README)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator, validate_email
from js_asset import static_lazy

from forum import environment as env
from forum.database import NAME, USER, EmbeddedServer
from forum.logs import logging_config
from forum.mail import mail_settings
from forum.prose import MENU_GROUPS, allow_language, allow_nothing
from forum.visitors import networks

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(env.text("PORTAL_DATA", str(ROOT / "var")))

# Production is the default, so that a forgotten variable makes the portal refuse instead of opening it.
PRODUCTION = env.choice("PORTAL_MODE", "production", "development") == "production"
DEBUG = env.flag("PORTAL_DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
DATABASE_URL = env.text("DATABASE_URL")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("PORTAL_DEBUG darf im Betrieb nicht eingeschaltet sein.")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
        raise ImproperlyConfigured(
            "SECRET_KEY fehlt oder ist zu schwach: Bitte setzen Sie mindestens 50 zufällige Zeichen "
            "(oder PORTAL_MODE=development zum Ausprobieren)."
        )
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS fehlt: Bitte nennen Sie die Adressen des Portals, durch Komma getrennt."
        )
else:
    SECRET_KEY = SECRET_KEY or "development-only-" + "0123456789abcdefghijklmnopqrstuvwxyz"
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]

PORT = env.number("PORT", 8000)

# Whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks of our own proxies.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
try:
    networks(TRUSTED_PROXIES)
except ValueError as error:
    raise ImproperlyConfigured(
        "TRUSTED_PROXIES nennt etwas, das kein Netz ist: möglich sind Adressen und Netze wie 10.0.0.7 oder "
        "172.16.0.0/12, durch Komma getrennt."
    ) from error
env.retired(
    "BEHIND_PROXY",
    "Bitte nennen Sie stattdessen in TRUSTED_PROXIES die Adressen oder Netze Ihrer Proxys, durch Komma getrennt, etwa "
    "127.0.0.1 für einen auf derselben Maschine.",
)

# Where the portal is found, for addresses that leave it: on paper, in mails.
SITE_URL = env.text(
    "SITE_URL",
    f"https://{ALLOWED_HOSTS[0].removeprefix('.')}" if PRODUCTION else f"http://127.0.0.1:{PORT}",
).rstrip("/")

REPORTS_MAIL = env.text("REPORTS_MAIL", "" if PRODUCTION else "barrieren@example.org")
try:
    validate_email(REPORTS_MAIL)
except ValidationError as error:
    raise ImproperlyConfigured(
        "REPORTS_MAIL fehlt oder ist keine E-Mail-Adresse: Bitte nennen Sie die, an die „Barriere melden“ geht."
    ) from error

# Whom security.txt names: an address of mail or of a page.
SECURITY_CONTACT = env.text("SECURITY_CONTACT", REPORTS_MAIL)
try:
    (URLValidator(["https"]) if ":" in SECURITY_CONTACT else validate_email)(SECURITY_CONTACT)
except ValidationError as error:
    raise ImproperlyConfigured(
        "SECURITY_CONTACT ist weder eine E-Mail-Adresse noch eine Adresse, die mit https:// beginnt."
    ) from error

# Empty where no mail can be sent.
EMAIL_URL = env.text("EMAIL_URL", "" if PRODUCTION else "console:")
globals().update(mail_settings(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"Innovationsforum <{REPORTS_MAIL}>")

# Seeing what happens (docs/seeing.md)
METRICS_TOKEN = env.text("METRICS_TOKEN")
if METRICS_TOKEN and (len(METRICS_TOKEN) < 20 or not METRICS_TOKEN.isascii()):
    raise ImproperlyConfigured("METRICS_TOKEN ist zu schwach: Bitte setzen Sie mindestens 20 zufällige Zeichen.")
ERRORS_MAIL = env.words("ERRORS_MAIL")
try:
    for address in ERRORS_MAIL:
        validate_email(address)
except ValidationError as error:
    raise ImproperlyConfigured("ERRORS_MAIL: Bitte nennen Sie E-Mail-Adressen, durch Komma getrennt.") from error
SLOW_QUERY_MS = env.number("SLOW_QUERY_MS", 200)
SLOW_REQUEST_MS = env.number("SLOW_REQUEST_MS", 1000)

INSTALLED_APPS = [
    "news",
    "events",
    "contacts",
    "forum",
    "forum.apps.DeskConfig",
    "forum.apps.AccountsConfig",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "imagefield",
    "reversion",
    "django_prose_editor",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "forum.visitors.ForwardedMiddleware",
    "forum.watching.WatchMiddleware",
    "forum.probes.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "forum.security.SecurityHeadersMiddleware",
    "forum.doorkeeper.DoorkeeperMiddleware",
    "forum.assets.AssetsMiddleware",
    "forum.compression.CompressionMiddleware",
    "forum.caching.away.AwayMiddleware",
    "forum.replica.ReplicaMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "forum.missing.MissingMiddleware",
    "forum.addresses.MovedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "forum.desk.devices.LastSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "forum.versions.VersionsMiddleware",
]

ROOT_URLCONF = "forum.urls"
WSGI_APPLICATION = "forum.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["forum.templatetags.portal"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database: the embedded server, unless DATABASE_URL names another.
EMBEDDED_SERVER = None
if DATABASE_URL:
    DATABASES = {"default": env.database("DATABASE_URL")}
else:
    programs = env.text("PORTAL_PG_BIN")
    EMBEDDED_SERVER = EmbeddedServer(DATA / "postgres", Path(programs) if programs else None)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": NAME,
            "USER": USER,
            "HOST": str(EMBEDDED_SERVER.sockets),
        }
    }
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# A copy that follows by streaming replication, for making readers' pages (forum.replica asks whether it answers).
if env.text("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = env.database("DATABASE_REPLICA_URL") | {"CONN_MAX_AGE": 600, "TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["forum.replica.Router"]
DATABASE_TIMEOUT = max(env.number("DATABASE_TIMEOUT", 10), 1)  # seconds that a page waits for a statement
# A server that is frozen or cut off is given up (forum.waiting does the rest); what DATABASE_URL says goes first.
for database in DATABASES.values():
    database["OPTIONS"] = {
        "connect_timeout": 2,  # seconds
        "tcp_user_timeout": 1000 * DATABASE_TIMEOUT,  # milliseconds
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    } | database.get("OPTIONS", {})

# Of searches, API and forms of readers; 0 only for measuring, or where a proxy counts. Signing in is always limited.
RATE_LIMITS = env.flag("RATE_LIMITS", default=True)

# Attempts to sign in and used codes: shared by all processes in a table of the database, which a migration makes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "forum_cache",
        "KEY_FUNCTION": "forum.limits.hidden_key",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Stored pages for readers (docs/cache.md)
PAGE_CACHE = env.flag("PAGE_CACHE", default=not DEBUG)
CACHE_URL = env.text("CACHE_URL")  # Redis or Valkey for pages, and for nothing else: it may be away
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("CACHE_URL muss mit redis:// oder rediss:// beginnen (auch für Valkey).")
CDN_SECONDS = env.number("CDN_SECONDS", 0)  # so long a CDN may show a page without asking
PURGE_URL, PURGE_HEADER = env.text("PURGE_URL"), env.text("PURGE_HEADER")
if PURGE_URL and not PURGE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("PURGE_URL muss mit https:// oder http:// beginnen.")
if PURGE_HEADER and ":" not in PURGE_HEADER:
    raise ImproperlyConfigured("PURGE_HEADER muss Name und Wert eines Kopfes sein: Authorization: Bearer …")

LANGUAGE_CODE = "de"
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "var" / "static"  # made when the portal is installed, not data of its users
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_URL = "/medien/"
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "forum.rehearsal.MediaStorage"},
    "kept": {  # files that only old versions need: no address leads here
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "kept"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # style, script and typefaces are for our own pages
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000  # bytes of text in one form; files are limited where they are accepted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an event with forty programme items
IMAGEFIELD_BIN_DEPTH = 2
IMAGEFIELD_VALIDATE_ON_SAVE = False  # forum.pictures has checked and written the file itself
TAGGIT_CASE_INSENSITIVE = True
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {"js": [static_lazy("js/desk/language.js")], "extensions": {"Language": allow_language}},
    {"js": [static_lazy("js/desk/paste.js")], "extensions": {"Paste": allow_nothing}},
]
DJANGO_PROSE_EDITOR_MENU_GROUPS = MENU_GROUPS

# Hints while writing: the house's form for all genders, and what readers know without explanation.
GENDER_FORM = env.choice("GENDER_FORM", "*", ":", "_", "/", "I", "neutral")
KNOWN_ABBREVIATIONS = sorted(
    {"AG", "BGB", "DIN", "EU", "PC", "PDF", "PLZ", "SGB", "TV", "UN", "US", "USA", "WC"}
    | {*env.words("KNOWN_ABBREVIATIONS")}
)

# Signing in (django-allauth, dressed by forum.desk), sessions, browsers
SECOND_FACTOR = env.flag("SECOND_FACTOR", default=PRODUCTION)  # required of everybody at the desk
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "forum.desk.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # nobody signs up; says what there is to sign in with
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Beside those of allauth (30 requests and 10 wrong passwords a minute for one address, 5 in 5 minutes for one account
# from one network): wrong passwords for one account from everywhere (forum.desk.adapters).
ACCOUNT_RATE_LIMITS = {"login_failed_anywhere": "100/h/key"}
ACCOUNT_FORMS = {"login": "forum.desk.adapters.SignInForm"}
MFA_ADAPTER = "forum.desk.adapters.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "forum.desk.adapters.FirstCodeForm",
    "authenticate": "forum.desk.adapters.CodeForm",
    "reauthenticate": "forum.desk.adapters.ConfirmCodeForm",
    "add_webauthn": "forum.desk.adapters.AddPasskeyForm",
    "authenticate_webauthn": "forum.desk.adapters.SecondPasskeyForm",
    "login_webauthn": "forum.desk.adapters.SignInPasskeyForm",
    "reauthenticate_webauthn": "forum.desk.adapters.ConfirmPasskeyForm",
    "edit_webauthn": "forum.desk.adapters.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are made by Verwaltung, not by strangers
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Innovationsforum"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are late (RFC 6238, 5.2); CodeForm keeps a code from working twice
CSRF_FAILURE_VIEW = "forum.desk.site.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "forum.passwords.CommonPasswordValidator"},
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # of the link by which somebody chooses a password
SESSION_ENGINE = "forum.desk.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # a working day after signing in, whatever is done meanwhile
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
        "__Host-session",
        "__Host-csrf",
    )  # browsers bind them to this host (RFC 6265bis)
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=True)
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading is a decision about a whole domain, not about a portal
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # of others it is dropped (forum.visitors)

LOGGING = logging_config(PRODUCTION)
LOGGING_CONFIG = "logging.config.dictConfig"
