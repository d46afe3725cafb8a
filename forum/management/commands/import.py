"""Read what `export` has written; see docs/backup.md."""  # noqa: N999 - the word operators type

from pathlib import Path

from django.core.management.base import BaseCommand

from forum.management.moving.arriving import import_from


class Command(BaseCommand):
    help = "Liest einen Export ein: alles oder nichts. Was es im Portal schon anders gibt, bleibt, außer mit --update."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="ORDNER")
        parser.add_argument("--update", action="store_true", help="überschreiben, was es schon anders gibt")

    def handle(self, **options):
        done = import_from(options["folder"], options["update"])
        self.stdout.write(f"Eingelesen: {done.made} neu, {done.changed} geändert, {done.same} schon gleich.")
