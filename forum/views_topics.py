"""Topics: what people, events and articles have in common."""

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts.models import Person
from events.models import Event, ProgrammeItem
from forum.caching.marks import stored
from forum.linked_data import page_data
from forum.models import Topic
from news.models import Article

AT_ONCE = 6  # events, articles and results shown; the lists hold the rest


@stored()
@require_safe
def topic_list(request):
    """All topics that something public carries, each with how much of it there is."""
    counts = {
        "people": public_counts(Person.objects.published().in_directory()),
        "events": public_counts(Event.objects.published()),
        "articles": public_counts(Article.objects.published()),
    }
    carried = {key for found in counts.values() for key in found}
    topics = list(Topic.objects.filter(pk__in=carried))
    for topic in topics:
        topic.counts = {kind: found.get(topic.pk, 0) for kind, found in counts.items()}
    return render(request, "forum/topic_list.html", {"topics": topics})


def public_counts(things) -> dict[int, int]:
    """Key of a topic → how many of these things carry it."""
    rows = things.order_by().filter(topics__isnull=False).values_list("topics").annotate(count=Count("pk"))
    return dict(rows)


@stored()
@require_safe
def topic(request, slug):
    """Who is in charge, what is coming, what was written, what came out of it; not found while nothing is public."""
    shown = get_object_or_404(Topic, slug=slug)
    events, articles = Event.objects.published().filter(topics=shown), Article.objects.published().filter(topics=shown)
    past = events.past()
    results = ProgrammeItem.objects.filter(event__in=past).exclude(result="").select_related("event")
    context = {
        "topic": shown,
        "people": list(Person.objects.published().in_directory().filter(topics=shown).by_name().with_contact_details()),
        "events": list(events.upcoming().for_rows()[:AT_ONCE]),
        "articles": list(articles.newest_first().for_rows()[:AT_ONCE]),
        "results": list(results.order_by("-event__starts_at", "position", "pk")[:AT_ONCE]),
        "past": past.exists(),
    }
    if not any(context[kind] for kind in ("people", "events", "articles", "past")):
        raise Http404
    steps = (("Themen", reverse("topic_list")), (shown.name, shown.get_absolute_url()))
    context["linked_data"] = page_data("CollectionPage", *steps, about={"@type": "Thing", "name": shown.name})
    return render(request, "forum/topic.html", context)
