"""What readers' pages cost: requests per second as a part of the yardstick's, CPU and queries.

The yardstick is a Django view that returns a constant 20 kB text behind the portal's own middleware and gunicorn. In
each round all are asked in turns: the yardstick, each page after a change of the content (a change before every
request, so that each is made anew) and each page as it is stored. `python -m tests.bench.pages --rounds 3`.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

import psycopg

from forum.database import NAME, USER, EmbeddedServer
from tests.bench.load import processor_seconds, request, requests_per_second
from tests.servers import ROOT, Portal, open_to_servers

MANY, FEW = 1_000, 100  # requests in a round: of what is quick, of what is slow
SEARCH = "/suche/?q=Nachhaltigkeit"
WANTED = {"list": (0.10, 1.0, 4), "article": (0.15, 1.0, 4), "event": (0.08, 1.0, 6), "search": (0.15, None, 2)}


@dataclass
class Figures:
    """Of one page in one state: requests per second, as a part of the yardstick's, milliseconds of CPU per request."""

    speeds: list[float] = field(default_factory=list)
    parts: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def __str__(self):
        return (
            f"{statistics.median(self.parts):8.3f} {statistics.median(self.costs):7.2f}" if self.parts else f"{'–':>16}"
        )


class Changes:
    """Changes of the content by somebody else: one statement that changes no row, each process over a connection."""

    def __init__(self, server: EmbeddedServer):
        self.server, self.line = server, None

    def __call__(self):
        if self.line is None:
            self.line = psycopg.connect(host=str(self.server.sockets), user=USER, dbname=NAME, autocommit=True)
        self.line.execute("DELETE FROM forum_topic WHERE false")


def measure(rounds: int):
    folder = open_to_servers(pathlib.Path(tempfile.mkdtemp(prefix="portal-bench-")))
    portal = Portal(folder).wait_until_ready()
    yardstick = Portal(folder, DJANGO_SETTINGS_MODULE="tests.bench.yardstick").wait_until_ready()
    try:
        article, event = run(folder, "tests.bench.content").split()[-2:]  # slow queries are told before
        pages = {"list": "/aktuelles/", "article": article, "event": event, "search": SEARCH}
        queries = dict(zip(pages, run(folder, "tests.bench.queries", *pages.values()).split(), strict=True))
        show(compare(portal, yardstick, EmbeddedServer(folder / "postgres"), pages, rounds), queries)
    finally:
        yardstick.stop()
        portal.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(folder, module, *arguments) -> str:
    """What a program of its own prints, because Django can be set up only once in each."""
    environment = os.environ | {"PORTAL_DATA": str(folder), "PORTAL_MODE": "development"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def compare(portal, yardstick, server, pages, rounds) -> dict[tuple[str, str], Figures]:
    postmaster = int((server.cluster / "postmaster.pid").read_text().split()[0])
    change, found = Changes(server), {}
    for one in (yardstick, portal):
        for _ in range(40):
            request(one.port, "/")

    def ask(name, state, asked, path, many, before=None) -> float:
        start = processor_seconds(asked.process.pid, postmaster)
        speed = requests_per_second(asked.port, path, many, before)
        cost = 1000 * (processor_seconds(asked.process.pid, postmaster) - start) / many
        figures = found.setdefault((name, state), Figures())
        figures.speeds.append(speed)
        figures.costs.append(cost)
        return speed

    for number in range(rounds + 1):
        many, few = (MANY, FEW) if number else (80, 40)
        if number == 1:
            found.clear()  # what was only to warm up
        for name, path in pages.items():
            limit = ask("limit", "", yardstick, "/", many)  # just before, because machines have moods
            if name != "search":
                speed = ask(name, "stored", portal, path, many)
                found[name, "stored"].parts.append(speed / limit)
            speed = ask(name, "after a change", portal, path, few, change)
            found[name, "after a change"].parts.append(speed / limit)
    return found


def show(found, queries):
    limit = found.pop(("limit", ""))
    speed, cost = statistics.median(limit.speeds), statistics.median(limit.costs)
    print(f"limit: {speed:.0f} requests per second, {cost:.2f} ms of CPU each\n")
    print(f"{'':8} {'after a change':>16} {'wanted':>7} {'stored':>16} {'wanted':>7} {'queries':>8} {'wanted':>7}")
    print(f"{'page':8} {'of limit':>8} {'CPU ms':>7} {'':7} {'of limit':>8} {'CPU ms':>7}")
    for name, (changed, stored, most) in WANTED.items():
        print(
            f"{name:8} {found[name, 'after a change']} {changed:7.2f} {found.get((name, 'stored'), Figures())} "
            f"{stored or '–':>7} {queries[name]:>8} {most:7}",
            flush=True,
        )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=3)
    measure(arguments.parse_args().rounds)


if __name__ == "__main__":
    main()
