"""The editing desk: Django's admin in our words."""

from functools import update_wrapper
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.i18n import JavaScriptCatalog


class Desk(admin.AdminSite):
    site_header = site_title = "Redaktion Innovationsforum"
    index_title = "Was möchten Sie bearbeiten?"

    def i18n_javascript(self, request, extra_context=None):
        """Django's own catalogue lacks the words of the text editor's dialogs."""
        catalog = JavaScriptCatalog.as_view(packages=["django.contrib.admin", "django_prose_editor"])
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
