"""Stored pages, and where this process keeps them."""

import gzip
import hashlib
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import brotli

SHORT = 200  # bytes that are not worth compressing
COST = 1_500  # bytes of headers and of Python itself, about
WINDOW = 16  # logarithm of bytes: pages are hardly longer, and a larger window costs as much again to set up
PACK = {
    "br": lambda body: brotli.compress(body, brotli.MODE_TEXT, 5, WINDOW),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": bytes,
}
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


class Key(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str


@dataclass(slots=True)
class Entry:
    """A page as it was at a version of the content, compressed once for each way that somebody asked for.

    Args:
        version: of the content, read before the page was made.
        made: seconds since the epoch, taken before the page was made.
        until: seconds since the epoch; then time itself may have changed the page.
        page: its kind, as figures name it.
        headers: without those that depend on compression and on who asks.
        control: the view's own Cache-Control, or "".
        mark: for the ETag, a hash of what the reader sees.
        length: bytes before compression.
        bodies: by coding (`br`, `gzip` or ""), at least one.
        subject: the one thing it is about (`forum.caching.withdrawn`), if it is about one.
        expires: seconds since the epoch; then that thing is not public any more.
        checked: a version of the content at which that thing was public.
    """

    version: str
    made: float
    until: float
    page: str
    headers: list[tuple[str, str]]
    control: str
    mark: str
    length: int
    bodies: dict[str, bytes] = field(default_factory=dict)
    subject: tuple | None = None
    expires: float = math.inf
    checked: str = ""

    def is_right(self, version: str, now: float) -> bool:
        """Tell whether a reader may see it as today's page; a clock that was put back makes it wrong."""
        return self.version == version and self.made <= now < self.until

    def may_be_shown(self, heard: str | None, now: float) -> bool:
        """Tell whether a reader may see it as an old page, as far as is known from a version of the content."""
        return self.subject is None or (self.checked == heard and now < self.expires)

    def body(self, coding: str) -> bytes:
        if coding not in self.bodies:
            self.bodies[coding] = PACK[coding](self.plain())
        return self.bodies[coding]

    def plain(self) -> bytes:
        coding, body = next(iter(self.bodies.items()))
        return UNPACK[coding](body)

    @property
    def size(self) -> int:
        return COST + sum(map(len, self.bodies.values()))

    @property
    def is_html(self) -> bool:
        return dict(self.headers).get("Content-Type", "").startswith("text/html")

    @property
    def made_at(self) -> datetime:
        return datetime.fromtimestamp(self.made, UTC)


def mark_of(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()


@lru_cache(maxsize=256)
def best_coding(accepted: str) -> str:
    """The best of what a browser says it reads (RFC 9110, 12.5.3): `br`, `gzip` or ""."""
    weights = {}
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        weights[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((coding for coding in ("br", "gzip") if weights.get(coding)), "")


class Memory:
    """The pages that were asked for last, up to a number of bytes. Threads share it.

    Pages that stay of older versions are replaced when they are made anew: while the database is away they are shown.
    """

    def __init__(self, most: int):
        self.most, self.used = most, 0
        self.entries: OrderedDict[Key, Entry] = OrderedDict()
        self.sizes: dict[Key, int] = {}
        self.lock = threading.Lock()

    def get(self, key: Key) -> Entry | None:
        with self.lock:
            entry = self.entries.get(key)
            if entry is not None:
                self.entries.move_to_end(key)
            return entry

    def put(self, key: Key, entry: Entry):
        """Also for an entry that is there already and has grown by a coding."""
        with self.lock:
            self.drop(key)
            self.entries[key] = entry
            self.sizes[key] = entry.size
            self.used += entry.size
            while self.used > self.most:
                self.drop(next(iter(self.entries)))

    def all(self) -> list[tuple[Key, Entry]]:
        with self.lock:
            return list(self.entries.items())

    def forget(self, key: Key):
        with self.lock:
            self.drop(key)

    def drop(self, key: Key):
        """Only with the lock held."""
        if self.entries.pop(key, None) is not None:
            self.used -= self.sizes.pop(key)
