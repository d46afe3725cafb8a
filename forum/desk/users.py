"""Accounts of staff: made, given a role and switched off at the desk, without handing out more than one has."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from forum.access import SECOND_FACTORS
from forum.audit import Kind, named, record
from forum.desk.account import reset_second_factor
from forum.desk.admin import DeskAdmin, Tool
from forum.desk.devices import end_all_sessions

# Nobody needs to see these at the desk; the first holds secrets, and allauth's admins would let them be changed.
for model in (Authenticator, UserSession, EmailAddress):
    __import__(f"{model._meta.app_config.name}.admin")
    admin.site.unregister(model)
admin.site.unregister([User, Group])


def rights_of(user) -> set[int]:
    """Primary keys of all permissions somebody has or would have if the account were active."""
    return set(Permission.objects.filter(Q(user=user) | Q(group__user=user)).values_list("pk", flat=True))


def may_manage(actor, account) -> bool:
    """Tell whether somebody may change an account: never one that can do more, or its password would be a way up."""
    return actor.is_superuser or (not account.is_superuser and rights_of(account) <= rights_of(actor))


def roles_within(actor):
    """The roles somebody may give: those that can do nothing the giver cannot."""
    if actor.is_superuser:
        return Group.objects.all()
    beyond = Permission.objects.filter(group=OuterRef("pk")).exclude(pk__in=rights_of(actor))
    return Group.objects.exclude(Exists(beyond))


class AccountForm(UserCreationForm):
    """A new account: who, which role, and a first password to hand over."""

    class Meta(UserCreationForm.Meta):
        fields = ["username", "first_name", "last_name", "email", "groups"]


def explain(form_class):
    """Our words for Django's fields."""
    fields = form_class.base_fields
    for name, text in HELP.items():
        if name in fields:
            fields[name].help_text = text
    if "groups" in fields:
        fields["groups"].label = "Rollen"
        fields["groups"].widget = forms.CheckboxSelectMultiple()
    return form_class


HELP = {
    "username": "Damit meldet sich die Person an. Buchstaben, Ziffern und @ . + - _ sind möglich.",
    "first_name": "",
    "last_name": "",
    "email": "Nur zur Verständigung im Haus; angemeldet wird mit dem Benutzernamen.",
    "groups": "Was die Person tun darf. Redaktion: Beiträge, Seiten, Bilder. Veranstaltungen: Termine, Programm, "
    "Personen. Verwaltung: alles, dazu Konten und Protokoll. Mehrere sind möglich.",
    "is_active": "Ohne Haken ist das Konto gesperrt: Anmelden geht nicht mehr, alle Geräte sind sofort abgemeldet.",
    "password1": "Ein erstes Passwort mit mindestens 12 Zeichen. Geben Sie es persönlich weiter; die Person ändert es "
    "unter „Konto & Sicherheit“.",
}


@admin.register(User)
class AccountAdmin(DeskAdmin, auth_admin.UserAdmin):
    offered = False
    add_form = AccountForm
    add_form_template = None
    list_display = ["username", "full_name", "roles", "is_active", "second_factor"]
    list_filter = ["is_active", "groups"]
    list_display_links = ["username"]
    readonly_fields = ["last_login", "date_joined", "second_factor"]
    add_fieldsets = [
        ("Person", {"fields": ["username", "first_name", "last_name", "email"]}),
        ("Rollen", {"fields": ["groups"]}),
        ("Erstes Passwort", {"fields": ["password1", "password2"]}),
    ]
    fieldsets = [
        ("Person", {"fields": ["username", "first_name", "last_name", "email"]}),
        ("Rollen", {"fields": ["groups"]}),
        ("Anmeldung", {"fields": ["is_active", "second_factor", "last_login", "date_joined"]}),
    ]
    for_superusers = (
        "Nur für die Technik",
        {"fields": ["is_staff", "is_superuser", "user_permissions"], "classes": ["collapse"]},
    )

    def get_queryset(self, request):
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        return super().get_queryset(request).annotate(has_factor=Exists(factors)).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        fieldsets = list(super().get_fieldsets(request, obj))
        return [*fieldsets, self.for_superusers] if obj and request.user.is_superuser else fieldsets

    def get_form(self, request, obj=None, **kwargs):
        return explain(super().get_form(request, obj, **kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["queryset"] = roles_within(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or may_manage(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj != request.user and may_manage(request.user, obj)))

    def get_readonly_fields(self, request, obj=None):
        """Nobody locks themselves out or gives themselves a role; somebody else does that."""
        own = ["is_active", "groups"] if obj == request.user and not request.user.is_superuser else []
        return [*super().get_readonly_fields(request, obj), *own]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True  # accounts are for the desk
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_all_sessions(obj)

    def log_change(self, request, obj, message):
        if request.resolver_match.url_name == "auth_user_password_change":
            record(Kind.PASSWORD, f"{named(obj)}: neu vergeben", request=request)
        return super().log_change(request, obj, message)

    def tools(self, request, account):
        tools = super().tools(request, account)
        if account == request.user:  # with the old password and the old factor, as everybody else
            tools.append(Tool("Konto & Sicherheit", reverse("mfa_index")))
        elif self.has_change_permission(request, account):
            tools.append(Tool("Passwort neu vergeben", reverse("admin:auth_user_password_change", args=[account.pk])))
            if account.has_factor:
                url = reverse("admin:auth_user_reset_factor", args=[account.pk])
                tools.append(Tool("Zweiten Faktor zurücksetzen", url))
        return tools

    def get_urls(self):
        view = self.admin_site.admin_view(self.reset_factor)
        return [path("<int:id>/zweiter-faktor/", view, name="auth_user_reset_factor"), *super().get_urls()]

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 - as Django names it
        if id == str(request.user.pk):
            return redirect("account_change_password")
        return super().user_change_password(request, id, form_url)

    def reset_factor(self, request, id):  # noqa: A002 - as Django names it
        """For somebody who has lost the telephone: GET asks, POST acts."""
        account = self.get_object(request, str(id))
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(id))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if account == request.user:
            return redirect("mfa_index")
        if request.method == "POST":
            reset_second_factor(account)
            record(Kind.FACTOR, f"{named(account)}: zurückgesetzt", request=request)
            self.message_user(
                request, f"{named(account)} richtet bei der nächsten Anmeldung einen neuen zweiten Faktor ein."
            )
            return redirect("admin:auth_user_change", account.pk)
        context = self.admin_site.each_context(request) | {
            "title": "Zweiten Faktor zurücksetzen", "account": account, "opts": self.opts, "original": account,
        }  # fmt: skip
        return TemplateResponse(request, "admin/reset_factor.html", context)

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, user):
        return user.get_full_name() or "–"

    @admin.display(description="Rollen")
    def roles(self, user):
        technical = ["Technik"] if user.is_superuser else []
        return ", ".join([*technical, *(group.name for group in user.groups.all())]) or "keine"

    @admin.display(description="Zweiter Faktor", boolean=True, ordering="has_factor")
    def second_factor(self, user):
        return user.has_factor


@admin.register(Group)
class RoleAdmin(DeskAdmin, auth_admin.GroupAdmin):
    """The rights of the three roles come from forum.desk.roles; further groups are for those who run the portal."""
