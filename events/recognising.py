"""“Programm erkennen” on the forms of events and articles."""

from collections import Counter

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from contacts.models import Person
from events.accepting import Accepted, Changes, accept, into_cards
from events.appearing import links
from events.offers import offer, what_is_known
from events.recognise import recognise
from forum.desk.admin import DeskAdmin

NOT_SAVED = "Noch nicht gespeichert: Bitte prüfen Sie, was eingetragen wurde, und speichern Sie dann."
NOT_ALLOWED = "Dafür fehlt Ihnen eine Berechtigung. Nichts wurde angelegt; bitte fragen Sie die Verwaltung."
NEW_PEOPLE = "Neue Personen werden öffentlich, sobald etwas öffentlich wird, das sie nennt."
NOTHING = "In diesem Text haben wir nichts erkannt. Bitte fügen Sie die ganze Seite ein, mit Überschriften."


class RecognisingAdmin(DeskAdmin):
    """Adds a box for a pasted page to a form, and what was found in it.

    With script both steps leave the form where it is; without, the form comes back with what was found.
    """

    found_fields: dict[str, str] = {}  # part of a proposal → field of the form
    found_labels: dict[str, str] = {}
    change_form_template = "admin/recognising.html"

    class Media:
        js = [forms.Script("js/desk/recognise.js", type="module")]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("erkennen/", view(self.recognise_view), name=f"{name}_recognise"),
            path("uebernehmen/", view(self.accept_view), name=f"{name}_accept"),
            *super().get_urls(),
        ]

    def may_fill(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or self.has_change_permission(request)

    @method_decorator(require_POST)
    def recognise_view(self, request):
        if not self.may_fill(request):
            raise PermissionDenied
        return render(request, "admin/recognised.html", self.found_in(request, request.POST))

    @method_decorator(require_POST)
    def accept_view(self, request):
        if not self.may_fill(request):
            raise PermissionDenied
        try:
            changes = accept(request, request.POST, self)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)}, status=400)
        except PermissionDenied as error:
            return JsonResponse({"error": str(error) or NOT_ALLOWED}, status=403)
        return JsonResponse({"steps": changes.steps, "stored": self.stored_in_words(changes)})

    def stored_in_words(self, changes: Changes) -> str:
        """HTML that says what is stored already though the form is not; empty for nothing."""
        if not changes.created and not changes.changed:
            return ""
        counts = Counter((type(one)._meta, hasattr(one, "published_at")) for one in changes.created)
        kinds = [
            f"{number} {opts.verbose_name if number == 1 else opts.verbose_name_plural}{' (Entwurf)' if draft else ''}"
            for (opts, draft), number in counts.items()
        ]
        sentences = [
            format_html("Schon angelegt: {} – {}.", ", ".join(kinds), links(changes.created)) if kinds else "",
            format_html("Schon geändert: {}.", links(changes.changed)) if changes.changed else "",
            NEW_PEOPLE if any(isinstance(one, Person) for one in changes.created) else "",
            f"Nur dieses Formular ({self.opts.verbose_name}) ist noch nicht gespeichert.",
        ]
        return format_html_join(" ", "{}", ([one] for one in sentences if one))

    def found_in(self, request: HttpRequest, data) -> dict:
        """What the template shows for a pasted page."""
        try:
            proposal = recognise(data.get("pasted_text", ""), data.get("pasted_html", ""), what_is_known())
        except ValidationError as error:
            return {"found_error": " ".join(error.messages)}
        if proposal.is_empty:
            return {"found_error": NOTHING}
        proposal.doubts |= self.more_doubts(proposal)
        filled = {part: data.get(name, "") for part, name in self.found_fields.items()}
        may = {"may_represent": request.user.has_perm("contacts.add_representation")}
        found = offer(proposal, self.found_labels, filled) | may | self.more_offers(request, proposal, data)
        return {"found": found}

    def more_doubts(self, proposal) -> dict[str, str]:
        """Why parts of a proposal do not fit this form."""
        return {}

    def more_offers(self, request: HttpRequest, proposal, data) -> dict:
        return {}

    def fill(self, changes: Changes, part: str, value: str):
        """Write one part of a proposal into its field."""
        changes.set(self.found_fields[part], value)

    def take_items(self, request: HttpRequest, accepted: Accepted, changes: Changes):
        """Write the ticked programme items."""
        into_cards(changes, accepted.items())

    # without script

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        asked = request.method == "POST" and ({"_recognise", "_accept"} & request.POST.keys())
        if not asked or not self.may_fill(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.only_looks = True
        context = {"pasted_text": request.POST.get("pasted_text", ""), "found_opened": True}
        if "_recognise" in request.POST:
            context |= self.found_in(request, request.POST)
        else:
            try:
                changes = accept(request, request.POST, self)
                request.POST = changes.data
                if stored := self.stored_in_words(changes):
                    self.message_user(request, stored, messages.INFO)
            except ValidationError as error:
                context |= {"found_error": " ".join(error.messages)}
            except PermissionDenied as error:
                context |= {"found_error": str(error) or NOT_ALLOWED}
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        return unsaved(form) if getattr(request, "only_looks", False) else form


def unsaved(form: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """The same form, which is shown again and never saved."""

    class Unsaved(form):
        def clean(self):
            self.add_error(None, NOT_SAVED)
            return super().clean()

    return Unsaved
