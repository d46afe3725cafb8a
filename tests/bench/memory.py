"""What the workers take of memory (PSS: what is theirs, and their part of what they share), and whether it grows.

Alone: `python -m tests.bench.memory --requests 100000`; with `--folder` for content that is there already.
"""

import argparse
import http.client
import pathlib
import shutil
import tempfile
import threading
from itertools import cycle, islice

from tests.browser.pages import PAGES
from tests.servers import Portal, open_to_servers

REQUESTS = 3_000
WARM = 300  # requests after which everything that is loaded once is loaded
THREADS = 4
TOLD = 10  # times on the way
PATHS = [path for name, path in PAGES.items() if name != "not found"]  # that would be written down each time


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--requests", type=int, default=REQUESTS)
    arguments.add_argument("--folder")
    options = arguments.parse_args()
    folder = pathlib.Path(options.folder or tempfile.mkdtemp(prefix="portal-bench-"))
    open_to_servers(folder)
    portal = Portal(folder).wait_until_ready()
    try:
        show(portal, options.requests)
    finally:
        portal.stop()
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


def show(portal: Portal, requests: int):
    print(f"{'requests':>9} {'workers MB':>11} {'master MB':>10}")
    done = 0
    for step in (0, WARM, *[max(1, (requests - WARM) // TOLD)] * TOLD):
        ask(portal, step, done)
        done += step
        workers = [memory_of(pid) for pid in workers_of(portal)]
        master = memory_of(portal.process.pid)
        print(f"{done:9,} {sum(workers):11.1f} {master:10.1f}", flush=True)


def ask(portal: Portal, requests: int, start: int):
    """Ask for the pages in turn, each time with a new connection, from several threads."""

    def some(number):
        for path in islice(cycle(PATHS), start + number, start + requests, THREADS):
            connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            assert answer.status < 500, (path, answer.status)

    threads = [threading.Thread(target=some, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def workers_of(portal: Portal) -> list[int]:
    pid = portal.process.pid
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_of(pid: int) -> float:
    """Megabytes, proportional set size."""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1_000


if __name__ == "__main__":
    main()
