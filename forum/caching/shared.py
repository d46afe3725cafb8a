"""Pages kept for all processes and machines, where Redis or Valkey is configured: one renders, all have it.

Asked only for a page this process does not have. Without an answer in a quarter of a second it goes without. Nothing
else is kept there: what may not be lost for a moment, such as attempts to sign in, is in the database.
"""

import hashlib
import hmac
import json
import logging
import pickle
import sys
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from django.conf import settings

from forum.caching.entries import Entry, Key

KEPT = 24 * 3600  # seconds; old pages are for the hours in which the database is away
ANSWER = 0.25  # seconds in which Redis must answer
REST = 5.0  # seconds without asking after a failure
OF_ONE_MACHINE = {"PORT", "DATABASES", "DATABASE_URL", "TRUSTED_PROXIES", "SECRET_KEY", "SETTINGS_MODULE"}
POLL = 0.02  # seconds between two looks at whether another process has made the page
SEAL = 32  # bytes before each page: what somebody else has written there is never unpickled

logger = logging.getLogger(__name__)


class Shared:
    """Pages in the Redis or Valkey at `redis://…`."""

    def __init__(self, url: str):
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self.server = Redis.from_url(
            url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER, retry=Retry(NoBackoff(), 0)
        )
        self.rests_until = 0.0

    @cached_property
    def own(self) -> str:
        """The beginning of all our names: others may use the same server, another portal included."""
        return f"innovationsforum:{keyed(settings.SITE_URL.encode()).hex()[:16]}:"

    @cached_property
    def prefix(self) -> str:
        return f"{self.own}{fingerprint()}:"

    def name(self, key: Key) -> str:
        return self.prefix + hashlib.blake2b(repr(tuple(key)).encode(), digest_size=16).hexdigest()

    def get(self, key: Key) -> Entry | None:
        name = self.name(key)
        kept = self.tried(self.server.get, name)
        return opened(name, kept) if kept else None

    def put(self, key: Key, entry: Entry):
        name = self.name(key)
        self.tried(self.server.set, name, sealed(name, entry), KEPT)

    def forget(self, key: Key):
        self.tried(self.server.delete, self.name(key))

    def clear(self):
        """Remove the pages of all versions of this portal, and nothing else."""
        self.tried(self.remove_all)

    def remove_all(self):
        if names := list(self.server.scan_iter(f"{self.own}*", 1000)):
            self.server.unlink(*names)

    def hear(self, version: str):
        """Leave a version of the content for processes that begin while the database is away."""
        name = f"{self.prefix}heard"
        self.tried(self.server.set, name, sealed(name, version), KEPT)

    def heard(self) -> str | None:
        name = f"{self.prefix}heard"
        kept = self.tried(self.server.get, name)
        return opened(name, kept) if kept else None

    def take(self, key: Key, version: str, seconds: float) -> bool:
        """Tell whether this process is the one to make a page; the right to it ends by itself."""
        milliseconds = int(1000 * seconds)
        taken = self.tried(lambda: bool(self.server.set(f"{self.name(key)}:{version}", 1, px=milliseconds, nx=True)))
        return taken is not False

    def give(self, key: Key, version: str):
        self.tried(self.server.delete, f"{self.name(key)}:{version}")

    def wait(self, key: Key, version: str, seconds: float) -> Entry | None:
        """The page that another process is making, unless that takes too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and time.monotonic() >= self.rests_until:
            entry = self.get(key)
            if entry is not None and entry.is_right(version, time.time()):
                return entry
            time.sleep(POLL)
        return None

    def tried(self, method, *arguments):
        """The result, or None while the server is away."""
        from redis import RedisError

        if time.monotonic() < self.rests_until:
            return None
        try:
            return method(*arguments)
        except (RedisError, OSError) as error:
            self.rests_until = time.monotonic() + REST
            logger.warning("Der gemeinsame Seitenspeicher antwortet nicht: %s", type(error).__name__)
            return None


def keyed(content: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"shared pages: " + content, hashlib.sha256)


def sealed(name: str, kept: Entry | str) -> bytes:
    content = pickle.dumps(kept)
    return keyed(name.encode() + content) + content


def opened(name: str, kept: bytes) -> Entry | str | None:
    """What we have kept under this name; None for anything else."""
    seal, content = kept[:SEAL], kept[SEAL:]
    if not hmac.compare_digest(seal, keyed(name.encode() + content)):
        return None
    return pickle.loads(content)  # noqa: S301 - written by us, with the same code (see `prefix`)


def fingerprint() -> str:
    """Another one for each version of code, templates, libraries and settings that pages are made from: about 20 ms."""
    found = hashlib.sha256(known_settings().encode())
    libraries = {file.name for folder in sys.path for file in Path(folder).glob("*.dist-info")}
    found.update(repr((sys.version, sorted(libraries))).encode())
    folders = [folder for folder in settings.ROOT.iterdir() if (folder / "apps.py").exists()]
    files = [*(settings.ROOT / "templates").rglob("*.*"), *(file for one in folders for file in one.rglob("*.py"))]
    for file in [*sorted(files), Path(settings.STATIC_ROOT, "staticfiles.json")]:
        with suppress(OSError):
            found.update(str(file.relative_to(settings.ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def known_settings() -> str:
    """All settings but those of one machine; a new one counts by itself. Folders and functions are as good as equal."""

    def plain(value):
        return sorted(map(str, value)) if isinstance(value, set | frozenset) else type(value).__name__

    names = [name for name in dir(settings) if name.isupper() and name not in OF_ONE_MACHINE]
    return json.dumps({name: getattr(settings, name) for name in names}, sort_keys=True, default=plain, skipkeys=True)
