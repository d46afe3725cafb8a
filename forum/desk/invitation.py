"""Links by which people choose their own password: for a new account, and when the old password is lost.

A link is signed, works once and for PASSWORD_RESET_TIMEOUT seconds. Nothing of it is stored: it depends on the password
in the database, so choosing one ends it, and so does making another link.
"""

from datetime import timedelta
from smtplib import SMTPException

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from forum.audit import Kind, named, record
from forum.desk.devices import end_all_sessions
from forum.limits import MAILS, PASSWORDS, limited, posted, too_many

DAYS = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
UNSENT = (SMTPException, OSError, ValueError)  # ValueError: an address that cannot stand in a mail
SUBJECT = "Ihr Zugang zur Redaktion des Innovationsforums"
TEXT = """Guten Tag {name},

über diesen Link wählen Sie Ihr Passwort für die Redaktion des Innovationsforums:

{link}

Ihr Benutzername ist: {username}

Der Link ist nur für Sie, geht einmal und gilt bis zum {until}. Bitte leiten Sie
ihn nicht weiter. Haben Sie nicht damit gerechnet, fragen Sie bitte nach, bevor Sie ihn öffnen.

Freundliche Grüße
Innovationsforum
"""


class InvitationTokens(PasswordResetTokenGenerator):
    key_salt = "forum.desk.invitation"


TOKENS = InvitationTokens()


class ChoosePasswordForm(SetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first, second = self.fields.values()
        first.label, second.label = "Passwort", "Passwort noch einmal"
        first.help_text = "Mindestens 12 Zeichen. Gut sind mehrere Wörter, die sonst nirgends zusammenstehen."
        second.help_text = "Damit kein Tippfehler Sie aussperrt."
        first.widget.attrs["autofocus"] = True


def new_link(account) -> str:
    """Forget the password of an account, sign it out everywhere and return the address of a link to choose one."""
    account.set_unusable_password()  # another one each time: earlier links end
    account.save(update_fields=["password"])
    end_all_sessions(account)
    return settings.SITE_URL + reverse("choose_password", args=[account.pk, TOKENS.make_token(account)])


def send_link(account):
    """Mail a link; when the mail cannot be sent, nothing is changed (see UNSENT)."""
    with transaction.atomic():
        until = timezone.localtime() + timedelta(days=DAYS)
        text = TEXT.format(
            name=account.get_full_name() or account.get_username(),
            link=new_link(account),
            username=account.get_username(),
            until=date_format(until, "j. F Y"),
        )
        EmailMessage(SUBJECT, text, to=[account.email], headers={"Auto-Submitted": "auto-generated"}).send()


@sensitive_post_parameters("new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PASSWORDS, when=posted)
def choose_password(request, id, token):  # noqa: A002 - as the desk names it
    """What a link leads to: GET shows the form, POST chooses. Nobody is signed in by it: a second factor is asked."""
    with transaction.atomic():
        account = get_user_model().objects.select_for_update().filter(pk=id, is_active=True, is_staff=True).first()
        if not TOKENS.check_token(account, token):
            context = {"title": "Dieser Link gilt nicht mehr", "days": DAYS}
            return confidential(TemplateResponse(request, "account/invitation_ended.html", context, status=410))
        form = ChoosePasswordForm(account, request.POST or None)
        if request.method == "POST" and form.is_valid():
            form.save()
            end_all_sessions(account)
            record(Kind.PASSWORD, "über einen Link selbst gewählt", account, request)
            messages.success(request, "Ihr Passwort ist gespeichert. Melden Sie sich jetzt damit an.")
            return confidential(redirect("account_login"))
    return confidential(TemplateResponse(request, "account/invitation.html", {"form": form, "account": account}))


def confidential(response):
    """Keep an address that is a key out of search engines and of what the browser tells others."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "strict-origin"
    return response


class InvitingAdmin:
    """For the admin of accounts: the page on which Verwaltung sends such a link or has it shown."""

    def invite(self, request, id):  # noqa: A002 - as Django names it
        account, refused = self.managed(request, id)
        if refused:
            return refused
        can_mail = bool(settings.EMAIL_URL and account.email)
        if request.method == "POST" and "send" in request.POST and can_mail:
            if seconds := MAILS.wait(f"account {request.user.pk}"):
                return too_many(request, seconds)
            try:
                send_link(account)
            except UNSENT:
                words = "Der Mailserver hat die Mail nicht angenommen; geändert ist nichts. Lassen Sie sich den Link "
                self.message_user(request, words + "anzeigen, oder versuchen Sie es später.", messages.ERROR)
                return redirect("admin:auth_user_invite", account.pk)
            record(Kind.PASSWORD, f"{named(account)}: Link zum Wählen eines Passworts verschickt", request=request)
            self.message_user(request, f"Die Mail an {account.email} ist unterwegs.", messages.SUCCESS)
            return redirect("admin:auth_user_change", account.pk)
        link = ""
        if request.method == "POST" and "show" in request.POST:
            link = new_link(account)
            record(Kind.PASSWORD, f"{named(account)}: Link zum Wählen eines Passworts angezeigt", request=request)
        context = self.admin_site.each_context(request) | {
            "title": "Link für ein neues Passwort" if account.last_login else "Einladung",
            "account": account, "opts": self.opts, "original": account, "media": forms.Media(),
            "original_url": reverse("admin:auth_user_change", args=[account.pk]),
            "can_mail": can_mail, "mail_is_set_up": bool(settings.EMAIL_URL), "days": DAYS, "link": link,
        }  # fmt: skip
        response = TemplateResponse(request, "admin/invite.html", context)
        response["Cache-Control"] = "no-store"
        return response
