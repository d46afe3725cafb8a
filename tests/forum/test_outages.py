"""What is bound to break one day: the database, a worker, the disk, the clock. Nothing typed is lost, nothing hangs."""

import contextlib
import html
import http.cookiejar
import os
import re
import resource
import signal
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import psycopg
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.test import Client

from forum.database import NAME, USER, EmbeddedServer
from forum.models import Attachment, Picture
from forum.outage import is_outage
from tests.factories import image_bytes, make_article, make_picture, pdf_file
from tests.forms import FormReader, filled_form
from tests.forum.test_settings import PRODUCTION
from tests.servers import ROOT, Portal, open_to_servers, prepared

HEALED = 5  # seconds
TOKEN = "nur-fuer-die-messung-0123456789"
ADD = "/redaktion/news/article/add/"


class Visitor:
    """A browser without script: keeps cookies, follows redirects, sends forms."""

    def __init__(self, portal):
        self.portal = portal
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path, fields=None, **headers):
        """(status, headers, text)"""
        data = urllib.parse.urlencode(fields, doseq=True).encode() if fields is not None else None
        headers = {"Referer": self.portal.address + path} | headers
        request = urllib.request.Request(self.portal.address + path, data, headers)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def sign_in(self):
        name, password = self.portal.login
        form = fields_of(self.ask("/redaktion/login/")[2])
        status, _, text = self.ask("/redaktion/login/", form | {"login": name, "password": password})
        assert status == 200, text
        return self


def fields_of(text) -> dict:
    """{name: [values]} of all forms of a page."""
    reader = FormReader()
    reader.feed(text)
    return reader.fields


class Letterbox(socketserver.StreamRequestHandler):
    """A mail server that takes everything (RFC 5321, as far as our own mails need it)."""

    def handle(self):
        self.wfile.write(b"220 briefkasten\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 .\r\n")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(message_from_bytes(letter, policy=default))
            self.wfile.write(b"250 gut\r\n")


@pytest.fixture(scope="module")
def letterbox():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letterbox) as server:
        server.letters, server.daemon_threads = [], True
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def portal(tmp_path_factory, letterbox):
    portal = Portal(
        prepared(open_to_servers(tmp_path_factory.mktemp("ausfall"))),
        METRICS_TOKEN=TOKEN,
        DATABASE_TIMEOUT="2",
        EMAIL_URL=f"smtp://127.0.0.1:{letterbox.server_address[1]}?tls=0",
        ERRORS_MAIL="technik@example.org",
    )
    try:
        portal.wait_until_ready()
        # Somebody must read what it logs, or it waits for that.
        reading = threading.Thread(target=lambda: portal.log.extend(portal.process.stdout))
        portal.log = []
        reading.start()
        yield portal
    finally:
        os.killpg(portal.process.pid, signal.SIGINT)
        portal.process.wait(30)
        reading.join(10)
        portal.process.stdout.close()


@pytest.fixture(scope="module")
def visitor(portal):
    return Visitor(portal).sign_in()


@pytest.fixture
def server(portal):
    """The portal's PostgreSQL; runs again after the test."""
    server = EmbeddedServer(Path(portal.environment["PORTAL_DATA"]) / "postgres")
    yield server
    if not server.ready():
        server.start()
        seconds_until(portal)


def server_processes(server) -> list[int]:
    """The server and its children, which serve one connection each."""
    pid = (server.cluster / "postmaster.pid").read_text().split()[0]
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", pid], capture_output=True, text=True, check=False).stdout
    return [int(pid), *map(int, listed.split())]


def send(processes, number):
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def seconds_until(portal, path="/", status=200):
    """How long a page takes to answer as it should, asked again and again."""
    started = time.monotonic()
    while portal.get(path)[0] != status:
        assert time.monotonic() - started < 20, path
        time.sleep(0.1)
    return time.monotonic() - started


def healed(portal):
    """Every thread of every worker answers again, at the latest after the time it may take."""
    started, took, good = time.monotonic(), 0.0, 0
    while good < 20:  # never stored, and so often that all workers are asked
        good = good + 1 if portal.get(f"/suche/?q=geheilt{good}")[0] == 200 else 0
        took = took if good else time.monotonic() - started
        assert took <= HEALED
        time.sleep(0.03)


def stopped(server):
    server.stop()


def killed(server):
    send(server_processes(server), signal.SIGKILL)


