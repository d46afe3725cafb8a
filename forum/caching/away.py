"""What those are told for whom there is no page while the database is away."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.templatetags.static import static

AWAY = "forum.database_away"  # in the environment of a request that is to be answered without the database
COME_BACK = 5  # seconds


class AwayMiddleware:
    """Answers requests that are known to be in vain, before anybody asks the database for a session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return unavailable() if AWAY in request.META else self.get_response(request)


def is_away(error: BaseException | None) -> bool:
    """Tell whether an error means that the database is not there, and not that a question was wrong."""
    return isinstance(error, (OperationalError, InterfaceError))


def unavailable() -> HttpResponse:
    """The page for the meantime (RFC 9110, 15.6.4); it needs no database itself."""
    page = loader.render_to_string("503.html", {"style": static("css/portal.css")})
    return HttpResponse(page, status=503, headers={"Retry-After": str(COME_BACK), "Cache-Control": "no-store"})
