"""Saving at the desk without losing anything: two people on one thing, a form sent twice, a thing deleted meanwhile."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from forum.desk.conflict import (
    Part,
    all_parts,
    fingerprints,
    read_version,
    settle_rows,
    write_version,
)
from forum.openforms import OpenForm, name_of

SAVED_COOKIE = "gesichert"  # tells the script in the browser which copies of unsaved text it may drop
OWN_FIELDS = {"csrfmiddlewaretoken", "_token", "_version", "_compared"}


@dataclass
class Refusal:
    """Why a form comes back unsaved, with everything typed in it."""

    message: str
    parts: list[Part] = field(default_factory=list)  # of which a newer state is stored
    only_mine: list[str] = field(default_factory=list)  # labels of what only this form changes
    compared: str = ""  # the stored state this comparison shows
    by: str = ""  # who stored it, and when


class EditingAdmin(admin.ModelAdmin):
    """Base of the desk's admins. A form carries a token, unique for its window, and the version it was opened with."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_presence"
        view = require_POST(self.admin_site.admin_view(self.presence_view))
        return [path("<path:object_id>/anwesend/", view, name=name), *super().get_urls()]

    def presence_view(self, request, object_id):
        """Note a sign of life of an open form, and answer who else has the thing open: one POST every 30 seconds."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            return JsonResponse({"others": [], "changed": "Dieser Eintrag wurde inzwischen gelöscht."})
        token = token_of(request)
        if token is None or not self.has_change_permission(request, thing):
            raise PermissionDenied
        mine = OpenForm.objects.filter(token=token, user=request.user)
        if "leave" in request.POST:
            mine.update(seen_at=None)
            return JsonResponse({})
        OpenForm.objects.forget_old()
        form = note_sign_of_life(request, thing, token)
        others = OpenForm.objects.on(thing).alive().exclude(token=token)
        return JsonResponse(
            {
                "others": [other.in_words(request.user) for other in others],
                "changed": changed_since(thing, form.opened_at) if form else "",
            }
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        if not refusal:
            return form

        def clean(self):
            cleaned = form.clean(self)
            self.add_error(None, forms.ValidationError(refusal.message, code="refused"))
            return cleaned

        return type(form.__name__, (form,), {"clean": clean})

    def _changeform_view(self, request, object_id, form_url, extra_context):
        """Inside the transaction of a POST, before Django reads the form."""
        if request.method != "POST" or hasattr(request, "rehearsal"):
            return super()._changeform_view(request, object_id, form_url, extra_context)
        request.digest = digest_of(request)
        request.open_form = claim(request, self.model)
        answer = self.answer_to_a_repeat(request, object_id)
        if answer:
            return answer
        if object_id is not None:
            thing = self.lock(request, object_id)
            if thing is None and self.has_add_permission(request):
                return self.offer_anew(request, object_id, extra_context)
            if thing is not None and self.has_change_permission(request, thing):
                self.compare(request, object_id, thing)
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def answer_to_a_repeat(self, request, object_id):
        """A form that was stored already: the same content leads to what it created, another one is asked about."""
        open_form = request.open_form
        if not open_form or not open_form.digest:
            return None
        thing = self.get_object(request, open_form.object_id)
        if thing is None or not self.has_view_or_change_permission(request, thing):
            return None
        if open_form.digest == request.digest:
            self.message_user(request, "Das Formular kam zweimal an; gespeichert wurde es nur einmal.", messages.INFO)
            return self.response_change(request, thing) if object_id else self.response_add(request, thing)
        if object_id is None:
            link = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[thing.pk])
            request.refusal = Refusal(
                format_html(
                    "Aus diesem Formular ist schon „<a href='{}'>{}</a>“ entstanden. Ihre Eingaben stehen noch hier: "
                    "Wenn Sie jetzt speichern, entsteht ein zweiter Eintrag.",
                    link,
                    str(thing),
                )
            )
            request.open_form = None
        return None

    def lock(self, request, object_id):
        """Let nobody else store this thing until this request has ended; None if it exists no more."""
        thing = self.get_object(request, unquote(object_id))
        if thing is not None:
            list(self.model._base_manager.select_for_update().filter(pk=thing.pk))
            thing = self.get_object(request, unquote(object_id))
        return thing

    def offer_anew(self, request, object_id, extra_context):
        """What was typed into a thing that is deleted meanwhile becomes a form for a new one."""
        gone = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=unquote(object_id).replace("\x00", ""),
            action_flag=DELETION,
        ).select_related("user")
        by = in_words(gone.first())
        request.refusal = Refusal(
            f"Dieser Eintrag wurde inzwischen gelöscht{f' ({by})' if by else ''}. Ihre Eingaben stehen noch hier: "
            "Wenn Sie jetzt speichern, wird er mit ihnen neu angelegt."
        )
        request.open_form = None
        data = request.POST.copy()
        for formset_class, _ in self.get_formsets_with_inlines(request):
            settle_rows(data, formset_class())
        request.POST = data
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        return super()._changeform_view(request, None, address, extra_context)

    def compare(self, request, object_id, thing):
        """Refuse a save over a newer state, unless a person has compared both and decided.

        Sets `request.refusal`, or puts what was chosen into `request.POST`. Costs a second validation, and only
        when somebody has stored something since the form was opened.
        """
        version = request.POST.get("_version", "")
        if not version:
            return
        opened = read_version(version)
        stored_form, stored_sets = self.stored_forms(request, thing, lock=True)
        stored = fingerprints(stored_form, stored_sets)
        if stored == opened:
            return
        data = request.POST = request.POST.copy()
        for formset in stored_sets:
            settle_rows(data, formset)
        mine, mine_sets = self.typed_forms(request, self.get_object(request, unquote(object_id)))
        typed = fingerprints(mine, mine_sets, typed=True)
        parts = [
            part
            for part in all_parts(mine, mine_sets, stored_form, stored_sets)
            if stored[part.key] != opened.get(part.key) and typed[part.key] != stored[part.key]
        ]
        for part in parts:
            part.both = typed[part.key] != opened.get(part.key)
        state = write_version(stored).partition("|")[2]
        if not parts or decided(request, parts, state):
            request.POST = take(data, parts)
            return
        only_mine = [
            str(mine[name].label)
            for name in mine.fields
            if typed[name] != opened.get(name) and stored[name] == opened.get(name)
        ]
        by = in_words(last_entry(thing, version)) or "An anderer Stelle gespeichert"
        request.refusal = Refusal(
            f"Noch nicht gespeichert: Während Sie schrieben, hat sich dieser Eintrag geändert ({by}). "
            "Ihre Eingaben stehen alle noch hier. Bitte entscheiden Sie oben, welche Fassung gilt.",
            parts,
            only_mine,
            state,
            by,
        )

    def stored_forms(self, request, thing, lock=False):
        """The form and rows of what is stored now, unbound."""
        form_class = self.get_form(
            request, thing, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, thing))
        )
        formsets = []
        for formset_class, inline in self.get_formsets_with_inlines(request, thing):
            if lock:
                key = {formset_class.fk.name: thing}
                list(inline.model._base_manager.select_for_update(of=("self",)).filter(**key).order_by("pk"))
            prefix = numbered(formset_class.get_default_prefix(), formsets)
            formsets.append(formset_class(instance=thing, prefix=prefix, queryset=inline.get_queryset(request)))
        return form_class(instance=thing), formsets

    def typed_forms(self, request, thing):
        """The form and rows of what was posted, validated."""
        form_class = self.get_form(
            request, thing, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, thing))
        )
        form = form_class(request.POST, request.FILES, instance=thing)
        formsets, _ = self._create_formsets(request, form.instance, change=True)
        form.is_valid()
        for formset in formsets:
            formset.is_valid()
        return form, formsets

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        open_form = getattr(request, "open_form", None)
        version, others = request.POST.get("_version", ""), []
        if obj is not None and self.has_change_permission(request, obj):
            if request.method != "POST":
                formsets = [one.formset for one in context["inline_admin_formsets"]]
                version = write_version(fingerprints(context["adminform"].form, formsets))
            others = OpenForm.objects.on(obj).alive().exclude(user=request.user)
        context["editing"] = {
            "token": open_form.token if open_form else uuid4(),
            "version": version if obj else "",
            "others": [other.in_words(request.user) for other in others],
            "refusal": getattr(request, "refusal", None),
            "presence_url": "anwesend/" if obj and self.has_change_permission(request, obj) else "",
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request, obj, post_url_continue=None):
        return self.mark_saved(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request, obj):
        return self.mark_saved(request, obj, super().response_change(request, obj))

    def mark_saved(self, request, thing, response):
        """Remember that a form was stored, here and (by a short-lived cookie of the desk) for the browser's copy."""
        open_form = getattr(request, "open_form", None)
        if open_form and not open_form.digest:
            open_form.object_id, open_form.digest, open_form.seen_at = str(thing.pk), request.digest, None
            open_form.save()
        token = token_of(request)
        if token:
            known = request.COOKIES.get(saved_cookie(request), "").split(".")[-9:]
            tokens = [one for one in known if len(one) == 36] + [str(token)]
            response.set_cookie(
                saved_cookie(request),
                ".".join(tokens),
                max_age=24 * 3600,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response


def saved_cookie(request) -> str:
    return f"__Host-{SAVED_COOKIE}" if request.is_secure() else SAVED_COOKIE  # bound to this host (RFC 6265bis)


def token_of(request) -> UUID | None:
    try:
        return UUID(request.POST.get("_token", ""))
    except ValueError:
        return None


def claim(request, model):
    token = token_of(request)
    return OpenForm.objects.claim(token, request.user, model) if token else None


def digest_of(request) -> str:
    """What distinguishes the content of two sent forms, files by name and size."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in OWN_FIELDS)
    files = sorted((name, [(one.name, one.size) for one in values]) for name, values in request.FILES.lists())
    return hashlib.sha256(repr((sent, files)).encode(errors="replace")).hexdigest()


def note_sign_of_life(request, thing, token):
    """Store that a form is open; None if its token belongs to somebody else."""
    now = timezone.now()
    idle = request.POST.get("idle", "0")
    idle = min(int(idle), 86_400) if idle.isascii() and idle.isdigit() and len(idle) < 9 else 0
    form, _ = OpenForm.objects.get_or_create(
        token=token,
        defaults={
            "user": request.user,
            "content_type": ContentType.objects.get_for_model(thing),
            "object_id": str(thing.pk),
        },
    )
    if form.user_id != request.user.pk:
        return None
    form.seen_at, form.active_at, form.object_id = now, now - timedelta(seconds=idle), str(thing.pk)
    form.save(update_fields=["seen_at", "active_at", "object_id"])
    return form


def last_entry(thing, version=""):
    """The journal's last entry about a thing, if it is younger than a version."""
    opened = version.partition("|")[0]
    kind = ContentType.objects.get_for_model(thing)
    entry = LogEntry.objects.filter(content_type=kind, object_id=str(thing.pk)).select_related("user").first()
    if entry and opened.isdigit() and entry.action_time.timestamp() < int(opened[:12]):
        return None
    return entry


def changed_since(thing, moment) -> str:
    entry = last_entry(thing)
    if not entry or entry.action_time <= moment:
        return ""
    return f"{in_words(entry)}. Wenn Sie speichern, sehen Sie beide Fassungen nebeneinander; es geht nichts verloren."


def in_words(entry) -> str:
    if entry is None:
        return ""
    at = timezone.localtime(entry.action_time)
    day = "" if at.date() == timezone.localdate() else f"am {at:%d.%m.%Y} "
    verb = "Gelöscht" if entry.action_flag == DELETION else "Gespeichert"
    return f"{verb} von {name_of(entry.user)} {day}um {at:%H:%M} Uhr"


def decided(request, parts, state) -> bool:
    """Note what was chosen; tell whether a choice was made about everything in the comparison of this very state."""
    if request.POST.get("_compared") != state:
        return False
    for part in parts:
        part.choice = "mine" if "_replace" in request.POST else request.POST.get(f"_take-{part.key}", "")
    return all(part.choice in {"mine", "stored"} for part in parts)


def take(data, parts):
    """Put the stored state of the parts for which it was chosen into the posted data."""
    for part in parts:
        if part.choice != "stored":
            continue
        if part.is_rows:
            for name in [name for name in data if name.startswith(f"{part.key}-")]:
                del data[name]
        for name in {name for name, _ in part.pairs} | {part.key}:
            data.pop(name, None)
        for name, value in part.pairs:
            data.appendlist(name, value)
    return data


def numbered(prefix: str, before: list) -> str:
    """The prefix as Django numbers it when several inlines share one."""
    count = sum(formset.get_default_prefix() == prefix for formset in before) + 1
    return prefix if count == 1 else f"{prefix}-{count}"
