"""An upgrade while a backup reads: the change of a table waits, its readers do not."""

import os
import subprocess
import sys
import time

import psycopg
import pytest

from forum.database import NAME, USER, EmbeddedServer
from tests.servers import NOT_INHERITED, ROOT, prepared

BEFORE = "0004_contact_check"  # the next one adds columns to a table that every reader needs


@pytest.fixture(autouse=True)
def _database():
    """The server is the test's own."""


@pytest.fixture
def folder(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("migrating"))


@pytest.fixture
def server(folder):
    server = EmbeddedServer(folder / "postgres")
    with server.running():
        yield server


def migrate(folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", *arguments],
        cwd=ROOT,
        env=environment | {"PORTAL_MODE": "development", "PORTAL_DATA": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def connected(server):
    return psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME, autocommit=True)


def test_a_change_that_waits_lets_readers_pass(folder, server):
    with migrate(folder, "contacts", BEFORE) as back:
        assert "Unapplying" in back.communicate()[0]
    with connected(server) as backup, connected(server) as reader:
        longest = 0.0
        backup.execute("BEGIN")
        backup.execute("SELECT count(*) FROM contacts_person")  # as pg_dump does, for as long as it takes
        with migrate(folder) as forward:
            for line in forward.stdout:
                if "Eine Tabelle ist in Gebrauch" in line:
                    break
            else:
                pytest.fail("it did not wait")
            until = time.monotonic() + 8  # another attempt lies in between
            while time.monotonic() < until:
                begun = time.monotonic()
                reader.execute("SELECT count(*) FROM contacts_person")
                longest = max(longest, time.monotonic() - begun)
                time.sleep(0.05)
            assert 1 < longest < 4
            backup.execute("COMMIT")
            said = forward.communicate()[0]
        assert forward.returncode == 0, said
        assert reader.execute("SELECT count(address) FROM contacts_person").fetchone()[0] > 0
