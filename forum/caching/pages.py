"""Stored pages for anonymous readers, exact: whoever asks gets the page as it is at this moment, made once.

Stands before Django, so that a stored page costs neither session nor sign-in nor translation, only one question to the
database: which version has the content? A page is stored with the version read *before* it was made. If something
changes meanwhile, it lies under a version that nobody asks for again.

What is stored: answers 200 of views that say so (`forum.caching.marks`), to a GET without session cookie and
Authorization, that neither set a cookie nor hold a token. How it is told to browsers and to a CDN: docs/cache.md.
"""

import math
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.http import http_date

from forum import metrics
from forum.caching.away import AWAY
from forum.caching.entries import PACK, SHORT, Entry, Key, Memory, best_coding, mark_of
from forum.caching.headers import Start, cdn_control, controlled, is_known, last_modified, limited
from forum.caching.marks import storable_at
from forum.caching.moments import next_moment
from forum.caching.reach import DatabaseAway, reach
from forum.caching.withdrawn import SUBJECT
from forum.logs import watched
from forum.security import DESK
from forum.watching import PAGE_KIND, watch_stored

MOST_BYTES = 12_000_000  # of pages without a query, in each process
MOST_BYTES_WITH_QUERY = 4_000_000  # apart, so that nobody can drive the others out by inventing queries
MOST_OF_ONE = 1_000_000  # bytes of a page before it is compressed
PATIENCE = 5.0  # seconds to wait for a page that somebody else is making
PLACE = b"<!--stand-->"  # in base.html: where a page says that it is an old one
OWN_HEADERS = {
    "content-length", "content-encoding", "etag", "last-modified", "vary", "cache-control", "date", "x-request-id",
}  # fmt: skip
BEGUN = "forum.begun"  # in the environment: seconds of time.perf_counter


