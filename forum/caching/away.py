"""Requests of those for whom there is no page while the database is away."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from forum.caching.reach import skip_health_check

AWAY = "forum.database_away"  # in the environment of a request that is to be answered without the database


class AwayMiddleware:
    """Ends requests that are known to be in vain, before anybody asks the database for a session (see forum.outage).

    For the others it spares the question whether the connection is there, where that is known.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if AWAY in request.META:
            raise OperationalError("Die Datenbank antwortet nicht.")
        skip_health_check()
        return self.get_response(request)
