from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import conditional_page, require_safe
from django.views.generic import DetailView

from contacts.finder import find
from contacts.linked_data import district_data, person_data
from contacts.models import District, Person, PersonTopic
from contacts.places import ATTRIBUTION
from contacts.responsibility import in_charge_of, represented_districts
from contacts.vcard import vcard_response
from forum.caching.marks import Storable, not_stored, stored
from forum.caching.withdrawn import note_subject
from forum.filters import Filters
from forum.limits import FINDER, limited
from forum.prepared import Prepared
from forum.preview import ItemView
from forum.topics import TopicFilter


@stored("thema", unless=("ort",))
@require_safe
@limited(FINDER, when=lambda request: "ort" in request.GET)
def directory(request):
    """The finder (`?ort=`) and its answer; all contact persons, optionally of one topic; the twelve districts."""
    people = Person.objects.published().in_directory()
    topic = TopicFilter(request, PersonTopic, people)
    topic.count(people)
    if topic.moved:
        return topic.moved
    shown = list(topic.narrow(people).by_name().with_contact_details())
    filters = Filters(request, [topic], len(shown))
    answer = render(
        request,
        "contacts/directory.html",
        {
            "people": shown,
            "districts": represented_districts(),
            "filters": filters,
            "attribution": ATTRIBUTION,
            "finding": find(request.GET["ort"]) if "ort" in request.GET else None,
        },
    )
    return not_stored(answer) if filters.lead_nowhere else answer


class DistrictPage(DetailView):
    """Who represents a district, or who helps instead, and which quarters belong to it."""

    storable = Storable()
    template_name = "contacts/district.html"
    context_object_name = "district"

    def get_queryset(self):
        return District.objects.prefetch_related("quarters")

    def get_context_data(self, **kwargs):
        people, helpers = in_charge_of(self.object)
        return super().get_context_data(
            people=people,
            helpers=helpers,
            districts=represented_districts(),
            attribution=ATTRIBUTION,
            linked_data=district_data(self.object),
            **kwargs,
        )


@partial(Prepared, person=int)
def participations_of(person):
    """What somebody took part in, the latest first."""
    parts = Person.participations.rel.related_model.objects.published().filter(person=person)
    return parts.select_related("item__event").order_by("-item__event__starts_at", "item__position", "pk")


@partial(Prepared, person=int)
def articles_naming(person):
    """The newest articles that name somebody as contact."""
    articles = Person._meta.get_field("contact_for_articles").related_model.objects.published()
    return articles.filter(contacts=person).newest_first().select_related("type")[:20]


class PersonPage(ItemView):
    """A person: role, contact, districts, topics; what they took part in; articles that name them as contact."""

    template_name = "contacts/person.html"
    context_object_name = "person"
    question = Prepared(lambda slug: Person.objects.with_contact_details().filter(slug=slug), slug=str)

    def get_queryset(self):
        return Person.objects.with_contact_details()

    def get_context_data(self, **kwargs):
        # The apps above know people; what they hold of a person is asked through their reverse relations.
        return super().get_context_data(
            participations=participations_of(person=self.object.pk),
            articles=articles_naming(person=self.object.pk),
            linked_data=person_data(self.object),
            **kwargs,
        )


@stored()
@require_safe
@conditional_page
def person_vcard(request, slug):
    """Somebody who can be reached, for an address book."""
    person = get_object_or_404(Person.objects.published().with_contact_details(), slug=slug)
    if not person.is_reachable:
        raise Http404
    note_subject(request, person)
    return vcard_response([person], person.slug)


@stored()
@require_safe
@conditional_page
def district_vcards(request, slug):
    """Everybody who represents a district, or who helps instead."""
    district = get_object_or_404(District, slug=slug)
    people, helpers = in_charge_of(district)
    if not people and not helpers:
        raise Http404
    return vcard_response(people or helpers, district.slug)