class PageCache:
    """WSGI application around that of Django."""

    def __init__(self, application, shared=None):
        self.application, self.shared = application, shared
        self.pages, self.queried = Memory(MOST_BYTES), Memory(MOST_BYTES_WITH_QUERY)
        self.being_made: dict[tuple[Key, str], threading.Event] = {}
        self.lock = threading.Lock()
        self.heard: str | None = None  # the last version of the content that this process knows of
        self.horizon = ("", 0.0, 0.0)  # until when pages of a version are right: (version, from, until)
        self.hosts = known_hosts()
        self.session = f"{settings.SESSION_COOKIE_NAME}="
        self.never_asked = (settings.STATIC_URL, settings.MEDIA_URL, "/healthz", "/readyz")
        self.proxy = settings.SECURE_PROXY_SSL_HEADER

    def __call__(self, environ: dict, start: Start) -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        environ[BEGUN] = time.perf_counter()
        if path.startswith(self.never_asked):
            return self.application(environ, start)
        if not self.may_be_stored(environ):
            return self.passed(environ, controlled(start, "private, no-cache"))
        storable = None
        if query:
            storable = storable_at(path_of(path))
            query = storable.query(query) if storable else None
            if query is None:
                return self.passed(environ, controlled(start, "no-cache"))
        key = Key(self.scheme(environ), environ["HTTP_HOST"], path, query)
        try:
            version = self.heard = reach.version()
        except DatabaseAway:
            return self.without_database(environ, start, key)
        entry = self.memory(key).get(key)
        if entry is not None and entry.is_right(version, time.time()):
            return self.answer(environ, start, key, entry, "hit")
        if version is None or environ["REQUEST_METHOD"] == "HEAD" or not (storable or storable_at(path_of(path))):
            return self.passed(environ, controlled(start, "no-cache"))
        return self.made(environ, start, key, version)

    def passed(self, environ: dict, start: Start) -> Iterable[bytes]:
        """Django's answer; while the database is known to be away, the one that needs none."""
        with reach.busy():
            return self.application(environ | {AWAY: True} if reach.away else environ, start)

    def may_be_stored(self, environ: dict) -> bool:
        """Tell whether a request is of the kind that stored pages are for; a wrong host never is."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and environ.get("HTTP_HOST") in self.hosts
            and self.session not in environ.get("HTTP_COOKIE", "")
            and "HTTP_AUTHORIZATION" not in environ
            and not environ.get("SCRIPT_NAME")
            and not environ["PATH_INFO"].startswith(DESK)
        )

    def scheme(self, environ: dict) -> str:
        """As Django's `HttpRequest.scheme`."""
        if self.proxy and self.proxy[0] in environ:
            return "https" if environ[self.proxy[0]].partition(",")[0].strip() == self.proxy[1] else "http"
        return environ["wsgi.url_scheme"]

    def memory(self, key: Key) -> Memory:
        return self.queried if key.query else self.pages

    def made(self, environ, start, key: Key, version: str):
        """Have a page made, unless somebody is about it already: once in this process, and with others once in all."""
        with self.lock:
            event = self.being_made.get((key, version))
            if mine := event is None:
                event = self.being_made[key, version] = threading.Event()
        if not mine:
            event.wait(PATIENCE)
            entry = self.memory(key).get(key)
            if entry is not None and entry.is_right(version, time.time()):
                return self.answer(environ, start, key, entry, "hit; detail=collapsed")
            return self.rendered(environ, start, key, version)
        try:
            if entry := self.from_others(key, version):
                self.memory(key).put(key, entry)
                return self.answer(environ, start, key, entry, "hit; detail=shared")
            return self.rendered(environ, start, key, version)
        finally:
            with self.lock:
                del self.being_made[key, version]
            event.set()

    def from_others(self, key: Key, version: str) -> Entry | None:
        if not self.shared:
            return None
        entry = self.shared.get(key)
        if entry is not None and entry.is_right(version, time.time()):
            return entry
        if not self.shared.take(key, version, PATIENCE):
            return self.shared.wait(key, version, PATIENCE)
        entry = self.shared.get(key)  # made since the first look?
        return entry if entry is not None and entry.is_right(version, time.time()) else None

    def rendered(self, environ, start, key: Key, version: str):
        """Let Django answer as if nobody had asked before, and keep the page if it may be kept."""
        now = time.time()
        try:
            until = self.right_until(version, now)
        except Error:  # lost between two questions
            return self.passed(environ, controlled(start, "no-cache"))
        asked = plain(environ) | {"QUERY_STRING": key.query}
        with reach.busy():
            status, headers, response = called(self.application, asked)
        if getattr(response, "streaming", False):
            start(status, headers)
            return response
        body = whole(response)
        if status.startswith("5") and self.is_away():
            return self.without_database(environ, start, key, (status, headers, body))
        entry = entry_of(version, now, until, asked, headers, body)
        if not is_storable(status, headers, body, asked):
            self.refuse(key, version, status)
            return unstored(environ, controlled(start, "no-cache", until), status, headers, entry)
        self.keep(environ, key, entry)
        return self.answer(environ, start, key, entry, "fwd=miss; stored")

    def keep(self, environ, key: Key, entry: Entry):
        """Keep a page compressed, whatever this reader reads: what all browsers read is enough to have."""
        if entry.length >= SHORT:
            entry.body(self.coding(environ, entry) or "br")
            del entry.bodies[""]
        self.memory(key).put(key, entry)
        if self.shared:
            self.shared.put(key, entry)
            self.shared.give(key, entry.version)

    def refuse(self, key: Key, version: str, status: str):
        """Keep nothing; what was withdrawn or has moved is not to be seen again while the database is away."""
        if not status.startswith("5"):
            self.memory(key).forget(key)
        if self.shared and not status.startswith("5"):
            self.shared.forget(key)
        if self.shared:
            self.shared.give(key, version)

    def right_until(self, version: str, now: float) -> float:
        """When time changes pages next: asked once for a version, and again after each such moment."""
        known, since, until = self.horizon
        if known != version or not since <= now < until:
            until = next_moment(datetime.fromtimestamp(now, UTC)).timestamp()
            self.horizon = (version, now, until)
        return until

    def answer(self, environ, start, key: Key, entry: Entry, how: str):
        coding = self.coding(environ, entry)
        if coding and coding not in entry.bodies:
            entry.body(coding)
            self.memory(key).put(key, entry)
        body, tag = entry.bodies[coding] if coding else entry.plain(), f'"{entry.mark}{"-" + coding if coding else ""}"'
        control = limited(entry.control, entry.until) or cdn_control(entry.until)
        about = [
            ("ETag", tag),
            ("Cache-Control", control),
            ("Vary", "Accept-Encoding"),
            ("Cache-Status", f"innovationsforum; {how}"),
        ]
        if modified := last_modified(entry):
            about.append(("Last-Modified", http_date(modified)))
        known = is_known(environ, entry, modified)
        about.append(("X-Request-ID", noted(environ, entry, how, 304 if known else 200)))
        if known:
            start("304 Not Modified", about)
            return []
        about.append(("Content-Length", str(len(body))))
        if coding:
            about.append(("Content-Encoding", coding))
        start("200 OK", entry.headers + about)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def coding(self, environ, entry: Entry) -> str:
        return best_coding(environ.get("HTTP_ACCEPT_ENCODING", "")) if entry.length >= SHORT else ""

    def is_away(self) -> bool:
        try:
            reach.version()
        except DatabaseAway:
            return True
        return False

    def without_database(self, environ, start, key: Key, instead=None):
        """The page as it was last, marked as such; where there is none a page that says when to come back.

        Args:
            instead: (status, headers, body) of an answer that Django has given already.
        """
        entry = self.left_of(key)
        if entry is None and instead:
            start(*instead[:2])
            return [instead[2]]
        if entry is None:
            return self.application(environ | {AWAY: True}, start)
        body = entry.plain()
        if entry.is_html:
            body = body.replace(PLACE, note_about(entry).encode(), 1)
        headers = [("Cache-Control", "no-store"), ("Cache-Status", 'innovationsforum; hit; detail="database away"')]
        return sent(environ, start, "200 OK", entry.headers + headers, body)

    def left_of(self, key: Key) -> Entry | None:
        """What is stored of a page, of whatever version; nothing of what may have been withdrawn or has expired."""
        entry, heard = self.memory(key).get(key), self.heard
        if entry is None and self.shared:
            entry, heard = self.shared.get(key), heard or self.shared.heard()
        return entry if entry is not None and entry.may_be_shown(heard, time.time()) else None


