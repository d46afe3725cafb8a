"""`make bench ARGS="load --minutes 10"`: a day's mix of readers and one who edits, at 80 % of what the portal can bear.

First as many readers as the portal has threads ask without a pause: that is the limit. Then requests begin at 80 % of
that pace, whether or not earlier ones have been answered, and each is timed from when it should have begun, so that a
stall is counted by everybody it would have hit. All the while somebody at the desk saves an article every five seconds,
after which all stored pages are made anew, and the next readers must see it.

Readers come from 800 addresses (X-Forwarded-For, as a proxy of ours gives them), so that limits for one network are on
and not reached. Ends with 1 after any error: an answer other than 2xx or 3xx, a broken or missing one, an old page, or
a p99 above a second.
"""

import argparse
import math
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

from forum.database import EmbeddedServer
from tests.bench.load import processor_seconds
from tests.bench.people import Staff, read
from tests.browser.pages import PAGES
from tests.replicas import ask
from tests.servers import ROOT, Portal, open_to_servers

SHARE = 0.8  # of the limit
EVERY = 5.0  # seconds from one save to the next
LOOKS = 6  # of readers after a save: enough for both workers
WORST = 1.0  # seconds that p99 may be
ORGANISATIONS = 800
CLIENTS, ABREAST, WAITING = 2, 4, 60  # processes; threads of each that ask without pause; threads that may wait
QUESTIONS = ("Nachhaltigkeit", "Pflege", "Kita oder Jugendhilfe", "Digitalisierung", "Köpenick", "Wohnungsbündniss")
PLACES = ("10119", "Köpenick", "Wedding", "13347", "Pankow", "12043")
PARTS = {  # kind → (weight, pattern of addresses)
    "home": (20, r"/"),
    "news list": (12, r"/aktuelles/"),
    "deep list": (3, r"/aktuelles/\?seite=\d+"),
    "article": (22, r"/aktuelles/[^/?]+/"),
    "event list": (7, r"/veranstaltungen/"),
    "event": (9, r"/veranstaltungen/[^/]+/"),
    "directory": (5, r"/kontakt/"),
    "person": (5, r"/personen/[^/]+/"),
    "topic": (3, r"/themen/[^/]+/"),
    "search": (4, r"/suche/\?q=.*"),
    "suggestions": (2, r"/suche/vorschlaege/\?q=.*"),
    "finder": (2, r"/kontakt/\?ort=.*"),
    "feed": (2, r"/aktuelles/feed/"),
    "calendar": (2, r"/veranstaltungen/kalender\.ics"),
    "card": (1, r"/personen/[^/]+/kontakt\.vcf"),
    "API": (1, r"/api/v1/.*"),
}


@dataclass
class Seen:
    """What readers met: (kind, seconds) of each answer, errors by what they were, and the client's own CPU seconds."""

    times: list[tuple[str, float]] = field(default_factory=list)
    errors: Counter = field(default_factory=Counter)
    processor: float = 0.0

    def __add__(self, other):
        return Seen(self.times + other.times, self.errors + other.errors, self.processor + other.processor)


def addresses(port) -> dict[str, list[str]]:
    """What there is to read, from the sitemap, and what people type."""
    index = read(port, "/sitemap.xml").body.decode()
    maps = [
        read(port, re.sub(r"^https?://[^/]+", "", one)).body.decode() for one in re.findall("<loc>(.*?)</loc>", index)
    ]
    found = [re.sub(r"^https?://[^/]+", "", one) for text in maps for one in re.findall("<loc>(.*?)</loc>", text)]
    found += ["/", "/aktuelles/", "/veranstaltungen/", "/kontakt/", "/aktuelles/feed/", "/veranstaltungen/kalender.ics"]
    found += [f"/aktuelles/?seite={number}" for number in range(2, 20)]
    found += [f"/suche/?q={quote(question)}" for question in QUESTIONS]
    found += [f"/suche/vorschlaege/?q={quote(question[:5])}" for question in QUESTIONS]
    found += [f"/kontakt/?ort={quote(place)}" for place in PLACES]
    found += [f"{one}kontakt.vcf" for one in found if re.fullmatch(r"/personen/[^/]+/", one)]
    found += ["/api/v1/articles/", "/api/v1/events/"]
    kinds = {kind: sorted({one for one in found if re.fullmatch(pattern, one)}) for kind, (_, pattern) in PARTS.items()}
    assert all(kinds.values()), [kind for kind, paths in kinds.items() if not paths]
    return kinds


