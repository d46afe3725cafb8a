"""Copying an event at the desk: dates and choices, a preview in words, then drafts."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from events.copying import CHOICES, Date, amounts, check, copy_to, twins
from events.models import Event
from events.programme import clashes
from forum import datetexts
from forum.desk.admin import Tool
from forum.templatetags.portal import when

MOST_DATES = 60
MOST_CLASHES = 3  # named in a message


def read_date(line: str) -> Date:
    """Understand a day, with or without a time, as people write it; raise ValidationError, in German, for all else."""
    written = datetexts.read(line, timezone.localdate())
    if written.day is None or written.is_period:
        raise ValidationError(datetexts.NO_DATE)
    return Date(written.day, written.at)


class CopyForm(forms.Form):
    """Dates, one on each line, and what comes along; valid when every copy could take place.

    Args:
        event: the original, with its programme at hand.
    """

    dates = forms.CharField(
        label="Neue Termine",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 30, "placeholder": "14.6.2027\n21.6.2027 9 Uhr"}),
        help_text="Ein Termin in jeder Zeile, zum Beispiel 14.6.2027. Die Uhrzeiten bleiben, wie sie sind; mit "
        "„14.6.2027 9 Uhr“ beginnt alles entsprechend früher oder später.",
        error_messages={"required": "Bitte schreiben Sie mindestens einen neuen Termin auf."},
    )
    taken = forms.MultipleChoiceField(
        label="Was soll mitkommen?", required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, event, *args, **kwargs):
        self.event, self.amounts = event, amounts(event)
        initial = {"taken": [name for name in self.amounts if name != "online"]}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["taken"].choices = [(name, self.label_of(name)) for name in self.amounts]

    def label_of(self, name):
        label, amount = CHOICES[name][0], self.amounts[name]
        return f"{label} ({amount})" if amount > 1 else label

    def clean_dates(self):
        lines = [line for line in self.cleaned_data["dates"].splitlines() if line.strip()]
        if len(lines) > MOST_DATES:
            raise ValidationError(f"Bitte höchstens {MOST_DATES} Termine auf einmal.")
        found, errors = [], []
        for line in lines:
            try:
                found.append(read_date(line))
            except ValidationError as error:
                errors.append(f"„{line.strip()[:40]}“: {error.messages[0]}")
        errors += [f"„{one}“ steht zweimal da." for one in dict.fromkeys(found) if found.count(one) > 1]
        if errors:
            raise ValidationError(errors)
        return found

    def clean(self):
        cleaned = super().clean()
        self.copies = []
        for to in cleaned.get("dates", []):
            try:
                self.copies.append(check(self.event, to, cleaned.get("taken", [])))
            except ValidationError as error:
                self.add_error("dates", f"„{to}“: {error.messages[0]}")
        return cleaned

    @property
    def plan(self) -> str:
        """What would be made, to be compared with what was shown."""
        return "; ".join([*map(str, self.cleaned_data["dates"]), *self.cleaned_data["taken"]])

    @property
    def items(self) -> int:
        """Number of programme items that come along."""
        return len(self.event.programme.all()) if "programme" in self.cleaned_data["taken"] else 0


class CopyAdmin(admin.ModelAdmin):
    """Adds copying to the admin of events: a tool above the form, and an action in the list."""

    actions = ["copy_chosen"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.copy_view)
        return [path("<path:object_id>/kopieren/", view, name="events_event_copy"), *super().get_urls()]

    def tools(self, request, thing):
        tools = super().tools(request, thing)
        return [*tools, Tool("Kopieren", copy_url(thing))] if self.has_add_permission(request) else tools

    @admin.action(description="Ausgewählte Veranstaltung kopieren …", permissions=["add"])
    def copy_chosen(self, request, events):
        chosen = list(events[:2])
        if len(chosen) == 1:
            return redirect(copy_url(chosen[0]))
        self.message_user(request, "Bitte wählen Sie genau eine Veranstaltung aus.", messages.WARNING)
        return None

    def copy_view(self, request, object_id):
        event = self.get_object(request, unquote(object_id))
        if event is None:
            raise Http404
        if not (self.has_add_permission(request) and self.has_view_or_change_permission(request, event)):
            raise PermissionDenied
        prefetch_related_objects([event], "programme")
        form = CopyForm(event, request.POST if request.method == "POST" else None)
        valid = form.is_valid()
        if valid and "create" in request.POST and request.POST.get("seen") == form.plan:
            try:
                return self.make_copies(request, event, form)
            except ValidationError as error:  # somebody has changed the programme since it was checked
                form.add_error("dates", error)
                valid = False
        context = self.admin_site.each_context(request) | {
            "title": "Veranstaltung kopieren",
            "subtitle": str(event),
            "opts": self.opts,
            "event": event,
            "original": event,
            "original_url": reverse("admin:events_event_change", args=[quote(event.pk)]),
            "form": form,
            "valid": valid,
            "changed": valid and "create" in request.POST,
            "known": list(twins(event, form.copies).values()) if valid else [],
            "media": self.media,
        }
        return TemplateResponse(request, "admin/copy_event.html", context)

    def make_copies(self, request, event, form):
        with transaction.atomic():
            event = Event.objects.select_for_update().get(pk=event.pk)  # a second click waits here, and sees the first
            known = twins(event, form.copies)
            starts = {copy.starts_at for copy in form.copies}
            wanted = [to for to, copy in zip(form.cleaned_data["dates"], form.copies, strict=True)
                      if copy.starts_at not in known]  # fmt: skip
            copies = copy_to(event, wanted, form.cleaned_data["taken"])
            for copy in copies:
                self.log_addition(request, copy, f"Kopie von „{event}“.")
        if known:
            links = links_to(known[start] for start in sorted(starts & known.keys()))
            self.message_user(request, format_html("Diese gab es schon: {}.", links), messages.WARNING)
        if copies:
            words = "Ein Entwurf ist" if len(copies) == 1 else f"{len(copies)} Entwürfe sind"
            links = links_to(copies)
            self.message_user(request, format_html("{} angelegt: {}.", words, links), messages.SUCCESS)
        if found := [clash for copy in copies for clash in clashes(copy)]:
            rest = f" (und {len(found) - MOST_CLASHES} weitere)" if len(found) > MOST_CLASHES else ""
            self.message_user(request, " ".join(found[:MOST_CLASHES]) + rest, messages.WARNING)
        if len(copies) == 1:
            return redirect("admin:events_event_change", quote(copies[0].pk))
        return redirect(f"{reverse('admin:events_event_changelist')}?stand=draft")


def copy_url(event: Event) -> str:
    return reverse("admin:events_event_copy", args=[quote(event.pk)])


def links_to(events):
    """Links to forms of events, named by their dates."""
    rows = ((reverse("admin:events_event_change", args=[quote(event.pk)]), when(event)) for event in events)
    return format_html_join(" · ", '<a href="{}">{}</a>', rows)
