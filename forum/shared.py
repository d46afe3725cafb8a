"""The page behind a link to share (`forum.sharing`)."""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forum.dates import in_words
from forum.preview import page_of
from forum.sharing import ShareLink


@require_safe
def shared(request: HttpRequest, token: str, below: str = "") -> HttpResponse:
    """Show what the link opens, as it is today; once it is public, lead to its own address."""
    response = page_behind(request, token, below)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def page_behind(request: HttpRequest, token: str, below: str) -> HttpResponse:
    link = ShareLink.objects.opened_by(token)
    thing = link.target if link else None
    if thing is None:
        return gone(request)
    if thing.is_published:
        return HttpResponseRedirect(thing.get_absolute_url() + below)
    banner = f"Entwurf zum Gegenlesen, gültig bis {in_words(link.expires_at)}. Bitte geben Sie den Link nicht weiter."
    try:
        page = page_of(request, thing, below, banner)
    except Http404:
        return gone(request)
    html = page.content.decode()
    for address in page.whole.addresses - {thing.get_absolute_url()}:
        html = re.sub(rf'href="{re.escape(address)}[^"]*"', 'role="link" aria-disabled="true"', html)
    own, here = f'href="{thing.get_absolute_url()}', f'href="{link.get_absolute_url()}'
    return HttpResponse(html.replace(own, here))


def gone(request: HttpRequest) -> HttpResponse:
    """One answer for all links that do not open anything: expired, revoked, invented, or their thing deleted."""
    return render(request, "forum/link_ended.html", status=404)
