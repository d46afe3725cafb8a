"""What browsers may load and do with our pages: Content-Security-Policy and its neighbours (W3C CSP 3).

Django 6 has a policy of its own; until then this is ours. Two policies: one for readers' pages, one for the desk.
"""

import secrets
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

DESK = "/redaktion/"
EVERYBODY = "*"
# The text editor writes one <style> of its own; the hash belongs to django-prose-editor 0.28 and changes with it.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
COMMON = {
    "default-src": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "img-src": "'self' data:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
}
READERS = COMMON | {"script-src": "'self' 'inline-speculation-rules'", "style-src": "'self'"}
AT_THE_DESK = COMMON | {
    "script-src": "'self'",
    "style-src": f"'self' {EDITOR_STYLE}",
    "img-src": "'self' data: blob:",
    "frame-src": "'self'",
}
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)


def policy(path: str, nonce: str = "", frame_ancestors: str = "") -> str:
    """The header for a page of ours; one that is shown in a frame of the desk is a reader's page."""
    at_the_desk = path.startswith(DESK) and not frame_ancestors
    directives = (AT_THE_DESK if at_the_desk else READERS) | {"frame-ancestors": frame_ancestors or "'none'"}
    if nonce:
        directives["script-src"] += f" 'nonce-{nonce}'"
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class SecurityHeadersMiddleware:
    """Sets the headers; `str(request.csp_nonce)` allows one inline script (an import map) on this page.

    A page that never reads the nonce has none in its header and may be stored.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        made = []

        def make() -> str:
            made.append(secrets.token_urlsafe(16))
            return made[0]

        request.csp_nonce = SimpleLazyObject(make)
        response = self.get_response(request)
        # Django's own error pages for developers are full of inline style and script.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            header = policy(request.path, "".join(made), getattr(response, "csp_frame_ancestors", ""))
            response.headers.setdefault("Content-Security-Policy", header)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.headers.get("Content-Type", "").startswith("text/html"):  # pictures may be shown in feed readers
            readers = "cross-origin" if getattr(response, "csp_frame_ancestors", "") == EVERYBODY else "same-origin"
            response.headers.setdefault("Cross-Origin-Resource-Policy", readers)
        return response


def shown_in_desk_frame(view):
    """Decorate a view whose page (a preview) the desk shows in a frame."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.csp_frame_ancestors = "'self'"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    return wrapped


def shown_in_any_frame(view):
    """Decorate a view whose page other sites may show in a frame: nothing there can be clicked to anybody's harm."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.csp_frame_ancestors = EVERYBODY
        response.xframe_options_exempt = True
        return response

    return wrapped
