"""Passwords that are long and yet among the first that somebody tries.

No list of leaked passwords lies here: those worth it have a thousand million rows or ask a third party. Of Django's
20,000 common ones fewer than 200 have the twelve characters we ask for; so what counts is what remains of a password
without what people put around and in between: `P4sswort-2026!` is `passwort`.
"""

import re

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

AROUND = re.compile(r"[\W\d_]+")
INSTEAD = str.maketrans("4@83€1!05$7", "aabeeiiosst")
OURS = {
    "innovationsforum", "innovation", "forum", "portal", "redaktion", "verwaltung", "verband", "wohlfahrt", "website",
    "paritaet", "parität", "paritaetischer", "paritätischer", "paritaetisch", "paritätisch", "berlin", "passwort",
    "passwörter", "kennwort", "geheim", "anmelden", "anmeldung", "willkommen", "sommer", "winter", "frühling", "herbst",
}  # fmt: skip


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Django's, and the same for what lies at the heart of a password; ours are words of this house (ASVS 6.2.11)."""

    def validate(self, password: str, user=None):
        super().validate(password, user)
        if any(heart in self.passwords or heart in OURS for heart in hearts(password)):
            raise ValidationError(
                "Dieses Passwort ist leicht zu erraten: Es ist ein bekanntes Wort mit Ziffern oder Zeichen. Bitte "
                "nehmen Sie mehrere Wörter, die nichts miteinander zu tun haben.",
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return "Das Passwort darf kein bekanntes Wort sein, auch nicht mit Ziffern oder Zeichen daran."


def hearts(password: str) -> set[str]:
    """The letters of a password, with and without digits read as letters, as they stand and each repetition once."""
    inner = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.casefold())
    letters = {AROUND.sub("", text) for text in (inner, inner.translate(INSTEAD))}
    return (letters | set(map(once, letters))) - {""}


def once(text: str) -> str:
    """`forum` of `forumforum`."""
    return text[: (text + text).find(text, 1)] if text else ""
