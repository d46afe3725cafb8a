"""`make run`: what a newcomer types, and everything that can go wrong around it."""

import os
import signal
import socket
import subprocess
import sys
import time

import psycopg
import pytest

from forum.database import EmbeddedServer
from tests.servers import ROOT, Portal, free_port, open_to_servers, prepared, processes_naming


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of a portal that was started before."""
    return prepared(open_to_servers(tmp_path_factory.mktemp("portal")))


@pytest.fixture
def started():
    portals = []

    def start(folder, **options):
        portals.append(Portal(folder, **options))
        return portals[-1]

    yield start
    for portal in portals:
        portal.stop()


def test_from_nothing_to_the_page_and_back(tmp_path, started):
    """Two first starts at once: one of them prepares everything, the other waits."""
    folder = open_to_servers(tmp_path)
    portal, other = started(folder, command=("make", "--no-print-directory", "run")), started(folder)
    for one in (portal, other):
        one.wait_until_ready()
    (first,) = [one for one in (portal, other) if "Beispielinhalte laden" in one.output]
    for step in ("Datenbank prüfen", "Tabellen anlegen", "Beispielinhalte laden", "Bereit. Beenden mit Strg+C."):
        assert step in first.output
    assert portal.login == other.login
    assert portal.get("/aktuelles/")[1].count('class="row__title"') == 4
    other.signal(signal.SIGINT)
    status, page = portal.get("/")
    assert status == 200
    assert "Paritätisch Nachhaltig" in page
    assert portal.get("/static/css/portal.css")[0] == 200
    name, password = portal.login
    assert (folder / "demo-login").stat().st_mode & 0o077 == 0
    assert len(password) >= 12
    assert name == "redaktion"
    portal.signal(signal.SIGINT)
    assert portal.process.returncode in (0, 2, -signal.SIGINT)  # make reports the interrupt in its own way
    assert "Traceback" not in portal.output
    assert processes_naming(folder) == []


def test_the_second_start_finds_everything(folder, started):
    portal = started(folder).wait_until_ready()
    assert "laden" not in portal.output
    assert portal.get("/aktuelles/")[0] == 200
    assert portal.login[0] == "redaktion"
    os.kill(portal.process.pid, signal.SIGTERM)
    assert portal.finish() == 0
    assert processes_naming(folder) == []


def test_killed_hard_it_starts_again_with_everything(folder, started):
    first = started(folder).wait_until_ready()
    first.process.kill()
    first.finish()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:  # the workers notice that their master has gone
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", first.port)) != 0:
                break
        time.sleep(0.2)
    again = started(folder, port=first.port).wait_until_ready()
    assert again.get("/aktuelles/")[0] == 200
    again.signal(signal.SIGINT)
    assert processes_naming(folder) == []


def test_two_starts_at_once_share_the_database(folder, started):
    one, other = started(folder), started(folder)
    one.wait_until_ready()
    other.wait_until_ready()
    one.signal(signal.SIGINT)
    assert other.get("/")[0] == 200
    other.signal(signal.SIGINT)
    assert processes_naming(folder) == []


def test_a_taken_port_is_said_in_one_sentence(folder, started):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        portal = started(folder, port=port)
        assert portal.finish() == 1
    assert f"Port {port} ist belegt" in portal.output
    assert f"PORT={port + 1} make run" in portal.output
    assert "Traceback" not in portal.output


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PORT": "http"}, "PORT muss eine ganze Zahl sein, nicht „http“."),
        ({"PORT": "0"}, "Den Port 0 gibt es nicht"),
        ({"HOST": "quatsch"}, "HOST=quatsch ist keine Adresse dieses Rechners."),
        ({"PORT": "70000"}, "Den Port 70000 gibt es nicht"),
        ({"DATABASE_URL": "postgresql://konto:geheim@127.0.0.1:1/nichts"}, "Die Datenbank antwortet nicht."),
        ({"DATABASE_URL": "mysql://konto@server/name"}, "DATABASE_URL muss mit postgresql:// beginnen."),
        ({"DATABASE_URL": "quatsch"}, "DATABASE_URL ist keine gültige Adresse"),
        ({"PORTAL_MODE": "produktion"}, "PORTAL_MODE muss production oder development sein, nicht „produktion“."),
        ({"PORTAL_DEBUG": "vielleicht"}, "PORTAL_DEBUG muss 1 oder 0 sein, nicht „vielleicht“."),
        ({"PORTAL_PG_BIN": "/nirgends"}, "Bitte prüfen Sie PORTAL_PG_BIN."),
        ({"PORTAL_DATA": "/proc/nichts"}, "/proc/nichts"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(folder, started, variables, says):
    portal = started(folder, **variables)
    assert portal.finish() == 1
    assert says in portal.output
    assert "Traceback" not in portal.output
    assert "geheim" not in portal.output
    assert len(portal.output.strip().splitlines()) <= 2


def test_another_database_is_honoured(folder, started):
    """DATABASE_URL names a server that runs already: here a second database of the embedded one."""
    server = EmbeddedServer(folder / "postgres")
    sockets = str(server.sockets)
    with server.running():
        with psycopg.connect(host=sockets, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE anderswo TEMPLATE innovationsforum")
        with psycopg.connect(host=sockets, user="postgres", dbname="anderswo") as connection:
            connection.execute("UPDATE news_article SET title = 'Nur anderswo'")
    host = started(folder).wait_until_ready()
    other = folder / "andere-dateien"
    portal = started(other, DATABASE_URL=f"postgresql://postgres@/anderswo?host={sockets}").wait_until_ready()
    assert "DATABASE_URL" in portal.output
    assert "Nur anderswo" in portal.get("/aktuelles/")[1]
    assert not (other / "postgres").exists()
    assert "Nur anderswo" not in host.get("/aktuelles/")[1]
    assert portal.get("/readyz") == (200, '{"status": "ok"}')
    host.signal(signal.SIGINT)  # and the server with it
    assert portal.get("/readyz") == (503, '{"status": "database"}')
    assert portal.get("/healthz") == (200, '{"status": "ok"}')
    started(folder).wait_until_ready()
    assert portal.get("/readyz")[0] == 200
    assert portal.get("/aktuelles/")[0] == 200


def test_makefile_without_python_says_so():
    answer = subprocess.run(["make", "run", "PYTHON="], capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "Das Portal braucht Python 3.11 oder neuer" in answer.stdout
    assert free_port() > 0


def test_closing_the_terminal_ends_it(folder, started):
    portal = started(folder).wait_until_ready()
    portal.signal(signal.SIGHUP)
    assert processes_naming(folder) == []


def test_stopped_while_it_prepares_nothing_is_left(tmp_path, started):
    folder = open_to_servers(tmp_path)
    for number in (signal.SIGTERM, signal.SIGINT):  # the second start goes on where the first was stopped
        portal = started(folder)
        while "Tabellen" not in portal.output:
            portal.output += portal.process.stdout.readline()
        portal.signal(number)
        assert "Traceback" not in portal.output
        assert processes_naming(folder) == []


def test_two_starts_on_one_port_at_once(folder, started):
    port = free_port()
    both = [started(folder, port=port) for _ in range(2)]
    while all(portal.process.poll() is None for portal in both):
        time.sleep(0.05)
    loser = next(portal for portal in both if portal.process.poll() is not None)
    loser.finish()
    assert "ist belegt" in loser.output
    assert "ERROR" not in loser.output
    winner = next(portal for portal in both if portal is not loser).wait_until_ready()
    assert winner.get("/")[0] == 200


def test_a_live_database_is_never_taken_for_a_trial():
    environment = {name: value for name, value in os.environ.items() if name not in ("PORTAL_MODE", "SECRET_KEY")}
    answer = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        env=environment | {"DATABASE_URL": "postgresql://portal@127.0.0.1:9/portal"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "SECRET_KEY fehlt" in answer.stderr
