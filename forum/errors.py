"""Errors nobody expected, grouped: what and where, how often and when, and nothing of what somebody typed.

Never noted: messages of exceptions, parameters, variables, addresses. One error is the same as another when class,
place in our code and kind of page are the same. Whoever is to hear of them does by mail (forum.error_mails); all that
happens in a thread of its own, so that no answer waits for it.
"""

import contextlib
import logging
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from queue import Empty, Full, Queue
from traceback import extract_tb

from django.conf import settings
from django.core.management.base import CommandError
from django.core.signals import got_request_exception
from django.db import DatabaseError, InterfaceError, connection, models
from django.utils import timezone

from forum import metrics
from forum.caching.content import never_shown
from forum.logs import watched
from forum.watching import page_kind

MOST_KINDS = 500
KEPT = timedelta(days=30)
RECENT = timedelta(days=7)
MOST_WAITING = 200  # errors of one process that are not noted yet

PASSED_THROUGH = ("/forum/watching.py", "/forum/waiting.py")  # on the way of every statement

logger = logging.getLogger("forum.errors")

# One statement: forget what is old, make room for one more among the oldest, then count.
COUNT = """
    WITH gone AS (
        DELETE FROM forum_errorkind WHERE fingerprint <> %(fingerprint)s AND (last_at < %(oldest)s OR id IN (
            SELECT id FROM forum_errorkind ORDER BY last_at DESC, id DESC OFFSET %(most)s
        ))
    )
    INSERT INTO forum_errorkind (fingerprint, name, source, page, request_id, count, told, first_at, last_at)
    VALUES (%(fingerprint)s, %(name)s, %(source)s, %(page)s, %(request_id)s, 1, 0, %(now)s, %(now)s)
    ON CONFLICT (fingerprint) DO UPDATE SET
        count = LEAST(forum_errorkind.count + 1, 2000000000),
        last_at = EXCLUDED.last_at, request_id = EXCLUDED.request_id
"""


@dataclass(frozen=True)
class Failure:
    """What may be said about an exception.

    Args:
        name: of its class.
        source: see source_of.
        page: see forum.watching.page_kind; of a command “Befehl …”.
        request_id: empty for a command.
    """

    name: str
    source: str
    page: str
    request_id: str

    @property
    def fingerprint(self) -> str:
        return sha256(f"{self.name}\n{self.source}\n{self.page}".encode()).hexdigest()[:32]


class ErrorKindQuerySet(models.QuerySet):
    def recent(self):
        return self.filter(last_at__gte=timezone.now() - RECENT)

    def note(self, failure: Failure):
        """Count one error, in one statement."""
        now = timezone.now()
        values = {
            "fingerprint": failure.fingerprint,
            "name": failure.name[:100],
            "source": failure.source[:200],
            "page": failure.page[:100],
            "request_id": failure.request_id[:64],
            "now": now,
            "oldest": now - KEPT,
            "most": MOST_KINDS - 1,
        }
        with connection.cursor() as cursor:
            cursor.execute(COUNT, values)


@never_shown
class ErrorKind(models.Model):
    fingerprint = models.CharField(max_length=32, unique=True, editable=False)
    name = models.CharField("Art", max_length=100)
    source = models.CharField("Stelle im Programm", max_length=200)
    page = models.CharField("Seite", max_length=100)
    request_id = models.CharField("letzte Kennung", max_length=64)
    count = models.PositiveIntegerField("Wie oft", default=1)
    told = models.PositiveIntegerField("davon gemeldet", default=0, editable=False)
    first_at = models.DateTimeField("zuerst")
    last_at = models.DateTimeField("zuletzt")
    told_at = models.DateTimeField("gemeldet", null=True, editable=False)

    objects = ErrorKindQuerySet.as_manager()

    class Meta:
        verbose_name = "Fehler der Website"
        verbose_name_plural = "Fehler der Website"
        ordering = ["-last_at", "-pk"]

    def __str__(self):
        return f"{self.name} in {self.source}"


def source_of(error: BaseException) -> str:
    """`news/views.py:41`, the last line of ours that led to an exception; of a library where none of ours did."""
    frames = extract_tb(error.__traceback__)
    root = f"{settings.ROOT}/"
    ours = [one for one in frames if one.filename.startswith(root) and not one.filename.endswith(PASSED_THROUGH)]
    ours = [one for one in ours if "/site-packages/" not in one.filename]
    if not frames:
        return "?"
    frame = (ours or frames)[-1]
    name = frame.filename.removeprefix(root) if ours else "/".join(frame.filename.split("/")[-2:])
    return f"{name}:{frame.lineno}"


class Reporter:
    """Notes errors one after the other, in a thread that lives while there is something to note."""

    def __init__(self):
        self.waiting: Queue[Failure] = Queue(MOST_WAITING)
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def hand_over(self, failure: Failure):
        try:
            self.waiting.put_nowait(failure)
        except Full:  # counted by metrics, and logged; nobody needs more than that
            return
        with self.lock:
            if self.thread is None:  # no daemon: what is being sent when the process ends is sent
                self.thread = threading.Thread(target=self.work, name="errors")
                self.thread.start()

    def work(self):
        while True:
            with self.lock:
                try:
                    failure = self.waiting.get_nowait()
                except Empty:
                    self.thread = None
                    break
            if not note(failure):
                self.forget()
        connection.close()

    def forget(self):
        """Without a database the rest would wait for it, one after the other, and hold up the end of the process."""
        with contextlib.suppress(Empty):
            while True:
                self.waiting.get_nowait()


def note(failure: Failure) -> bool:
    """Note an error and tell whoever is to know; whatever goes wrong with that is logged and goes no further.

    Returns:
        Whether the database was there to note it in.
    """
    from forum import error_mails

    try:
        try:
            ErrorKind.objects.note(failure)
        except (DatabaseError, InterfaceError):
            connection.close()
            error_mails.tell_without_database(failure)
            return False
        else:
            error_mails.tell()
    except Exception as error:  # an error noted here would lead here again
        logger.error("Fehler nicht vermerkt: %s", type(error).__name__)
    return True


reporter = Reporter()


def note_request(sender, request=None, **kwargs):
    """Receiver of got_request_exception, which is sent while the exception is handled."""
    error = sys.exc_info()[1]
    page = page_kind(request) if request is not None else "none"
    metrics.ERRORS.labels(page, type(error).__name__).inc()
    seen = watched.get()
    reporter.hand_over(Failure(type(error).__name__, source_of(error), page, seen.id if seen else ""))


def listen():
    """For processes that serve."""
    got_request_exception.connect(note_request, dispatch_uid="errors")


def note_end(end: BaseException, command: str):
    """Note what ended a command in vain, its own refusals (CommandError) included; anything else is none of ours."""
    error = end.__context__ if isinstance(end, SystemExit) else end
    if isinstance(error, Exception) and (error is end or isinstance(error, CommandError)):
        note(Failure(type(error).__name__, source_of(error), f"Befehl {command}", ""))
        connection.close()
