"""The embedded server: started once, stopped by the last one, back after every kind of death."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from forum.database import NAME, USER, DatabaseUnavailable, EmbeddedServer, open_to_others
from tests.servers import open_to_servers

HOLD = """
import pathlib, sys
from forum.database import EmbeddedServer
with EmbeddedServer(pathlib.Path(sys.argv[1])).running():
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def empty(tmp_path):
    """A folder that an unprivileged account may enter, and no server left behind in it."""
    folder = open_to_servers(tmp_path) / "pg"
    yield folder
    EmbeddedServer(folder).stop() if folder.exists() else None


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder as the first start leaves it, which takes longer than everything else here."""
    folder = open_to_servers(tmp_path_factory.mktemp("made")) / "pg"
    with EmbeddedServer(folder).running():
        return folder


@pytest.fixture
def folder(empty, made):
    """A folder of a server that was started before."""
    subprocess.run(["cp", "-a", made, empty], check=True)  # owners kept: PostgreSQL insists on its account
    return empty


def query(server, sql):
    with psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else None


def postmaster(server):
    return int((server.cluster / "postmaster.pid").read_text().split()[0])


def alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # a dead child nobody has asked after is dead


def ended(pid):
    """Whether a server has ended: it removes its pid file, for which `stop` waits, a moment before."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def hold(folder):
    """Another process that uses the server until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def let_go(process):
    process.communicate()


def test_it_starts_creates_its_database_and_stops(empty):
    server = EmbeddedServer(empty)
    with server.running():
        assert query(server, "SELECT lower('ÄÖÜ'), current_setting('server_encoding')") == [("äöü", "UTF8")]
        pid = postmaster(server)
    assert ended(pid)
    assert not server.ready()


def test_nothing_listens_on_the_network_and_others_cannot_enter(folder):
    server = EmbeddedServer(folder)
    with server.running():
        assert query(server, "SHOW listen_addresses") == [("",)]
        assert server.sockets.stat().st_mode & 0o077 == 0
        assert server.cluster.stat().st_mode & 0o077 == 0


def test_data_survive_a_restart(folder):
    server = EmbeddedServer(folder)
    with server.running():
        query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedServer(folder).running():
        assert query(server, "SELECT * FROM kept") == [(42,)]


def test_the_last_user_stops_it_not_the_first(folder):
    other = hold(folder)
    server = EmbeddedServer(folder)
    with server.running():
        pid = postmaster(server)
    assert alive(pid)
    assert query(server, "SELECT 1") == [(1,)]
    let_go(other)
    assert ended(pid)


def test_many_start_it_at_once_and_get_one_server(empty):
    with ThreadPoolExecutor(6) as pool:
        others = list(pool.map(hold, [empty] * 6))
    server = EmbeddedServer(empty)
    pid = postmaster(server)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(let_go, others))
    assert ended(pid)


def test_a_killed_user_does_not_keep_it_running(folder):
    other = hold(folder)
    server = EmbeddedServer(folder)
    pid = postmaster(server)
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    assert alive(pid)  # nobody was left to stop it
    with server.running():
        assert postmaster(server) == pid
    assert ended(pid)


def test_it_comes_back_after_the_server_was_killed(folder):
    server = EmbeddedServer(folder)
    server.acquire()
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(server), signal.SIGKILL)
    started = time.monotonic()
    with EmbeddedServer(folder).running():
        assert query(server, "SELECT * FROM kept") == [(42,)]
    assert time.monotonic() - started < 20
    server.release()


def test_a_pid_that_belongs_to_another_program_now_is_no_server(folder):
    server = EmbeddedServer(folder)
    with server.running():
        pid_file = (server.cluster / "postmaster.pid").read_text()
    _, rest = pid_file.split("\n", 1)
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")
    with EmbeddedServer(folder).running():
        assert query(server, "SELECT 1") == [(1,)]


def test_a_killed_initdb_is_not_taken_for_a_cluster(empty):
    half = empty / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = EmbeddedServer(empty)
    with server.running():
        assert query(server, "SELECT 1") == [(1,)]


def test_a_deep_checkout_keeps_its_socket_elsewhere(empty):
    deep = empty / ("tief" * 15) / ("tiefer" * 10)
    server = EmbeddedServer(deep)
    assert not server.sockets.is_relative_to(empty)
    assert len(os.fsencode(server.sockets)) < 100
    with server.running():
        assert query(server, "SELECT 1") == [(1,)]
    assert EmbeddedServer(deep / "anders").sockets != server.sockets


def test_two_checkouts_do_not_meet(empty):
    one, other = EmbeddedServer(empty / "a"), EmbeddedServer(empty / "b")
    with one.running(), other.running():
        query(one, "CREATE TABLE mine AS SELECT 1")
        with pytest.raises(psycopg.errors.UndefinedTable):
            query(other, "SELECT * FROM mine")


def test_a_folder_others_may_not_enter(tmp_path):
    """Root hands the server to `nobody`, who could not reach such a folder."""
    closed = tmp_path / "geschlossen"
    closed.mkdir(mode=0o700)
    assert not open_to_others(closed)
    server = EmbeddedServer(closed / "pg")
    with server.running():
        assert query(server, "SELECT 1") == [(1,)]
        assert server.cluster.stat().st_uid == (server.account.pw_uid if server.account else os.geteuid())
    shutil.rmtree(server.home)


def test_a_broken_cluster_is_reported_in_one_sentence(folder):
    server = EmbeddedServer(folder)
    with server.running():
        pass
    (server.cluster / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseUnavailable) as error:
        server.acquire()
    assert "ließ sich nicht starten" in str(error.value)
    assert "server.log" in str(error.value)
    assert server.users is None or server.users.closed


def test_missing_programs_are_reported(empty, tmp_path):
    with pytest.raises(DatabaseUnavailable) as error:
        EmbeddedServer(empty, tmp_path / "nirgends").acquire()
    assert "PORTAL_PG_BIN" in str(error.value)


def test_forked_children_leave_it_alone(folder):
    server = EmbeddedServer(folder)
    with server.running():
        pid = os.fork()
        if pid == 0:
            server.release()
            os._exit(0)
        os.waitpid(pid, 0)
        assert query(server, "SELECT 1") == [(1,)]
