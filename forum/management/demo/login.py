"""A login to try the editing desk with: made up once per checkout, kept out of production."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model

NAME = "redaktion"
FILE = settings.DATA / "demo-login"


def create_login():
    """Create the demo account with a random password, written into a file only the owner may read."""
    if settings.PRODUCTION or get_user_model().objects.filter(username=NAME).exists():
        return
    password = secrets.token_urlsafe(12)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password)
    get_user_model().objects.create_superuser(NAME, password=password, first_name="Robin", last_name="Redaktion")


def known_login() -> tuple[str, str] | None:
    """Name and password of the demo account, while they still work."""
    if settings.PRODUCTION or not FILE.exists():
        return None
    password = FILE.read_text()
    account = get_user_model().objects.filter(username=NAME, is_active=True).first()
    return (NAME, password) if account and account.check_password(password) else None
