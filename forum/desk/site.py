"""The editing desk: Django's admin in our words."""

from functools import partial

from django.contrib import admin
from django.urls import path
from django.views.i18n import JavaScriptCatalog


class Desk(admin.AdminSite):
    site_header = site_title = "Redaktion Innovationsforum"
    index_title = "Was möchten Sie bearbeiten?"

    def get_urls(self):
        from forum.desk.creating import create_in_place  # these need the apps, which are loaded later
        from forum.desk.finder import find

        where = "<str:app_label>/<str:model_name>/"
        return [
            path(f"finden/{where}", self.admin_view(partial(find, site=self)), name="find"),
            path(f"anlegen/{where}", self.admin_view(partial(create_in_place, site=self)), name="create_in_place"),
            *super().get_urls(),
        ]

    def i18n_javascript(self, request, extra_context=None):
        """Django's own catalogue lacks the words of the text editor's dialogs."""
        catalog = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor"])
        return catalog(request)
