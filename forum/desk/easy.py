"""Leichte Sprache at the desk."""

from django.contrib import admin
from django.utils import timezone

from forum.desk.board import Check
from forum.desk.publishing import PUBLISHING, PublishableAdmin
from forum.easy import EASY_FIELDS, EasyState
from forum.forms import EasyForm

EASY_RULES = (
    "Leichte Sprache hat feste Regeln: kurze Sätze, eine Aussage in jedem Satz, kein Genitiv, kein Konjunktiv, lange "
    "Wörter mit Bindestrich (Bezirks-Beauftragte). Geschulte Menschen schreiben sie, und eine Prüfgruppe liest sie vor "
    "der Veröffentlichung. Einfache Sprache ist etwas anderes: Sie gehört in den normalen Text."
)

OUTDATED = Check(
    "leichte-fassung-veraltet",
    "Leichte Fassung älter als der Text",
    "hat eine Fassung in Leichter Sprache, die älter ist als der Text",
    "haben eine Fassung in Leichter Sprache, die älter ist als der Text",
    lambda rows: rows.in_easy_state(EasyState.OUTDATED),
)


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
    to_do = (*PublishableAdmin.to_do, OUTDATED)

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

    def save_related(self, request, form, formsets, change):
        """After the parts (a programme), so that what is saved together with its easy version does not outdate it."""
        super().save_related(request, form, formsets, change)
        if form.cleaned_data.get("easy_fits") or not set(form.changed_data).isdisjoint(EASY_FIELDS):
            type(form.instance).objects.filter(pk=form.instance.pk).update(easy_changed_at=timezone.now())
