"""Write everything staff own as readable JSON and files; see docs/backup.md."""

from pathlib import Path

from django.core.management.base import BaseCommand

from forum.management.moving.leaving import export_to


class Command(BaseCommand):
    help = "Schreibt alle Inhalte als lesbares JSON mit Bildern und Dateien in einen neuen Ordner, ohne Konten."
    requires_system_checks = []  # what they find is no reason to keep anything back

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="ORDNER")
        parser.add_argument("--published", action="store_true", help="nur was heute zu sehen ist, keine Entwürfe")

    def handle(self, **options):
        numbers = export_to(options["folder"], options["published"])
        said = ", ".join(f"{number} {name}" for name, number in numbers.items() if number)
        self.stdout.write(f"Geschrieben in {options['folder']}: {said}.")
