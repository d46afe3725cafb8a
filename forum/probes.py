"""/healthz says that the process answers, /readyz that it can serve: database there, migrations applied.

/metrics, beside them, is there where METRICS_TOKEN is set.

A middleware in front of everything, because whoever asks (container engine, load balancer) knows neither the
portal's host name nor https.
"""

import threading

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from forum import metrics
from forum.caching.reach import DatabaseAway, reach
from forum.health import is_migrated

NOTHING = "default-src 'none'; frame-ancestors 'none'"


class HealthMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path in ("/healthz", "/readyz"):
            request.page_kind = "health"
            return answer(request, "ok" if request.path == "/healthz" else readiness())
        if request.path == metrics.PATH and settings.METRICS_TOKEN:
            request.page_kind = "metrics"
            return metrics.answer(request)
        return self.get_response(request)


class Readiness:
    """`ok`, or the reason why the portal cannot serve: `database` or `migrations`.

    One thread at a time asks; who comes meanwhile gets the last answer, so that no reader waits for want of a thread.
    """

    def __init__(self):
        self.lock, self.last = threading.Lock(), ""

    def __call__(self) -> str:
        if reach.away:
            return "database"
        if self.lock.acquire(blocking=not self.last):
            try:
                self.last = self.asked()
            finally:
                self.lock.release()
        return self.last

    def asked(self) -> str:
        try:
            with reach.busy():
                reach.version()
                return "ok" if is_migrated(connections[DEFAULT_DB_ALIAS]) else "migrations"
        except (DatabaseAway, DatabaseError):
            return "database"


readiness = Readiness()


@require_safe
def answer(request, state):
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": NOTHING}
    return JsonResponse({"status": state}, status=200 if state == "ok" else 503, headers=headers)
