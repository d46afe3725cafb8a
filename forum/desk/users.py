"""Accounts of staff: made, given a role and switched off at the desk, without handing out more than one has."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from forum.access import SECOND_FACTORS
from forum.audit import Kind, named, record
from forum.desk.account import reset_second_factor
from forum.desk.admin import YES_NO, DeskAdmin, Tool
from forum.desk.devices import end_all_sessions
from forum.desk.invitation import InvitingAdmin
from forum.desk.roles import right_in_words, rights_of_the_desk

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


class AccountForm(forms.ModelForm):
    """A new account: who and which role; the person chooses the password (forum.desk.invitation)."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "groups"]
        field_classes = {"username": UsernameField}

    def clean_username(self):
        """Names that differ in case only would be taken for each other."""
        name = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("Diesen Benutzernamen gibt es schon. Bitte nehmen Sie einen anderen.")
        return name


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


class RightsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, right):
        return right_in_words(right)


RIGHTS = {"form_class": RightsField, "queryset": rights_of_the_desk(Permission.objects)}
HELP = {
    "username": "Damit meldet sich die Person an. Buchstaben, Ziffern und @ . + - _ sind möglich.",
    "first_name": "",
    "last_name": "",
    "email": "Dorthin geht der Link, über den die Person ihr Passwort wählt; angemeldet wird mit dem Benutzernamen.",
    "groups": "Was die Person tun darf. Redaktion: Beiträge, Seiten, Bilder. Veranstaltungen: Termine, Programm, "
    "Personen. Verwaltung: alles, dazu Konten und Protokoll. Mehrere sind möglich.",
    "is_active": "Ohne Haken ist das Konto gesperrt: Anmelden geht nicht mehr, alle Geräte sind sofort abgemeldet.",
}


@admin.register(User)
class AccountAdmin(InvitingAdmin, DeskAdmin, auth_admin.UserAdmin):
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
        if db_field.name == "user_permissions":
            kwargs |= RIGHTS
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
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_all_sessions(obj)

    def response_add(self, request, obj, post_url_continue=None):
        """An account is of no use before the person can choose a password: that comes next."""
        self.message_user(
            request, f"Das Konto {named(obj)} ist angelegt. Nun fehlt noch das Passwort.", messages.SUCCESS
        )
        return redirect("admin:auth_user_invite", obj.pk)

    def tools(self, request, account):
        tools = super().tools(request, account)
        if account == request.user:  # with the old password and the old factor, as everybody else
            tools.append(Tool("Konto & Sicherheit", reverse("mfa_index")))
        elif self.has_change_permission(request, account):
            label = "Link für ein neues Passwort" if account.last_login else "Einladung"
            tools.append(Tool(label, reverse("admin:auth_user_invite", args=[account.pk])))
            if account.has_factor:
                url = reverse("admin:auth_user_reset_factor", args=[account.pk])
                tools.append(Tool("Zweiten Faktor zurücksetzen", url))
        return tools

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("<int:id>/zweiter-faktor/", guarded(self.reset_factor), name="auth_user_reset_factor"),
            path("<int:id>/einladung/", guarded(self.invite), name="auth_user_invite"),
            *super().get_urls(),
        ]

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 - as Django names it
        """Nobody types a password for somebody else."""
        if id == str(request.user.pk):
            return redirect("account_change_password")
        return redirect("admin:auth_user_invite", int(id)) if id.isdecimal() else redirect("admin:auth_user_changelist")

    def managed(self, request, id):  # noqa: A002 - as Django names it
        """(the account somebody may manage, None), or (None, the answer instead)."""
        account = self.get_object(request, str(id))
        if account is None:
            return None, self._get_obj_does_not_exist_redirect(request, self.opts, str(id))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        return (None, redirect("mfa_index")) if account == request.user else (account, None)

    def reset_factor(self, request, id):  # noqa: A002 - as Django names it
        """For somebody who has lost the telephone: GET asks, POST acts."""
        account, refused = self.managed(request, id)
        if refused:
            return refused
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

    @admin.display(description="Zweiter Faktor", ordering="has_factor")
    def second_factor(self, user):
        return YES_NO[user.has_factor]


@admin.register(Group)
class RoleAdmin(DeskAdmin, auth_admin.GroupAdmin):
    """The rights of the three roles come from forum.desk.roles; further roles are for those who run the portal."""

    list_display = ["name", "people"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(people=Count("user", distinct=True))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **kwargs | RIGHTS)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "permissions":
            field.help_text = "Was alle dürfen, die diese Rolle haben."
        return field

    @admin.display(description="Konten", ordering="people")
    def people(self, role):
        return role.people
