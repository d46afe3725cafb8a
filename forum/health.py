"""/healthz says that the process answers, /readyz that it can serve: database there, migrations applied.

/metrics, beside them, is there where METRICS_TOKEN is set.

A middleware in front of everything, because whoever asks (container engine, load balancer) knows neither the
portal's host name nor https.
"""

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from forum import metrics

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


def readiness() -> str:
    """`ok`, or the reason why the portal cannot serve: `database` or `migrations`."""
    try:
        return "migrations" if pending_migrations(connections[DEFAULT_DB_ALIAS]) else "ok"
    except DatabaseError:
        return "database"


def pending_migrations(connection) -> list:
    """Migrations this version of the code needs and the database has not seen."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


@require_safe
def answer(request, state):
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": NOTHING}
    return JsonResponse({"status": state}, status=200 if state == "ok" else 503, headers=headers)
