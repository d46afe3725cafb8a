"""What the admins of all apps share."""

from dataclasses import dataclass

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import BooleanField, DateField, Model
from django.http import HttpRequest
from django.utils.text import capfirst

from forum.addresses import FormerAddress
from forum.datefields import DayField
from forum.desk.audit import AuditedAdmin
from forum.desk.board import Check, CheckFilter
from forum.desk.creating import Creatable
from forum.desk.editing import EditingAdmin
from forum.desk.finder import FinderFields
from forum.desk.tools import PROVIDERS
from forum.desk.versions import VersionsAdmin
from forum.desk.writing import WritingAdmin

YES_NO = {True: "ja", False: "nein", None: "unbekannt"}
ADDRESS = ("Adresse", {"fields": ["slug"], "classes": ["collapse"]})


@dataclass
class Tool:
    """A link above the form of one thing."""

    label: str
    url: str


class NonceAdmin(admin.ModelAdmin):
    """The last of the bases, so that it sees the scripts of all: the text editor's import map stands inline."""

    def render_change_form(self, request, context, *args, **kwargs):
        if hasattr(context["media"], "with_nonce"):
            context["media"] = context["media"].with_nonce(str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)


class DeskAdmin(FinderFields, Creatable, WritingAdmin, EditingAdmin, AuditedAdmin, VersionsAdmin, NonceAdmin):
    """Base of all admins: relations found while typing, long lists in pages, what there is to do as a filter, the
    `actions` of all bases together, nothing typed is lost, every change a version and in the log.
    """

    list_per_page = 50
    formfield_overrides = {DateField: {"form_class": DayField, "widget": DayField.widget}}
    to_do: tuple[Check, ...] = ()  # what the health board asks about these things
    start = ""  # label of a large button on the front page that opens the form for a new one
    subject = ""  # where the desk shows the list; empty: under the name of its app

    def __init__(self, model, admin_site):
        named = (name for base in reversed(type(self).__mro__) for name in vars(base).get("actions") or ())
        self.actions = list(dict.fromkeys(named))
        super().__init__(model, admin_site)

    class Media:
        js = [forms.Script("js/desk/focus.js", type="module")]

    def tools(self, request: HttpRequest, thing: Model) -> list[Tool]:
        """What can be done with a stored thing beside editing it; each part of the desk adds to `super().tools(…)`."""
        return [tool for provide in PROVIDERS[type(thing)] for tool in provide(request, thing)]

    def get_list_display(self, request):
        """Django’s signs for yes and no are read out in English: words instead."""
        fields = {field.name: field for field in self.opts.fields if isinstance(field, BooleanField)}
        return [yes_no(fields[name]) if name in fields else name for name in super().get_list_display(request)]

    def get_list_filter(self, request):
        return [*([CheckFilter] if self.to_do else []), *super().get_list_filter(request)]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["tools"] = self.tools(request, obj) if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_deleted_objects(self, objs, request):
        """Redirects go with the thing they lead to, whoever may delete that; mere links of two things are not told."""
        deleted, count, permissions, protected = super().get_deleted_objects(objs, request)
        links = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        count = {name: number for name, number in count.items() if name not in {m.verbose_name_plural for m in links}}
        deleted = without_lines(deleted, tuple(f"{capfirst(meta.verbose_name)}: " for meta in links))
        return deleted, count, permissions - {FormerAddress._meta.verbose_name}, protected


def without_lines(lines: list, starts: tuple[str, ...]) -> list:
    """A nested list of lines, without those that start like this."""
    kept = (line for line in lines if not (isinstance(line, str) and line.startswith(starts)))
    return [without_lines(line, starts) if isinstance(line, list) else line for line in kept]


def yes_no(field):
    """A column of a list for a field of yes, no and perhaps unknown."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def words(thing):
        return YES_NO[getattr(thing, field.name)]

    words.__name__ = field.name  # names the class of the column
    return words


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
