"""A login to try the editing desk with: made up once per checkout, kept out of production."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

NAME = "redaktion"
ROLES = {  # accounts with one role each, with the same password
    "beitraege": ("Redaktion", "Bo", "Beispiel"),
    "veranstaltungen": ("Veranstaltungen", "Vera", "Beispiel"),
    "verwaltung": ("Verwaltung", "Toni", "Beispiel"),
}
FILE = settings.DATA / "demo-login"


def create_login():
    """Create the demo accounts with a random password, written into a file only the owner may read."""
    if settings.PRODUCTION or get_user_model().objects.filter(username=NAME).exists():
        return
    password = secrets.token_urlsafe(12)
    hashed = {"password": make_password(password)}  # which takes a while, so only once
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{password}\n{hashed['password']}\n")
    accounts = get_user_model().objects
    accounts.create(
        username=NAME, first_name="Robin", last_name="Redaktion", is_staff=True, is_superuser=True, **hashed
    )
    for name, (role, first_name, last_name) in ROLES.items():
        facts = {"first_name": first_name, "last_name": last_name, "is_staff": True, **hashed}
        one, made = accounts.get_or_create(username=name, defaults=facts)
        if made:
            one.groups.add(Group.objects.get(name=role))


def known_login() -> tuple[str, str] | None:
    """Name and password of the demo account, while they still work."""
    if settings.PRODUCTION or not FILE.exists():
        return None
    password, _, hashed = FILE.read_text().strip().partition("\n")
    account = get_user_model().objects.filter(username=NAME, is_active=True).first()
    works = account and (account.password == hashed or account.check_password(password))  # the latter takes a while
    return (NAME, password) if works else None
