"""What the admins of all apps share."""

from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model
from django.http import HttpRequest

from forum.desk.editing import EditingAdmin
from forum.desk.writing import WritingAdmin
from forum.topics import TopicsField

ADDRESS = ("Adresse", {"fields": ["slug"], "classes": ["collapse"]})


@dataclass
class Tool:
    """A link above the form of one thing."""

    label: str
    url: str


class DeskAdmin(WritingAdmin, EditingAdmin):
    """Base of all admins: topics found while typing, long lists in pages, nothing typed is lost."""

    list_per_page = 50

    def tools(self, request: HttpRequest, thing: Model) -> list[Tool]:
        """What can be done with a stored thing beside editing it; each part of the desk adds to `super().tools(…)`."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["tools"] = self.tools(request, obj) if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)

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