def known_hosts() -> set[str]:
    """Hosts whose pages are stored: those named in the settings, at the ports that the portal itself has."""
    own = urlsplit(settings.SITE_URL)
    ports = {"", *(f":{port}" for port in (own.port, settings.PORT) if port)}
    return {own.netloc} | {host + port for host in settings.ALLOWED_HOSTS if host[0] not in "*." for port in ports}


def path_of(raw: str) -> str:
    """The path as Django reads it: bytes of UTF-8 that WSGI calls Latin-1 (PEP 3333)."""
    return raw.encode("latin-1").decode(errors="replace")


def plain(environ: dict) -> dict:
    """The same request of somebody who knows nothing yet and reads no compression."""
    left_out = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING", "HTTP_RANGE", "HTTP_COOKIE")
    return {name: value for name, value in environ.items() if name not in left_out}


def called(application, environ: dict):
    """(status, headers, response) of a WSGI application."""
    got = []

    def start(status, headers, exc_info=None):
        got[:] = status, headers

    response = application(environ, start)
    return *got, response


def whole(response) -> bytes:
    try:
        return b"".join(response)
    finally:
        if hasattr(response, "close"):
            response.close()


def noted(environ: dict, entry: Entry, how: str, status: int) -> str:
    """Count an answer that Django has not seen, and return its id; what was made just now is counted already."""
    if not how.startswith("hit"):
        metrics.count("pagecache", "miss")
        return watched.get().id
    metrics.count("pagecache", "hit")
    return watch_stored(entry.page, environ, status, time.perf_counter() - environ[BEGUN])


def entry_of(version: str, made: float, until: float, environ: dict, headers: list, body: bytes) -> Entry:
    page, (subject, expires) = environ.get(PAGE_KIND, "none"), environ.get(SUBJECT, (None, math.inf))
    kept = [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS]
    control = next((value for name, value in headers if name.lower() == "cache-control"), "")
    about = (subject, expires, version)
    return Entry(version, made, until, page, kept, control, mark_of(body), len(body), {"": body}, *about)


def is_storable(status: str, sent: list[tuple[str, str]], body: bytes, environ: dict) -> bool:
    """Tell whether an answer is the same for everybody.

    Args:
        environ: of the request, in which Django notes that a form's token was shown.
    """
    headers = {name.lower(): value for name, value in sent}
    control = headers.get("cache-control", "")
    return (
        status.startswith("200 ")
        and "set-cookie" not in headers
        and not any(word in control for word in ("private", "no-store"))
        and headers.get("vary", "Accept-Encoding").lower() == "accept-encoding"
        and "CSRF_COOKIE_NEEDS_UPDATE" not in environ
        and "'nonce-" not in headers.get("content-security-policy", "")
        and len(body) <= MOST_OF_ONE
    )


def note_about(entry: Entry) -> str:
    at = timezone.localtime(entry.made_at, timezone.get_default_timezone())
    return (
        '<aside class="banner" aria-label="Hinweis"><p>Diese Seite ist vom '
        f"{formatted(at, 'j. F Y, G:i')} Uhr. Das Portal erreicht gerade seine Datenbank nicht, "
        "Neueres fehlt deshalb vielleicht.</p></aside>"
    )


def sent(environ, start, status: str, headers: list, body: bytes):
    """Answer with a body that is compressed for this time only."""
    coding = best_coding(environ.get("HTTP_ACCEPT_ENCODING", "")) if len(body) >= SHORT else ""
    if coding:
        body = PACK[coding](body)
        headers = [*headers, ("Content-Encoding", coding)]
    start(status, [*headers, ("Vary", "Accept-Encoding"), ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def unstored(environ, start, status: str, headers: list, entry: Entry):
    """Answer with what may not be kept; an error page is compressed as a page is, all else is left as it is."""
    if not entry.is_html or any(name.lower() in ("set-cookie", "vary", "content-encoding") for name, _ in headers):
        start(status, headers)
        return [entry.bodies[""]]
    return sent(
        environ, start, status, [one for one in headers if one[0].lower() != "content-length"], entry.bodies[""]
    )
