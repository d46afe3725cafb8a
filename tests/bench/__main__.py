"""`make bench`: how long the portal takes to start, what its pages cost, and how that grows.

`make bench ARGS="load --minutes 10"` holds a mix of readers and one who edits for ten minutes (tests/bench/mixed.py),
`make bench ARGS=growth` tries two machines with a replica, Redis, S3 and a proxy (tests/bench/growth.py),
`make bench ARGS=disk` fills disks and locks them (tests/bench/disk.py, as root).

Arguments: `--articles` and `--events` for the volume (20,000 and 1,000 by default), `--rounds` for the number of
alternating rounds of which medians are taken, `--requests` for those after which memory is looked at (3,000).

A page's figure is a ratio: requests per second against a Django view that returns a constant 20 kB text under the same
gunicorn, both asked in turns on one new connection per request, so that figures of different machines can be compared.
"""

import argparse
import importlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import psycopg

from forum.database import NAME, USER, EmbeddedServer
from tests.bench import memory, pages, volume
from tests.browser.pages import PAGES
from tests.servers import ROOT, Portal, open_to_servers

FEW = 1_000  # articles that growth starts from
REQUESTS = 40  # per page and round
MEASURED = ("home", "news list", "article", "event list", "event", "programme item", "directory", "person")


OTHERS = {"load": "tests.bench.mixed", "growth": "tests.bench.growth", "disk": "tests.bench.disk"}


def main():
    if sys.argv[1:] and sys.argv[1] in OTHERS:
        importlib.import_module(OTHERS[sys.argv[1]]).main(sys.argv[2:])
        return
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--articles", type=int, default=20_000)
    arguments.add_argument("--events", type=int, default=1_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--requests", type=int, default=memory.REQUESTS)
    options = arguments.parse_args()
    print("## Readers' pages with 1,000 articles and 100 events, 4 readers at once\n")
    pages.measure(options.rounds)
    print()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="portal-bench-"))
    open_to_servers(folder)
    try:
        measure(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder, options):
    print("## Start\n")
    first = Portal(folder).wait_until_ready()
    print(f"from an empty folder to the first page: {first.seconds_to_ready:.1f} s", flush=True)
    first.stop()
    portal = Portal(folder).wait_until_ready()
    print(f"second start: {portal.seconds_to_ready:.1f} s", flush=True)
    yardstick = Portal(folder, command=("manage.py", "run"), DJANGO_SETTINGS_MODULE="tests.bench.yardstick")
    try:
        yardstick.wait_until_ready()
        queries = count_queries(folder)
        print("\n## Memory\n")
        memory.show(portal, options.requests)
        print("\n## Pages with demo content\n")
        small = compare(portal, yardstick, options.rounds)
        table(small, queries)
        fill(portal, FEW, FEW // 20, seed=2)
        few = volume_of(folder)
        print(f"\n## Pages with {options.articles:,} articles and {options.events:,} events\n")
        print(f"filled in {fill(portal, options.articles, options.events):.1f} s\n", flush=True)
        large = compare(portal, yardstick, options.rounds)
        table(large, count_queries(folder), small)
        volume.show(few, volume_of(folder), options.articles, options.events)
    finally:
        yardstick.stop()
        portal.stop()


def compare(portal, yardstick, rounds) -> dict[str, tuple[float, float]]:
    """Return for each page (milliseconds, requests per second as a part of the yardstick's), medians of the rounds."""
    found = {name: [] for name in MEASURED}
    for _ in range(rounds):
        for name in MEASURED:
            limit, ours = milliseconds(yardstick, "/"), milliseconds(portal, PAGES[name])
            found[name].append((ours, limit / ours))
    return {name: tuple(map(statistics.median, zip(*values, strict=True))) for name, values in found.items()}


def milliseconds(portal, path) -> float:
    times = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        status, _ = portal.get(path)
        times.append(1000 * (time.perf_counter() - start))
        assert status == 200, path
    return statistics.median(times)


def count_queries(folder) -> dict[str, int]:
    """Ask a process of its own, because Django can be set up only once in each."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.queries", *(PAGES[name] for name in MEASURED)],
        cwd=ROOT,
        env=os.environ | {"PORTAL_DATA": str(folder), "PORTAL_MODE": "development"},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(MEASURED, map(int, answer.stdout.split()), strict=True))


def volume_of(folder) -> dict[str, tuple[float, float]]:
    """What `tests.bench.volume` prints, in a process of its own as `count_queries` is."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.volume"],
        cwd=ROOT,
        env=os.environ | {"PORTAL_DATA": str(folder), "PORTAL_MODE": "development"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout.splitlines()[-1])  # slow queries are told before


def fill(portal, articles, events, seed=1) -> float:
    start = time.monotonic()
    command = ["manage.py", "fill", "--articles", str(articles), "--events", str(events), "--seed", str(seed)]
    subprocess.run([sys.executable, *command], cwd=ROOT, env=portal.environment, capture_output=True, check=True)
    seconds = time.monotonic() - start
    server = EmbeddedServer(pathlib.Path(portal.environment["PORTAL_DATA"]) / "postgres")
    with psycopg.connect(host=str(server.sockets), user=USER, dbname=NAME, autocommit=True) as line:
        line.execute("VACUUM")  # as the server does by itself within minutes
    return seconds


def table(found, queries, before=None):
    print(f"{'page':16} {'ms':>6} {'of limit':>9} {'queries':>8}" + (f" {'growth':>7}" if before else ""))
    for name, (ms, part) in found.items():
        growth = f" {ms / before[name][0]:7.2f}" if before else ""
        print(f"{name:16} {ms:6.1f} {part:9.3f} {queries[name]:8}{growth}", flush=True)


if __name__ == "__main__":
    main()
