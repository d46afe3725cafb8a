"""What Prometheus reads at /metrics: counts and times of all workers; nothing about anybody, nothing unpublished.

Every label comes from a closed set (names of addresses, methods, status codes, words in our own code), so that nobody
can fill the memory. Each gunicorn worker writes into files of its own place, which its successor takes over: sums
never fall, and there are never more files than workers (`share`, called by gunicorn.conf.py). A request costs about
15 µs of CPU.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from hmac import compare_digest

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    exposition,
    multiprocess,
    values,
)
from prometheus_client.core import GaugeMetricFamily

from forum.backup.stamp import backup_age

PATH = "/metrics"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds

disable_created_metrics()
ours = CollectorRegistry()
REQUESTS = Counter("portal_requests", "Answers.", ["page", "method", "status"], registry=ours)
SECONDS = Histogram("portal_request_seconds", "Time until the answer.", ["page"], buckets=BUCKETS, registry=ours)
RUNNING = Gauge("portal_requests_in_flight", "Being answered.", ["part"], registry=ours, multiprocess_mode="livesum")
QUERIES = Counter("portal_database_queries", "Statements of requests.", ["page"], registry=ours)
QUERY_SECONDS = Counter("portal_database_seconds", "Time requests waited for the database.", ["page"], registry=ours)
ERRORS = Counter("portal_errors", "Exceptions nobody expected.", ["page", "kind"], registry=ours)
EVENTS = Counter("portal_events", "What else happened.", ["subject", "event"], registry=ours)
WORKERS = Gauge("portal_workers", "Processes that serve.", ["kind"], registry=ours, multiprocess_mode="livesum")

ALL = (REQUESTS, SECONDS, RUNNING, QUERIES, QUERY_SECONDS, ERRORS, EVENTS, WORKERS)

folder = ""  # of the files of all workers; empty in a process that serves alone


def count(subject: str, event: str):
    """Count that something happened: `count("pagecache", "hit")`. Both words are literals, never what somebody sent."""
    EVENTS.labels(subject, event).inc()


def count_request(page: str, method: str, status: int, seconds: float, queries: int, query_seconds: float):
    REQUESTS.labels(page, method if method in METHODS else "other", status).inc()
    SECONDS.labels(page).observe(seconds)
    if queries:
        QUERIES.labels(page).inc(queries)
        QUERY_SECONDS.labels(page).inc(query_seconds)


def share(path: str, place: int):
    """Keep the figures of this worker where all workers find them; called after the fork, before anything is counted.

    Args:
        path: a folder of this start of the portal.
        place: number of the worker among those alive.
    """
    global folder
    for metric in ALL:
        metric.clear()
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = path
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: place)
    WORKERS.labels("web").set(1)


class Moments:
    """Figures that are looked up when somebody asks; a figure that cannot be had is left out."""

    def __init__(self):
        self.sources: list[tuple[str, str, Callable[[], float | None]]] = []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, says, look in self.sources:
            value = look()
            if value is not None:
                yield GaugeMetricFamily(name, says, value=value)


moments = Moments()


def look_up(name: str, says: str, look: Callable[[], float | None]):
    """Show a figure: `look` is called at every scrape, by whichever worker answers."""
    moments.sources.append((name, says, look))


def database_answers() -> float:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return 0
    return 1


def free_bytes() -> float | None:
    try:
        return shutil.disk_usage(settings.DATA).free
    except OSError:
        return None


look_up("portal_database_up", "1 while the database answers.", database_answers)
look_up("portal_free_bytes", "Free space where uploads lie.", free_bytes)
look_up("portal_backup_age_seconds", "Since the last whole backup; left out where there never was one.", backup_age)


def exposed() -> bytes:
    """All figures in the text format of Prometheus (exposition format 0.0.4)."""
    registry = ours
    if folder:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=folder)
    now = CollectorRegistry()
    now.register(moments)
    return exposition.generate_latest(registry) + exposition.generate_latest(now)


def answer(request: HttpRequest) -> HttpResponse:
    """For whoever knows METRICS_TOKEN (RFC 6750), in constant time; never stored."""
    given = request.headers.get("Authorization", "").encode()
    if not compare_digest(given, b"Bearer " + settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers=HEADERS | {"WWW-Authenticate": "Bearer"})
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers=HEADERS | {"Allow": "GET, HEAD"})
    return HttpResponse(exposed(), content_type="text/plain; version=0.0.4; charset=utf-8", headers=HEADERS)
