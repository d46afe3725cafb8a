"""Asking for the content version within a second, and knowing when it is no use to ask.

The question is put on the thread's own connection of Django, past the ORM and past its health check: it is one itself.
While the database does not answer, nobody waits for it: a thread of its own tries every second until it is back.
"""

import logging
import select
import threading
import time
import weakref

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error
from psycopg.pq import ExecStatus

from forum.caching.content import VERSION

PATIENCE = 1.0  # seconds
AGAIN = 1.0  # seconds from one attempt to reach a lost database to the next
NAME = b"forum_content_version"
NOT_PREPARED, NO_TABLE = "26000", "42P01"

logger = logging.getLogger(__name__)
prepared = weakref.WeakSet()  # connections of psycopg


class DatabaseAway(Exception):
    """The database is not reached, or does not answer in time."""


class Reach:
    """Whether this process reaches the database."""

    def __init__(self):
        self.away = False
        self.lock = threading.Lock()

    def version(self) -> str | None:
        """The content version as of now; None where there is none yet (before `migrate`).

        Cost: about 0.1 ms, in which most is the database's.

        Raises:
            DatabaseAway: after at most two seconds, later on at once.
        """
        if self.away:
            raise DatabaseAway
        connection = connections[DEFAULT_DB_ALIAS]
        try:
            try:
                return ask(connection)
            except (psycopg.OperationalError, ConnectionError):  # the server was restarted, or dropped the connection
                connection.close()
                return ask(connection)
        except (psycopg.Error, Error, OSError) as error:  # OSError: TimeoutError included
            connection.close()
            self.lose(error)
            raise DatabaseAway from error

    def lose(self, error: Exception):
        with self.lock:
            if not self.away:
                self.away = True
                logger.error("Die Datenbank antwortet nicht (%s): Gespeicherte Seiten werden weiter gezeigt.", error)
                threading.Thread(target=self.look_out, daemon=True, name="look-out").start()

    def look_out(self):
        connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        while self.away:
            time.sleep(AGAIN)
            try:
                ask(connection)
            except (psycopg.Error, Error, OSError):
                connection.close()
            else:
                connection.close()
                self.away = False
        logger.warning("Die Datenbank antwortet wieder.")


def ask(connection) -> str | None:
    """Raises psycopg.Error, django.db.Error or TimeoutError."""
    connection.ensure_connection()
    raw = connection.connection
    until = time.monotonic() + PATIENCE
    if raw not in prepared:
        raw.pgconn.send_prepare(NAME, VERSION.encode())
        result = answer(raw.pgconn, until)
        if result.status != ExecStatus.COMMAND_OK:
            return refused(result)
        prepared.add(raw)
    raw.pgconn.send_query_prepared(NAME, [])
    result = answer(raw.pgconn, until)
    if result.status != ExecStatus.TUPLES_OK:
        return refused(result)
    value = result.get_value(0, 0)
    return value and value.decode()


def answer(pgconn, until: float):
    """The result of what has been sent."""
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    first = None
    while True:
        while pgconn.is_busy():
            if not poll.poll(max(0, 1000 * (until - time.monotonic()))):
                raise TimeoutError("keine Antwort")
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return first
        first = first or result


def refused(result) -> None:
    """No table, as before `migrate`, or a pooler that forgets what was prepared: nothing is stored. Anything else: raise."""
    if result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) not in (NOT_PREPARED.encode(), NO_TABLE.encode()):
        raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())


reach = Reach()
