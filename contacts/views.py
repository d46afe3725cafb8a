from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.generic import DetailView

from contacts.models import District, Person, PersonTopic, Representation
from contacts.places import ATTRIBUTION
from contacts.responsibility import helpers_for, represented_districts
from forum.filters import Filters
from forum.preview import ItemView
from forum.topics import TopicFilter


@require_safe
def directory(request):
    """All contact persons by name, optionally of one topic, and the twelve districts with who represents them."""
    people = Person.objects.published().in_directory()
    topic = TopicFilter(request, PersonTopic, people)
    topic.count(people)
    shown = list(topic.narrow(people).by_name().with_contact_details())
    return render(
        request,
        "contacts/directory.html",
        {
            "people": shown,
            "districts": represented_districts(),
            "filters": Filters(request, [topic], len(shown)),
            "attribution": ATTRIBUTION,
        },
    )


class DistrictPage(DetailView):
    """Who represents a district, or who helps instead, and which quarters belong to it."""

    template_name = "contacts/district.html"
    context_object_name = "district"

    def get_queryset(self):
        return District.objects.prefetch_related("quarters")

    def get_context_data(self, **kwargs):
        rows = Representation.objects.responsible().filter(district=self.object)
        people = [row.person for row in rows.with_contact_details().by_name()]
        helpers = [] if people else helpers_for(self.object)
        return super().get_context_data(
            people=people, helpers=helpers, districts=represented_districts(), attribution=ATTRIBUTION, **kwargs
        )


class PersonPage(ItemView):
    """A person: role, contact, districts, topics; what they took part in; articles that name them as contact."""

    template_name = "contacts/person.html"
    context_object_name = "person"

    def get_queryset(self):
        return Person.objects.with_contact_details()

    def get_context_data(self, **kwargs):
        # The apps above know people; what they hold of a person is asked through their reverse relations.
        participations = self.object.participations.published().select_related("item__event")
        articles = self.object.contact_for_articles.published().newest_first().select_related("type")
        return super().get_context_data(
            participations=participations.order_by("-item__event__starts_at", "item__position", "pk"),
            articles=articles[:20],
            **kwargs,
        )