class Client:
    """Readers in a process of their own.

    Args:
        pace: requests per second, begun whether or not earlier ones are answered; 0: each thread asks without pause.
    """

    def __init__(self, port, paths, seconds, pace, seed):
        self.port, self.paths, self.seconds, self.pace = port, paths, seconds, pace
        self.random, self.lock, self.number, self.seen = random.Random(seed), threading.Lock(), 0, Seen()
        self.kinds, self.weights = list(PARTS), [weight for weight, _ in PARTS.values()]

    def run(self) -> Seen:
        self.start = time.monotonic()
        threads = [threading.Thread(target=self.ask) for _ in range(WAITING if self.pace else ABREAST)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seen.processor = time.process_time()
        return self.seen

    def next(self):
        """(when to begin, kind, address, visitor)"""
        with self.lock:
            self.number += 1
            begin = self.start + self.number / self.pace if self.pace else time.monotonic()
            kind = self.random.choices(self.kinds, self.weights)[0]
            one = self.random.randrange(ORGANISATIONS)
            paths = self.paths[kind]
            path = paths[int(len(paths) * self.random.random() ** 5)]  # half of them want the same 3 %
            return begin, kind, path, f"198.18.{one // 250}.{one % 250 + 1}"

    def ask(self):
        while True:
            begin, kind, path, visitor = self.next()
            if begin >= self.start + self.seconds:
                return
            time.sleep(max(0, begin - time.monotonic()))
            answer = read(self.port, path, visitor)
            if 200 <= answer.status < 400:
                self.seen.times.append((kind, time.monotonic() - begin))
            else:
                self.seen.errors[f"{kind}: {answer.status or 'no answer'}"] += 1


def in_its_process(results, *arguments):
    results.put(Client(*arguments).run())


def readers(port, paths, seconds, pace=0.0) -> Seen:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = [(results, port, paths, seconds, pace / CLIENTS, seed) for seed in range(CLIENTS)]
    clients = [context.Process(target=in_its_process, args=one) for one in arguments]
    for client in clients:
        client.start()
    found = sum((results.get(timeout=seconds + 120) for _ in clients), Seen())
    for client in clients:
        client.join()
    return found


class Desk(threading.Thread):
    """A member of staff who saves an article every few seconds, and readers who must see it with the next request."""

    def __init__(self, portal, form, page):
        super().__init__()
        self.portal, self.form, self.page = portal, form, page
        self.over, self.times, self.errors = threading.Event(), [], Counter()
        self.staff = Staff(portal.port, visitor="198.18.200.1").sign_in(*portal.login)

    def run(self):
        number = 0
        while not self.over.wait(EVERY):
            number += 1
            title, begin = f"Unter Last {number} {time.time():.0f}", time.monotonic()
            try:
                self.staff.retitle(self.form, title)
            except (OSError, AssertionError) as error:
                self.errors[f"save: {error}"] += 1
                continue
            self.times.append(time.monotonic() - begin)
            old = sum(
                title.encode() not in read(self.portal.port, self.page, "198.18.200.2").body for _ in range(LOOKS)
            )
            if old:
                self.errors["old page after a save"] += old

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


class Costs:
    """CPU seconds of the portal and its PostgreSQL inside a `with` block."""

    def __init__(self, portal, folder):
        cluster = EmbeddedServer(folder / "postgres").cluster
        self.pids = portal.process.pid, int((cluster / "postmaster.pid").read_text().split()[0])

    def __enter__(self):
        self.before = processor_seconds(*self.pids)
        return self

    def __exit__(self, *_):
        self.seconds = processor_seconds(*self.pids) - self.before


def at(times: list[float], part: float) -> float:
    """A percentile, in milliseconds."""
    return 1000 * sorted(times)[max(0, math.ceil(part * len(times)) - 1)]


def row(name, times) -> str:
    figures = "".join(f"{at(times, part):8.0f}" for part in (0.5, 0.95, 0.99, 1.0))
    return f"{name:14}{len(times):9,}{figures}"


def show(seen: Seen, desk: Desk, seconds, costs):
    print(f"\n{'':14}{'answers':>9}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    by_kind = {kind: [took for one, took in seen.times if one == kind] for kind in PARTS}
    for kind, times in by_kind.items():
        if times:
            print(row(kind, times))
    every = [took for _, took in seen.times]
    print(row("all readers", every))
    if desk.times:
        print(row("saves", desk.times))
    print(
        f"\nCPU: portal and PostgreSQL {100 * costs.seconds / seconds / os.cpu_count():.0f} % of {os.cpu_count()} cores, "
        f"{1000 * costs.seconds / max(1, len(every)):.2f} ms per request; "
        f"the readers themselves {100 * seen.processor / seconds / os.cpu_count():.0f} %"
    )
    errors = seen.errors + desk.errors
    print(f"Errors: {errors.total()}" + "".join(f"\n  {number} × {what}" for what, number in errors.most_common(20)))
    slow = at(every, 0.99) > 1000 * WORST
    print(f"p99 {'above' if slow else 'within'} {WORST:.0f} s", flush=True)
    return errors.total() == 0 and not slow


def measure(portal, folder, options) -> bool:
    command = ["manage.py", "fill", "--articles", str(options.articles), "--events", str(options.articles // 10)]
    subprocess.run([sys.executable, *command], cwd=ROOT, env=portal.environment, capture_output=True, check=True)
    paths = addresses(portal.port)
    seconds = 60 * options.minutes
    page = PAGES["article without picture"]
    key = ask(EmbeddedServer(folder / "postgres"), "SELECT id FROM news_article WHERE slug = %s", page.split("/")[-2])
    form = f"/redaktion/news/article/{key}/change/"
    for kind in PARTS:
        for path in paths[kind][:5]:
            read(portal.port, path)
    if options.pace:
        pace = options.pace
    else:
        first = min(20.0, max(8.0, seconds / 4))
        with Desk(portal, form, page) as desk:
            seen = readers(portal.port, paths, first)
        limit = len(seen.times) / first
        pace = SHARE * limit
        own = 100 * seen.processor / first / os.cpu_count()
        print(f"limit of the mix: {limit:.0f} requests per second ({first:.0f} s, readers' own CPU {own:.0f} %)")
    print(f"now {pace:.0f} per second for {seconds / 60:g} minutes, a save every {EVERY:.0f} s", flush=True)
    with Desk(portal, form, page) as desk, Costs(portal, folder) as costs:
        seen = readers(portal.port, paths, seconds, pace)
    return show(seen, desk, seconds, costs)


def main(words=None):
    arguments = argparse.ArgumentParser(prog="make bench ARGS=load")
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--articles", type=int, default=1_000)
    arguments.add_argument("--pace", type=float, default=0, help="requests per second, instead of 80 %% of the limit")
    options = arguments.parse_args(words)
    folder = open_to_servers(pathlib.Path(tempfile.mkdtemp(prefix="portal-load-")))
    portal = Portal(folder, TRUSTED_PROXIES="127.0.0.1", RATE_LIMITS="1").wait_until_ready()
    said = threading.Thread(target=portal.process.stdout.read, daemon=True)  # a full pipe would stop the portal
    said.start()
    try:
        passed = measure(portal, folder, options)
    finally:
        os.killpg(portal.process.pid, 2)
        portal.process.wait(60)
        said.join(10)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
