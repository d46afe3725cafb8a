"""What the admins of all apps share."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from forum.desk.creating import Creatable
from forum.desk.finder import FinderFields

ADDRESS = ("Adresse", {"fields": ["slug"], "classes": ["collapse"]})


@dataclass
class Tool:
    """A link above the form of one thing."""

    label: str
    url: str


class DeskAdmin(FinderFields, Creatable, admin.ModelAdmin):
    """Base of all admins: relations found while typing, long lists in pages."""

    list_per_page = 50

    class Media:
        js = [forms.Script("js/desk/focus.js", type="module")]

    def tools(self, request: HttpRequest, thing: Model) -> list[Tool]:
        """What can be done with a stored thing beside editing it; each part of the desk adds to `super().tools(…)`."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["tools"] = self.tools(request, obj) if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)


class RowInline(FinderFields, admin.TabularInline):
    """Rows of a through model inside the form of their owner; names come along with the rows, not one by one."""

    extra = 0

    def get_queryset(self, request):
        related = [field.name for field in self.model._meta.fields if field.many_to_one]
        return super().get_queryset(request).select_related(*related)

    def get_formset(self, request, obj=None, **kwargs):
        self.owner = obj
        return super().get_formset(request, obj, **kwargs)

    @property
    def owner_field(self):
        """The foreign key to what the rows belong to."""
        return next(field for field in self.model._meta.fields if field.related_model is self.parent_model)

    def stored_for(self, db_field, request):
        owner = getattr(self, "owner", None)
        if owner is None or owner.pk is None:
            return None
        rows = self.model._base_manager.filter(**{self.owner_field.name: owner}).values(db_field.name)
        return db_field.related_model._base_manager.filter(pk__in=rows)
