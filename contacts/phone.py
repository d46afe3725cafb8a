"""Telephone numbers: shown as people write them, dialled as machines need them (RFC 3966, ITU-T E.164)."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models

REGION = "DE"
WRITTEN = re.compile(r"[\d\s()/+.\-\u2010-\u2013]+")  # the library would read letters as keys of a telephone


def parse(number: str) -> phonenumbers.PhoneNumber:
    """Read a number as written in Germany; raise ValidationError, in German, for what nobody can dial."""
    if not WRITTEN.fullmatch(number):
        raise ValidationError("Bitte schreiben Sie hier nur die Telefonnummer, zum Beispiel 030 12 34 56-78.")
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValidationError("Das ist keine Telefonnummer. Bitte schreiben Sie sie wie 030 12 34 56-78.") from error
    if not phonenumbers.is_valid_number(parsed):
        raise ValidationError("Diese Telefonnummer kann es nicht geben. Bitte prüfen Sie Vorwahl und Länge.")
    return parsed


class PhoneField(models.CharField):
    """A telephone number as written, checked when a form is saved."""

    default_validators = [parse]

    def __init__(self, *args, max_length=40, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)


def tel_uri(number: str) -> str:
    """`030 86 001-617` → `tel:+4930…`, for links; empty for a number that came in unchecked and cannot be dialled."""
    try:
        parsed = parse(number)
    except ValidationError:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.RFC3966).replace("-", "")
