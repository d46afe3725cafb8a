"""Links to share at the desk: made, shown, revoked."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from forum.dates import in_words
from forum.desk.admin import Tool
from forum.sharing import ShareLink, forget_ended

DAYS = {1: "einen Tag", 7: "eine Woche", 14: "zwei Wochen", 30: "30 Tage"}


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(coerce=int, choices=list(DAYS.items()), initial=14, label="Gültig für")
    note = forms.CharField(
        max_length=200,
        required=False,
        label="Für wen?",
        help_text="Nur für die Redaktion, zum Beispiel „Frau Beispiel, Referentin“. Leer lassen geht auch.",
        validators=[ProhibitNullCharactersValidator()],
    )


class SharingAdmin:
    """Adds “Zum Gegenlesen teilen” to an admin of publishable things."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}_share"
        address = "<path:object_id>/change/gegenlesen/"
        return [
            path(address, view(self.share_view), name=name),
            path(f"{address}<int:link>/zuruecknehmen/", view(self.revoke_view), name=f"{name}_revoke"),
            *super().get_urls(),
        ]

    def tools(self, request, thing):
        shown = super().tools(request, thing)
        if not self.has_change_permission(request, thing):
            return shown
        return [*shown, Tool("Zum Gegenlesen teilen", self.share_url(thing))]

    def share_url(self, thing: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_share", args=[thing.pk])

    def thing_to_share(self, request: HttpRequest, object_id: str) -> Model:
        thing = self.get_object(request, object_id)
        if thing is None:
            raise Http404
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        return thing

    @method_decorator(never_cache)
    def share_view(self, request, object_id):
        thing = self.thing_to_share(request, object_id)
        form = ShareForm(request.POST if request.method == "POST" else None, auto_id="id_%s")
        if form.is_valid():
            self.share(request, thing, form.cleaned_data)
            return HttpResponseRedirect(self.share_url(thing))
        links = ShareLink.objects.of(thing).active().select_related("created_by")
        context = self.admin_site.each_context(request) | {
            "title": "Zum Gegenlesen teilen",
            "subtitle": str(thing),
            "opts": self.opts,
            "original": thing,
            "form": form,
            "links": [described(request, thing, link) for link in links],
        }
        return TemplateResponse(request, "admin/share.html", context)

    def share(self, request: HttpRequest, thing: Model, wish: dict):
        forget_ended()
        link = ShareLink.objects.create(
            target=thing,
            note=wish["note"],
            created_by=request.user,
            expires_at=timezone.now().replace(second=0, microsecond=0) + timedelta(days=wish["days"]),
        )
        self.log_change(request, thing, f"{link} angelegt, gültig bis {in_words(link.expires_at)}.")
        self.message_user(request, "Der Link ist angelegt. Sie können ihn jetzt weitergeben.", messages.SUCCESS)

    @method_decorator(require_POST)
    def revoke_view(self, request, object_id, link) -> HttpResponse:
        thing = self.thing_to_share(request, object_id)
        for revoked in ShareLink.objects.of(thing).active().filter(pk=link):
            revoked.revoked_at = timezone.now()
            revoked.save(update_fields=["revoked_at"])
            self.log_change(request, thing, f"{revoked} zurückgenommen.")
        self.message_user(request, "Der Link ist zurückgenommen und öffnet nichts mehr.", messages.SUCCESS)
        return HttpResponseRedirect(self.share_url(thing))


def described(request: HttpRequest, thing: Model, link: ShareLink) -> dict:
    """A link as the page shows it: its full address, its end in words, and a mail that passes it on (RFC 6068)."""
    address, end = request.build_absolute_uri(link.get_absolute_url()), in_words(link.expires_at)
    text = (
        f"Guten Tag,\n\nunter dieser Adresse steht der Entwurf von „{thing}“ zum Gegenlesen:\n\n{address}\n\n"
        f"Sie brauchen kein Passwort. Der Link gilt bis {end}; bitte geben Sie ihn nicht weiter.\n\n"
        "Mit freundlichen Grüßen"
    )
    mail = urlencode({"subject": f"Bitte gegenlesen: {thing}", "body": text.replace("\n", "\r\n")}).replace("+", "%20")
    return {"link": link, "address": address, "end": end, "text": text, "mail": f"mailto:?{mail}"}
