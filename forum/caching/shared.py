"""Pages kept for all processes and machines, where Redis or Valkey is configured: one renders, all have it.

Asked only for a page this process does not have. Without an answer in a quarter of a second it goes without.
"""

import hashlib
import json
import logging
import sys
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.cache import caches

from forum.caching.entries import Entry, Key

KEPT = 24 * 3600  # seconds; old pages are for the hours in which the database is away
REST = 5.0  # seconds without asking after a failure
OF_ONE_MACHINE = {"PORT", "DATABASES", "DATABASE_URL", "TRUSTED_PROXIES", "SECRET_KEY", "SETTINGS_MODULE"}
POLL = 0.02  # seconds between two looks at whether another process has made the page

logger = logging.getLogger(__name__)


class Shared:
    """Pages in a cache of Django; nothing where there is none."""

    def __init__(self, alias: str = "default"):
        self.cache = caches[alias]
        self.rests_until = 0.0

    @cached_property
    def prefix(self) -> str:
        return f"page:{fingerprint()}:"

    def name(self, key: Key) -> str:
        return self.prefix + hashlib.blake2b(repr(tuple(key)).encode(), digest_size=16).hexdigest()

    def get(self, key: Key) -> Entry | None:
        return self.tried(self.cache.get, self.name(key))

    def put(self, key: Key, entry: Entry):
        self.tried(self.cache.set, self.name(key), entry, KEPT)

    def forget(self, key: Key):
        self.tried(self.cache.delete, self.name(key))

    def hear(self, version: str):
        """Leave a version of the content for processes that begin while the database is away."""
        self.tried(self.cache.set, f"{self.prefix}heard", version, KEPT)

    def heard(self) -> str | None:
        return self.tried(self.cache.get, f"{self.prefix}heard")

    def take(self, key: Key, version: str, seconds: float) -> bool:
        """Tell whether this process is the one to make a page; the right to it ends by itself."""
        return self.tried(self.cache.add, f"{self.name(key)}:{version}", 1, seconds) is not False

    def give(self, key: Key, version: str):
        self.tried(self.cache.delete, f"{self.name(key)}:{version}")

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
        """The result, or None while the cache is away."""
        if time.monotonic() < self.rests_until:
            return None
        try:
            return method(*arguments)
        except Exception as error:  # each backend has errors of its own, and what is stored may be of another version
            self.rests_until = time.monotonic() + REST
            logger.warning("Der gemeinsame Seitenspeicher antwortet nicht: %s", type(error).__name__)
            return None


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
