"""Remove what nothing refers to; unless told otherwise it only says what it would remove."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from reversion.models import Revision

from forum import leftovers


class Command(BaseCommand):
    help = (
        "Räumt auf: Dateien, auf die nichts mehr verweist, abgelaufene Anmeldungen und auf Wunsch alte Fassungen. "
        "Ohne --delete wird nur gezeigt, was gehen würde."
    )

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help="wirklich löschen")
        parser.add_argument("--dry-run", action="store_true", help="nur zeigen (so ist es auch ohne Angabe)")
        parser.add_argument(
            "--days", type=int, default=7, help="jüngere Dateien bleiben, sie werden vielleicht gerade gespeichert (7)"
        )
        parser.add_argument(
            "--versions-older-than", type=int, metavar="TAGE", help="ältere Fassungen löschen (sonst bleiben alle)"
        )
        parser.add_argument(
            "--keep", type=int, default=10, metavar="ANZAHL", help="so viele Fassungen je Eintrag bleiben immer (10)"
        )
        parser.add_argument(
            "--deleted-older-than",
            type=int,
            metavar="TAGE",
            help="vor so langer Zeit Gelöschtes vergessen; es lässt sich dann nicht mehr wiederherstellen",
        )

    def handle(self, **options):
        self.refuse_nonsense(options)
        revisions = self.revisions(options)
        files = leftovers.unneeded_files(timezone.now() - timedelta(days=options["days"]), without=revisions)
        sessions = leftovers.expired_sessions()
        for file in files:
            note = ", bleibt für Fassungen" if file.still_kept else ""
            self.stdout.write(f"  {file.name} ({filesizeformat(file.size)}{note})")
        moved, gone = [file for file in files if file.still_kept], [file for file in files if not file.still_kept]
        lines = [
            f"Dateien: {len(gone)}, zusammen {filesizeformat(sum(file.size for file in gone))}",
            f"Nicht mehr öffentliche Dateien, die Fassungen noch brauchen: {len(moved)}",
            f"Fassungen: {len(revisions)}",
            f"Abgelaufene Anmeldungen: {sessions.count()}",
        ]
        if options["delete"]:
            with transaction.atomic():
                Revision.objects.filter(pk__in=revisions).delete()
                sessions.delete()
                leftovers.forget_expired_counts()
            leftovers.remove_files(files)
        self.stdout.write("Gelöscht:" if options["delete"] else "Das würde gelöscht (mit --delete wirklich):")
        self.stdout.write("\n".join(f"  {line}" for line in lines))

    def refuse_nonsense(self, options):
        if options["delete"] and options["dry_run"]:
            raise CommandError("--delete und --dry-run widersprechen sich.")
        for name in ("days", "versions_older_than", "deleted_older_than"):
            if options[name] is not None and not 0 <= options[name] <= 36_500:
                raise CommandError(f"--{name.replace('_', '-')}: möglich sind 0 bis 36500 Tage.")
        if options["keep"] < 1:
            raise CommandError("--keep: Mindestens eine Fassung bleibt.")

    def revisions(self, options) -> set[int]:
        found = set(leftovers.empty_revisions().values_list("pk", flat=True))
        if options["versions_older_than"] is not None:
            found |= leftovers.old_revisions(options["versions_older_than"], options["keep"])
        if options["deleted_older_than"] is not None:
            found |= leftovers.revisions_of_deleted(options["deleted_older_than"])
        return found
