"""The contact check-up at the desk: asking people, marking entries as checked, deciding on corrections."""

from datetime import timedelta

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from contacts.check_mails import UNSENT, ask
from contacts.checks import WAITING
from contacts.checkup import CheckLink, ContactCorrection, apply, can_be_asked, new_link
from contacts.people import Person
from forum.dates import local_date
from forum.desk.admin import DeskAdmin, Tool

MOST = 100  # people at once
JUST_NOW = timedelta(minutes=1)  # a second click within it sends nothing


class CheckAdmin(admin.ModelAdmin):
    """Adds the check-up to the admin of people."""

    actions = ["mark_checked", "ask_chosen"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.ask_view)
        return [path("pruefung/", view, name="contacts_person_ask"), *super().get_urls()]

    def tools(self, request, thing):
        tools = super().tools(request, thing)
        if not self.has_change_permission(request, thing):
            return tools
        if waiting := thing.corrections.waiting().first():
            tools.append(Tool("Korrektur ansehen", correction_url(waiting)))
        if can_be_asked(thing):
            tools.append(Tool("Eintrag prüfen lassen", ask_url([thing.pk])))
        return tools

    @admin.display(description="geprüft", ordering="checked_at")
    def checked(self, person):
        return local_date(person.checked_at) if person.checked_at else "–"

    @admin.action(description="Als geprüft markieren", permissions=["change"])
    def mark_checked(self, request, people):
        allowed = [person for person in people if self.has_change_permission(request, person)]
        Person.objects.filter(pk__in=[person.pk for person in allowed]).update(checked_at=timezone.now())
        for person in allowed:
            self.log_change(request, person, "Eintrag geprüft.")
        words = "Ein Eintrag gilt" if len(allowed) == 1 else f"{len(allowed)} Einträge gelten"
        self.message_user(request, f"{words} jetzt als geprüft.", messages.SUCCESS)

    @admin.action(description="Link zur Prüfung senden oder anzeigen …", permissions=["change"])
    def ask_chosen(self, request, people):
        return redirect(ask_url(people.values_list("pk", flat=True)[: MOST + 1]))

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Who gets a link: first a page that says so, then a button that mails the links or shows them."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        keys = [key for key in request.GET.getlist("person") if key.isascii() and key.isdigit()]
        if len(keys) > MOST:
            self.message_user(request, f"Bitte wählen Sie höchstens {MOST} Personen auf einmal.", messages.WARNING)
            return redirect("admin:contacts_person_changelist")
        chosen = [one for one in Person.objects.filter(pk__in=keys) if self.has_change_permission(request, one)]
        people = [person for person in chosen if can_be_asked(person)]
        if request.method == "POST" and "send" in request.POST and settings.EMAIL_URL:
            return self.send(request, people)
        links = []
        if request.method == "POST" and "show" in request.POST:
            links = [(person, self.make_link(request, person)) for person in people]
        context = self.admin_site.each_context(request) | {
            "title": "Eintrag prüfen lassen",
            "opts": self.opts,
            "people": people,
            "reachable": [person for person in people if person.email] if settings.EMAIL_URL else [],
            "refused": [person for person in chosen if person not in people],
            "can_mail": bool(settings.EMAIL_URL),
            "links": links,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ask_people.html", context)

    def make_link(self, request, person):
        self.log_change(request, person, "Link zur Prüfung angezeigt.")
        return new_link(person)

    def send(self, request, people):
        sent, unsent = [], []
        for person in people:
            if not person.email:
                continue
            try:
                if send_once(person):
                    self.log_change(request, person, "Link zur Prüfung verschickt.")
                    sent.append(person)
            except UNSENT:
                unsent.append(person)
        if sent:
            words = "Eine Mail ist" if len(sent) == 1 else f"{len(sent)} Mails sind"
            self.message_user(request, f"{words} unterwegs: {', '.join(map(str, sent))}.", messages.SUCCESS)
        if unsent:
            names = ", ".join(map(str, unsent))
            words = (
                f"Nicht verschickt, weil der Mailserver sie nicht angenommen hat: {names}. Bitte später noch einmal."
            )
            self.message_user(request, words, messages.ERROR)
        if not (sent or unsent):
            self.message_user(request, "Es ging nichts hinaus: Diese Mail ist gerade eben schon verschickt worden.")
        return redirect("admin:contacts_person_changelist")


@transaction.atomic
def send_once(person: Person) -> bool:
    """Mail somebody a link, unless that happened just now."""
    Person.objects.select_for_update().get(pk=person.pk)
    if CheckLink.objects.filter(person=person, sent_at__gt=timezone.now() - JUST_NOW).exists():
        return False
    ask(person)
    return True


def ask_url(keys) -> str:
    query = urlencode([("person", key) for key in keys])
    return f"{reverse('admin:contacts_person_ask')}?{query}"


def correction_url(correction: ContactCorrection) -> str:
    return reverse("admin:contacts_contactcorrection_change", args=[quote(correction.pk)])


class CorrectionAdmin(DeskAdmin):
    """Corrections of people to their own entries: what changes in words, and two buttons."""

    to_do = (WAITING,)
    list_display = ["person", "what_changes", "created_at", "outcome"]
    list_filter = ["outcome", "created_at"]
    list_select_related = ["person"]
    search_fields = ["person__given_name", "person__family_name"]
    ordering = ["-outcome", "created_at"]  # what waits comes first, and of that the oldest
    readonly_fields = ["person", "old", "new", "notes", "outcome", "decided_at", "decided_by"]

    def has_add_permission(self, request):
        return False

    @admin.display(description="Was sich ändert")
    def what_changes(self, correction):
        words = [f"{change.label}: {change.new_words or 'leer'}" for change in correction.changes]
        return "; ".join([*words, *(f"Hinweis zu {label}" for label, _ in correction.notes_in_words)])

    def change_view(self, request, object_id, form_url="", extra_context=None):
        correction = self.get_object(request, object_id)
        if correction is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, correction):
            raise PermissionDenied
        if request.method == "POST":
            if not self.may_decide(request, correction):
                raise PermissionDenied
            with transaction.atomic():
                return self.decide(request, correction)
        return self.show(request, correction)

    def may_decide(self, request, correction) -> bool:
        people = self.admin_site.get_model_admin(Person)
        return self.has_change_permission(request, correction) and people.has_change_permission(
            request, correction.person
        )

    def decide(self, request, correction):
        """Carry out a decision; of two at once the second only hears that it has been taken."""
        person = Person.objects.select_for_update().get(pk=correction.person_id)
        correction = ContactCorrection.objects.select_for_update().get(pk=correction.pk)
        correction.person = person
        if not correction.is_waiting:
            self.message_user(request, "Darüber ist schon entschieden; es bleibt dabei.", messages.WARNING)
            return redirect(correction_url(correction))
        if "decline" in request.POST:
            return self.close(request, correction, correction.Outcome.DECLINED, "Korrektur abgelehnt.")
        open_changes = [change for change in correction.changes if not change.is_done]
        chosen = [change for change in open_changes if change.name in request.POST.getlist("field")]
        if open_changes and not chosen and not correction.notes:
            return self.show(request, correction, ["Bitte wählen Sie mindestens eine Änderung, oder lehnen Sie ab."])
        if problems := apply(correction, [change.name for change in chosen]):
            return self.show(request, correction, [text for texts in problems.values() for text in texts])
        names = ", ".join(change.label for change in chosen)
        words = f"Korrektur übernommen: {names}." if names else "Korrektur erledigt."
        return self.close(request, correction, correction.Outcome.APPLIED, words)

    def close(self, request, correction, outcome, words):
        correction.outcome, correction.decided_at, correction.decided_by = outcome, timezone.now(), request.user
        correction.save(update_fields=["outcome", "decided_at", "decided_by"])
        self.admin_site.get_model_admin(Person).log_change(request, correction.person, words)
        self.message_user(request, f"{correction.person}: {words}", messages.SUCCESS)
        return redirect("admin:contacts_contactcorrection_changelist")

    def show(self, request, correction, errors=()):
        person = correction.person
        ticked = request.POST.getlist("field") if request.method == "POST" else None
        rows = [
            (change, not change.is_overtaken if ticked is None else change.name in ticked)
            for change in correction.changes
        ]
        context = self.admin_site.each_context(request) | {
            "title": f"Korrektur von {person}",
            "opts": self.opts,
            "correction": correction,
            "person": person,
            "person_url": reverse("admin:contacts_person_change", args=[quote(person.pk)]),
            "in_directory": can_be_asked(person),
            "rows": rows,
            "errors": errors,
            "may_decide": correction.is_waiting and self.may_decide(request, correction),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/correction.html", context)
