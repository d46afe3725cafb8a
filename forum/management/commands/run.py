"""`make run`: everything a newcomer needs, in one command that says what it does."""

import os
import socket

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections
from gunicorn.app.base import Application

from forum import environment as env
from forum.health import pending_migrations
from news.models import Article

OLDEST_POSTGRESQL = 170_000


class Server(Application):
    """gunicorn in this process, so that Ctrl-C and kill reach it and nothing is left behind."""

    def __init__(self, ready):
        self.ready = ready
        super().__init__()

    def load_config(self):
        self.load_config_from_file(str(settings.ROOT / "gunicorn.conf.py"))
        self.cfg.set("graceful_timeout", 1)  # idle connections of a browser must not hold up Ctrl-C
        self.cfg.set("when_ready", lambda _: self.ready())

    def load(self):
        from forum.wsgi import application

        return application


class Command(BaseCommand):
    help = "Bereitet die Datenbank vor, lädt Beispielinhalte in eine leere und startet das Portal."

    def handle(self, **options):
        host, port = env.text("HOST", "127.0.0.1"), env.number("PORT", 8000)
        check_port(host, port)
        self.say("Datenbank prüfen" + (" (eigenes PostgreSQL)" if settings.EMBEDDED_SERVER else " (DATABASE_URL)"))
        check_version()
        with one_at_a_time():
            self.migrate()
            login = self.load_demo()
        connections.close_all()  # the workers fork from here and open their own
        Server(lambda: self.welcome(f"http://{host}:{port}", login)).run()

    def migrate(self):
        if pending_migrations(connection):
            self.say("Tabellen anlegen oder anpassen")
            call_command("migrate", verbosity=0)

    def load_demo(self):
        if not Article.objects.exists():
            self.say("Beispielinhalte laden")
            call_command("demo", verbosity=0)
        from forum.management.demo.login import known_login

        return known_login()

    def welcome(self, address, login):
        self.say("Bereit. Beenden mit Strg+C.\n")
        self.stdout.write(f"  Website:   {address}/")
        self.stdout.write(
            f"  Redaktion: {address}/redaktion/" + (f"   Anmeldung: {' / '.join(login)}" if login else "")
        )
        self.stdout.write("")
        self.stdout.flush()

    def say(self, text):
        self.stdout.write(f"▸ {text}")
        self.stdout.flush()


def check_port(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OverflowError:
            raise CommandError(f"Den Port {port} gibt es nicht: möglich sind 1 bis 65535.") from None
        except PermissionError:
            raise CommandError(f"Port {port} darf nur root öffnen. Bitte nehmen Sie einen ab 1024.") from None
        except OSError:
            raise CommandError(
                f"Port {port} ist belegt, vielleicht läuft das Portal schon. Ein anderer Port: PORT={port + 1} make run"
            ) from None


def check_version():
    with connection.cursor():
        version = connection.pg_version
    if version < OLDEST_POSTGRESQL and not os.environ.get("PORTAL_PG_BIN"):
        raise CommandError(f"Das Portal braucht PostgreSQL 17 oder neuer, gefunden wurde {version // 10_000}.")


class one_at_a_time:  # noqa: N801 - reads as the words it is
    """Two starts at once: an advisory lock of the database lets one prepare it while the other waits."""

    KEY = 7_318_001

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [self.KEY])

    def __exit__(self, *exception):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [self.KEY])
