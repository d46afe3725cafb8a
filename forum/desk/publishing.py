"""The state of publishable things in words, in lists and as a filter."""

from django.contrib import admin
from django.template.defaultfilters import date as formatted
from django.utils import timezone
from django.utils.html import format_html

from forum.desk.admin import DeskAdmin
from forum.desk.bulk import BulkPublishing
from forum.forms import PublishableForm
from forum.publishing import State

PUBLISHING = ("Veröffentlichung", {"fields": ["published_at", "expires_at"]})


class StateFilter(admin.SimpleListFilter):
    title = "Veröffentlichung"
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        return queryset.in_state(State(self.value())) if self.value() in State else queryset


class PublishableAdmin(BulkPublishing, DeskAdmin):
    """Base of the admins of publishable things."""

    form = PublishableForm

    @admin.display(description="Stand", ordering="published_at")
    def state_in_words(self, thing):
        words = {
            State.DRAFT: "Entwurf",
            State.SCHEDULED: f"geplant für {local(thing.published_at, 'd.m.Y, H:i')} Uhr",
            State.LIVE: f"veröffentlicht am {local(thing.published_at, 'd.m.Y')}",
            State.EXPIRED: f"abgelaufen am {local(thing.expires_at, 'd.m.Y')}",
        }
        return format_html('<span class="state state--{}">{}</span>', thing.state, words[thing.state])


def local(at, style) -> str:
    return formatted(timezone.localtime(at), style) if at else ""
