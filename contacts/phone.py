"""Telephone numbers: shown as people write them, dialled as machines need them (RFC 3966, ITU-T E.164)."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models

REGION = "DE"


def parse(number: str) -> phonenumbers.PhoneNumber:
    """Read a number as written in Germany; raise ValidationError, in German, for what nobody can dial."""
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
    """`030 86 001-617` → `tel:+4930…`, for links."""
    return phonenumbers.format_number(parse(number), phonenumbers.PhoneNumberFormat.RFC3966).replace("-", "")
