"""`make bench ARGS=growth`: two machines with the portal, tried on one.

Starts PostgreSQL and a copy that follows it, Redis or Valkey, an S3 server whose bucket is mounted twice, two portals
and HAProxy with docs/haproxy.cfg, all on 127.0.0.1. Then does what happens in a year, and says what readers saw.
About two minutes. Ends with 1 if anything was otherwise than docs/growing.md says.
"""

import io
import os
import pathlib
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack

from PIL import Image

from forum.database import EmbeddedServer
from tests.bench import engines
from tests.bench.load import family
from tests.bench.people import Staff, read
from tests.browser.pages import PAGES
from tests.redis import redis_server
from tests.replicas import Replica, address, ask
from tests.servers import Portal, free_port, open_to_servers

ARTICLE = PAGES["article without picture"]
READ = ("/", "/aktuelles/", ARTICLE, PAGES["event"], "/kontakt/", "/suche/?q=Beispiel", "/aktuelles/?jahr=2023&seite=1")
READERS = 3
HEAL = 20  # seconds


class Readers:
    """Threads that read through the proxy, each time over a new connection, and note what went wrong."""

    def __init__(self, port):
        self.port, self.over = port, threading.Event()
        self.seconds, self.wrong = [], []
        self.threads = [threading.Thread(target=self.read, args=[number]) for number in range(READERS)]

    def read(self, number):
        while not self.over.wait(0.03):
            number += 1
            path = READ[number % len(READ)]
            answer = read(self.port, path)
            self.seconds.append(answer.seconds)
            if answer.status != 200 or not answer.body.rstrip().endswith(b"</html>"):
                self.wrong.append(f"{answer.status} {path}")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(1)
        return self

    def __exit__(self, *_):
        time.sleep(1)
        self.over.set()
        for thread in self.threads:
            thread.join()

    def __str__(self):
        slowest = 1000 * max(self.seconds)
        wrong = f": {', '.join(sorted(set(self.wrong))[:5])}" if self.wrong else ""
        middle = 1000 * statistics.median(self.seconds)
        return f"{len(self.seconds)} requests, median {middle:.0f} ms, slowest {slowest:.0f} ms, {len(self.wrong)} failed{wrong}"


