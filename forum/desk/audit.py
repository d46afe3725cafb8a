"""The log at the desk: what feeds it, and the list Verwaltung reads."""

import json

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_set
from allauth.mfa import signals as factors
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, pre_save

from forum.access import SECOND_FACTORS
from forum.audit import AuditEntry, Kind, named, record
from forum.desk.devices import end_all_sessions, keep_network_only
from forum.desk.roles import right_in_words

FACTORS = {"totp": "App", "webauthn": "Passkey", "recovery_codes": "Notfall-Codes"}
WAYS = {"password": "Passwort", "totp": "App", "webauthn": "Passkey", "recovery_codes": "Notfall-Code"}


class AuditedAdmin:
    """Mixin of all admins: what Django notes in an object's history goes into the log as well."""

    def log_addition(self, request, obj, message):
        record(Kind.ADDED, in_words(obj), request=request)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        record(Kind.CHANGED, in_words(obj, message), request=request)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        things = list(queryset)
        for thing in things:
            record(Kind.DELETED, in_words(thing), request=request)
        return super().log_deletions(request, things)


def note_addition(request, thing):
    """Note a thing that was made outside of its form, as its form would."""
    admin.site.get_model_admin(type(thing)).log_addition(request, thing, [{"added": {}}])


def note_change(request, thing, message: str):
    """Note a change that was made outside of a thing's form, in a German sentence."""
    admin.site.get_model_admin(type(thing)).log_change(request, thing, message)


def in_words(thing, message="") -> str:
    """“Beitrag „Neues Haus“: Titel und Text geändert.”; the message is Django's, a text or a structure."""
    text = json.dumps(message) if isinstance(message, list) else message
    told = LogEntry(change_message=text).get_change_message() if text and text != "[]" else ""
    return f"{thing._meta.verbose_name} „{str(thing)[:200]}“" + (f": {told}" if told else "")


def signed_in(sender, request, user, **kwargs):
    ways = [WAYS.get(way.get("type", way["method"]), "") for way in get_authentication_records(request, user)]
    record(Kind.SIGN_IN, "mit " + " und ".join(dict.fromkeys(filter(None, ways))) if any(ways) else "", user, request)
    AuditEntry.objects.expired().delete()
    request.session.clear_expired()


def refused(sender, credentials, request=None, **kwargs):
    """Only names of accounts are noted: what else was typed there may have been a password."""
    name = str(credentials.get("username", ""))[:150].replace("\x00", "")
    user = get_user_model().objects.filter(username=name).first()
    record(Kind.REFUSED, "falsches Passwort" if user else "unbekannter Benutzername", user, request)


def signed_out(sender, request, user, **kwargs):
    if user:
        record(Kind.SIGN_OUT, "", user, request)


def factor_added(sender, request, user, authenticator, **kwargs):
    record(Kind.FACTOR, f"eingerichtet: {FACTORS[authenticator.type]}", user, request)
    if authenticator.type in SECOND_FACTORS:  # whoever came in elsewhere, with the password alone, is sent away
        end_all_sessions(user, but=request.session.session_key)


def factor_removed(sender, request, user, authenticator, **kwargs):
    record(Kind.FACTOR, f"entfernt: {FACTORS[authenticator.type]}", user, request)


def factor_reset(sender, request, user, authenticator, **kwargs):
    record(Kind.FACTOR, f"neu erzeugt: {FACTORS[authenticator.type]}", user, request)


def factor_refused(sender, request, user, authenticator, **kwargs):
    record(Kind.REFUSED, "falscher Code", user, request)


def new_password(sender, request, user, **kwargs):
    record(Kind.PASSWORD, "selbst geändert", user, request)


def rights_changed(sender, instance, action, pk_set, reverse, model, **kwargs):
    """Roles and single rights given or taken, whichever way: form, command or code."""
    verb = {"post_add": "erhalten", "post_remove": "entzogen", "pre_clear": "alle entzogen"}.get(action)
    if not verb or pk_set == set():
        return
    others = list(model.objects.filter(pk__in=pk_set or ()))
    whom, what = (others, [instance]) if reverse else ([instance], others)
    kind = "Rolle" if sender is get_user_model().groups.through else "Recht"
    say = right_in_words if kind == "Recht" else str
    names = "".join(f" „{say(one)}“" for one in what)
    for user in whom:
        record(Kind.ROLE, f"{named(user)}: {kind}{names} {verb}")


def listen():
    """Connect everything that feeds the log; called once, when all models are loaded."""
    user = get_user_model()
    user_logged_in.connect(signed_in)
    user_login_failed.connect(refused)
    user_logged_out.connect(signed_out)
    factors.authenticator_added.connect(factor_added)
    factors.authenticator_removed.connect(factor_removed)
    factors.authenticator_reset.connect(factor_reset)
    factors.authentication_failed.connect(factor_refused)
    password_changed.connect(new_password)
    password_set.connect(new_password)
    m2m_changed.connect(rights_changed, sender=user.groups.through)
    m2m_changed.connect(rights_changed, sender=user.user_permissions.through)
    pre_save.connect(keep_network_only, sender=UserSession)
