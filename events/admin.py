from django import forms
from django.contrib import admin, messages
from django.db.models import Count

from events.appearing import AppearingAdmin
from events.checks import NO_ACCESS_FACTS, NO_LOOK_BACK
from events.copy_desk import CopyAdmin
from events.forms import EventForm, ProgrammeItemForm
from events.models import (
    Event,
    EventAttachment,
    EventContact,
    EventPicture,
    ItemAttachment,
    Participation,
    ProgrammeItem,
    Series,
    Venue,
)
from events.programme import clashes
from events.recognising import RecognisingAdmin
from events.rows import CardFormSet, ProgrammeCardForm
from forum.desk.admin import ADDRESS, DeskAdmin, RowInline
from forum.desk.bulk import BulkContacts, BulkTopics
from forum.desk.easy import EasyAdmin, EasyFilter
from forum.desk.later import start_later
from forum.desk.picks import PickInline
from forum.desk.preview import PreviewAdmin
from forum.desk.publishing import PUBLISHING, StateFilter
from forum.richtext import RichTextField
from forum.templatetags.portal import when


class ProgrammeInline(admin.StackedInline):
    """The whole programme with its people, each item a card."""

    model = ProgrammeItem
    form = ProgrammeCardForm
    formset = CardFormSet
    template = "admin/programme.html"
    extra = 1
    fields = ["kind", "title", "day", "starts_at", "ends_at", "room", "text", "result", "position"]

    class Media:
        js = [forms.Script("js/desk/cards.js", type="module")]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, RichTextField):
            start_later(field.widget)
        return field


class ContactInline(PickInline):
    model = EventContact
    fields = ["person", "position"]


class PictureInline(PickInline):
    model = EventPicture
    fields = ["picture", "position"]


class AttachmentInline(PickInline):
    model = EventAttachment
    fields = ["attachment", "position"]


@admin.register(Event)
class EventAdmin(AppearingAdmin, CopyAdmin, BulkTopics, BulkContacts, RecognisingAdmin, EasyAdmin):
    start = "Veranstaltung anlegen"
    form = EventForm
    to_do = (NO_ACCESS_FACTS, NO_LOOK_BACK, *EasyAdmin.to_do)
    found_fields = {"title": "title", "date": "starts_at", "lead": "lead", "text": "text"}
    found_labels = {"title": "Titel", "date": "Wann", "lead": "Einleitung", "text": "Text"}
    list_display = ["title", "when_in_words", "status", "state_in_words", "venue"]
    list_filter = [StateFilter, EasyFilter, "status", "format", "series", "starts_at"]
    list_select_related = ["venue"]
    search_fields = ["title", "subtitle", "lead"]
    date_hierarchy = "starts_at"
    inlines = [ProgrammeInline, PictureInline, ContactInline, AttachmentInline]
    fieldsets = [
        (None, {"fields": ["title", "title_language", "subtitle", "series", "lead"]}),
        ("Wann", {"fields": ["starts_at", "ends_at"]}),
        ("Wo", {"fields": ["format", "venue", "online_url"]}),
        ("Inhalt", {"fields": ["text", "picture", "topics"]}),
        ("Gut zu wissen", {"fields": ["audience", "cost", "organisers"]}),
        ("Barrierefreiheit", {"fields": ["sign_language", "live_captions", "spoken_language", "access_note"]}),
        ("Findet statt?", {"fields": ["status", "status_reason", "previous_starts_at"]}),
        PUBLISHING,
        ADDRESS,
    ]

    def second_line(self, event):
        return event.date_in_words

    @admin.display(description="Wann", ordering="starts_at")
    def when_in_words(self, event):
        return when(event) if event.starts_at else "noch offen"

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        warn_of_clashes(self, request, form.instance)
        if form.instance.waits_for_date:
            self.message_user(
                request,
                "Auf der Website steht jetzt, dass der Termin entfällt und ein neuer noch nicht feststeht. "
                "Ist das Datum schon das neue? Dann tragen Sie bitte auch den ursprünglichen Beginn ein.",
                messages.WARNING,
            )


class ParticipationInline(RowInline):
    model = Participation
    fields = ["person", "part", "credited_as", "position"]


class ItemAttachmentInline(PickInline):
    model = ItemAttachment
    fields = ["attachment", "position"]


@admin.register(ProgrammeItem)
class ProgrammeItemAdmin(PreviewAdmin, DeskAdmin):
    sought = True
    form = ProgrammeItemForm
    list_display = ["title", "kind", "event", "event_state", "starts_at"]
    list_filter = ["kind"]
    list_select_related = ["event"]
    search_fields = ["title", "event__title"]
    found_with = ["event"]
    inlines = [ParticipationInline, ItemAttachmentInline]
    fieldsets = [
        (None, {"fields": ["event", "kind", "title", "title_language"]}),
        ("Wann und wo", {"fields": ["day", ("starts_at", "ends_at"), "room", "online_url", "position"]}),
        ("Inhalt", {"fields": ["text", "result"]}),
        ("Barrierefreiheit", {"fields": ["sign_language", "live_captions", "spoken_language", "access_note"]}),
        ADDRESS,
    ]

    def second_line(self, item):
        return str(item.event)

    def page_shown(self, item):
        return item.event, f"{item.slug}/"

    @admin.display(description="Stand der Veranstaltung")
    def event_state(self, item):
        return item.event.state.label

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        warn_of_clashes(self, request, form.instance.event)


def warn_of_clashes(desk, request, event):
    """Somebody in two rooms at once may be meant (a short greeting), so staff are told and not stopped."""
    for clash in clashes(event):
        desk.message_user(request, clash, messages.WARNING)


@admin.register(Venue)
class VenueAdmin(DeskAdmin):
    sought = True
    list_display = ["name", "address", "district", "step_free"]
    list_filter = ["district", "step_free"]
    list_select_related = ["district"]
    search_fields = ["name", "street", "postcode", "city"]
    quick_fields = ["name", "street", "postcode", "city"]
    fieldsets = [
        (None, {"fields": ["name", "street", ("postcode", "city"), "district"]}),
        ("Hinkommen", {"fields": ["route", "way_in"]}),
        ("Barrierefreiheit", {"fields": [*Venue.ACCESS_FACTS]}),
    ]

    def second_line(self, venue):
        return venue.address

    @admin.display(description="Adresse")
    def address(self, venue):
        return venue.address


@admin.register(Series)
class SeriesAdmin(DeskAdmin):
    sought = True
    list_display = ["title", "event_count"]
    search_fields = ["title"]
    fieldsets = [(None, {"fields": ["title", "text"]}), ADDRESS]
    quick_fields = ["title"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("events"))

    @admin.display(description="Veranstaltungen", ordering="count")
    def event_count(self, series):
        return series.count
