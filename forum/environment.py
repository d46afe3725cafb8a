"""Typed readers for environment variables; every variable is documented once, in README.md."""

import os

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "ja", "on"}, {"", "0", "false", "no", "nein", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Raise ImproperlyConfigured for anything that is neither yes nor no."""
    value = os.environ.get(name, "").strip().lower()
    if name not in os.environ:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} muss 1 oder 0 sein, nicht „{value}“.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """Raise ImproperlyConfigured for anything that is not a whole number."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} muss eine ganze Zahl sein, nicht „{value}“.")
    return int(value)


def words(name: str) -> list[str]:
    """Read a list whose entries are separated by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def choice(name: str, *allowed: str) -> str:
    """Return the value, the first of `allowed` when unset; raise ImproperlyConfigured for any other."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} muss {' oder '.join(allowed)} sein, nicht „{value}“.")
    return value


def database(name: str) -> dict:
    """Read the address of a PostgreSQL; raise ImproperlyConfigured without naming it: it holds a password."""
    try:
        found = dj_database_url.parse(text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} ist keine gültige Adresse (postgresql://konto@server/name).") from error
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name} muss mit postgresql:// beginnen.")
    return found


def retired(name: str, instead: str):
    """Raise ImproperlyConfigured where a variable is still set that has another name now.

    Args:
        instead: German, what to do.
    """
    if name in os.environ:
        raise ImproperlyConfigured(f"{name} gibt es nicht mehr: {instead}")
