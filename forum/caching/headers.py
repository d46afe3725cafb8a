"""What browsers and caches are told about an answer: docs/cache.md."""

import math
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.utils.http import parse_http_date_safe

from forum.caching.entries import Entry

SETTLED = 2.0  # seconds; see `last_modified`
AGE = re.compile(r"(max-?age=)(\d+)")  # also in s-maxage
Start = Callable[..., object]


def controlled(start: Start, control: str, until: float = math.inf) -> Start:
    """Tell caches what to do with an answer whose view says nothing: they would guess (RFC 9111, 4.2.2).

    What a view says itself is limited as `limited` does.
    """

    def start_response(status, headers, *exc_info):
        if until < math.inf:
            headers = [(name, limited(value, until) if name == "Cache-Control" else value) for name, value in headers]
        if not any(name.lower() == "cache-control" for name, _ in headers):
            headers = [*headers, ("Cache-Control", control)]
        return start(status, headers, *exc_info)

    return start_response


def limited(control: str, until: float) -> str:
    """A Cache-Control that lets nobody keep an answer past the moment at which time changes it."""
    rest = max(0, int(until - time.time()))
    return AGE.sub(lambda age: f"{age[1]}{min(int(age[2]), rest)}", control)


def cdn_control(until: float) -> str:
    """What caches between us and readers are told: to ask each time, or a CDN for how long it may go without asking."""
    seconds = min(settings.CDN_SECONDS, int(until - time.time()))
    return f"public, max-age=0, s-maxage={seconds}" if seconds > 0 else "no-cache"


def last_modified(entry: Entry) -> int | None:
    """When the page was made, once that is some seconds ago.

    Whoever has been told so saw the page as it still was `SETTLED` seconds later. After a change it is thus made in a
    later second, in whatever process: asked with If-Modified-Since, an old page never passes for the new one.
    """
    return int(entry.made) if time.time() >= entry.made + SETTLED else None


def is_known(environ: dict, entry: Entry, modified: int | None) -> bool:
    """Tell whether the browser has this page already (RFC 9110, 13.2.2)."""
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        return entry.mark in tags or tags.strip() == "*"
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if since is None or modified is None:
        return False
    moment = parse_http_date_safe(since)
    return moment is not None and modified <= moment