@pytest.mark.parametrize("away", [stopped, killed])
def test_while_the_database_is_away_nothing_typed_is_lost(portal, visitor, server, away):
    title = f"Mühsam geschrieben: „{away.__name__}“ & <b>mehr</b>"
    form = fields_of(visitor.ask(ADD)[2]) | {"title": title, "lead": "Zeile eins\nZeile zwei", "_draft": "1"}
    away(server)

    assert portal.get("/suche/?q=vergeblich")[0] == 503  # and not a search that has found nothing
    status, headers, text = Visitor(portal).ask("/aktuelles/?seite=1")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "10", "no-store")
    assert "Gerade nicht erreichbar" in text
    assert 'href="/aktuelles/?seite=1"' in text
    assert headers["X-Request-ID"] in text
    status, headers, text = Visitor(portal).ask("/api/v1/articles/")
    assert (status, headers["Content-Type"]) == (503, "application/problem+json")

    status, headers, text = visitor.ask(ADD, form)
    assert (status, headers["Retry-After"]) == (503, "10")
    assert "Noch nicht gespeichert" in text
    assert "<b>mehr</b>" not in text
    assert f" readonly>{html.escape(title)}</textarea>" in text
    again = fields_of(text)
    assert portal.get("/healthz")[0] == 200

    server.start()
    healed(portal)
    status, _, text = visitor.ask(ADD, again)
    assert status == 200
    assert "Noch nicht gespeichert" not in text
    saved = fields_of(text)
    assert (saved["title"], saved["lead"][0].strip()) == ([title], "Zeile eins\nZeile zwei")


def test_a_password_is_not_sent_back(portal, server):
    reader = Visitor(portal)
    form = fields_of(reader.ask("/redaktion/login/")[2]) | {"login": "redaktion", "password": "sehr-geheim"}
    server.stop()
    try:
        status, _, text = reader.ask("/redaktion/login/", form)
    finally:
        server.start()
    assert status == 503
    assert "geheim" not in text
    assert "Gehen Sie mit „Zurück“ zum Formular" in text
    healed(portal)


def test_a_frozen_database_is_given_up(portal, server):
    portal.get("/")
    frozen = server_processes(server)
    send(frozen, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(24) as threads:  # more than there are threads to answer
            probes = [threads.submit(portal.get, "/readyz") for _ in range(24)]
            started = time.monotonic()
            assert portal.get("/aktuelles/?seite=77")[0] == 503  # never asked for before, so not stored
            assert time.monotonic() - started < 6  # a connection that is silent, then a new one that is refused
        assert {one.result() for one in probes} <= {(503, '{"status": "database"}'), (200, '{"status": "ok"}')}
        assert portal.get("/healthz")[0] == 200
    finally:
        send(frozen, signal.SIGCONT)
    healed(portal)


def test_an_error_is_mailed_once_by_all_workers_together(portal, visitor, server, letterbox):
    letterbox.letters.clear()
    with psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME, autocommit=True) as database:
        database.execute("ALTER TABLE news_article RENAME TO weg")
        try:
            answers = [visitor.ask("/aktuelles/?seite=2&q=geheim") for _ in range(8)]
        finally:
            database.execute("ALTER TABLE weg RENAME TO news_article")
    assert {status for status, _, _ in answers} == {500}
    ids = [headers["X-Request-ID"] for _, headers, _ in answers]
    assert all(one in text for one, (_, _, text) in zip(ids, answers, strict=True))
    page = noted_errors(visitor, 8)
    assert "ProgrammingError" in page
    (letter,) = letterbox.letters
    text = letter.get_content()
    assert letter["To"] == "technik@example.org"
    assert letter["Subject"] == "Fehler auf der Website: ProgrammingError"
    assert any(one in text for one in ids)
    assert "Seite:    news:article_list" in text
    assert "geheim" not in text


def noted_errors(visitor, count):
    """The list at the desk, once the threads that note have noted so many."""
    started = time.monotonic()
    while f'<td class="field-count">{count}</td>' not in (page := visitor.ask("/redaktion/forum/errorkind/")[2]):
        assert time.monotonic() - started < 5, page
        time.sleep(0.1)
    return page


