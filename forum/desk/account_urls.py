"""Addresses of one's own account, below /redaktion/.

Names are allauth's, which reverses them itself. Left out: signing up, e-mail addresses, passwords by mail.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from forum.desk.account import RemovePasskeyView, SignInView, in_the_desk, second_factor_setup
from forum.desk.devices import devices
from forum.desk.invitation import choose_password

PAGES = [
    ("login/", SignInView.as_view(), "account_login", "Anmelden"),
    ("login/code/", factors.authenticate, "mfa_authenticate", "Zweiter Faktor"),
    ("login/passkey/", passkeys.login_webauthn, "mfa_login_webauthn", "Anmelden mit Passkey"),
    ("login/gesperrt/", account.account_inactive, "account_inactive", "Konto gesperrt"),
    ("einladung/<int:id>/<str:token>/", choose_password, "choose_password", "Passwort wählen"),
    ("logout/", account.logout, "account_logout", "Abmelden"),
    ("konto/", factors.index, "mfa_index", "Konto & Sicherheit"),
    ("konto/einrichten/", second_factor_setup, "second_factor_setup", "Zweiter Faktor: einmalig einrichten"),
    ("konto/bestaetigen/", account.reauthenticate, "account_reauthenticate", "Bitte bestätigen Sie, dass Sie es sind"),
    ("konto/bestaetigen/code/", factors.reauthenticate, "mfa_reauthenticate", "Bitte bestätigen Sie, dass Sie es sind"),
    (
        "konto/bestaetigen/passkey/",
        passkeys.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
        "Bitte bestätigen Sie, dass Sie es sind",
    ),
    ("konto/passwort/", account.password_change, "account_change_password", "Passwort ändern"),
    ("konto/passwort/neu/", account.password_set, "account_set_password", "Passwort festlegen"),
    ("konto/app/", app.activate_totp, "mfa_activate_totp", "App einrichten"),
    ("konto/app/entfernen/", app.deactivate_totp, "mfa_deactivate_totp", "App entfernen"),
    ("konto/passkeys/", passkeys.list_webauthn, "mfa_list_webauthn", "Passkeys"),
    ("konto/passkeys/neu/", passkeys.add_webauthn, "mfa_add_webauthn", "Passkey einrichten"),
    ("konto/passkeys/<int:pk>/", passkeys.edit_webauthn, "mfa_edit_webauthn", "Passkey umbenennen"),
    ("konto/passkeys/<int:pk>/entfernen/", RemovePasskeyView.as_view(), "mfa_remove_webauthn", "Passkey entfernen"),
    ("konto/notfall-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes", "Notfall-Codes"),
    ("konto/notfall-codes/neu/", codes.generate_recovery_codes, "mfa_generate_recovery_codes", "Neue Notfall-Codes"),
    ("konto/notfall-codes/datei/", codes.download_recovery_codes, "mfa_download_recovery_codes", ""),
    ("konto/geraete/", devices, "usersessions_list", "Angemeldete Geräte"),
]
urlpatterns = [path(route, in_the_desk(view, title), name=name) for route, view, name, title in PAGES]
