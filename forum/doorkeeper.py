"""What is let in at all: three methods, our own hosts, bodies of a size somebody would send."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string

from forum.missing import API, is_staff

METHODS = ("GET", "HEAD", "POST")
MOST_FROM_STAFF = 300_000_000  # bytes of one form with its files: ten of the largest


def explained(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Say in words what is not allowed: somebody may be looking at it."""
    takes_forms = "POST" in response["Allow"]
    response.content = render_to_string("405.html", {"request": request, "takes_forms": takes_forms})
    response["Content-Length"] = len(response.content)  # of the empty answer somebody has noted it already
    return response


class DoorkeeperMiddleware:
    """Stands outside of everything that answers, files and stored pages included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS and not request.path.startswith(API):  # which says it in JSON (forum.api)
            return HttpResponseNotAllowed(METHODS)
        request.get_host()  # raises DisallowedHost, answered with 400
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return explained(response, request)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs):
        """Refuse a body before anything reads it: Django limits its text, but files of any size would be stored.

        Only staff send files; all others' form is as large as its text may be. Asks the database about large ones only.
        """
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and (size > MOST_FROM_STAFF or not is_staff(request)):
            raise RequestDataTooBig(f"{size} Bytes sind zu viel.")
