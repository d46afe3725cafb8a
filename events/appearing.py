"""People made in passing are drafts, and become public with the first thing that names them."""

from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from contacts.models import Person
from events.models import Participation

MARK = "along"  # in the log: this person's state was decided by what names them, not by hand


def note(request, person: Person, flag: int):
    """Note in the log, marked, that a person was made or published in passing."""
    desk = admin.site.get_model_admin(Person)
    if flag == ADDITION:
        desk.log_addition(request, person, [{"added": {}, MARK: True}])
    else:
        desk.log_change(request, person, [{"changed": {"fields": ["Veröffentlicht ab"]}, MARK: True}])


def note_facts(request, person: Person):
    """Note facts that were taken from a text; whoever waits goes on waiting."""
    mark = {MARK: True} if waiting(Person.objects.filter(pk=person.pk), timezone.now()) else {}
    admin.site.get_model_admin(Person).log_change(request, person, [{"changed": {"fields": ["Kontaktdaten"]}} | mark])


def people_named_by(thing) -> QuerySet[Person]:
    """Everybody an event or an article names; of an article's event only the event itself speaks."""
    contacts = thing.contact_rows.values("person")
    named = Q(pk__in=contacts)
    if hasattr(thing, "programme"):
        named |= Q(pk__in=Participation.objects.filter(item__event=thing).values("person"))
    return Person.objects.filter(named)


def waiting(people: QuerySet[Person], at: datetime) -> list[Person]:
    """Who is not public at a moment and was made in passing; whoever was changed by hand since waits for nobody."""
    hidden = {str(one.pk): one for one in people.filter(Q(published_at=None) | Q(published_at__gt=at))}
    log = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Person), object_id__in=hidden)
    latest = {entry.object_id: entry.change_message for entry in log.order_by("pk")}
    return [one for key, one in hidden.items() if f'"{MARK}"' in latest.get(key, "")]


def publish_along(request, thing) -> list[Person]:
    """Publish who waits for a thing that is public or planned, at the same moment; returns them."""
    if thing.published_at is None or not request.user.has_perm("contacts.change_person"):
        return []
    at = max(thing.published_at, timezone.now())
    published = []
    for person in waiting(people_named_by(thing), at):
        person.published_at = at
        try:
            person.full_clean()
        except ValidationError:
            continue  # named as still hidden, with a link to the form that says why
        person.save()
        note(request, person, CHANGE)
        published.append(person)
    return published


def links(things) -> str:
    named = [(reverse(f"admin:{one._meta.label_lower.replace('.', '_')}_change", args=[one.pk]), one) for one in things]
    return format_html_join(", ", '<a href="{}">{}</a>', named)


class AppearingAdmin(admin.ModelAdmin):
    """Admin of what names people: publishing it publishes who was made in passing, and says who is still hidden."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.publish_people(request, form.instance)

    def run(self, request, things, step, reason, change, form=None):
        """Bulk actions publish as the form does."""

        def with_people(thing):
            words = change(thing)
            if words:
                self.publish_people(request, thing)
            return words

        return super().run(request, things, step, reason, with_people, form)

    def publish_people(self, request, thing):
        published = publish_along(request, thing)
        if published and not hasattr(request, "rehearsal"):
            words = "Jetzt auch öffentlich" if thing.is_published else "Zur gleichen Zeit öffentlich"
            self.message_user(request, format_html("{}: {}.", words, links(published)), messages.INFO)

    def stay(self, request, thing):
        answer = super().stay(request, thing)
        if answer and thing.is_published:
            hidden = [person for person in people_named_by(thing) if not person.is_published]
            if hidden:
                words = "Auf der Seite nicht zu sehen, weil noch nicht öffentlich: {}."
                self.message_user(request, format_html(words, links(hidden)), messages.WARNING)
        return answer
