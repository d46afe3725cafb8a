"""The editing desk: Django's admin in our words, and its front page."""

from functools import partial, update_wrapper
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.i18n import JavaScriptCatalog

from forum import access

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

    def has_permission(self, request):
        return access.may_work(request.user)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def get_urls(self):
        from forum.desk.creating import create_in_place  # these need the apps, which are loaded later
        from forum.desk.finder import find
        from forum.desk.searching import search

        where = "<str:app_label>/<str:model_name>/"
        return [
            path(f"finden/{where}", self.admin_view(partial(find, site=self)), name="find"),
            path(f"anlegen/{where}", self.admin_view(partial(create_in_place, site=self)), name="create_in_place"),
            path("suche/", self.admin_view(partial(search, site=self)), name="search"),
            *super().get_urls(),
        ]

    def i18n_javascript(self, request, extra_context=None):
        """Django's own catalogue lacks the words of the text editor's dialogs, and some of its own."""
        catalog = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor", "forum"])
        return catalog(request)

    def admin_view(self, view, cacheable=False):
        """Lead whoever sends a form after the login has expired back to that form."""
        guarded = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            if request.method == "POST" and not request.user.is_authenticated and "logout" not in request.path:
                return sign_in_again(request)
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)


@never_cache
def sign_in_again(request):
    login = reverse("admin:login")
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"signed_out": True}, status=401)
    messages.warning(
        request,
        "Ihre Anmeldung ist abgelaufen. Was Sie geschrieben haben, liegt noch in diesem Browser: "
        "Melden Sie sich bitte wieder an, dann bietet das Formular es Ihnen an.",
    )
    return redirect_to_login(form_address(request), login)


def form_address(request) -> str:
    """Where the form of a POST stands: some addresses only take forms, and cannot show one."""
    referer = request.headers.get("Referer", "")
    desk = reverse("admin:index")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        parts = urlsplit(referer)
        if parts.path.startswith(desk):
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def csrf_failure(request, reason=""):
    """A form that was sent with an outdated mark, mostly after signing in again in another window."""
    context = {"form_address": form_address(request) if request.path.startswith(reverse("admin:index")) else ""}
    return render(request, "403_csrf.html", context, status=403)


def subject_of(model_admin: ModelAdmin) -> str:
    """What an admin says, else the name of its app; what belongs nowhere else is for Verwaltung."""
    subject = getattr(model_admin, "subject", "") or model_admin.opts.app_config.verbose_name
    return subject if subject in SUBJECTS else SUBJECTS[-1]
