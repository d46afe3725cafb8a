"""Mails about errors: each kind at once when it is new, then at most once an hour as a sum, however often it happens.

What is due is claimed in the table before it is sent: of several workers one sends, and a mail server that fails is not
asked again before the hour is over.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from forum import metrics
from forum.errors import Failure

PAUSE = timedelta(hours=1)
MOST_TOLD = 6  # kinds in one PAUSE; what is more than that waits and comes in one sum

logger = logging.getLogger("forum.errors")

CLAIM = """
    WITH due AS (
        SELECT id, count - told AS missed FROM forum_errorkind
        WHERE count > told AND (told_at IS NULL OR told_at <= %(before)s)
        AND (SELECT count(*) FROM forum_errorkind WHERE told_at > %(before)s) < %(most)s
        FOR UPDATE SKIP LOCKED
    )
    UPDATE forum_errorkind AS kind SET told = kind.count, told_at = %(now)s FROM due WHERE kind.id = due.id
    RETURNING kind.name, kind.source, kind.page, kind.request_id, kind.count, due.missed, kind.last_at
"""
TEXT = """Auf {site} ist etwas schiefgegangen, womit niemand gerechnet hat.

{errors}
Was zu tun ist: Bitte leiten Sie diese Mail an die Technik weiter. Mit der
Kennung findet sie den Vorgang im Protokoll des Servers. Was jemand geschrieben
hat, wer es war und von wo, steht mit Absicht nicht in dieser Mail.

Derselbe Fehler wird höchstens stündlich wieder gemeldet, dann als Summe. Alle
Fehler der letzten 30 Tage: {site}/redaktion/forum/errorkind/
"""
ERROR = """{name}
  Seite:    {page}
  Stelle:   {source}
  Kennung:  {request_id}
  Zuletzt:  {last_at} Uhr
  Wie oft:  {often}

"""


@dataclass(frozen=True)
class Due:
    """What is to be told about one kind of error; `missed` is how many of `count` nobody has been told of."""

    name: str
    source: str
    page: str
    request_id: str
    count: int
    missed: int
    last_at: datetime

    @property
    def text(self) -> str:
        often = f"{self.missed}-mal seit der letzten Mail, {self.count}-mal im Ganzen"
        if self.missed == self.count:
            often = "zum ersten Mal" if self.count == 1 else f"{self.count}-mal"
        last_at = date_format(timezone.localtime(self.last_at), "j. F Y, H:i")
        facts = {"name": self.name, "page": self.page, "source": self.source, "request_id": self.request_id or "–"}
        return ERROR.format(**facts, last_at=last_at, often=often)


def claim() -> list[Due]:
    """What is due, the most frequent first; from now on it counts as told."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "before": now - PAUSE, "most": MOST_TOLD})
        return sorted((Due(*row) for row in cursor.fetchall()), key=lambda one: -one.missed)


def recipients() -> list[str]:
    """ERRORS_MAIL, else active accounts that may change accounts, by whatever their role is called."""
    if settings.ERRORS_MAIL:
        return settings.ERRORS_MAIL
    by_role = Q(groups__permissions__content_type__app_label="auth", groups__permissions__codename="change_user")
    accounts = get_user_model().objects.filter(by_role | Q(is_superuser=True), is_active=True).exclude(email="")
    return sorted(set(accounts.values_list("email", flat=True)))


def tell():
    """Send one mail with everything that is due: after an error was noted, and once a day for the last sums."""
    if settings.EMAIL_URL and (addresses := recipients()) and (due := claim()):
        send(addresses, due)


told_at = -PAUSE.total_seconds()  # of time.monotonic(), by this process


def tell_without_database(failure: Failure):
    """The table is away with the database: each process tells by itself, once an hour, and only ERRORS_MAIL."""
    global told_at
    if settings.EMAIL_URL and settings.ERRORS_MAIL and time.monotonic() - told_at >= PAUSE.total_seconds():
        told_at = time.monotonic()
        facts = (failure.name, failure.source, failure.page, failure.request_id)
        send(settings.ERRORS_MAIL, [Due(*facts, count=1, missed=1, last_at=timezone.now())])


def send(addresses: list[str], due: list[Due]):
    often = sum(one.missed for one in due)
    subject = f"Fehler auf der Website: {due[0].name}" if len(due) == 1 else f"{len(due)} Fehler auf der Website"
    subject += f" ({often}-mal)" if often > len(due) else ""
    text = TEXT.format(site=settings.SITE_URL, errors="".join(one.text for one in due))
    try:
        EmailMessage(subject, text, to=addresses, headers={"Auto-Submitted": "auto-generated"}).send()
    except (OSError, ValueError) as error:  # the mail server's trouble is no error to send a mail about
        metrics.count("errormail", "failed")
        logger.error("Fehlermail nicht verschickt: %s", type(error).__name__)
    else:
        metrics.count("errormail", "sent")
