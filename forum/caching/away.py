"""Requests of those for whom there is no page while the database is away."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

AWAY = "forum.database_away"  # in the environment of a request that is to be answered without the database


class AwayMiddleware:
    """Ends requests that are known to be in vain, before anybody asks the database for a session (see forum.outage)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if AWAY in request.META:
            raise OperationalError("Die Datenbank antwortet nicht.")
        return self.get_response(request)
