"""The editing desk: Django's admin in our words, and what the admins of all apps share."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.template.defaultfilters import date as formatted
from django.utils import timezone
from django.utils.html import format_html
from django.views.i18n import JavaScriptCatalog

from forum.easy import EASY_FIELDS, EasyState
from forum.forms import EasyForm, PublishableForm
from forum.publishing import State
from forum.topics import TopicsField

PUBLISHING = ("Veröffentlichung", {"fields": ["published_at", "expires_at"]})
EASY_RULES = (
    "Leichte Sprache hat feste Regeln: kurze Sätze, eine Aussage in jedem Satz, kein Genitiv, kein Konjunktiv, lange "
    "Wörter mit Bindestrich (Bezirks-Beauftragte). Geschulte Menschen schreiben sie, und eine Prüfgruppe liest sie vor "
    "der Veröffentlichung. Einfache Sprache ist etwas anderes: Sie gehört in den normalen Text."
)
ADDRESS = ("Adresse", {"fields": ["slug"], "classes": ["collapse"]})


class Desk(admin.AdminSite):
    site_header = site_title = "Redaktion Innovationsforum"
    index_title = "Was möchten Sie bearbeiten?"

    def i18n_javascript(self, request, extra_context=None):
        """Django's own catalogue lacks the words of the text editor's dialogs."""
        catalog = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor"])
        return catalog(request)


class DeskAdmin(admin.ModelAdmin):
    """Base of all admins: topics found while typing, long lists in pages."""

    list_per_page = 50

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TopicsField):
            field = db_field.formfield()
            topics = self.admin_site.get_model_admin(db_field.related_model)
            field.widget = RelatedFieldWidgetWrapper(
                db_field.admin_widget(self.admin_site),
                db_field.remote_field,
                self.admin_site,
                can_add_related=topics.has_add_permission(request),
            )
            return field
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class RowInline(admin.TabularInline):
    """Rows of a through model inside the form of their owner; names come along with the rows, not one by one."""

    extra = 0

    def get_queryset(self, request):
        related = [field.name for field in self.model._meta.fields if field.many_to_one]
        return super().get_queryset(request).select_related(*related)


class StateFilter(admin.SimpleListFilter):
    title = "Veröffentlichung"
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        return queryset.in_state(State(self.value())) if self.value() in State else queryset


class PublishableAdmin(DeskAdmin):
    """Base of the admins of publishable things: their state in words, in the list and as a filter."""

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


class EasyFilter(admin.SimpleListFilter):
    title = "Leichte Sprache"
    parameter_name = "leicht"

    def lookups(self, request, model_admin):
        return EasyState.choices

    def queryset(self, request, queryset):
        return queryset.in_easy_state(EasyState(self.value())) if self.value() in EasyState else queryset


class EasyAdmin(PublishableAdmin):
    """Base of the admins of things with a version in Leichte Sprache; its fields stand above the publication."""

    form = EasyForm

    def get_fieldsets(self, request, obj=None):
        fieldsets = list(super().get_fieldsets(request, obj))
        written = obj is not None and obj.has_easy_version
        fields = {
            "fields": [*EASY_FIELDS, "easy_fits"] if written else EASY_FIELDS,
            "classes": [] if written else ["collapse"],
            "description": EASY_RULES,
        }
        place = [title for title, _ in fieldsets].index(PUBLISHING[0])
        return [*fieldsets[:place], ("Leichte Sprache", fields), *fieldsets[place:]]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("easy_fits"):
            type(obj).objects.filter(pk=obj.pk).update(easy_changed_at=timezone.now())


def local(at, style) -> str:
    return formatted(timezone.localtime(at), style) if at else ""
