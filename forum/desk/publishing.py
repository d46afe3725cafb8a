"""The state of publishable things in words, in lists, as a filter, and the buttons that change it."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import date as formatted
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from forum.desk.admin import DeskAdmin
from forum.desk.board import EXPIRING, OLD_DRAFTS
from forum.desk.bulk import BulkPublishing
from forum.desk.buttons import publication, put_back, saved_in_words
from forum.desk.preview import PreviewAdmin
from forum.desk.problems import problems
from forum.desk.sharing import SharingAdmin
from forum.forms import Action, PublishableForm
from forum.publishing import Publishable, State, error_of, missing_pictures

PUBLISHING = ("Veröffentlichung", {"fields": ["published_at", "expires_at"]})
SET_ASIDE = "datum"  # in the address of a draft's form: a publication date that was typed and does not count yet


class StateFilter(admin.SimpleListFilter):
    title = "Veröffentlichung"
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        return queryset.in_state(State(self.value())) if self.value() in State else queryset


class PublishableAdmin(PreviewAdmin, SharingAdmin, BulkPublishing, DeskAdmin):
    """Base of the admins of publishable things."""

    sought = True
    form = PublishableForm
    to_do = (OLD_DRAFTS, EXPIRING)

    def must_stay_public(self, thing: Publishable | None) -> bool:
        """Tell whether a thing may not be withdrawn."""
        return False

    @admin.display(description="Stand", ordering="published_at")
    def state_in_words(self, thing):
        words = {
            State.DRAFT: "Entwurf",
            State.SCHEDULED: f"geplant für {local(thing.published_at, 'd.m.Y, H:i')} Uhr",
            State.LIVE: f"veröffentlicht am {local(thing.published_at, 'd.m.Y')}",
            State.EXPIRED: f"abgelaufen am {local(thing.expires_at, 'd.m.Y')}",
        }
        return format_html('<span class="state state--{}">{}</span>', thing.state, words[thing.state])

    def get_changeform_initial_data(self, request):
        """The buttons decide, no date that is filled in; except where something is made in passing."""
        passing = {} if IS_POPUP_VAR in request.GET else {"published_at": None}
        return passing | super().get_changeform_initial_data(request)

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        if request.method == "POST":
            obj.rows_are_posted, obj.posted_rows = True, formsets
        return formsets, inlines

    def save_form(self, request, form, change):
        """Rows as they were typed, new ones included, may hold pictures that keep the whole from being public."""
        thing = super().save_form(request, form, change)
        for formset in thing.posted_rows if thing.published_at else []:
            for row in formset.forms if formset.is_valid() else []:
                if row not in formset.deleted_forms:
                    for name, message in missing_pictures(row.instance).items():
                        row.add_error(name if name in row.fields else None, error_of(message))
        return thing

    def response_add(self, request, obj, post_url_continue=None):
        stays = self.stay(request, obj)
        return self.mark_saved(request, obj, stays) if stays else super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        stays = self.stay(request, obj)
        return self.mark_saved(request, obj, stays) if stays else super().response_change(request, obj)

    def stay(self, request: HttpRequest, thing: Publishable) -> HttpResponse | None:
        """Back to the form after one of our buttons, with a message about what is true now."""
        pressed = any(action in request.POST for action in Action) and not hasattr(request, "rehearsal")
        if not pressed or IS_POPUP_VAR in request.POST or not self.has_change_permission(request, thing):
            return None
        if request.POST.get(Action.DRAFT) == "ansehen":
            return HttpResponseRedirect(thing.get_absolute_url())
        label = "Seite ansehen" if thing.is_published else "Vorschau ansehen"
        said = format_html('{} <a href="{}">{}</a>', saved_in_words(thing), thing.get_absolute_url(), label)
        self.message_user(request, said, messages.SUCCESS)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[thing.pk])
        if thing.set_aside:
            address += f"?{urlencode({SET_ASIDE: thing.set_aside.isoformat()})}"
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, address))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        if isinstance(form, PublishableForm) and "published_at" in form.fields:
            if not form.is_bound and form.stored_state == State.DRAFT:
                put_back(form, request.GET.get(SET_ASIDE, ""))
            context["publication"] = publication(form, self.must_stay_public(obj))
        found = problems(form, formsets) if form.is_bound else []
        context["missing_parts"] = [problem for problem in found if problem.missing]
        context["mistakes"] = [problem for problem in found if not problem.missing]
        return super().render_change_form(request, context, add, change, form_url, obj)


def local(at, style) -> str:
    return formatted(timezone.localtime(at), style) if at else ""
