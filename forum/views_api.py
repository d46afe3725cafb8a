"""The JSON API put together, its description (OpenAPI 3.1), and the page that tells people of it."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError

from contacts.api import router as people
from events.api import router as events
from forum.api import invalid, not_found, open_data
from forum.caching.marks import stored
from news.api import router as articles

ADDRESSES = "Es gibt hier events/, articles/, people/ und openapi.json."
DESCRIPTION = (
    "Veranstaltungen, Beiträge und Ansprechpersonen des Innovationsforums zum Lesen, ohne Anmeldung und von jeder "
    "Website aus. Die Filter sind die der Seiten. Zeiten stehen nach ISO 8601 mit Zone da, Adressen vollständig. "
    "Bitte fragen Sie mit If-None-Match nach: Solange sich nichts geändert hat, antwortet das Portal kurz mit 304."
)

SNIPPET = (
    '<iframe src="{}" title="Nächste Veranstaltungen des Innovationsforums" width="100%" height="520" '
    'loading="lazy" style="border:0"></iframe>'
)


class Problem(Schema):
    """Ein Fehler nach RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class Api(NinjaAPI):
    def get_openapi_schema(self, **kwargs):
        described = super().get_openapi_schema(**kwargs)
        described["servers"] = [{"url": settings.SITE_URL}]
        described["components"]["schemas"]["Problem"] = Problem.json_schema()
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["responses"] |= {
                    304: {"description": "Nichts hat sich geändert."},
                    400: {"description": "Ein Filter oder sein Wert ist unbekannt.", "content": content},
                    404: {"description": "Das gibt es nicht (mehr).", "content": content},
                    429: {"description": "Zu viele Anfragen; wann es weitergeht: Retry-After.", "content": content},
                    500: {"description": "Bei uns ist ein Fehler aufgetreten.", "content": content},
                }
        return described


api = Api(
    title="Innovationsforum",
    version="1.0.0",
    description=DESCRIPTION,
    docs_url=None,  # its page would load scripts from elsewhere
    urls_namespace="api",
    openapi_extra={"info": {"contact": {"name": "Innovationsforum", "email": settings.REPORTS_MAIL}}},
)
api.add_exception_handler(Http404, not_found)
api.add_exception_handler(ValidationError, invalid)
api.add_router("events", events)
api.add_router("articles", articles)
api.add_router("people", people)


def missing(request, rest=""):
    raise Http404(ADDRESSES)


def addresses() -> list[URLPattern]:
    patterns = [one for one in api.urls[0] if one.name != "api-root"]
    for pattern in patterns:
        pattern.callback = open_data(pattern.callback)
    return [*patterns, path("", open_data(missing), name="api-root"), path("<path:rest>", open_data(missing))]


urls = (addresses(), *api.urls[1:])


@stored()
@require_safe
def about(request):
    """For people: what can be read, with examples, and the frame of the next events."""
    frame = settings.SITE_URL + reverse("events:embed")
    return render(
        request,
        "forum/api.html",
        {
            "description": settings.SITE_URL + reverse("api:openapi-json"),
            "lists": [
                (settings.SITE_URL + reverse(f"api:{name}"), words)
                for name, words in (
                    ("event_list", "Veranstaltungen; Filter: zeitraum, thema, format, reihe"),
                    ("article_list", "Beiträge; Filter: thema, art, jahr"),
                    ("person_list", "Ansprechpersonen; Filter: thema, bezirk"),
                )
            ],
            "frame": frame,
            "snippet": SNIPPET.format(frame),
        },
    )
