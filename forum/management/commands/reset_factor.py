"""For the day the only person of Verwaltung has lost the telephone."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from forum.audit import Kind, named, record
from forum.desk.account import reset_second_factor


class Command(BaseCommand):
    help = (
        "Vergisst den zweiten Faktor eines Kontos und meldet es überall ab; bei der nächsten Anmeldung kommt ein neuer."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="Benutzername")

    def handle(self, *, name, **options):
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"Ein Konto „{name}“ gibt es nicht.")
        reset_second_factor(user)
        record(Kind.FACTOR, f"{named(user)}: zurückgesetzt")
        self.stdout.write(f"{named(user)} richtet bei der nächsten Anmeldung einen neuen zweiten Faktor ein.")
