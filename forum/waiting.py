"""How long a page waits for PostgreSQL, whatever state that is in: then an answer is better than hope.

Only where pages are served; commands may take their time. A refused connection fails at once, a new one has
`connect_timeout` (settings), a long statement is ended by the server, and a server that is frozen, or a network that
swallows packets, is given up by us: no thread may wait for ever for what will not come.
"""

from functools import partial

from django.conf import settings
from django.db.backends.signals import connection_created
from psycopg import Connection
from psycopg.errors import OperationalError

SILENCE = 1  # second after which an ended statement should have been told


def listen():
    """For processes that serve, before the first connection."""
    connection_created.connect(bound_waiting, dispatch_uid="waiting")


def bound_waiting(connection, **kwargs):
    """Receiver of connection_created; costs one statement for each connection."""
    connection.connection.wait = partial(wait, connection.connection)
    with connection.connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{settings.DATABASE_TIMEOUT}s'")


def wait(connection: Connection, generator, *arguments, timeout: float | None = None, **options):
    """As psycopg's Connection.wait, which waits without end; a connection that was silent too long is closed."""
    patience = timeout if timeout is not None else settings.DATABASE_TIMEOUT + SILENCE
    try:
        return Connection.wait(connection, generator, *arguments, timeout=patience, **options)
    except OperationalError as error:
        if timeout is None and type(error).__name__ == "_WaitTimeout":
            connection.pgconn.finish()  # whatever state it is in; Django opens another for the next request
            raise OperationalError("Die Datenbank schweigt.") from error
        raise
