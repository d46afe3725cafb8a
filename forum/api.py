"""What all parts of the JSON API share: how lists are paged, how errors look, who may read.

Anybody may, from any site: there is nothing here that the pages do not show. Errors are problems as in RFC 9457.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page
from ninja import Field, Schema

from forum.caching.marks import Storable
from forum.choices import UnknownChoice
from forum.filters import quoted
from forum.limits import API, refused
from forum.linked_data import whole
from forum.richtext import clean_html

ROOT = "/api/v1/"
MOST_AT_ONCE = 100
FRESH = 60  # seconds that an answer may be kept without asking again
METHODS = "GET, HEAD"
SEVERAL = ("thema", "format", "reihe", "art", "bezirk")
PARAMETERS = ("seite", "anzahl", "zeitraum", "jahr", *SEVERAL)  # of all lists


class Named(Schema):
    """Etwas mit einer Seite auf dem Portal."""

    slug: str
    name: str
    url: str = Field(description="Adresse der Seite")


class Image(Schema):
    """Ein Bild; Urheberangabe und Beschreibung bitte mit anzeigen."""

    url: str
    description: str = Field(description="Bildbeschreibung; leer, wenn das Bild nur schmückt")
    credit: str = Field(description="Bildnachweis")


class PageQuery(Schema):
    seite: int = Field(1, ge=1, le=1_000_000, description="Seite der Liste")
    anzahl: int = Field(20, ge=1, le=MOST_AT_ONCE, description="Einträge auf einer Seite")


class Listed(Schema):
    count: int = Field(description="Zahl aller Einträge dieser Auswahl")
    next: str | None = Field(description="Adresse der nächsten Seite")
    previous: str | None = Field(description="Adresse der vorigen Seite")


def listed(request: HttpRequest, things: QuerySet, query: PageQuery, shown: Callable) -> dict:
    """One page of things in a certain order: two queries and those of what the things load with them.

    Args:
        query: all parameters there are; one that is misspelt would silently narrow nothing.
    """
    for name in request.GET:
        if name not in type(query).model_fields:
            known = ", ".join(sorted(type(query).model_fields))
            raise UnknownChoice(f"Den Parameter „{quoted(name)}“ gibt es hier nicht, nur {known}.")
    pages = Paginator(things, query.anzahl)
    try:
        page = pages.page(query.seite)
    except EmptyPage as error:
        raise Http404(f"So weit geht die Liste nicht: Sie hat {pages.num_pages} Seiten.") from error
    return {
        "count": pages.count,
        "next": page_address(request, query.seite + 1) if page.has_next() else None,
        "previous": page_address(request, query.seite - 1) if page.has_previous() else None,
        "results": [shown(thing) for thing in page],
    }


def page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["seite"] = str(number)
    return f"{whole(request.path)}?{query.urlencode()}"


def local(at: datetime | None) -> datetime | None:
    """In Berlin, so that a program shows the right hour even if it knows no zones."""
    return at and timezone.localtime(at)


def image(picture, name: str = "wide_webp") -> dict | None:
    """A picture that may be shown."""
    if not picture or not picture.is_complete:
        return None
    return {"url": whole(getattr(picture.file, name)), "description": picture.alt_text, "credit": picture.credit}


def topics(thing) -> list[dict]:
    return [named(topic) for topic in thing.topics.all()]


def named(thing, name: str = "name") -> dict:
    return {"slug": thing.slug, "name": getattr(thing, name), "url": whole(thing.get_absolute_url())}


def html(text: str) -> str:
    """Clean HTML whose links also work on other sites."""
    return clean_html(text).replace(' href="/', f' href="{settings.SITE_URL}/')


def easy_url(thing) -> str | None:
    return whole(thing.get_easy_url()) if thing.has_easy_version else None


def problem(status: int, title: str, detail: str) -> JsonResponse:
    """Args: title, detail: German."""
    facts = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JsonResponse(
        facts,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
        headers={"Content-Language": "de"},
    )


def not_found(request: HttpRequest, error: Http404) -> JsonResponse:
    if isinstance(error, UnknownChoice):
        return problem(400, "Unbekannte Auswahl", str(error))
    words = str(error) if error.args and isinstance(error.args[0], str) and error.args[0].endswith(".") else ""
    return problem(404, "Nicht gefunden", words or "Unter dieser Adresse gibt es nichts (mehr).")


def invalid(request: HttpRequest, error) -> JsonResponse:
    """What cannot be a value of a parameter (numbers, as all else is compared with what there is)."""
    names = sorted({str(one["loc"][-1]) for one in error.errors})
    return problem(400, "Ungültiger Wert", f"{' und '.join(names)}: {limits_of(error.errors[0])}")


def limits_of(error: dict) -> str:
    context = error.get("ctx", {})
    if "ge" in context:
        return f"mindestens {context['ge']}."
    if "le" in context:
        return f"höchstens {context['le']}."
    return "bitte eine ganze Zahl."


def failed(status: int) -> HttpResponse:
    """The answer to a program where people get the page of an error that no view has seen or understood."""
    title, detail = {
        400: ("Ungültige Anfrage", "Diese Anfrage verstehen wir nicht."),
        503: ("Gerade nicht erreichbar", "Bitte versuchen Sie es gleich wieder."),
        500: ("Störung", "Bei uns ist ein Fehler aufgetreten. Bitte versuchen Sie es später noch einmal."),
    }[status]
    return opened(problem(status, title, detail))


def opened(response: HttpResponse) -> HttpResponse:
    """Let scripts of any site read an answer (Fetch Standard, CORS) and no search engine."""
    response["X-Robots-Tag"] = "noindex"  # engines read the pages
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    return response


def open_data(view):
    """Decorate a view: anybody reads, nobody writes; answers are kept for a minute, asked again 304.

    Other sites' scripts need no permission to ask (OPTIONS) for that: browsers themselves send If-None-Match.
    """
    answer = conditional_page(view)

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        reads = request.method in ("GET", "HEAD")
        if reads and (seconds := settings.RATE_LIMITS and API.wait_for(request)):
            response = refused(problem(429, "Zu viele Anfragen", f"Bitte warten Sie {seconds} Sekunden."), seconds)
        elif reads:
            request.method = "GET"  # the server drops the body for HEAD
            try:
                response = answer(request, *args, **kwargs)
            except Http404 as error:
                response = not_found(request, error)
            patch_cache_control(response, public=True, max_age=FRESH)
        else:
            response = problem(405, "Nur lesen", f"Hier kann man nur lesen ({METHODS}).")
            response["Allow"] = METHODS
        return opened(response)

    wrapped.storable = Storable(PARAMETERS, several=SEVERAL, strict=True)
    return wrapped
