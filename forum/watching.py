"""Every request is watched: an id that ties its log lines together, its time, its queries.

The id stands in the header `X-Request-ID`, in each log line of the request, on the page that says an error happened,
and in the mail about it.
"""

import logging
import re
import secrets
from functools import lru_cache
from time import perf_counter

from django.conf import settings
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from forum import metrics
from forum.logs import Watched, watched
from forum.security import DESK
from forum.visitors import address, is_in, networks

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUOTED = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)
NUMBER = re.compile(r"\b\d+(\.\d+)?\b")
LIST = re.compile(r"(%s|\?)(,\s*(%s|\?))+")
LONGEST = 1_000  # characters of a statement in the log

GIVEN_ID, SENDER = "HTTP_X_REQUEST_ID", "REMOTE_ADDR"
PAGE_KIND = "forum.page_kind"  # in the environment, for who has called Django

slow = logging.getLogger("forum.slow")


class WatchMiddleware:
    """Stands before everything else, so that nothing answers unseen."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = id_of(request)
        # Not taken back at the end: gunicorn's access line of this request is written later, by the same thread.
        seen = Watched(request.request_id)
        watched.set(seen)
        running = metrics.RUNNING.labels("desk" if request.path_info.startswith(DESK) else "site")
        running.inc()
        started = perf_counter()
        try:
            response = self.get_response(request)
        finally:
            running.dec()
        seconds = perf_counter() - started
        page = request.META[PAGE_KIND] = page_kind(request)
        metrics.count_request(page, request.method, response.status_code, seconds, seen.queries, seen.query_seconds)
        if seconds * 1000 >= settings.SLOW_REQUEST_MS:
            facts = {"page": page, "ms": round(seconds * 1000), "queries": seen.queries}
            facts |= {"query_ms": round(seen.query_seconds * 1000), "status": response.status_code}
            slow.warning("Langsame Anfrage: %s, %s ms", page, facts["ms"], extra={"facts": facts})
        response.headers["X-Request-ID"] = request.request_id
        return response


def id_of(request: HttpRequest) -> str:
    """The id that our proxy gave the request, if it may be one of ours; else a new one of 12 characters."""
    return well_formed(request.headers.get("X-Request-ID", "") if request.from_proxy else "")


def well_formed(given: str) -> str:
    return given if WELL_FORMED.fullmatch(given) else secrets.token_hex(6)


def watch_stored(page: str, environ: dict, status: int, seconds: float) -> str:
    """Watch an answer that is given without Django; returns its id, as of `id_of`."""
    given = environ.get(GIVEN_ID, "")
    if given and not is_in(address(environ.get(SENDER, "")), proxies(tuple(settings.TRUSTED_PROXIES))):
        given = ""
    seen = Watched(well_formed(given))
    watched.set(seen)
    metrics.count_request(page, environ["REQUEST_METHOD"], status, seconds, 0, 0.0)
    return seen.id


@lru_cache(maxsize=8)
def proxies(words: tuple[str, ...]) -> list:
    return networks(words)


def page_kind(request: HttpRequest) -> str:
    """Which page was asked for, as one of few words: the name of its address, never the address.

    Whoever answers before addresses are looked up says so by `request.page_kind`.
    """
    if kind := getattr(request, "page_kind", ""):
        return kind
    if match := request.resolver_match:
        return match.view_name or "other"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def shape(statement: str) -> str:
    """A statement without anything that could have been somebody's: values become `?`, lists become short."""
    text = NUMBER.sub("?", QUOTED.sub("?", statement))
    return LIST.sub(r"\1, …", " ".join(text.split()))[:LONGEST]


def timed(execute, sql, params, many, context):
    """Wrapper of Django's `connection.execute_wrappers`: measure, and log what took long."""
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = perf_counter() - started
        seen = watched.get()
        if seen is not None:
            seen.queries += 1
            seen.query_seconds += seconds
        if seconds * 1000 >= settings.SLOW_QUERY_MS:
            facts = {"statement": shape(str(sql)), "ms": round(seconds * 1000)}
            slow.warning("Langsame Abfrage, %s ms: %s", facts["ms"], facts["statement"], extra={"facts": facts})


def watch_queries(connection, **kwargs):
    """Receiver of connection_created."""
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)


def listen():
    connection_created.connect(watch_queries, dispatch_uid="watching")
