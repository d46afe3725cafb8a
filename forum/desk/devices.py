"""Where somebody is signed in: one row per browser, each can be signed out from any other."""

import re
from datetime import timedelta

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from forum.audit import network

SEEN_EVERY = timedelta(minutes=10)
# The first that occurs in what the browser says of itself; order matters, they all claim to be each other.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_in_words(user_agent: str) -> str:
    """“Firefox auf Windows”, as far as the browser tells."""

    def find(names, unknown):
        return next((name for mark, name in names.items() if re.search(rf"\b{mark}\b", user_agent)), unknown)

    return f"{find(BROWSERS, 'Ein Browser')} auf {find(SYSTEMS, 'unbekanntem Gerät')}"


def keep_network_only(sender, instance, **kwargs):
    """Receiver for UserSession's pre_save: nobody's address is stored."""
    instance.ip = network(instance.ip) or "0.0.0.0"  # noqa: S104 - no address at all


class LastSeenMiddleware:
    """Notes every ten minutes that a device is in use, from which its rest is reckoned: Django would reckon it from
    the last change of the session. Readers have no session and cost nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        key, seen = request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), 0
        if key.isalnum() and len(key) <= 40:
            now = timezone.now()
            rows = UserSession.objects.filter(session_key=key, last_seen_at__lt=now - SEEN_EVERY)
            seen = rows.update(last_seen_at=now)
        response = self.get_response(request)
        if seen and not request.session.is_empty():
            request.session.modified = True  # stored again with a new end, and the cookie with it
        return response


def end_all_sessions(user, but: str | None = None):
    """Sign somebody out everywhere, except in the session with the key `but`."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but or ""):
        session.end()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest):
    if request.method == "POST":
        number = request.POST.get("device", "")
        if number == "others":
            end_all_sessions(request.user, but=request.session.session_key)
            messages.success(request, "Alle anderen Geräte sind abgemeldet.")
        else:
            mine = UserSession.objects.filter(user=request.user)
            session = get_object_or_404(
                mine, pk=number if number.isascii() and number.isdigit() and len(number) < 18 else 0
            )
            end_sessions(request, [session])
            messages.success(request, "Das Gerät ist abgemeldet.")
        return redirect("usersessions_list")
    rows = [
        {"session": session, "name": device_in_words(session.user_agent), "current": session.is_current()}
        for session in UserSession.objects.purge_and_list(request.user)
    ]
    rows.sort(key=lambda row: (not row["current"], -row["session"].last_seen_at.timestamp()))
    return TemplateResponse(
        request, "usersessions/usersession_list.html", {"title": "Angemeldete Geräte", "rows": rows}
    )
