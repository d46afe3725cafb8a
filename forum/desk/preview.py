"""The preview beside a form: the real page, made of what is typed, without saving anything."""

import re

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from forum.desk.problems import problems
from forum.preview import page_of
from forum.rehearsal import rehearsal

LINK = re.compile(r'(<a\b[^>]*?)\shref="[^"]*"')
PARTS = {"": "Alltagssprache", "leicht/": "Leichte Sprache"}


class PreviewAdmin:
    """Adds the preview to an admin: its form is saved, the page is made, and all of it is taken back."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("add/vorschau/", view, name=f"{name}_new"),
            path("<path:object_id>/change/vorschau/", view, name=name),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        allowed = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if allowed and IS_POPUP_VAR not in request.GET:
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
            context["preview_url"] = reverse(name, args=[obj.pk]) if obj else reverse(f"{name}_new")
            if "mistakes" not in context:
                formsets = [inline.formset for inline in context["inline_admin_formsets"]]
                context |= {"mistakes": problems(context["adminform"].form, formsets), "missing_parts": []}
            context["preview_parts"] = PARTS if "easy_text" in context["adminform"].form.fields else {}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @method_decorator(require_POST)
    def preview_view(self, request, object_id=None):
        """Answer a sent form with the page as HTML, or with JSON: the problems that prevent it (text, target)."""
        part = request.POST.get("vorschau_von", "")
        part = part if part in PARTS else ""
        with rehearsal():
            thing, found = self.rehearse(request, object_id)
            response = self.page_or_problem(request, thing, part) if thing else answer(found)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        response["X-Frame-Options"] = "SAMEORIGIN"
        response.csp_frame_ancestors = "'self'"
        return response

    def rehearse(self, request: HttpRequest, object_id: str | None) -> tuple[Model | None, list]:
        """Save the sent form; what only publishing lacks does not count. Returns the thing, or what is wrong."""
        kept, request._messages = request._messages, CookieStorage(request)  # what saving says is not said
        request.rehearsal = []
        try:
            for _ in ("as typed", "as a draft"):
                response = self.changeform_view(request, object_id)
                if request.rehearsal:
                    return request.rehearsal[0], []
                context = getattr(response, "context_data", None)
                if context is None:
                    raise Http404
                if context["mistakes"]:
                    break
                request.POST = without_date(request.POST)
        finally:
            request._messages = kept
        return None, [*context["mistakes"], *context["missing_parts"]]

    def page_or_problem(self, request: HttpRequest, thing: Model, part: str) -> HttpResponse:
        try:
            opened, below = self.page_shown(thing)
            page = page_of(request, opened, below + part)
        except Http404:
            missing = f"{PARTS[part]}: Dafür gibt es noch keinen Text." if part else "Das hat keine eigene Seite."
            return JsonResponse({"problems": [{"text": missing, "target": ""}]})
        return HttpResponse(still(page.content.decode()))

    def page_shown(self, thing: Model) -> tuple[Model, str]:
        """What is opened for the preview, and the rest of the address behind it (see page_of)."""
        return thing, ""

    def response_add(self, request, obj, post_url_continue=None):
        return self.noted(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self.noted(request, obj) or super().response_change(request, obj)

    def noted(self, request: HttpRequest, thing: Model) -> HttpResponse | None:
        if not hasattr(request, "rehearsal"):
            return None
        request.rehearsal.append(thing)
        return HttpResponse()


def answer(problems: list) -> JsonResponse:
    return JsonResponse({"problems": [{"text": problem.text, "target": problem.target} for problem in problems]})


def without_date(data):
    """The same form, as a draft."""
    data = data.copy()
    data.pop("published_at", None)
    return data


def still(html: str) -> str:
    """A page whose links lead nowhere: the frame shows this page and no other."""
    return LINK.sub(r'\1 role="link" aria-disabled="true"', html)
