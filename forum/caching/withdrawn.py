"""Stored pages of what is not public any more: found after each change, so that no outage shows them again.

A page of one thing says so while it is made (`note_subject`). While the database is away such a page is shown only if
its thing was public at the last version of the content this process has heard of, and has not expired since. A thread
in each worker hears of a version that nobody was served with, and then asks once for each kind what is still public.
"""

import logging
import math
import threading
import time
from collections import defaultdict
from typing import NamedTuple

import psycopg
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.utils import Error
from django.http import HttpRequest

from forum.caching.reach import ask, reach
from forum.publishing import Publishable
from forum.versions import PARTS

SUBJECT = "forum.subject"  # in the environment of a request, for who has called Django
TURN = 1.0  # seconds from one look to the next

logger = logging.getLogger(__name__)


class Subject(NamedTuple):
    """The one thing a page is about: its model as `app.Model`, its key, and whether it is about its easy version."""

    model: str
    key: int
    easy: bool = False


def note_subject(request: HttpRequest, thing: models.Model, easy: bool = False):
    """Say what the page that is being made is about."""
    expires = thing
    for name in expiry(type(thing)).split("__"):
        expires = getattr(expires, name, None)
    request.META[SUBJECT] = Subject(thing._meta.label, thing.pk, easy), expires.timestamp() if expires else math.inf


def start(cache):
    """Look in a thread of this process; called where pages are served."""
    threading.Thread(target=keep_looking, args=[cache], daemon=True, name="withdrawn").start()


def keep_looking(cache):
    connection, swept = connections[DEFAULT_DB_ALIAS], None  # of this thread
    while True:
        time.sleep(TURN)
        if reach.away:
            connection.close()
            continue
        try:
            if (version := ask(connection)) != swept:
                sweep(cache, version)
                swept = version
        except (psycopg.Error, Error, OSError):  # whoever is served next finds out
            connection.close()
        except Exception:  # without this thread withdrawn pages would come back
            logger.exception("Zurückgezogene Seiten ließen sich nicht suchen.")


def sweep(cache, version: str):
    """Drop the pages of what is not public any more, and note of the others that it still is.

    Args:
        version: of the content, read before.
    """
    cache.heard = version
    older = [
        (memory, key, entry)
        for memory in (cache.pages, cache.queried)
        for key, entry in memory.all()
        if entry.subject and entry.checked != version
    ]
    public = public_until({entry.subject for _, _, entry in older})
    for memory, key, entry in older:
        if entry.subject in public:
            entry.expires, entry.checked = public[entry.subject], version
        else:
            memory.forget(key)
    if cache.shared:
        cache.shared.hear(version)


def public_until(subjects: set[Subject]) -> dict[Subject, float]:
    """Those that are public, each until when (seconds since the epoch); a query for each kind."""
    kinds, found = defaultdict(set), {}
    for model, key, easy in subjects:
        kinds[model, easy].add(key)
    for (name, easy), keys in kinds.items():
        things = apps.get_model(name)._default_manager.published().filter(pk__in=keys).order_by()
        if easy:
            things = things.exclude(easy_text="")
        columns = ("pk", *filter(None, [expiry(things.model)]))
        for key, *expires in things.values_list(*columns):
            found[Subject(name, key, easy)] = expires[0].timestamp() if any(expires) else math.inf
    return found


def expiry(model: type[models.Model]) -> str:
    """Where it stands when things of a model expire: with themselves, with what they are part of, or nowhere ("")."""
    if issubclass(model, Publishable):
        return "expires_at"
    return f"{PARTS[model].owner}__expires_at" if model in PARTS else ""
