"""/healthz says that the process answers, /readyz that it can serve: database there, migrations applied.

A middleware in front of everything, because whoever asks (container engine, load balancer) knows neither the
portal's host name nor https.
"""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.http import require_safe

NOTHING = "default-src 'none'; frame-ancestors 'none'"


class HealthMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/healthz":
            return answer(request, "ok")
        if request.path == "/readyz":
            return answer(request, readiness())
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
