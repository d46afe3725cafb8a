"""Ask people in the directory whether their entry is still right, and remind them once."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from contacts.check_mails import UNSENT, ask
from contacts.checkup import KEPT_FOR, CheckLink, people_to_ask, people_to_remind
from contacts.people import Person


class Command(BaseCommand):
    """Run daily: whoever is not due gets nothing, and two runs at once send nothing twice. Names no person."""

    help = "Bittet Ansprechpersonen zweimal im Jahr, ihren Eintrag zu prüfen, und erinnert einmal. Täglich aufrufen."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="nur zeigen, wer eine Mail bekäme")

    def handle(self, dry_run, **options):
        if not (settings.EMAIL_URL or dry_run):
            raise CommandError("EMAIL_URL fehlt: Ohne Mailserver kann niemand gefragt werden.")
        now = timezone.now()
        unsent = 0
        for label, due, is_reminder in (
            ("Anfragen", people_to_ask, False),
            ("Erinnerungen", people_to_remind, True),
        ):
            people = list(due(now))
            reachable = [person for person in people if person.email]
            if dry_run:
                self.show(label, people)
                continue
            sent, failed = self.send(reachable, due, now, is_reminder)
            unsent += failed
            self.stdout.write(f"{label}: {sent} verschickt, {len(people) - len(reachable)} ohne E-Mail-Adresse.")
        if not dry_run:
            CheckLink.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
        if unsent:
            raise CommandError(f"{unsent} Mails gingen nicht hinaus; der nächste Aufruf versucht es wieder.")

    def show(self, label, people):
        self.stdout.write(f"{label}: {len(people)}")
        for person in people:
            self.stdout.write(f"  {person.name}, {person.email or 'ohne E-Mail-Adresse'}")

    def send(self, people, due, now, is_reminder) -> tuple[int, int]:
        """(mails sent, mails that could not be sent)."""
        sent = failed = 0
        for person in people:
            try:
                with transaction.atomic():
                    # Locked first, asked again then: another run may have been faster.
                    free = Person.objects.select_for_update(skip_locked=True).filter(pk=person.pk).first()
                    if free and due(now).filter(pk=person.pk).exists():
                        ask(free, is_reminder)
                        sent += 1
            except UNSENT as error:
                self.stderr.write(f"Nicht verschickt: {type(error).__name__}")
                failed += 1
        return sent, failed
