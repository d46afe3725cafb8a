"""A new version takes over under load: no request fails, whichever way gunicorn is told."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

from forum.database import NAME, USER, EmbeddedServer
from tests.servers import Portal, open_to_servers, prepared

GUNICORN = str(Path(sys.executable).parent / "gunicorn")
READERS = 3


class Readers:
    """Threads that ask for pages without a pause worth mentioning, each time with a connection of its own."""

    def __init__(self, address):
        self.address, self.over = address, threading.Event()
        self.answered, self.failed, self.longest = 0, [], 0.0
        self.threads = [threading.Thread(target=self.read) for _ in range(READERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def read(self):
        while not self.over.wait(0.02):
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(self.address + "/ueber-uns/", timeout=20) as answer:
                    assert answer.read().rstrip().endswith(b"</html>")
                self.answered += 1
            except (OSError, AssertionError, urllib.error.HTTPError) as error:
                self.failed.append(repr(error))
            self.longest = max(self.longest, time.monotonic() - begun)


def children(pid) -> set[int]:
    listed = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return {int(one) for one in listed.stdout.split()}


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def is_living(pid) -> bool:
    state = subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.fixture
def served(tmp_path_factory):
    """A portal under gunicorn with the very settings of production."""
    folder = prepared(open_to_servers(tmp_path_factory.mktemp("rolling")))
    database, said = EmbeddedServer(folder / "postgres"), []
    with database.running():
        portal = Portal(
            folder,
            command=(GUNICORN,),
            DATABASE_URL=f"postgresql://{USER}@{quote(str(database.sockets), safe='')}/{NAME}",
        )
        lines = threading.Thread(target=lambda: said.append(portal.process.stdout.read()))  # a full pipe stops a server
        lines.start()
        try:
            wait_for(lambda: answers(portal))
            yield portal
        finally:
            os.killpg(portal.process.pid, signal.SIGTERM)  # the group: a new master is in it as well
            portal.process.wait(30)
            lines.join(30)
            portal.process.stdout.close()
            print(*said)


def answers(portal):
    assert portal.process.poll() is None
    try:
        return portal.get("/readyz")[0] == 200
    except urllib.error.URLError:
        return False


def test_no_request_fails_while_a_new_version_takes_over(served):
    master = served.process.pid
    with Readers(served.address) as readers:
        wait_for(lambda: readers.answered > 10)
        before = children(master)
        os.kill(master, signal.SIGHUP)  # new workers
        wait_for(lambda: children(master) and not children(master) & before)
        half = readers.answered
        before = children(master)
        os.kill(master, signal.SIGUSR2)  # a whole new server, new code beside the old one
        (second,) = wait_for(lambda: children(master) - before)
        wait_for(lambda: children(second))
        os.kill(master, signal.SIGTERM)
        wait_for(lambda: not is_living(master))
        after = readers.answered
        wait_for(lambda: readers.answered > after + 20)
    assert readers.failed == []
    assert readers.answered > half > 10
    assert readers.longest < 15
