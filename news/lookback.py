"""A look-back: a draft article about an event that has begun, filled in as far as the event knows.

Programme and people stand below the article by themselves, so nothing of them is entered twice.
"""

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from events.models import Event
from forum.desk.admin import Tool
from forum.desk.tools import offers_tools
from news.models import Article

PARAMETER = "rueckblick"
ROWS = {"contact_rows": "person"}  # rows that article and event both have → what they name


@offers_tools(Event)
def look_back_tools(request: HttpRequest, event: Event) -> list[Tool]:
    """A way to the look-back of an event, or to a new one; one query."""
    known = list(event.articles.order_by("pk")[:2]) if request.user.has_perm("news.view_article") else []
    if len(known) == 1:
        return [Tool("Zum Rückblick", form_of(known[0]))]
    if known:
        return [Tool("Zu den Rückblicken", f"{reverse('admin:news_article_changelist')}?event__id__exact={event.pk}")]
    if can_be_looked_back_at(event) and request.user.has_perm("news.add_article"):
        return [Tool("Rückblick anlegen", f"{reverse('admin:news_article_add')}?{PARAMETER}={event.pk}")]
    return []


@offers_tools(Article)
def event_tools(request: HttpRequest, article: Article) -> list[Tool]:
    """A way to the event that an article looks back at."""
    if article.event_id is None or not request.user.has_perm("events.view_event"):
        return []
    return [Tool("Zur Veranstaltung", reverse("admin:events_event_change", args=[quote(article.event_id)]))]


def can_be_looked_back_at(event: Event) -> bool:
    return bool(
        event.starts_at and event.takes_place and not event.waits_for_date and event.starts_at <= timezone.now()
    )


def form_of(article: Article) -> str:
    return reverse("admin:news_article_change", args=[quote(article.pk)])


def event_asked_for(request: HttpRequest) -> Event | None:
    """The event that a form for a new article is to look back at, if there is one to look back at."""
    wanted = request.GET.get(PARAMETER, "")
    event = None
    if wanted.isascii() and wanted.isdigit() and request.user.has_perm("events.view_event"):
        event = Event.objects.filter(pk=int(wanted)).first()
    return event if event and can_be_looked_back_at(event) else None


def initial_values(event: Event) -> dict:
    """What an event knows about its look-back; the type is the one that staff chose last for a look-back."""
    latest = Article.objects.filter(event__isnull=False, type__isnull=False).order_by("-pk").first()
    return {
        "title": event.title,
        "title_language": event.title_language,
        "type": latest and latest.type_id,
        "topics": [topic.pk for topic in event.topics.all()],
        "picture": event.picture_id,
        "event": event.pk,
    }


def initial_rows(event: Event, model: type[Model]) -> list[dict]:
    """The event's rows for an inline of the article, in their order; empty for rows that an event does not have."""
    for name, named in ROWS.items():
        if Article._meta.get_field(name).related_model is model:
            # Their place in the form is their order: a row emptied by staff is then as good as untouched.
            return [{named: getattr(row, f"{named}_id")} for row in getattr(event, name).all()]
    return []


class LookBackAdmin:
    """Mixin for the admin of articles: `?rueckblick=<event>` fills the form for a new one in; nothing is saved."""

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        initial.pop(PARAMETER, None)
        event = event_asked_for(request)
        return initial | initial_values(event) if event else initial

    def get_formset_kwargs(self, request, obj, inline, prefix):
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        event = event_asked_for(request) if request.method == "GET" and not obj.pk else None
        rows = initial_rows(event, inline.model) if event else []
        return options | {"initial": rows} if rows else options

    def get_formsets_with_inlines(self, request, obj=None):
        event = event_asked_for(request) if request.method == "GET" and obj is None else None
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if event:
                formset.extra += len(initial_rows(event, inline.model))
            yield formset, inline

    def stay(self, request, thing):
        answer = super().stay(request, thing)
        event = thing.event
        if answer and thing.is_published and event and not event.is_published:
            for tool in event_tools(request, thing):
                note = "Programm und Mitwirkende sind noch nicht zu sehen: Die Veranstaltung ist noch nicht öffentlich."
                self.message_user(
                    request, format_html('{} <a href="{}">{}</a>', note, tool.url, tool.label), messages.WARNING
                )
        return answer

    def add_view(self, request, form_url="", extra_context=None):
        if request.method == "GET" and PARAMETER in request.GET:
            self.say_what_is_known(request)
        return super().add_view(request, form_url, extra_context)

    def say_what_is_known(self, request):
        event = event_asked_for(request)
        if event is None:
            self.message_user(
                request,
                "Ein Rückblick geht nur auf eine Veranstaltung, die stattfindet und schon begonnen hat. "
                "Dieses Formular ist deshalb leer.",
                messages.WARNING,
            )
            return
        for article in event.articles.order_by("pk"):
            note = format_html(
                'Zu dieser Veranstaltung gibt es schon einen Rückblick: <a href="{}">{}</a>.', form_of(article), article
            )
            self.message_user(request, note, messages.WARNING)
        self.message_user(
            request,
            f"Aus „{event}“ ist übernommen, was dort steht. Programm und Mitwirkende erscheinen von selbst unter dem "
            "Beitrag: Bitte schreiben Sie nur, wie es war. Gespeichert ist noch nichts.",
        )
