"""Addresses at the desk: links that lead nowhere, and what readers asked for in vain."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from forum.addresses import remember
from forum.checks import ASKED_FOR, BROKEN
from forum.desk.admin import DeskAdmin
from forum.desk.audit import note_addition
from forum.internal_links import models_with_rich_text
from forum.missing import MissingAddress, suggestions


class InternalLinkAdmin(DeskAdmin):
    """To look at; a link is mended in its text. Whoever may change one of the texts sees the list."""

    subject = "Website"
    to_do = (BROKEN,)
    list_display = ["address", "owner_in_words", "field_in_words"]
    list_display_links = None
    search_fields = ["path"]
    fields = readonly_fields = ["address", "owner_in_words", "field_in_words"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("owner")

    def get_list_display(self, request):
        @admin.display(description="Ausbessern")
        def edit(link):
            kind = ContentType.objects.get_for_id(link.content_type_id).model_class()
            if link.owner is None or not self.may_edit(request, kind):
                return "–"
            url = reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_change", args=[link.object_id])
            return format_html('<a href="{}">„{}“ bearbeiten</a>', url, link.owner)

        return [*super().get_list_display(request), edit]

    def may_edit(self, request, model):
        desk = self.admin_site
        return desk.is_registered(model) and desk.get_model_admin(model).has_change_permission(request)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return any(self.may_edit(request, model) for model in models_with_rich_text())

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="verweist auf", ordering="path")
    def address(self, link):
        return format_html('<a href="{0}">{0}</a>', link.path)

    @admin.display(description="steht in", ordering="content_type")
    def owner_in_words(self, link):
        return f"{link.owner._meta.verbose_name} „{link.owner}“" if link.owner else "–"

    @admin.display(description="Feld")
    def field_in_words(self, link):
        return link.owner._meta.get_field(link.field).verbose_name if link.owner else "–"


class MissingAddressAdmin(DeskAdmin):
    """Whoever may make redirects sees the list; it fills itself."""

    subject = "Website"
    to_do = (ASKED_FOR,)
    list_display = ["path", "count", "last_day"]
    list_display_links = None
    list_filter = ["ignored", "last_day"]
    search_fields = ["path"]
    fields = ["path", "count", "first_day", "last_day", "ignored"]
    readonly_fields = ["path", "count", "first_day", "last_day"]
    actions = ["ignore"]

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("forum.add_formeraddress")

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def get_urls(self):
        mend = self.admin_site.admin_view(self.mend)
        return [path("<int:pk>/weiterleiten/", mend, name="forum_missingaddress_mend"), *super().get_urls()]

    def get_list_display(self, request):
        return [*super().get_list_display(request), mending]

    def get_changelist_instance(self, request):
        """The rows of the page shown, each with the thing it most likely means."""
        changes = super().get_changelist_instance(request)
        likely = suggestions([address.path for address in changes.result_list])
        for address in changes.result_list:
            address.suggestion = likely.get(address.path)
        return changes

    @admin.action(description="Ausgewählte Adressen übergehen", permissions=["change"])
    def ignore(self, request, addresses):
        chosen = list(addresses)
        number = addresses.update(ignored=True)
        for address in chosen:
            self.log_change(request, address, "Wird übergangen.")
        words = "Eine Adresse wird" if number == 1 else f"{number} Adressen werden"
        self.message_user(request, f"{words} nicht mehr gezeigt.", messages.SUCCESS)

    def mend(self, request, pk):
        """Redirect the address to the thing proposed; `ziel` is the proposal the person has seen."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        address = get_object_or_404(MissingAddress, pk=pk)
        thing = suggestions([address.path]).get(address.path)
        if thing is None or thing.get_absolute_url() != request.POST.get("ziel"):
            text = "Der Vorschlag hat sich inzwischen geändert. Bitte sehen Sie noch einmal hin."
            self.message_user(request, text, messages.WARNING)
        else:
            note_addition(request, remember(address.path, thing))
            address.delete()
            text = f"Wer {address.path} aufruft, kommt jetzt zu „{thing}“."
            self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:forum_missingaddress_changelist")


@admin.display(description="Weiterleiten")
def mending(address):
    """One click where there is a likely target; else, and beside it, the form for another one."""
    form = f"{reverse('admin:forum_formeraddress_add')}?{urlencode({'path': address.path})}"
    other = format_html('<a class="mend__other" href="{}">andere Adresse …</a>', form)
    if address.suggestion is None:
        return other
    return format_html(
        '<button class="button mend" formaction="{}" name="ziel" value="{}">zu „{}“</button> {}',
        reverse("admin:forum_missingaddress_mend", args=[address.pk]),
        address.suggestion.get_absolute_url(),
        Truncator(address.suggestion).chars(70),
        other,
    )
