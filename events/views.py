from django.views.generic import ListView

from events.models import Event, EventTopic, ProgrammeItem
from events.programme import timeline
from forum.filters import Filter, Filters
from forum.preview import ItemView
from forum.topics import topic_filter

PAST = "vergangen"


class EventList(ListView):
    """Coming events, the next first, or past ones, the latest first; by topic and format."""

    template_name = "events/event_list.html"
    context_object_name = "events"
    paginate_by = 20
    page_kwarg = "seite"

    def get_queryset(self):
        published = Event.objects.published()
        self.filters = event_filters(self.request, published)
        events = published.past() if self.filters.value_of("zeitraum") == PAST else published.upcoming()
        if topic := self.filters.value_of("thema"):
            events = events.filter(topics__slug=topic)
        if format_ := self.filters.value_of("format"):
            events = events.filter(format=format_)
        return events.for_rows()

    def get_context_data(self, **kwargs):
        past = self.filters.value_of("zeitraum") == PAST
        return super().get_context_data(filters=self.filters, past=past, **kwargs)


def event_filters(request, published):
    """Period, topic and format; topics are those that published events have."""
    return Filters(
        [
            Filter(request, "zeitraum", "Zeitraum", [(PAST, "vergangene")], "kommende"),
            topic_filter(request, EventTopic, published),
            Filter(request, "format", "Format", Event.Format.choices, "alle Formate"),
        ]
    )


class EventPage(ItemView):
    template_name = "events/event.html"
    context_object_name = "event"

    def get_queryset(self):
        return Event.objects.for_page()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            days=timeline(self.object.programme.all()),
            articles=self.object.articles.published().newest_first().select_related("type"),
            **kwargs,
        )


class ProgrammeItemPage(ItemView):
    """A programme item with its own text, result and material; a break has no page."""

    template_name = "events/programme_item.html"
    context_object_name = "item"
    slug_url_kwarg = "item_slug"

    def get_queryset(self):
        items = ProgrammeItem.objects.exclude(kind=ProgrammeItem.Kind.BREAK).filter(
            event__slug=self.kwargs["event_slug"]
        )
        return items.select_related("event__venue").with_people().with_files()
