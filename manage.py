#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL running while a command needs it."""

import os
import sys


def note_failure(end):
    """Where nobody sits before a screen, as with a daily job, Verwaltung hears by mail of what went wrong."""
    from django.apps import apps
    from django.conf import settings

    if apps.ready and settings.PRODUCTION and not sys.stdin.isatty():
        from forum.errors import note_end

        note_end(end, sys.argv[1])


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")
    if not os.environ.get("SECRET_KEY") and not os.environ.get("DATABASE_URL"):  # by hand, in a checkout
        os.environ.setdefault("PORTAL_MODE", "development")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ImportError:
        sys.exit("✗ Django fehlt: Bitte rufen Sie „make run“ auf oder „.venv/bin/python manage.py …“.")
    from forum.database import DatabaseUnavailable, portal_server

    try:
        with portal_server():
            try:
                execute_from_command_line(sys.argv)
            except (Exception, SystemExit) as end:
                note_failure(end)
                raise
    except KeyboardInterrupt:
        sys.exit("✗ Abgebrochen. Der nächste Aufruf macht hier weiter.")
    except (DatabaseUnavailable, ImproperlyConfigured) as error:
        sys.exit(f"✗ {error}")
    except OperationalError as error:
        first_line = str(error).strip().splitlines()[0]
        sys.exit(f"✗ Die Datenbank antwortet nicht. Bitte prüfen Sie DATABASE_URL und den Server: {first_line}")


if __name__ == "__main__":
    main()
