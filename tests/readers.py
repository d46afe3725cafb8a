"""Readers in front of the stored pages, in this process: what gunicorn would call, without gunicorn."""

from contextlib import contextmanager
from dataclasses import dataclass

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory

from forum.caching.content import VERSION
from forum.caching.pages import PageCache
from forum.caching.withdrawn import sweep


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    def __getitem__(self, name):
        return self.headers[name]

    def __contains__(self, name):
        return name in self.headers

    @property
    def text(self):
        return self.content.decode()

    @property
    def was_stored(self):
        """Whether nobody had to make the page for this answer."""
        return self.headers.get("Cache-Status", "").startswith("innovationsforum; hit")


class Reader:
    """Asks a process that has stored nothing yet; `reader("/aktuelles/", host="…")`, further words are headers."""

    def __init__(self, shared=None):
        self.cache = PageCache(WSGIHandler(), shared)

    def __call__(self, path, method="GET", scheme="http", environ=(), **headers):
        names = {"host": "testserver"} | {name.replace("_", "-"): value for name, value in headers.items()}
        request = RequestFactory().generic(method, path, headers=names, secure=scheme == "https")
        request.environ.update(environ)
        got = []
        with connections_kept():
            response = self.cache(request.environ, lambda *facts: got.append(facts))
            content = b"".join(response)
            if hasattr(response, "close"):
                response.close()
        [(status, found, *_)] = got
        assert len({name.lower() for name, _ in found}) == len(found), "a header twice"
        return Answer(int(status[:3]), dict(found), content)


@contextmanager
def connections_kept():
    """The connection holds the transaction of the test, as in Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def committed():
    """What changes from now on changes in another transaction, as far as the content version knows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL forum.content_changed = 'off'")


def looked(reader):
    """What the thread of a worker does every second."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        sweep(reader.cache, cursor.fetchone()[0])
