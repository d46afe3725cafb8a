"""Bulk actions of the lists: publish, withdraw, add topics, change the contact person.

Each shows first what it will do, to how many, and why not to the others; a button then does it. What is refused is
named with its reason and a link to its form.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from forum.publishing import State
from forum.topics import TopicsField, TopicsFormField

MOST = 500  # things at once
MOST_NAMED = 20  # refused things named in a message


@dataclass
class Step:
    """What an action says on its page and afterwards.

    Args:
        action: name of the method.
        title: heading of the page.
        button: German words after the number on the button.
        done: German words after the number and „ist“ or „sind“ in the message.
        note: what staff should know before.
    """

    action: str
    title: str
    button: str
    done: str
    note: str = ""


class BulkAdmin(admin.ModelAdmin):
    """What the bulk actions share; of no use alone."""

    def sorted_out(self, request: HttpRequest, things: Iterable[Model], reason: Callable[[Model], str]):
        """(things that can be done, [(thing, German reason why not)])."""
        able, refused = [], []
        for thing in things:
            allowed = self.has_change_permission(request, thing)
            why = reason(thing) if allowed else "Dafür haben Sie keine Berechtigung."
            if why:
                refused.append((thing, why))
            else:
                able.append(thing)
        return able, refused

    def run(self, request, things: QuerySet, step: Step, reason, change, form: forms.Form | None = None):
        """Show the page of an action or, when its button was pressed and its form is filled in, carry it out.

        Args:
            reason: says of a thing why it is left alone; empty when it is not.
            change: does it to one thing and returns a German sentence for its history; empty for nothing to do.
        """
        if things.count() > MOST:
            self.message_user(request, f"Bitte wählen Sie höchstens {MOST} Einträge auf einmal.", messages.WARNING)
            return None
        if "confirmed" in request.POST and (form is None or form.is_valid()):
            with transaction.atomic():
                locked = self.model._default_manager.filter(pk__in=[thing.pk for thing in things])
                able, refused = self.sorted_out(request, locked.select_for_update(of=("self",)), reason)
                changed = 0
                for thing in able:
                    if words := change(thing):
                        self.log_change(request, thing, words)
                        changed += 1
            self.report(request, step, changed, len(able) - changed, refused)
            return None
        return self.show_step(request, things, step, reason, form)

    def show_step(self, request, things, step, reason, form) -> HttpResponse:
        able, refused = self.sorted_out(request, things, reason)
        context = self.admin_site.each_context(request) | {
            "title": step.title,
            "opts": self.opts,
            "step": step,
            "form": form,
            "able": able,
            "refused": [(thing, why, self.form_url(thing)) for thing, why in refused],
            "chosen": [thing.pk for thing in things],
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media if form else self.media,
        }
        return TemplateResponse(request, "admin/bulk.html", context)

    def report(self, request, step: Step, changed: int, same: int, refused):
        if changed:
            words = f"{self.counted(changed)} {'ist' if changed == 1 else 'sind'} {step.done}."
            self.message_user(request, words, messages.SUCCESS)
        if same:
            words = f"{self.counted(same)} {'bleibt' if same == 1 else 'bleiben'} unverändert: Es gab nichts zu ändern."
            self.message_user(request, words)
        if refused:
            named = [(self.form_url(thing), thing, why) for thing, why in refused[:MOST_NAMED]]
            rest = f" und {len(refused) - MOST_NAMED} weitere" if len(refused) > MOST_NAMED else ""
            listed = format_html_join("; ", '<a href="{}">{}</a>: {}', named)
            note = format_html("Nicht geändert: {}{}", listed, rest)
            self.message_user(request, note, messages.WARNING)

    def counted(self, number: int) -> str:
        name = self.opts.verbose_name if number == 1 else self.opts.verbose_name_plural
        return f"{number} {capfirst(name)}"

    def form_url(self, thing: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(thing.pk)])


class BulkPublishing(BulkAdmin):
    """Actions of publishable things."""

    actions = ["publish_chosen", "withdraw_chosen"]

    def must_stay_public(self, thing: Model | None) -> bool:
        """Tell whether a thing may not be withdrawn."""
        return False

    @admin.action(description="Jetzt veröffentlichen …", permissions=["change"])
    def publish_chosen(self, request, things):
        step = Step(
            "publish_chosen",
            "Jetzt veröffentlichen",
            "jetzt veröffentlichen",
            "jetzt öffentlich",
            "Was geplant war, erscheint damit sofort.",
        )
        return self.run(request, things, step, why_not_publish, publish)

    @admin.action(description="Zurückziehen …", permissions=["change"])
    def withdraw_chosen(self, request, things):
        step = Step(
            "withdraw_chosen",
            "Zurückziehen",
            "zurückziehen",
            "nicht mehr öffentlich",
            "Danach sind es wieder Entwürfe, die nur die Redaktion sieht; Links von anderen Websites führen ins Leere.",
        )

        def reason(thing):
            if self.must_stay_public(thing):
                return "steht am Fuß jeder Seite und bleibt öffentlich."
            if thing.state in (State.LIVE, State.SCHEDULED):
                return ""
            return "ist nicht öffentlich."

        return self.run(request, things, step, reason, withdraw)


def why_not_publish(thing: Model) -> str:
    """What keeps a thing from being published now, as a German sentence; leaves the thing ready to be saved."""
    if thing.state == State.LIVE:
        return "ist schon öffentlich."
    if thing.state == State.EXPIRED:
        return "ist abgelaufen. Bitte legen Sie im Formular fest, wie lange es wieder sichtbar sein soll."
    thing.published_at = timezone.now()
    try:
        thing.full_clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def publish(thing: Model) -> str:
    thing.save(update_fields=["published_at", "changed_at"])
    return "Veröffentlicht, zusammen mit anderen."


def withdraw(thing: Model) -> str:
    thing.published_at = None
    thing.save(update_fields=["published_at", "changed_at"])
    return "Zurückgezogen, zusammen mit anderen."


class BulkTopics(BulkAdmin):
    """Action of things that have topics."""

    actions = ["add_topics"]

    @admin.action(description="Themen ergänzen …", permissions=["change"])
    def add_topics(self, request, things):
        field = next(one for one in self.opts.many_to_many if isinstance(one, TopicsField))
        form = TopicsForm(request.POST if "confirmed" in request.POST else None)
        step = Step("add_topics", "Themen ergänzen", "ergänzen", "ergänzt", "Themen, die schon da sind, bleiben.")

        def change(thing):
            known = set(field.through.objects.filter(content_object=thing).values_list("tag_id", flat=True))
            new = [topic for topic in form.cleaned_data["topics"] if topic.pk not in known]
            field.through.objects.bulk_create(field.through(content_object=thing, tag=topic) for topic in new)
            return touch(thing, f"Ergänzt: {', '.join(map(str, new))}.") if new else ""

        return self.run(request, things, step, lambda thing: "", change, form)


class TopicsForm(forms.Form):
    topics = TopicsFormField(
        label="Welche Themen kommen dazu?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Bitte wählen Sie mindestens ein Thema."},
    )


class BulkContacts(BulkAdmin):
    """Action of things that have contact persons in `contact_rows`."""

    actions = ["change_contact"]

    @admin.action(description="Ansprechperson ändern …", permissions=["change"])
    def change_contact(self, request, things):
        rows = self.model._meta.get_field("contact_rows")
        person = self.formfield_for_dbfield(rows.related_model._meta.get_field("person"), request)
        form = ContactForm(rows, things, person, request.POST if "confirmed" in request.POST else None)
        step = Step("change_contact", "Ansprechperson ändern", "ändern", "geändert")

        def change(thing):
            words = change_contact(thing, form.cleaned_data["old"], form.cleaned_data["new"])
            return touch(thing, words) if words else ""

        return self.run(request, things, step, lambda thing: "", change, form)


class ContactForm(forms.Form):
    """Who is replaced, and by whom.

    Args:
        rows: the relation from the things to their contact rows.
        things: those that were chosen.
        person: the field in which the desk chooses a person.
    """

    NOBODY, ALL = "niemand", "alle"

    old = forms.ChoiceField(label="Wer wird ersetzt?", widget=forms.RadioSelect)

    def __init__(self, rows, things, person, *args):
        super().__init__(*args)
        known = rows.related_model.objects.filter(**{f"{rows.field.name}__in": [thing.pk for thing in things]})
        names = Counter((row.person_id, row.person) for row in known.select_related("person"))
        found = sorted(names.items(), key=lambda one: (-one[1], one[0][1].sorted_name))
        self.fields["old"].choices = [
            *((str(key), f"{name} (steht bei {times} von {len(things)})") for (key, name), times in found),
            (self.ALL, "alle: Die neue Person steht dann allein da"),
            (self.NOBODY, "niemand: Die neue Person kommt dazu"),
        ]
        self.fields["old"].initial = self.fields["old"].choices[0][0] if found else self.NOBODY
        if isinstance(person.widget, RelatedFieldWidgetWrapper):  # nobody is created or changed in passing here
            person.widget = person.widget.widget
        person.label, person.error_messages["required"] = (
            "Neue Ansprechperson",
            "Bitte wählen Sie, wer Ansprechperson wird.",
        )
        self.fields["new"] = person

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new") and cleaned.get("old") == str(cleaned["new"].pk):
            self.add_error("new", "Das ist dieselbe Person, die ersetzt werden soll.")
        return cleaned


def change_contact(thing: Model, old: str, new: Model) -> str:
    """Put a person into the contact rows of a thing, in the place of whom they replace.

    Returns:
        A German sentence about what has changed; empty when the person to be replaced is not there, or nothing is new.
    """
    rows = list(thing.contact_rows.select_related("person"))
    leaving = [row for row in rows if row.person_id != new.pk and (old == ContactForm.ALL or str(row.person_id) == old)]
    if not leaving and old not in (ContactForm.ALL, ContactForm.NOBODY):
        return ""
    is_there = any(row.person_id == new.pk for row in rows)
    if is_there and not leaving:
        return ""
    gone = [str(row.person) for row in leaving]
    if not is_there and leaving:
        first = leaving.pop(0)
        first.person = new
        first.save(update_fields=["person"])
    elif not is_there:
        thing.contact_rows.create(person=new, position=max((row.position for row in rows), default=-1) + 1)
    thing.contact_rows.filter(pk__in=[row.pk for row in leaving]).delete()
    return f"Ansprechperson: {new}{' statt ' + ', '.join(gone) if gone else ''}."


def touch(thing: Model, words: str) -> str:
    """Count a change of what belongs to a thing as a change of the thing itself."""
    type(thing)._default_manager.filter(pk=thing.pk).update(changed_at=timezone.now())
    return words
