"""A new version takes over under load: no request fails, whichever way gunicorn is told."""

import itertools
import os
import re
import shutil
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
from tests.forum.test_settings import PRODUCTION
from tests.servers import ROOT, Portal, open_to_servers, prepared

NEW = ".in-der-neuen-fassung"
GUNICORN = str(Path(sys.executable).parent / "gunicorn")
READERS = 3


PAGES = ("/ueber-uns/", "/", "/aktuelles/", "/suche/?q=forum")
STYLE = re.compile(r'href="(/static/css/portal[^"]*)"')


class Readers:
    """Threads that ask for pages and their style without a pause worth mentioning, on a connection each time."""

    def __init__(self, address):
        self.address, self.over = address, threading.Event()
        self.answered, self.failed, self.longest, self.styles = 0, [], 0.0, set()
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
        for path in itertools.cycle(PAGES):
            if self.over.wait(0.02):
                break
            begun = time.monotonic()
            try:
                page = ask(self.address + path)
                assert page.rstrip().endswith("</html>")
                (style,) = STYLE.findall(page)
                self.styles.add((style, ask(self.address + style).count(NEW)))
                self.answered += 1
            except (OSError, AssertionError, urllib.error.HTTPError) as error:
                self.failed.append(repr(error))
            self.longest = max(self.longest, time.monotonic() - begun)


def ask(address) -> str:
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.url == address
        return answer.read().decode()


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
def code(tmp_path_factory):
    """The portal's own files, to be changed."""
    folder = tmp_path_factory.mktemp("code")
    for name in ("contacts", "events", "forum", "news", "static", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "gunicorn.conf.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    collect(folder)
    return folder


def collect(code):
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=code, env=os.environ | PRODUCTION, check=True)


@pytest.fixture
def served(tmp_path_factory, code):
    """A portal under gunicorn as in production, behind a proxy with a certificate."""
    folder = prepared(open_to_servers(tmp_path_factory.mktemp("rolling")))
    database, said = EmbeddedServer(folder / "postgres"), []
    with database.running():
        url = f"postgresql://{USER}@{quote(str(database.sockets), safe='')}/{NAME}"
        variables = {
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXIES": "127.0.0.1",
            "RATE_LIMITS": "0",
            "DATABASE_URL": url,
        }
        portal = Portal(folder, command=(GUNICORN,), code=code, **(PRODUCTION | variables))
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
            print(*(line for one in said for line in one.splitlines() if "gunicorn.access" not in line), sep="\n")


def answers(portal):
    assert portal.process.poll() is None
    try:
        return portal.get("/readyz")[0] == 200
    except urllib.error.URLError:
        return False


def test_no_request_fails_while_a_new_version_takes_over(served, code):
    """Neither a page nor the style it names, whichever version answers."""
    master = served.process.pid
    with Readers(served.address) as readers:
        wait_for(lambda: readers.answered > 10)
        before = children(master)
        os.kill(master, signal.SIGHUP)  # new workers
        wait_for(lambda: children(master) and not children(master) & before)
        half = readers.answered
        with (code / "static/css/portal.css").open("a") as file:
            file.write(f"\n{NEW} {{ color: red }}\n")
        collect(code)
        before = children(master)
        os.kill(master, signal.SIGUSR2)  # a whole new server, new code beside the old one
        (second,) = wait_for(lambda: children(master) - before)
        wait_for(lambda: children(second))
        wait_for(lambda: any(new for _, new in readers.styles) or readers.failed)
        both = readers.answered
        wait_for(lambda: readers.answered > both + 40 or readers.failed)  # old and new side by side
        os.kill(master, signal.SIGTERM)
        wait_for(lambda: not is_living(master))
        after = readers.answered
        wait_for(lambda: readers.answered > after + 20)
    assert readers.failed == []
    assert readers.answered > half > 10
    assert readers.longest < 15
    assert {new for _, new in readers.styles} == {0, 1}
    assert len({style for style, _ in readers.styles}) == len(readers.styles) == 2, "one file, two contents"