def test_a_daily_job_that_fails_is_mailed_even_without_a_database(letterbox):
    letterbox.letters.clear()
    environment = (
        os.environ
        | PRODUCTION
        | {
            "EMAIL_URL": f"smtp://127.0.0.1:{letterbox.server_address[1]}?tls=0",
            "ERRORS_MAIL": "technik@example.org",
        }
    )
    command = [sys.executable, "manage.py", "cleanup", "--delete"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Die Datenbank antwortet nicht" in done.stderr
    (letter,) = letterbox.letters
    assert letter["Subject"] == "Fehler auf der Website: OperationalError"
    assert "Befehl cleanup" in letter.get_content()


def workers(portal) -> set[int]:
    command = ["ps", "-o", "pid=", "--ppid", str(portal.process.pid)]
    return {int(pid) for pid in subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()}


def worker_figures(portal):
    text = Visitor(portal).ask("/metrics", Authorization=f"Bearer {TOKEN}")[2]
    answered = sum(map(float, re.findall(r"^portal_requests_total\{.*\} ([\d.]+)$", text, re.MULTILINE)))
    return float(re.search(r"^portal_workers\{.*\} ([\d.]+)$", text, re.MULTILINE)[1]), answered


def test_a_killed_worker_is_replaced_while_the_other_answers(portal):
    until = time.monotonic() + 10
    while worker_figures(portal)[0] < 2:  # the second may still be on its way
        assert time.monotonic() < until
        time.sleep(0.1)
    _, answered = worker_figures(portal)
    before = workers(portal)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    for _ in range(20):
        assert portal.get("/")[0] == 200
    started = time.monotonic()
    while len(workers(portal)) < 2 or worker_figures(portal)[0] < 2:
        assert time.monotonic() - started < 10
        time.sleep(0.2)
    assert victim not in workers(portal)
    after, total = worker_figures(portal)
    assert after == 2
    assert total >= answered + 20  # what the killed one has counted is not forgotten


# Disk


@pytest.fixture
def no_folder(settings, tmp_path):
    """Uploads lead to where nothing can be written, for root as well: their folder is a file."""
    (tmp_path / "voll").write_text("")
    settings.MEDIA_ROOT = str(tmp_path / "voll" / "media")


@pytest.fixture
def no_room():
    """No file may grow beyond 2 kB: for a program the same as a disk that is full (EFBIG instead of ENOSPC)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(params=["no_folder", "no_room"])
def broken_disk(request):
    make_picture()  # something to read
    request.getfixturevalue(request.param)


UPLOADS = {
    "picture": (
        Picture,
        lambda: SimpleUploadedFile("a.png", image_bytes((300, 200)), "image/png"),
        {"alt_text": "Mühsam beschrieben", "credit": "Erika / Verein"},
    ),
    "attachment": (
        Attachment,
        lambda: SimpleUploadedFile("a.pdf", pdf_file().read() + b"\n" * 2_000),
        {"title": "Mühsam benannt"},
    ),
}


@pytest.mark.parametrize("kind", UPLOADS)
def test_where_nothing_can_be_stored_the_field_says_so(desk, broken_disk, kind):
    model, make, typed = UPLOADS[kind]
    before = model.objects.count()
    address = f"/redaktion/forum/{kind}/add/"
    answer = desk.post(address, filled_form(desk, address) | typed | {"file": make()})
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert "Die Datei lässt sich gerade nicht speichern" in str(form.errors["file"])
    for value in typed.values():
        assert value in answer.content.decode()
    assert model.objects.count() == before


def test_reading_and_writing_go_on_where_nothing_can_be_stored(client, desk, broken_disk):
    article = make_article(title="Zu lesen")
    assert "Zu lesen" in client.get(article.get_absolute_url()).content.decode()
    address = f"/redaktion/news/article/{article.pk}/change/"
    assert desk.post(address, filled_form(desk, address, title="Neuer Titel")).status_code == 302
    assert "Neuer Titel" in client.get(article.get_absolute_url()).content.decode()


def test_what_may_pass_is_told_from_what_is_broken():
    for number in (28, 30, 122):  # no space left, read-only file system, quota exceeded (errno.h of Linux)
        assert is_outage(OSError(number, "x"))
    assert is_outage(OperationalError())
    assert is_outage(InterfaceError())
    for error in (OSError(2, "x"), ConnectionResetError(), ValueError(), None):
        assert not is_outage(error)


# Clock


def test_the_clock_may_jump(desk, staff, client):
    """A wrong clock after a restart, corrected later: nothing breaks, and what is due is seen when it is."""
    now = datetime.now(UTC)
    article = make_article(published_at=now - timedelta(hours=1), expires_at=now + timedelta(days=2))
    paths = ["/", "/aktuelles/", "/veranstaltungen/", "/suche/?q=forum", "/sitemap.xml", "/aktuelles/feed/"]
    seen = {}
    for days in (0, 400, 0, -400, 0):
        with time_machine.travel(now + timedelta(days=days)):
            for path in [*paths, article.get_absolute_url()]:
                assert client.get(path).status_code in (200, 404), (path, days)
            seen[days] = client.get(article.get_absolute_url()).status_code
            answer = desk.get("/redaktion/")
            if days == 400:  # the time of the session was over: signing in again is all it takes
                assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)
                desk.force_login(staff)
                answer = desk.get("/redaktion/")
            assert answer.status_code == 200, days
            refused = Client().post("/redaktion/login/", {"login": "wer", "password": "falsch"})
            assert refused.status_code in (200, 429)
    assert seen == {0: 200, 400: 404, -400: 404}
