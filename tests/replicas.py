"""A copy of a running database that follows it by streaming replication, made with the server's own programs."""

import time
from contextlib import contextmanager
from urllib.parse import quote

import psycopg

from forum.caching.content import VERSION
from forum.database import NAME, USER, DatabaseUnavailable, EmbeddedServer


class Replica(EmbeddedServer):
    """Args: original: a server that runs."""

    def __init__(self, folder, original: EmbeddedServer):
        super().__init__(folder, original.programs)
        self.original = original

    def create(self):
        self.make_folder(self.cluster)
        source = ["-h", str(self.original.sockets), "-U", USER]
        made = self.program(
            "pg_basebackup", *source, "-D", str(self.cluster), "-R", "-X", "stream", "-c", "fast", "--no-sync"
        )
        if made.returncode != 0:
            raise DatabaseUnavailable(f"Die Kopie ließ sich nicht anlegen: {self.reason()}")

    def kill(self):
        """As by a fault: nothing is finished."""
        self.program("pg_ctl", "-D", str(self.cluster), "-m", "immediate", "-w", "stop")

    def pause(self):
        ask(self, "SELECT pg_wal_replay_pause()")
        until(lambda: ask(self, "SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume(self):
        ask(self, "SELECT pg_wal_replay_resume()")

    def catch_up(self):
        until(lambda: ask(self, VERSION) == ask(self.original, VERSION))


def address(server: EmbeddedServer) -> str:
    """For DATABASE_URL."""
    return f"postgresql://{USER}@{quote(str(server.sockets), safe='')}/{NAME}"


def ask(server: EmbeddedServer, statement: str, *values):
    """The first value that a statement gives, run as somebody with psql would."""
    with connected(server) as connection:
        cursor = connection.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


@contextmanager
def connected(server: EmbeddedServer):
    with psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME, autocommit=True) as connection:
        yield connection


def until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
