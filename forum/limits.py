"""How often one network may ask for what costs much, counted over all processes and machines.

Most requests are counted in the process alone (about 3 µs); of every `share`-th the database hears in one statement.
So a process more lets at most `share - 1` requests more through, and who is refused costs no statement at all. When
the database is away, each process counts for itself.

Nothing is stored about an address: counters are found by a keyed digest that changes with each window, and go when
the window is over. Signing in has limits of its own (django-allauth).
"""

import hashlib
import hmac
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from forum.visitors import client_network, client_site

MOST_COUNTERS = 50_000  # in one process and window, about 10 MB
NETWORKS_AT_ONCE = 10  # so many networks of one site may use up their limits
NOT_SENT_AGAIN = {"code", "credential", "csrfmiddlewaretoken"}  # and passwords
# One statement: what is over makes room, then the count. SKIP LOCKED: two of them never wait for each other.
COUNT = """
    WITH over AS (
        DELETE FROM forum_limit WHERE key IN (
            SELECT key FROM forum_limit WHERE ends <= %(now)s LIMIT 100 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO forum_limit (key, ends, count) VALUES (%(key)s, %(ends)s, %(count)s)
    ON CONFLICT (key) DO UPDATE SET count = forum_limit.count + EXCLUDED.count
    RETURNING count
"""


@dataclass
class Seen:
    """Requests in this window: what the database said last, and how many it has not heard of."""

    told: int = 0
    untold: int = 0


@dataclass
class Limit:
    """`most` requests in `seconds`, a fixed window; `share` of them are counted without telling other processes."""

    name: str
    most: int
    seconds: int
    share: int = 1
    window: int = 0
    counters: dict[bytes, Seen] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait_for(self, request: HttpRequest) -> int:
        """Count a request for its network, and for the whole site that may have thousands of networks of IPv6."""
        seconds, site = self.wait(client_network(request)), client_site(request)
        return seconds or (self.wait(site, self.most * NETWORKS_AT_ONCE) if site else 0)

    def wait(self, who: str, most: int | None = None) -> int:
        """Count one request; return 0, or the seconds after which the next may come.

        Args:
            most: instead of the limit's own.
        """
        most = self.most if most is None else most
        now = int(time.time())
        window = now // self.seconds
        ends = (window + 1) * self.seconds
        key = hmac.digest(settings.SECRET_KEY.encode(), f"{self.name} {window} {who}".encode(), hashlib.sha256)
        with self.lock:
            seen = self.counter(key, window)
            seen.untold += 1
            tell = seen.untold if seen.untold >= self.share and seen.told <= most else 0
            if tell:
                seen.told, seen.untold = seen.told + tell, 0
        if tell:
            seen.told = max(seen.told, told(key, ends, tell, now))
        return math.ceil(ends - now) if seen.told + seen.untold > most else 0

    def counter(self, key: bytes, window: int) -> Seen:
        if window != self.window or len(self.counters) >= MOST_COUNTERS:
            self.window, self.counters = window, {}
        return self.counters.setdefault(key, Seen())

    def forget(self):
        """What this process has counted, not what it has told."""
        self.counters = {}


def told(key: bytes, ends: int, count: int, now: int) -> int:
    """Add to the counter all processes share and return its state; 0 when the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"key": key, "ends": ends, "count": count, "now": now})
            return cursor.fetchone()[0]
    except Error:
        return 0


def hidden_key(key: str, prefix: str, version: int) -> str:
    """KEY_FUNCTION of the cache: allauth's keys hold addresses of visitors."""
    text = f"{prefix}:{version}:{key}"
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hex()


# One office has one address for hundreds of people: five searches a second, all day, are theirs.
SEARCH = Limit("search", most=300, seconds=60, share=30)
SUGGESTIONS = Limit("suggestions", most=1200, seconds=60, share=100)
FINDER = Limit("finder", most=300, seconds=60, share=30)
API = Limit("api", most=600, seconds=60, share=60)
CORRECTIONS = Limit("corrections", most=30, seconds=600)
PASSWORDS = Limit("passwords", most=20, seconds=600)
MAILS = Limit("mails", most=30, seconds=3600)  # links for passwords, by one member of staff
LIMITS = (SEARCH, SUGGESTIONS, FINDER, API, CORRECTIONS, PASSWORDS, MAILS)


def too_many(request: HttpRequest, seconds: int = 60) -> HttpResponse:
    """The page that asks to wait, with a button that sends what was typed again; also allauth's (handler429)."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_SENT_AGAIN and "password" not in name
        for value in values
    ]
    context = {"seconds": seconds, "minutes": math.ceil(seconds / 60), "typed": typed}
    return refused(render(request, "429.html", context, status=429), seconds)


def too_many_for_a_script(request: HttpRequest, seconds: int) -> HttpResponse:
    return refused(JsonResponse([], safe=False, status=429), seconds)


def refused(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def posted(request: HttpRequest) -> bool:
    return request.method == "POST"


def limited(limit: Limit, when: Callable | None = None, answer: Callable = too_many):
    """Decorate a view with a limit for each network.

    Args:
        when: which requests count; all if it is left out.
        answer: makes the refusal from the request and the seconds to wait.
    """

    def decorate(view):
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs):
            counts = settings.RATE_LIMITS and (when is None or when(request))
            seconds = limit.wait_for(request) if counts else 0
            return answer(request, seconds) if seconds else view(request, *args, **kwargs)

        return wrapped

    return decorate
