"""`make bench ARGS=disk`: a disk that is really full, and one that can only be read.

Uploads and the database each get a small file system in memory, in a mount namespace of this process (unshare(1)), so
that nothing outside notices. Needs root and the right to mount; half a minute. Ends with 1 if anything is otherwise
than said. The same is tested in every run without mounting, as far as that goes (tests/forum/test_outages.py).
"""

import contextlib
import errno
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import urllib.error

import psycopg

from forum.database import EmbeddedServer
from tests.bench.engines import wait_for
from tests.bench.growth import photo, stop
from tests.bench.people import Staff, read
from tests.browser.pages import PAGES
from tests.replicas import ask, connected
from tests.servers import Portal, open_to_servers

INSIDE = "PORTAL_DISK_TRIAL"  # set in the namespace
SIZES = {"media": "40m", "postgres": "260m"}
ADD = "/redaktion/forum/picture/add/"
ARTICLE = PAGES["article without picture"]
REFUSED = "Die Datei lässt sich gerade nicht speichern"
HEAL = 20  # seconds


class Trial:
    def __init__(self, folder: pathlib.Path):
        self.failed, self.folder = 0, folder
        self.portal = Portal(folder).wait_until_ready()
        self.portal.reading = threading.Thread(target=self.portal.process.stdout.read, daemon=True)
        self.portal.reading.start()
        self.server = EmbeddedServer(folder / "postgres")
        self.desk = Staff(self.portal.port).sign_in(*self.portal.login)
        key = ask(self.server, "SELECT id FROM news_article WHERE slug = 'beispiel-ohne-bild'")
        name = ask(self.server, "SELECT file FROM forum_picture ORDER BY id LIMIT 1")
        self.read = ("/", ARTICLE, f"/medien/{name}")
        self.article = f"/redaktion/news/article/{key}/change/"

    def say(self, what, holds: bool, seen=""):
        self.failed += not holds
        print(f"{'✓' if holds else '✗'} {what}" + (f" — {seen}" if seen else ""), flush=True)

    def upload(self) -> str:
        """What the desk answers to a picture that somebody has described."""
        fields = self.desk.form(ADD) | {"alt_text": ["Mühsam beschrieben"], "credit": ["Foto: Messung"]}
        return self.desk.send_file(ADD, fields, "file", "flaeche.jpg", photo())

    def files(self) -> set[str]:
        return {str(one) for one in (self.folder / "media").rglob("*") if one.is_file()}

    def readers_read(self) -> bool:
        return {read(self.portal.port, path).status for path in self.read} == {200}


@contextlib.contextmanager
def full(folder: pathlib.Path):
    """No byte more fits into a file system."""
    block = folder / "block"
    with block.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError as error:
            assert error.errno == errno.ENOSPC
    try:
        yield
    finally:
        block.unlink()


@contextlib.contextmanager
def only_read(folder: pathlib.Path):
    mount("-o", "remount,ro", folder)
    try:
        yield
    finally:
        mount("-o", "remount,rw", folder)


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def uploads(trial, what, broken):
    with broken(trial.folder / "media"):
        before = trial.files()
        page = trial.upload()
        said = REFUSED in page and "Mühsam beschrieben" in page
        trial.say(f"uploads {what}: the field says so, what was typed stays", said)
        trial.say(f"uploads {what}: nothing half is left", trial.files() == before, f"{len(before)} files")
        trial.desk.retitle(trial.article, f"Geschrieben: {what}")
        read_on = trial.readers_read() and f"Geschrieben: {what}" in read(trial.portal.port, ARTICLE).body.decode()
        trial.say(f"uploads {what}: writing and reading go on", read_on)
    trial.say(f"uploads {what}: and then it works again", REFUSED not in trial.upload())


def database(trial):
    words = textwrap.wrap(os.urandom(100_000).hex(), 10)  # need room of their own, however they are compressed
    text = f"<p>{' '.join(words)}</p>"
    fields = trial.desk.form(trial.article) | {"text": [text], "_continue": ["1"]}
    all(trial.readers_read() for _ in range(8))  # each worker has these pages: a new connection needs room, too
    with full(trial.folder / "postgres"):
        status, page = 200, ""
        try:
            trial.desk.send(trial.article, fields)
        except urllib.error.HTTPError as error:
            with error:
                status, page = error.code, error.read().decode()
        kept = status == 503 and "Noch nicht gespeichert" in page and text[3:2000] in page
        trial.say("the database's disk is full: nothing typed is lost", kept, str(status))
        trial.say("the database's disk is full: readers read on", trial.readers_read())
    took = wait_for(lambda: is_saved(trial, fields), HEAL)
    trial.say("there is room: the same form is saved, nobody has restarted anything", True, f"{took:.1f} s")


def log_of_changes(trial):
    """Worse: PostgreSQL finds no room for its log, and ends; whoever keeps it running starts it again."""
    all(trial.readers_read() for _ in range(8))
    with connected(trial.server) as connection, full(trial.folder / "postgres"):
        with contextlib.suppress(psycopg.Error):
            for _ in range(100):
                connection.execute("SELECT pg_logical_emit_message(false, 'x', 'x')")
                connection.execute("SELECT pg_switch_wal()")
        wait_for(lambda: not (trial.server.cluster / "postmaster.pid").exists(), HEAL)
        shown = all(trial.readers_read() for _ in range(8))
        trial.say("the database ends, because it finds no room for its log: readers read on", shown)
    trial.server.start()
    took = wait_for(lambda: read(trial.portal.port, "/suche/?q=Beispiel").status == 200, HEAL)
    trial.say("there is room, it is started: everything is as before", True, f"{took:.1f} s")


def is_saved(trial, fields) -> bool:
    try:
        return "errornote" not in trial.desk.send(trial.article, fields)
    except OSError:
        return False


def may_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


def main(_=()):
    if INSIDE not in os.environ:
        if not may_mount():
            sys.exit(
                "✗ Für „make bench ARGS=disk“ fehlt das Recht, Dateisysteme einzuhängen: Bitte rufen Sie es als root auf."
            )
        command = ["unshare", "--mount", sys.executable, "-m", "tests.bench.disk"]
        sys.exit(subprocess.run(command, env=os.environ | {INSIDE: "1"}, check=False).returncode)
    folder = open_to_servers(pathlib.Path(tempfile.mkdtemp(prefix="portal-disk-")))
    failed = 1
    try:
        for name, size in SIZES.items():
            (folder / name).mkdir()
            mount("-t", "tmpfs", "-o", f"size={size},mode=755", "none", folder / name)
        trial = Trial(folder)
        try:
            uploads(trial, "full", full)
            uploads(trial, "read-only", only_read)
            database(trial)
            log_of_changes(trial)
            failed = trial.failed
        finally:
            stop(trial.portal, 2)
    finally:
        for name in SIZES:
            subprocess.run(["umount", "--lazy", folder / name], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
