"""What django-allauth asks us: closed doors, our words, secrets encrypted, a code that works once."""

import base64
import hashlib
import secrets
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkeys
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache

from forum.audit import Kind, record
from forum.visitors import client_address, client_network

MESSAGES = {
    "logged_out": "Sie sind abgemeldet.",
    "password_changed": "Ihr Passwort ist geändert. Auf allen anderen Geräten sind Sie jetzt abgemeldet.",
    "password_set": "Ihr Passwort ist gespeichert.",
    "totp_activated": "Die App ist jetzt Ihr zweiter Faktor.",
    "totp_deactivated": "Die App ist nicht mehr Ihr zweiter Faktor.",
    "webauthn_added": "Der Passkey ist gespeichert.",
    "webauthn_removed": "Der Passkey ist entfernt.",
    "sessions_logged_out": "Alle anderen Geräte sind abgemeldet.",
}  # of allauth's others (signed in as …) nobody needs to hear
FRESH_SECONDS = 300  # so long after signing in nobody is asked for the password again
WRONG_CODE = "Dieser Code stimmt nicht oder gilt nicht mehr. Bitte nehmen Sie den nächsten, den die App zeigt."
TOO_MANY = "Das waren zu viele falsche Versuche. Bitte warten Sie fünf Minuten."
TOO_MANY_ANYWHERE = (
    "Für dieses Konto gab es von vielen Orten zu viele falsche Versuche. Mit einem Passkey können Sie sich gleich "
    "anmelden, mit dem Passwort erst in etwa einer Stunde."
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Benutzername oder Passwort stimmt nicht. Groß oder klein ist ein Unterschied.",
        "too_many_login_attempts": TOO_MANY,
        "too_many_login_attempts_anywhere": TOO_MANY_ANYWHERE,
        "rate_limited": TOO_MANY,
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "Dieses Passwort stimmt nicht.",
        "enter_current_password": "Das ist nicht Ihr jetziges Passwort.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_address(request)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """allauth's own holds the host as the request names it, with any port: a new counter for whoever wants one."""
        return f"{client_network(request)} {login_of(credentials)}"

    def pre_authenticate(self, request, **credentials):
        """Count wrong passwords for one account from one network and, far more generously, from everywhere.

        So a stranger's attempts do not shut out the owner of an account, who sits in another network.
        """
        super().pre_authenticate(request, **credentials)
        anywhere = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", key=login_of(credentials)
        )
        if not anywhere:
            raise self.validation_error("too_many_login_attempts_anywhere")
        self._login_failed_rl_usage.usage += anywhere.usage  # taken back when the password is right

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        if message_template:
            message = MESSAGES.get(message_template.rpartition("/")[2].removesuffix(".txt"))
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who typed the password a moment ago, as at the first set-up, need not type it twice."""
        request = context.request
        ways = get_authentication_records(request, request.user)
        if any(time.time() - way["at"] < FRESH_SECONDS for way in ways):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


def login_of(credentials: dict) -> str:
    """The name of the account, one for all ways of writing it."""
    return credentials.get("username", "").casefold()


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "Ihr letzter zweiter Faktor lässt sich nicht entfernen. "
        "Richten Sie vorher einen anderen ein.",
    }

    def _get_site_name(self):
        return settings.MFA_TOTP_ISSUER

    def can_delete_authenticator(self, authenticator):
        """Where a second factor is required, the last one stays until there is another."""
        from forum.access import SECOND_FACTORS

        others = authenticator.user.authenticator_set.filter(type__in=SECOND_FACTORS).exclude(pk=authenticator.pk)
        return not settings.SECOND_FACTOR or others.exists()

    def generate_authenticator_name(self, user, type):  # noqa: A002 - allauth's name
        return f"Passkey {user.authenticator_set.filter(type=type).count() + 1}"

    def encrypt(self, text):
        return ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        try:
            return ciphers().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:  # SECRET_KEY has changed: nothing may match; the factor must be reset
            return base64.b32encode(secrets.token_bytes(20)).decode()


def ciphers() -> MultiFernet:
    """Keeps secrets of apps unreadable in copies of the database; the key follows from SECRET_KEY."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)  # the label says it
        self.fields["login"].label = "Benutzername"
        self.fields["login"].widget.attrs["autofocus"] = True


class DigitsForm(forms.Form):
    """A field for a code: large keys on a telephone, one name everywhere."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code"
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric", "maxlength": 20}
        self.fields["code"].widget.attrs.pop("placeholder")


class FirstCodeForm(DigitsForm, ActivateTOTPForm):
    pass


class OnceForm(DigitsForm):
    """A code works once (RFC 6238, 5.2), even while the clock's tolerance would let it pass again."""

    def clean_code(self):
        code = super().clean_code()
        plain = "".join(filter(str.isalnum, code)).upper()
        if not cache.add(f"used-code:{self.user.pk}:{plain}", 1, timeout=120):
            raise forms.ValidationError(WRONG_CODE)
        return code


class CodeForm(OnceForm, AuthenticateForm):
    pass


class ConfirmCodeForm(OnceForm, ReauthenticateForm):
    pass


class PasskeyForm(forms.Form):
    """What the browser sends is parsed by libraries that expect a browser; whatever else comes is refused in words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages["required"] = "Der Browser hat keinen Passkey geschickt."

    def full_clean(self):
        try:
            super().full_clean()
        except (AttributeError, KeyError, TypeError, ValueError):
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data = {}
            self.add_error("credential", "Dieser Passkey ließ sich nicht lesen. Bitte versuchen Sie es noch einmal.")


class NotedPasskeyForm(PasskeyForm):
    """A way in: what is refused goes into the log, as allauth tells of wrong codes and passwords only."""

    def full_clean(self):
        super().full_clean()
        if "credential" in self._errors:
            record(Kind.REFUSED, "Passkey nicht angenommen", self.user)


class AddPasskeyForm(PasskeyForm, passkeys.AddWebAuthnForm):
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=60,
        help_text="Woran Sie ihn wiedererkennen, etwa „Diensthandy“ oder „Laptop Büro“.",
    )


class SecondPasskeyForm(NotedPasskeyForm, passkeys.AuthenticateWebAuthnForm):
    pass


class SignInPasskeyForm(NotedPasskeyForm, passkeys.LoginWebAuthnForm):
    pass


class ConfirmPasskeyForm(NotedPasskeyForm, passkeys.ReauthenticateWebAuthnForm):
    pass


class RenamePasskeyForm(passkeys.EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=60)
