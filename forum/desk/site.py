"""The editing desk: Django's admin in our words, and its front page."""

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.shortcuts import redirect
from django.views.i18n import JavaScriptCatalog

SUBJECTS = ("Aktuelles", "Veranstaltungen", "Menschen", "Bilder und Dateien", "Website", "Verwaltung")


class Desk(admin.AdminSite):
    site_header = site_title = "Redaktion Innovationsforum"
    index_title = "Schreibtisch"
    empty_value_display = "–"
    enable_nav_sidebar = False  # base_site.html has its own, by subject

    def index(self, request, extra_context=None):
        from forum.desk.front import front_page  # needs the models

        return super().index(request, front_page(self, request) | (extra_context or {}))

    def app_index(self, request, app_label, extra_context=None):
        return redirect("admin:index")

    def ordered(self, request) -> list[ModelAdmin]:
        """The admins of all lists the person may see, by subject, within it as they were registered."""
        seen = (model_admin for model_admin in self._registry.values() if model_admin.has_module_permission(request))
        return sorted(seen, key=lambda model_admin: SUBJECTS.index(subject_of(model_admin)))

    def get_app_list(self, request, app_label=None):
        """As Django's, with subjects in the place of apps."""
        lists = {
            model["model"]: model
            for app in self._build_app_dict(request, app_label).values()
            for model in app["models"]
            if model["admin_url"] or model["add_url"]
        }
        subjects = {}
        for model_admin in self.ordered(request):
            if model_admin.model in lists:
                subjects.setdefault(subject_of(model_admin), []).append(lists[model_admin.model])
        return [
            {"name": name, "app_label": name, "app_url": "", "has_module_perms": True, "models": models}
            for name, models in subjects.items()
        ]

    def i18n_javascript(self, request, extra_context=None):
        """Django's own catalogue lacks the words of the text editor's dialogs, and some of its own."""
        catalog = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor", "forum"])
        return catalog(request)


def subject_of(model_admin: ModelAdmin) -> str:
    """What an admin says, else the name of its app; what belongs nowhere else is for Verwaltung."""
    subject = getattr(model_admin, "subject", "") or model_admin.opts.app_config.verbose_name
    return subject if subject in SUBJECTS else SUBJECTS[-1]
