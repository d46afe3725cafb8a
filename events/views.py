from django.core.paginator import InvalidPage, Paginator
from django.db.models import Case, Count, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from events.linked_data import event_data, item_data, series_data
from events.models import Event, EventTopic, ProgrammeItem, Series
from events.programme import cast, timeline
from forum.caching.marks import Storable
from forum.easy import EasyView
from forum.filters import Filter, FilteredList, Filters, count_together
from forum.prepared import Prepared
from forum.preview import ItemView
from forum.topics import TopicFilter

PAST = "vergangen"


class EventList(FilteredList):
    """Coming events, the next first, or past ones, the latest first; by topic and format."""

    storable = Storable(("zeitraum", "thema", "format", "seite"))
    template_name = "events/event_list.html"
    context_object_name = "events"

    def get_queryset(self):
        now = timezone.now()
        published = Event.objects.published(now)
        periods = {"": "kommende", PAST: "vergangene"}
        period = Filter(self.request, "zeitraum", "Zeitraum", "kommende Veranstaltungen", periods, article="Den")
        topic = TopicFilter(self.request, EventTopic, published)
        format_ = Filter(self.request, "format", "Format", "alle Formate", dict(Event.Format.choices))

        is_past = Case(When(over_at__lte=now, then=Value(PAST)), default=Value(""))
        cells = topic.narrow(published).order_by().annotate(period=is_past).values_list("period", "format")
        total = count_together(cells.annotate(count=Count("pk")), period, format_)

        events = published.past(now) if period.value else published.upcoming(now)
        if format_.value:
            events = events.filter(format=format_.value)
        topic.count(events)
        self.filters = Filters(self.request, [period, topic, format_], total)
        self.past = bool(period.value)
        return topic.narrow(events).for_rows()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            past=self.past,
            series=Series.objects.published(),
            calendar=calendar_addresses(self.request, self.filters.query, self.filters.query),
            **kwargs,
        )


def calendar_addresses(request, query: dict[str, str], follow: dict[str, str]) -> dict[str, str]:
    """The calendar with exactly what is chosen: once as a file, once for programs that ask again; and where to go on.

    Args:
        query: what is chosen.
        follow: what of it can be chosen where several things can.
    """
    path = reverse("events:calendar", query=query)
    subscribe = f"webcal://{request.build_absolute_uri(path).partition('://')[2]}"
    return {"address": path, "subscribe": subscribe, "follow": reverse("follow", query=follow)}


class SeriesPage(ItemView):
    """What a series is about, its coming events, the next first, and page by page the past ones with look-backs."""

    storable = Storable(("seite",))
    template_name = "events/series.html"
    context_object_name = "series"
    queryset = Series.objects.all()
    paginate_by = 20

    def get_context_data(self, **kwargs):
        now = timezone.now()
        events = self.object.events.published(now).for_rows()
        pages = Paginator(events.past(now).with_look_backs(), self.paginate_by)
        try:
            page = pages.page(self.request.GET.get("seite", 1))
        except InvalidPage as error:
            raise Http404 from error
        upcoming = events.upcoming(now) if page.number == 1 else []
        return super().get_context_data(
            upcoming=upcoming,
            page_obj=page,
            calendar=calendar_addresses(self.request, {"reihe": self.object.slug}, {}),
            linked_data=series_data(self.object, upcoming),
            **kwargs,
        )


class EventPage(ItemView):
    template_name = "events/event.html"
    context_object_name = "event"

    question = Prepared(lambda slug: Event.objects.for_page().with_look_backs().filter(slug=slug), slug=str)

    def get_queryset(self):
        return Event.objects.for_page().with_look_backs()

    def get_context_data(self, **kwargs):
        items = self.object.programme.all()
        return super().get_context_data(
            days=timeline(items),
            cast=cast(items),
            linked_data=event_data(self.object, items),
            results=[item for item in items if item.result and self.object.has_ended],
            articles=self.object.look_backs,
            **kwargs,
        )


class EasyEventPage(EasyView):
    template_name = "events/event_easy.html"
    context_object_name = "event"
    question = Prepared(lambda slug: Event.objects.for_easy_page().filter(slug=slug), slug=str)

    def get_queryset(self):
        return Event.objects.for_easy_page()


def items_with_page():
    items = ProgrammeItem.objects.exclude(kind=ProgrammeItem.Kind.BREAK).select_related("event__venue")
    return items.with_people().with_files()


class ProgrammeItemPage(ItemView):
    """A programme item with its own text, result and material; a break has no page."""

    template_name = "events/programme_item.html"
    context_object_name = "item"
    slug_url_kwarg = "item_slug"
    part_of = "event"

    question = Prepared(
        lambda event_slug, item_slug: items_with_page().filter(event__slug=event_slug, slug=item_slug),
        event_slug=str,
        item_slug=str,
    )

    def get_queryset(self):
        return items_with_page().filter(event__slug=self.kwargs["event_slug"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(cast=cast([self.object]), linked_data=item_data(self.object), **kwargs)
