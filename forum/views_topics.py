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
from forum.prepared import Prepared
from news.counting import count_articles
from news.models import Article

AT_ONCE = 6  # events, articles and results shown; the lists hold the rest


@stored()
@require_safe
def topic_list(request):
    """All topics that something public carries, each with how much of it there is."""
    counts = {
        "people": public_counts(Person.objects.published().in_directory()),
        "events": public_counts(Event.objects.published()),
        "articles": count_articles().by_key,
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


def results_of(topic):
    past = Event.objects.published().filter(topics=topic).past()
    results = ProgrammeItem.objects.filter(event__in=past).exclude(result="").select_related("event")
    return results.order_by("-event__starts_at", "position", "pk")[:AT_ONCE]


CARRYING = {
    "people": Prepared(
        lambda topic: Person.objects.published().in_directory().filter(topics=topic).by_name().with_contact_details(),
        topic=int,
    ),
    "events": Prepared(
        lambda topic: Event.objects.published().filter(topics=topic).upcoming().for_rows()[:AT_ONCE], topic=int
    ),
    "articles": Prepared(
        lambda topic: Article.objects.published().filter(topics=topic).newest_first().for_rows()[:AT_ONCE], topic=int
    ),
    "results": Prepared(results_of, topic=int),
}


@stored()
@require_safe
def topic(request, slug):
    """Who is in charge, what is coming, what was written, what came out of it; not found while nothing is public."""
    shown = get_object_or_404(Topic, slug=slug)
    past = Event.objects.published().filter(topics=shown).past()
    context = {
        "topic": shown,
        **{kind: question(topic=shown.pk) for kind, question in CARRYING.items()},
        "past": past.exists(),
    }
    if not any(context[kind] for kind in ("people", "events", "articles", "past")):
        raise Http404
    steps = (("Themen", reverse("topic_list")), (shown.name, shown.get_absolute_url()))
    context["linked_data"] = page_data("CollectionPage", *steps, about={"@type": "Thing", "name": shown.name})
    return render(request, "forum/topic.html", context)
