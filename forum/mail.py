"""How mails are sent, read from one address."""

from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT = 10  # seconds


def mail_settings(url: str) -> dict:
    """Django's settings for `smtp://account:password@server:587` (STARTTLS), `smtps://…` (TLS) or `console:`.

    `smtp://server:25?tls=0` sends without encryption, for a relay on the same machine. Nothing is sent without an
    address.

    Raises:
        ImproperlyConfigured: in German, without the password.
    """
    backend = "django.core.mail.backends."
    if url in ("", "console:"):
        return {"EMAIL_BACKEND": backend + ("console.EmailBackend" if url else "dummy.EmailBackend")}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts = port = None
    if not parts or parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL ist keine gültige Adresse (smtp://konto:kennwort@server:587).")
    return {
        "EMAIL_BACKEND": backend + "smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parse_qs(parts.query).get("tls") != ["0"],
        "EMAIL_TIMEOUT": TIMEOUT,
    }
