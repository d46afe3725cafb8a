"""Print what uncached pages cost when there is much: for each page the median and the slowest twentieth.

Asked in this process and without the page cache, so that every answer is made anew. The figures are milliseconds of
processor time, of this process and of PostgreSQL's together, which other programs of the machine hardly disturb.
"""

import json
import math
import os
import pathlib
import statistics
import time

import django

ROUNDS = 5
PAGES = {
    "news list, filtered": ["/aktuelles/?thema=innovation", "/aktuelles/?thema=hospiz&jahr=2021", "/aktuelles/?art=berichte",
                            "/aktuelles/?thema=pflege&art=berichte"],
    "event list, filtered": ["/veranstaltungen/?thema=innovation", "/veranstaltungen/?zeitraum=vergangen&thema=pflege",
                             "/veranstaltungen/?zeitraum=vergangen&format=online"],
    "finder": ["/kontakt/?ort=12555", "/kontakt/?ort=Kreuzberg", "/kontakt/?ort=Köpenik", "/kontakt/?ort=Pflege"],
    "calendar": ["/veranstaltungen/kalender.ics"],
    "calendar, filtered": ["/veranstaltungen/kalender.ics?thema=innovation", "/veranstaltungen/kalender.ics?format=online"],
}  # fmt: skip


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "forum.settings"
    django.setup()
    from django.test import Client

    from tests.bench.search import QUESTIONS

    client = Client(headers={"host": "127.0.0.1"})  # the switch of a page cache belongs here
    asked = {"search": [("/suche/", {"q": question}) for question in QUESTIONS]}
    asked |= {name: [(path, {}) for path in paths] for name, paths in (articles() | PAGES).items()}
    print(json.dumps({name: measured(client, requests) for name, requests in asked.items()}))


def articles() -> dict[str, list[str]]:
    """Lists and pages of articles, from the newest to the oldest."""
    from news.models import Article

    public = Article.objects.published().filter(pinned=False)
    pages = public.count() // 20
    ends = public.newest_first().first(), public.newest_first().last()
    return {
        "news list": ["/aktuelles/"],
        "deep page": [f"/aktuelles/?seite={max(pages * part // 8, 1)}" for part in range(1, 9)],
        "topic list": ["/aktuelles/?thema=innovation", "/aktuelles/?thema=pflege", "/themen/innovation/"],
        "article": [one.get_absolute_url() for one in ends],
    }


def measured(client, requests) -> tuple[float, float]:
    """(median, slowest twentieth) of all answers."""
    times = []
    for path, data in requests:
        client.get(path, data)  # connection, plans and templates
        for _ in range(ROUNDS):
            start = cost()
            answer = client.get(path, data)
            times.append(1000 * (cost() - start))
            assert answer.status_code == 200, path
    return statistics.median(times), sorted(times)[math.ceil(0.95 * len(times)) - 1]


def cost() -> float:
    """Seconds of processor time so far; of the clock where a server elsewhere or another system hides PostgreSQL's."""
    from django.db import connection

    connection.ensure_connection()
    server = pathlib.Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    if connection.settings_dict["HOST"].startswith("/") and server.exists():
        return time.process_time() + int(server.read_text().split()[0]) / 1e9
    return time.perf_counter()


def show(few, many, articles, events):
    """The table of both volumes with the growth between them.

    Args:
        few, many: page → (median, slowest twentieth) with 1,000 articles and with `articles`.
    """
    print(f"\n## Growth, uncached: 1,000 articles and 50 events → {articles:,} and {events:,}\n")
    print(f"{'':21} {'p50 ms':>16} {'growth':>7} {'p95 ms':>16} {'growth':>7}")
    for name, (median, slow) in many.items():
        before = few[name]
        print(
            f"{name:21} {before[0]:6.1f} → {median:7.1f} {median / before[0]:7.2f}"
            f" {before[1]:6.1f} → {slow:7.1f} {slow / before[1]:7.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
