"""Tells a CDN, after the commit of a change and whoever made it, that what it keeps is old.

The triggers of `forum.caching.content` notify; of all processes on all machines one listens, whichever got the lock. A
page that appears or expires by itself needs no call: no CDN was told to keep it longer.
"""

import logging
import threading
import time
import urllib.error
import urllib.request

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error

LOCK = 7_318_002
TURN = 5.0  # seconds until the next attempt to listen
GATHER = 0.3  # seconds in which changes are told with one call
PULSE = 30.0  # seconds of silence after which the line is tried
ATTEMPTS = (0, 1, 5)  # seconds of waiting before each attempt to call

logger = logging.getLogger(__name__)


def start():
    """Listen in a thread of this process; called where pages are served."""
    threading.Thread(target=keep_listening, daemon=True, name="purging").start()


def keep_listening():
    while True:
        connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        try:
            connection.ensure_connection()
            listen(connection.connection)
        except (psycopg.Error, Error, OSError):  # the database is away, which others report
            connection.close()
        time.sleep(TURN)


def listen(line: psycopg.Connection):
    """Call after each change for as long as the line holds, and once before, for what happened unheard."""
    while not line.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
        time.sleep(TURN)
    line.execute("LISTEN forum_content")
    call()
    while True:
        if any(line.notifies(timeout=PULSE, stop_after=1)):
            time.sleep(GATHER)
            list(line.notifies(timeout=0))
            call()
        else:
            line.execute("SELECT 1")


def call() -> bool:
    """One request to the CDN; tells whether it was taken. Neither address nor header is logged: both may be keys."""
    headers = {"Content-Type": "application/json", "User-Agent": "innovationsforum"}
    if settings.PURGE_HEADER:
        name, _, value = settings.PURGE_HEADER.partition(":")
        headers[name.strip()] = value.strip()
    request = urllib.request.Request(  # noqa: S310 - http or https, see the settings
        settings.PURGE_URL, b'{"purge_everything": true}', headers, method="POST"
    )
    why = ""
    for pause in ATTEMPTS:
        time.sleep(pause)
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return True
        except urllib.error.HTTPError as error:
            why = f"Antwort {error.code}"
            error.close()
        except OSError as error:
            why = type(error).__name__
    logger.warning("PURGE_URL hat den Aufruf nicht angenommen (%s).", why)
    return False
