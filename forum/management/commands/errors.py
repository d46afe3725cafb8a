"""What went wrong on the website lately; tells Verwaltung what no mail has told yet."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.formats import date_format

from forum import error_mails
from forum.errors import ErrorKind


class Command(BaseCommand):
    help = "Zeigt die Fehler der letzten sieben Tage; mit --mail geht die Summe hinaus, die noch niemand kennt."

    def add_arguments(self, parser):
        parser.add_argument("--mail", action="store_true", help="noch nicht Gemeldetes mailen (täglich aufrufen)")

    def handle(self, mail, **options):
        kinds = ErrorKind.objects.recent()
        for kind in kinds:
            last_at = date_format(timezone.localtime(kind.last_at), "j. F Y, H:i")
            self.stdout.write(
                f"{kind.count}-mal {kind.name} in {kind.source}, Seite {kind.page}, zuletzt {last_at} Uhr"
            )
        if not kinds:
            self.stdout.write("In den letzten sieben Tagen ist kein Fehler aufgetreten.")
        if mail:
            error_mails.tell()
