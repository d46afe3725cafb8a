"""Mails of the contact check-up: plain text, no pictures, nothing that counts who reads them."""

from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from contacts.checkup import VALID_FOR, new_link
from contacts.people import Person
from forum.dates import local_date

UNSENT = (SMTPException, OSError, ValueError)  # ValueError: an address that cannot stand in a mail

SUBJECT = "Stimmt Ihr Eintrag beim Innovationsforum noch?"
TEXT = """Guten Tag {name},

Sie stehen als Ansprechperson im Kontaktverzeichnis des Innovationsforums. Damit
alle die Richtigen erreichen, bitten wir Sie zweimal im Jahr um einen kurzen
Blick auf Ihren Eintrag:

{link}

Stimmt alles, genügt ein Knopfdruck. Stimmt etwas nicht, schreiben Sie dort, wie
es richtig ist; wir sehen es uns an und ändern den Eintrag.

Der Link ist nur für Sie und gilt bis zum {until}. Bitte leiten Sie ihn nicht weiter.

Freundliche Grüße
Redaktion Innovationsforum
"""
REMINDER = "wir haben Sie vor zwei Wochen schon einmal gefragt und noch nichts von Ihnen gehört.\n"


def ask(person: Person, is_reminder: bool = False):
    """Send somebody a link to their entry; when the mail cannot be sent, there is no link either (see UNSENT)."""
    now = timezone.now()
    with transaction.atomic():
        link = new_link(person, sent_at=now, is_reminder=is_reminder)
        text = TEXT.format(name=person.name, link=link, until=date_format(local_date(now + VALID_FOR), "j. F Y"))
        if is_reminder:
            text = text.replace("\n\n", f"\n\n{REMINDER}", 1)
        subject = f"Erinnerung: {SUBJECT}" if is_reminder else SUBJECT
        EmailMessage(subject, text, to=[person.email], headers={"Auto-Submitted": "auto-generated"}).send()
