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
# A file of ours opened by itself; the hash belongs to the one <style> of favicon.svg (forum.mark).
FILES = {
    "default-src": "'none'",
    "style-src": "'sha256-M+oFWRhBaklQYf6ZyzIr1t10MJolq6nuxwPzKOppsyU='",
    "form-action": "'none'",
    "base-uri": "'none'",
}
NEEDED_NOWHERE = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")  # of the desk alone


def policy(path: str, nonce: str = "", frame_ancestors: str = "", is_page: bool = True) -> str:
    """The header for a page of ours; one that is shown in a frame of the desk is a reader's page.

    Args:
        is_page: whether it is HTML, as the page that says a file is missing.
    """
    if path.startswith(settings.STATIC_URL) and not is_page:
        sources = FILES
    else:
        sources = AT_THE_DESK if path.startswith(DESK) and not frame_ancestors else READERS
    directives = sources | {"frame-ancestors": frame_ancestors or "'none'"}
    if nonce:
        directives["script-src"] += f" 'nonce-{nonce}'"
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def permissions(path: str) -> str:
    """The header Permissions-Policy: no page may use the device, only the desk may ask for passkeys."""
    passkeys = "(self)" if path.startswith(DESK) else "()"
    return ", ".join([f"{name}=()" for name in NEEDED_NOWHERE] + [f"{name}={passkeys}" for name in PASSKEYS])


def may_be_shown_elsewhere(response: HttpResponse) -> bool:
    """Pictures stand in feed readers and previews of links, the API and the frame of events on other sites."""
    return (
        response.headers.get("Content-Type", "").startswith("image/")
        or response.headers.get("Access-Control-Allow-Origin") == EVERYBODY
        or getattr(response, "csp_frame_ancestors", "") == EVERYBODY
    )


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
            is_page = response.headers.get("Content-Type", "").startswith("text/html")
            header = policy(request.path, "".join(made), getattr(response, "csp_frame_ancestors", ""), is_page)
            response.headers.setdefault("Content-Security-Policy", header)
        response.headers.setdefault("Permissions-Policy", permissions(request.path))
        shown = "cross-origin" if may_be_shown_elsewhere(response) else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", shown)
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
