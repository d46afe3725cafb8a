"""Several people in the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.core.management import call_command
from django.db import connection, transaction


def at_once(*actions):
    """Run each action in a thread with a connection of its own, where it commits for real; return what went wrong."""
    barrier = threading.Barrier(len(actions))

    def act(action):
        try:
            barrier.wait()
            action()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        return [error for error in threads.map(act, actions) if error]


def wipe(*tables):
    """Empty tables, and what refers to their rows, of what was committed for real; not of what migrations have put there.

    The test must not have read them with its own connection."""
    guard = "forum_keep_audit_whole" if "forum_auditentry" in tables else ""

    def truncate():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")  # a test that has read them itself would wait for ever
            if guard:
                cursor.execute(f"ALTER TABLE forum_auditentry DISABLE TRIGGER {guard}")
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            if guard:
                cursor.execute(f"ALTER TABLE forum_auditentry ENABLE TRIGGER {guard}")
        call_command("search_index", verbosity=0)  # no trigger hears of TRUNCATE

    assert at_once(truncate) == []
