"""The front door: home, pages kept by staff, errors, icons."""

import sys
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import (
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotFound,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contacts.models import Person
from contacts.places import ATTRIBUTION
from contacts.responsibility import represented_districts
from events.models import Event
from forum import api, mark
from forum.barriers import statement
from forum.caching.marks import stored
from forum.dates import local_date
from forum.easy import EasyView
from forum.linked_data import publisher, website
from forum.models import Page, Topic
from forum.outage import is_outage, unavailable
from forum.pages import STATEMENT
from forum.prepared import Prepared
from forum.preview import ItemView
from forum.templatetags.portal import report_link
from news.models import Article

SECURITY_TXT_LASTS = timedelta(days=180)
MOST_TO_SWALLOW = 64  # megabytes of a form that is refused for its size


next_event = Prepared(lambda: Event.objects.published().upcoming().taking_place().for_rows()[:1])
newest_articles = Prepared(lambda: Article.objects.published().pinned_first().for_rows()[:5])
topics_in_charge = Prepared(
    lambda: Topic.objects.filter(people__in=Person.objects.published().in_directory()).distinct()
)


@stored()
@require_safe
def home(request):
    return render(
        request,
        "forum/home.html",
        {
            "event": next(iter(next_event()), None),
            "articles": newest_articles(),
            "districts": represented_districts(),
            "attribution": ATTRIBUTION,
            "topics": topics_in_charge(),
            "linked_data": website(publisher() | {"@id": settings.SITE_URL, "areaServed": "Berlin"}),
        },
    )


class PageView(ItemView):
    context_object_name = "page"
    question = Prepared(lambda slug: Page.objects.filter(slug=slug), slug=str)
    queryset = Page.objects.all()

    def get_template_names(self):
        return ["forum/accessibility.html" if self.object.slug == STATEMENT else "forum/page.html"]

    def get_context_data(self, **kwargs):
        if self.object.slug == STATEMENT:
            kwargs["barriers"] = statement(local_date(self.object.text_changed_at or self.object.changed_at))
        return super().get_context_data(**kwargs)


class EasyPageView(EasyView):
    template_name = "forum/page_easy.html"
    context_object_name = "page"
    queryset = Page.objects.all()


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def favicon(request):
    """For whoever asks without having read a page."""
    return redirect(static("img/favicon.ico"))


@stored()
@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request):
    """Everything may be read but the desk (RFC 9309)."""
    lines = ["User-agent: *", "Disallow: /redaktion/", "", f"Sitemap: {settings.SITE_URL}{reverse('sitemaps')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@stored()
@require_safe
@cache_control(public=True, max_age=24 * 3600)
def security_txt(request):
    """Whom to tell of a weakness (RFC 9116); good for half a year from today, so nobody has to renew it."""
    contact = settings.SECURITY_CONTACT
    expires = datetime.combine(timezone.now().date() + SECURITY_TXT_LASTS, time.min, UTC)
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: de, en",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def manifest(request):
    """The web app manifest: name, colours and icons for a phone's home screen (W3C, Web Application Manifest)."""
    icons = (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable"))
    return JsonResponse(
        {
            "name": "Innovationsforum",
            "short_name": "Forum",
            "lang": "de",
            "start_url": reverse("home"),
            "display": "browser",
            "background_color": mark.PAPER,
            "theme_color": mark.PAPER,
            "icons": [
                {
                    "src": static(f"img/{name}.png"),
                    "sizes": f"{side}x{side}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, side, purpose in icons
            ],
        },
        content_type="application/manifest+json",
    )


def bad_request(request, exception):
    """Most are nonsense; a form that is too large was written by somebody who wants to know what to do."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent)):
        for _ in range(MOST_TO_SWALLOW):  # else the connection breaks before the browser reads the answer
            if not request.read(1 << 20):
                break
        return HttpResponse(loader.render_to_string("413.html", {"request": request}), status=413)
    if request.path.startswith(api.ROOT):
        return api.failed(400)
    return HttpResponseBadRequest(loader.render_to_string("400.html", {"request": request}))


def not_found(request, exception):
    return HttpResponseNotFound(loader.render_to_string("404.html", request=request))


def server_error(request):
    """Needs neither database nor style sheet, mark or address: whatever is broken is left out."""
    context = {
        "request_id": getattr(request, "request_id", ""),
        "style": attempt(static, "css/portal.css"),
        "mark": attempt(loader.render_to_string, "components/mark.html", {"empty": True}),
        "report": attempt(report_link, {"request": request, "page_title": "Störung"}),
    }
    if is_outage(error := sys.exc_info()[1]):
        posted = request.method == "POST"
        where = request.path if posted else request.get_full_path()
        return unavailable(request, error, context | {"address": where, "posted": posted})
    if request.path.startswith(api.ROOT):
        return api.failed(500)
    return HttpResponseServerError(loader.render_to_string("500.html", context))


def attempt(make, *arguments) -> str:
    try:
        return make(*arguments)
    except Exception:  # the error that led here is already logged
        return ""
