"""The editing desk: Django's admin in our words."""

from django.contrib import admin
from django.shortcuts import redirect
from django.views.i18n import JavaScriptCatalog

from forum import access


class Desk(admin.AdminSite):
    site_header = site_title = "Redaktion Innovationsforum"
    index_title = "Was möchten Sie bearbeiten?"

    def has_permission(self, request):
        return access.may_work(request.user)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def i18n_javascript(self, request, extra_context=None):
        """Django's own catalogue lacks the words of the text editor's dialogs."""
        catalog = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor"])
        return catalog(request)
