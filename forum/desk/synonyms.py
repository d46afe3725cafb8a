"""The search at the desk: words that mean the same, and what readers searched in vain."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from forum.checks import SEARCHED_FOR
from forum.desk.admin import DeskAdmin


class SynonymAdmin(DeskAdmin):
    subject = "Website"
    list_display = ["words"]
    search_fields = ["words"]
    fields = ["words"]


class SearchMissAdmin(DeskAdmin):
    """Whoever keeps synonyms sees the list; it fills itself."""

    subject = "Website"
    to_do = (SEARCHED_FOR,)
    list_display = ["words", "count", "last_day", "mending"]
    list_display_links = None
    list_filter = ["ignored", "last_day"]
    search_fields = ["words"]
    fields = ["words", "count", "first_day", "last_day", "ignored"]
    readonly_fields = ["words", "count", "first_day", "last_day"]
    actions = ["ignore"]

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("forum.add_synonym")

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    @admin.display(description="Was hilft?")
    def mending(self, miss):
        form = f"{reverse('admin:forum_synonym_add')}?{urlencode({'words': f'{miss.words} = '})}"
        return format_html('<a href="{}">Synonym anlegen</a>', form)

    @admin.action(description="Ausgewählte Suchen übergehen", permissions=["change"])
    def ignore(self, request, misses):
        number = misses.update(ignored=True)
        words = "Eine Suche wird" if number == 1 else f"{number} Suchen werden"
        self.message_user(request, f"{words} nicht mehr gezeigt.", messages.SUCCESS)
