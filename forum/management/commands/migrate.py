"""Django's `migrate`, which keeps no reader waiting for long.

A change of a table waits until nobody reads it any more, such as a backup that takes minutes, and meanwhile everybody
else waits behind it. So it gives up after two seconds and tries again. Each migration is one transaction: what is done
stays, what gave up has left nothing.
"""

import time

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

PATIENCE = 2  # seconds that readers may have to wait behind a change
PAUSE = 5  # seconds in which they are served
ATTEMPTS = 60  # some seven minutes

WAITING = "▸ Eine Tabelle ist in Gebrauch, etwa für eine Sicherung. Nächster Versuch in {} Sekunden."
GIVEN_UP = (
    "Eine Tabelle ist seit Minuten in Gebrauch, etwa für eine Sicherung oder in einem offenen psql. Was fertig ist, "
    "bleibt; bitte starten Sie „migrate“ später noch einmal. Bis dahin findet die Suche nicht, was neu geschrieben "
    "wird."
)


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        for _ in range(ATTEMPTS):
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
            else:
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
                return
            if options["verbosity"]:
                self.stdout.write(WAITING.format(PAUSE))
                self.stdout.flush()
            time.sleep(PAUSE)
        raise CommandError(GIVEN_UP)
