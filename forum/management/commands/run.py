"""`make run`: everything a newcomer needs, in one command that says what it does."""

import errno
import os
import signal
import socket
import sys

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections
from gunicorn.app.base import Application
from gunicorn.arbiter import Arbiter

from contacts.models import Person
from events.models import Event
from forum import environment as env
from forum.health import pending_migrations
from forum.searching.upkeep import keep_current
from news.models import Article

OLDEST_POSTGRESQL = 170_000


class Foreground(Arbiter):
    """gunicorn's master in a terminal: closing the terminal ends it, where a service would reload."""

    handle_hup = Arbiter.handle_term


class Server(Application):
    """gunicorn in this process, so that Ctrl-C and kill reach it and nothing is left behind."""

    def __init__(self, listener, ready):
        self.listener, self.ready = listener, ready
        super().__init__()

    def run(self):
        Foreground(self).run()

    def load_config(self):
        self.load_config_from_file(str(settings.ROOT / "gunicorn.conf.py"))
        self.cfg.set("bind", f"fd://{self.listener.fileno()}")
        self.cfg.set("keepalive", 1)  # idle connections of a browser must not hold up Ctrl-C
        self.cfg.set("graceful_timeout", 3)
        prepare = self.cfg.when_ready
        self.cfg.set("when_ready", lambda server: (prepare(server), self.ready()))

    def load(self):
        from forum.wsgi import application

        return application


class Command(BaseCommand):
    help = "Bereitet die Datenbank vor, lädt Beispielinhalte in eine leere und startet das Portal."

    def handle(self, **options):
        for number in (signal.SIGTERM, signal.SIGHUP):  # until gunicorn takes over: leave tidily
            signal.signal(number, lambda *_: sys.exit(1))
        host, port = env.text("HOST", "127.0.0.1"), env.number("PORT", 8000)
        listener = open_port(host, port)
        self.say("Datenbank prüfen" + (" (eigenes PostgreSQL)" if settings.EMBEDDED_SERVER else " (DATABASE_URL)"))
        check_version()
        with one_at_a_time():
            self.migrate()
            login = self.load_demo()
        connections.close_all()  # the workers fork from here and open their own
        shown = f"[{host}]" if ":" in host else host
        Server(listener, lambda: self.welcome(f"http://{shown}:{port}", login)).run()

    def migrate(self):
        if pending_migrations(connection):
            self.say("Tabellen anlegen oder anpassen")
            call_command("migrate", verbosity=0)
        else:
            keep_current()  # what the search says of things may have changed without any table

    def load_demo(self):
        if not (Article.objects.exists() or Event.objects.exists() or Person.objects.exists()):
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


def open_port(host, port) -> socket.socket:
    """Take the port before anything else is done, so that of two starts at once the second hears of it."""
    if not 1 <= port <= 65535:
        raise CommandError(f"Den Port {port} gibt es nicht: möglich sind 1 bis 65535.")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise CommandError(why_not(error, host, port)) from None
    return listener


def why_not(error, host, port) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} darf nur root öffnen. Bitte nehmen Sie einen ab 1024."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} ist belegt, vielleicht läuft das Portal schon. Ein anderer Port: PORT={port + 1} make run"
    return f"HOST={host} ist keine Adresse dieses Rechners. Üblich sind 127.0.0.1 und 0.0.0.0."


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