class Trial:
    """Everything that runs, and what was found."""

    def __init__(self, stack: ExitStack, folder: pathlib.Path):
        self.failed, self.folder = 0, folder
        self.original = EmbeddedServer(folder / "one" / "postgres")
        stack.enter_context(self.original.running())
        s3 = stack.enter_context(engines.s3_server())
        mounts = [stack.enter_context(engines.mounted(s3, folder / name)) for name in ("files-one", "files-two")]
        redis, _ = stack.enter_context(redis_server(folder))
        self.copy = Replica(folder / "copy", self.original)
        ports = [free_port(), free_port()]
        proxy = stack.enter_context(engines.proxy(folder, ports))
        self.proxy, self.host = proxy, f"127.0.0.1:{proxy}"
        self.variables = {
            "DATABASE_URL": address(self.original),
            "DATABASE_REPLICA_URL": address(self.copy),
            "CACHE_URL": redis,
            "SITE_URL": f"http://{self.host}",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        self.portals = [self.portal(mounts[0], ports[0])]  # makes tables and demo content
        stack.enter_context(self.copy.running())
        self.portals.append(self.portal(mounts[1], ports[1]))
        stack.callback(lambda: [portal.stop() for portal in self.portals])
        self.mounts, self.ports = mounts, ports
        self.login = self.portals[0].login

    def portal(self, data, port, **others) -> Portal:
        portal = Portal(data, port, **(self.variables | others))
        portal.wait_until_ready()
        portal.reading = threading.Thread(target=portal.process.stdout.read, daemon=True)  # a full pipe stops a server
        portal.reading.start()
        portal.stop = lambda: stop(portal, signal.SIGINT)
        return portal

    def staff(self, number) -> Staff:
        return Staff(self.ports[number], self.host).sign_in(*self.login)

    def see(self, number, path) -> str:
        return read(self.ports[number], path, host=self.host).body.decode()

    def say(self, what, holds: bool, seen=""):
        self.failed += not holds
        print(f"{'✓' if holds else '✗'} {what}" + (f" — {seen}" if seen else ""), flush=True)


def stop(portal, number):
    if portal.process.poll() is None:
        os.killpg(portal.process.pid, number)
    portal.process.wait(60)
    portal.reading.join(10)
    portal.process.stdout.close()


def article_form(trial) -> str:
    key = ask(trial.original, "SELECT id FROM news_article WHERE slug = 'beispiel-ohne-bild'")
    return f"/redaktion/news/article/{key}/change/"


def picture(trial):
    """Uploaded at one machine, read at the other."""
    add, desk = "/redaktion/forum/picture/add/", trial.staff(0)
    fields = desk.form(add) | {"alt_text": ["Eine blaue Fläche."], "credit": ["Foto: Messung"], "_continue": ["1"]}
    desk.send_file(add, fields, "file", "flaeche.jpg", photo())
    name = ask(trial.original, "SELECT file FROM forum_picture ORDER BY id DESC LIMIT 1")
    first, second = (read(trial.ports[n], f"/medien/{name}", host=trial.host) for n in (0, 1))
    same = first.status == second.status == 200 and first.body == second.body
    trial.say("a picture uploaded at one machine is read at the other", same, f"{len(second.body)} bytes out of S3")
    made = sum(path.is_file() for path in trial.mounts[1].rglob("*"))
    trial.say("its renditions lie in S3 before anybody asks for them", made > 15, f"{made} objects")
    key = ask(trial.original, "SELECT max(id) FROM forum_picture")
    desk.send(f"/redaktion/forum/picture/{key}/delete/", desk.form(f"/redaktion/forum/picture/{key}/delete/"))
    took = engines.wait_for(lambda: read(trial.ports[1], f"/medien/{name}", host=trial.host).status == 404, 5)
    kept = (trial.mounts[1] / "kept" / name).exists()
    trial.say("deleted at one, it is gone at the other and kept for versions", kept, f"{took:.2f} s")


def photo() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def edit(trial):
    """Saved at one machine, seen at the other with the next request."""
    desk, path, wrong, waited = trial.staff(0), article_form(trial), 0, []
    for number in range(5):
        title = f"Messung {number} von eins"
        desk.retitle(path, title)
        start = time.perf_counter()
        wrong += title not in trial.see(1, ARTICLE) or title not in trial.see(0, ARTICLE)
        waited.append(time.perf_counter() - start)
    trial.say("five changes at one machine: the next reader of both sees each", not wrong, f"{wrong} old pages")


def scans(server) -> int:
    """How often the table that is searched has been read."""
    return ask(
        server, "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'forum_searchentry'"
    )


def lag(trial):
    """A copy that stands still is read until something changes, and not after."""
    trial.copy.catch_up()
    time.sleep(1.5)  # statistics are told once a second
    before = scans(trial.copy), scans(trial.original)
    for number in range(40):
        trial.see(number % 2, f"/suche/?q=Beispiel+oder+Nummer{number}")
    time.sleep(1.5)
    there, here = scans(trial.copy) - before[0], scans(trial.original) - before[1]
    trial.say("40 searches are answered from the copy", there >= 40 > 10 * here, f"{there} scans there, {here} here")
    trial.copy.pause()
    desk, path = trial.staff(1), article_form(trial)
    with Readers(trial.proxy) as readers:
        wrong = 0
        for number in range(5):
            title = f"Trotz Rückstand {number}"
            desk.retitle(path, title)
            wrong += sum(title not in trial.see(which, ARTICLE) for which in (0, 1))
    trial.copy.resume()
    trial.say("the copy stands still: nobody sees old news", not wrong and not readers.wrong, str(readers))
    took = engines.wait_for(lambda: not behind(trial), HEAL)
    trial.say("it catches up", True, f"{took:.2f} s")


def behind(trial) -> int:
    """Bytes of changes that the copy has not replayed."""
    there = ask(trial.copy, "SELECT pg_last_wal_replay_lsn()::text")
    return ask(trial.original, "SELECT greatest(pg_current_wal_lsn() - %s::pg_lsn, 0)::bigint", there)


def copy_hangs(trial):
    """It is there, but says nothing, as behind a broken network."""
    pid = int((trial.copy.cluster / "postmaster.pid").read_text().split()[0])
    frozen = family(pid)
    with Readers(trial.proxy) as readers:
        try:
            for one in frozen:
                os.kill(one, signal.SIGSTOP)
            time.sleep(8)
        finally:
            for one in frozen:
                os.kill(one, signal.SIGCONT)
    trial.say("the copy hangs: readers wait a moment at most", not readers.wrong, str(readers))


def copy_dies(trial):
    with Readers(trial.proxy) as readers:
        trial.copy.kill()
        time.sleep(2)
    trial.say("the copy dies: readers notice nothing", not readers.wrong, str(readers))
    trial.copy.start()
    trial.copy.catch_up()


def pooled(trial):
    """A machine that has no connection of its own: PgBouncer lends it one of four for each transaction."""
    with engines.pooler(trial.folder, trial.original, 4) as database:
        port = free_port()
        alone = {"DATABASE_URL": database, "DATABASE_REPLICA_URL": "", "SITE_URL": f"http://127.0.0.1:{port}"}
        portal = trial.portal(trial.mounts[0], port, **alone)
        try:
            desk, path, wrong = Staff(port, f"127.0.0.1:{port}").sign_in(*trial.login), article_form(trial), 0
            with Readers(port) as readers:
                for number in range(5):
                    title = f"Aus dem Vorrat {number}"
                    desk.retitle(path, title)
                    wrong += title not in read(port, ARTICLE).body.decode()
                used = engines.lent(database)
        finally:
            portal.stop()
    seen = f"{wrong} old pages, {used} connections, {readers}"
    trial.say("a machine behind PgBouncer in transaction mode", not wrong and not readers.wrong and used <= 4, seen)


def machine_dies(trial):
    with Readers(trial.proxy) as readers:
        stop(trial.portals[0], signal.SIGKILL)
        time.sleep(2)
        trial.portals[0] = trial.portal(trial.mounts[0], trial.ports[0])
    trial.say("one machine is killed and starts again", not readers.wrong, str(readers))


def rolling(trial):
    """What an upgrade does: one after the other is told to end, and another takes its place."""
    with Readers(trial.proxy) as readers:
        for number in (0, 1):
            engines.wait_for(lambda: all(map(is_ready, trial.ports)), HEAL)
            time.sleep(2.5)  # the proxy has seen it too
            stop(trial.portals[number], signal.SIGTERM)
            trial.portals[number] = trial.portal(trial.mounts[number], trial.ports[number])
    trial.say("both machines are restarted, one after the other", not readers.wrong, str(readers))


def is_ready(port) -> bool:
    return read(port, "/readyz").status == 200


def database_dies(trial):
    """No machine is ready, but both live."""
    for _ in range(8):
        trial.see(0, ARTICLE), trial.see(1, ARTICLE)
    trial.original.program("pg_ctl", "-D", str(trial.original.cluster), "-m", "immediate", "-w", "stop")
    time.sleep(6)  # until the proxy has found both not ready
    answers = [read(trial.proxy, ARTICLE) for _ in range(10)]
    shown = all(one.status == 200 and b"Diese Seite ist vom" in one.body for one in answers)
    trial.say("the database is away: readers read on, with a note", shown, str({one.status for one in answers}))
    trial.original.start()
    took = engines.wait_for(lambda: read(trial.proxy, "/suche/?q=Beispiel").status == 200, HEAL)
    trial.say("it is back: everything is as before", True, f"{took:.1f} s")


STEPS = (picture, edit, lag, copy_hangs, copy_dies, pooled, machine_dies, rolling, database_dies)


def main(names=()):
    if lacking := engines.missing():
        sys.exit(f"✗ Für „make bench ARGS=growth“ fehlt etwas. Bitte installieren Sie {' und '.join(lacking)}.")
    unknown = set(names) - {step.__name__ for step in STEPS}
    if unknown:
        sys.exit(f"✗ Das gibt es nicht: {', '.join(unknown)}. Es gibt {', '.join(step.__name__ for step in STEPS)}.")
    folder = open_to_servers(pathlib.Path(tempfile.mkdtemp(prefix="portal-growth-")))
    try:
        with ExitStack() as stack:
            start = time.monotonic()
            trial = Trial(stack, folder)
            print(f"Two machines behind HAProxy are up after {time.monotonic() - start:.0f} s.\n", flush=True)
            for step in STEPS:
                if not names or step.__name__ in names:
                    step(trial)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if trial.failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
