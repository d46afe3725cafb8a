"""Reading from a copy of the database: readers' pages, and only while the copy has everything that they show.

A standby (streaming replication) is always late, by milliseconds or by hours. Before a page is made, both databases are
asked for their content version (`forum.caching.content`). If it is the same, the copy holds exactly the same changes
that readers may see, so a page made from it is right, and may be stored under this version. If not, the database itself
is read. No clock and no limit of seconds: a copy that is a moment late after a change waits for its turn, one that has
stopped hours ago still serves as long as nothing has changed. The order is what makes it exact: a stored page carries a
version read before ours, and a copy never goes back.

Read there: GET and HEAD of pages that may be stored, and searches, by people who are not signed in. All else, such as
forms, previews, the desk, commands, whatever stands in a transaction, uses the database itself. Never both at will:
the choice holds for the whole request.
"""

import logging
import time
from contextvars import ContextVar

import psycopg
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections, router
from django.http import HttpRequest, HttpResponse

from forum.caching.marks import storable_at
from forum.caching.reach import DatabaseAway, ask, reach

ALIAS = "replica"
SEARCHES = ("/suche/", "/suche/vorschlaege/")  # never stored, but of nothing else than what pages are made of
REST = 5.0  # seconds without asking after a failure

logger = logging.getLogger(__name__)
_chosen: ContextVar[bool] = ContextVar("this request reads from the copy", default=False)


class Router:
    """Django's DATABASE_ROUTERS: where a query goes that does not say so itself."""

    def db_for_read(self, model, **hints) -> str:
        # what a transaction has written can be read only inside of it
        chosen = _chosen.get() and not connections[DEFAULT_DB_ALIAS].in_atomic_block
        return ALIAS if chosen else DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints) -> bool:
        return True  # the same rows

    def allow_migrate(self, db, app_label, **hints) -> bool:
        return db != ALIAS


def reading(model):
    """The connection on which plain SQL that only reads goes where the ORM's questions about a model go."""
    return connections[router.db_for_read(model)]


class ReplicaMiddleware:
    """Chooses for each request; whoever reads notices nothing when the copy goes away in the middle of it."""

    def __init__(self, get_response):
        if ALIAS not in connections.settings:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.failed, self.rests_until = False, 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _chosen.set(may_read_a_copy(request) and self.is_current())
        try:
            return self.get_response(request)
        finally:
            _chosen.reset(token)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Make the page once more, from the database itself, where the copy has failed."""
        if not _chosen.get() or not isinstance(error, OperationalError | InterfaceError):
            return None
        self.rest(error)
        _chosen.set(False)
        return self.get_response(request)

    def is_current(self) -> bool:
        """Tell whether the copy has what the database has now; costs one quick question to each of them."""
        if time.monotonic() < self.rests_until:
            return False
        if self.failed:
            self.rests_until = time.monotonic() + REST  # others do not wait with whoever tries again
        try:
            wanted = reach.version()  # before the copy's
            current = wanted is not None and self.version() == wanted
        except DatabaseAway:
            return False
        except (psycopg.Error, Error, OSError) as error:  # OSError: TimeoutError included
            self.rest(error)
            return False
        if self.failed:
            self.failed, self.rests_until = False, 0.0
            logger.warning("Die Kopie der Datenbank antwortet wieder.")
        return current

    def version(self) -> str | None:
        """What the copy has; it may have been restarted since the last question."""
        try:
            return ask(connections[ALIAS])
        except (psycopg.OperationalError, ConnectionError):
            connections[ALIAS].close()
            return ask(connections[ALIAS])

    def rest(self, error: Exception):
        """Leave the copy alone for a while, so that nobody waits for it."""
        connections[ALIAS].close()
        if not self.failed:
            logger.warning("Die Kopie der Datenbank antwortet nicht: %s", type(error).__name__)
        self.failed, self.rests_until = True, time.monotonic() + REST


def may_read_a_copy(request: HttpRequest) -> bool:
    """Tell whether a request is a reader's, for a page that shows only what the content version counts."""
    return (
        request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "Authorization" not in request.headers
        and (request.path_info in SEARCHES or storable_at(request.path_info) is not None)
    )
