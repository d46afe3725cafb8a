"""Asking for the content version within a second, and knowing when it is no use to ask.

The question is put on the thread's own connection of Django, past the ORM and past its health check: it is one itself.
While the database does not answer, nobody waits for it: a thread of its own tries every second until it is back.
"""

import logging
import math
import os
import select
import socket
import threading
import time
import weakref
from contextlib import contextmanager, suppress

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from django.db.utils import Error
from django.dispatch import receiver
from psycopg.pq import ExecStatus

from forum.caching.content import VERSION
from forum.planned import NOT_PREPARED, PREPARED_BY_OTHERS

PATIENCE = 1.0  # seconds
AGAIN = 1.0  # seconds from one attempt to reach a lost database to the next
LONG = 3.0  # seconds after which it is worth a look whether a request waits in vain
TRIED_ENOUGH = 2  # attempts until what still waits is ended
NAME = b"forum_content_version"
NO_TABLE = "42P01"  # SQLSTATE

logger = logging.getLogger(__name__)
# Connections of psycopg; `pooled`: behind a pooler that lends another one for each transaction (PgBouncer).
opened, prepared, pooled = weakref.WeakSet(), weakref.WeakSet(), weakref.WeakSet()
answered = threading.local()  # when this thread's connection answered last, in seconds of time.monotonic


class DatabaseAway(Exception):
    """The database is not reached, or does not answer in time."""


class Reach:
    """Whether this process reaches the database."""

    def __init__(self):
        self.away = False
        self.lock = threading.Lock()
        self.since: dict[object, float] = {}  # when those began that may wait
        self.watched = False

    def version(self) -> str | None:
        """The content version as of now; None where there is none yet (before `migrate`).

        Cost: about 0.03 ms of CPU, half of it the database’s, and waiting for its answer.

        Raises:
            DatabaseAway: after at most two seconds, later on at once.
        """
        if self.away:
            raise DatabaseAway
        connection = connections[DEFAULT_DB_ALIAS]
        try:
            try:
                version = ask(connection)
            except (psycopg.OperationalError, ConnectionError):  # the server was restarted, or dropped the connection
                connection.close()
                version = ask(connection)
            answered.at, connection.health_check_done = time.monotonic(), True
            return version
        except (psycopg.Error, Error, OSError) as error:  # OSError: TimeoutError included
            connection.close()
            self.lose(error)
            raise DatabaseAway from error

    @contextmanager
    def busy(self):
        """Around whatever may wait for the database: if it takes long, a thread looks whether it waits in vain."""
        mark = object()
        self.since[mark] = time.monotonic()
        if not self.watched:
            with self.lock:
                if not self.watched:
                    self.watched = True
                    threading.Thread(target=self.watch, daemon=True, name="watch").start()
        try:
            yield
        finally:
            del self.since[mark]

    def watch(self):
        while True:
            time.sleep(AGAIN)
            if self.away or time.monotonic() - min(list(self.since.values()), default=math.inf) < LONG:
                continue
            connection = connections[DEFAULT_DB_ALIAS]  # of this thread
            try:
                ask(connection)
            except (psycopg.Error, Error, OSError) as error:
                self.lose(error)
            finally:
                connection.close()

    def lose(self, error: Exception):
        with self.lock:
            if not self.away:
                self.away = True
                logger.error("Die Datenbank antwortet nicht (%s): Gespeicherte Seiten werden weiter gezeigt.", error)
                threading.Thread(target=self.look_out, daemon=True, name="look-out").start()

    def look_out(self):
        connection, attempts = connections[DEFAULT_DB_ALIAS], 0  # of this thread
        while self.away:
            time.sleep(AGAIN)
            try:
                ask(connection)
            except (psycopg.Error, Error, OSError):
                attempts += 1
                if attempts == TRIED_ENOUGH:
                    sever()
            else:
                self.away = False
            connection.close()
        logger.warning("Die Datenbank antwortet wieder.")


def skip_health_check():
    """For the time of a request: a connection that has just answered need not be asked whether it is there."""
    if time.monotonic() - getattr(answered, "at", -math.inf) < PATIENCE:
        connections[DEFAULT_DB_ALIAS].health_check_done = True


def sever():
    """End what waits for a server that hangs: else its threads would be missing for readers until it returns."""
    for raw in list(opened):
        with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(raw.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)


@receiver(connection_created)
def note_opened(connection, **_):
    opened.add(connection.connection)


def ask(connection) -> str | None:
    """Raises psycopg.Error, django.db.Error or TimeoutError."""
    connection.ensure_connection()
    raw = connection.connection
    until = time.monotonic() + PATIENCE
    if raw not in pooled:
        result = ask_prepared(raw, until)
        if state_of(result) not in (NOT_PREPARED, PREPARED_BY_OTHERS):
            return value_of(result)
        pooled.add(raw)
    raw.pgconn.send_query_params(VERSION.encode(), None)
    return value_of(answer(raw.pgconn, until))


def ask_prepared(raw: psycopg.Connection, until: float):
    if raw not in prepared:
        raw.pgconn.send_prepare(NAME, VERSION.encode())
        result = answer(raw.pgconn, until)
        if result.status != ExecStatus.COMMAND_OK:
            return result
        prepared.add(raw)
    raw.pgconn.send_query_prepared(NAME, [])
    return answer(raw.pgconn, until)


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


def state_of(result) -> str:
    """SQLSTATE; empty where there is nothing to complain about."""
    return (result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b"").decode()


def value_of(result) -> str | None:
    """None without a table (before `migrate`): then nothing is stored."""
    if result.status != ExecStatus.TUPLES_OK:
        if state_of(result) == NO_TABLE:
            return None
        raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())
    value = result.get_value(0, 0)
    return value and value.decode()


reach = Reach()
