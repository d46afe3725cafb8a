"""Several people in the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


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
