"""Build the index of the search anew; it keeps itself current, so this is for repairs only."""

from django.core.management.base import BaseCommand
from django.db import connection

from forum.searching.upkeep import rebuild


class Command(BaseCommand):
    help = "Baut den Suchindex neu auf. Er hält sich selbst aktuell; nötig ist das nur nach Reparaturen."

    def handle(self, **options):
        number = rebuild()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE forum_searchentry, forum_searchword")
        self.stdout.write(f"Im Suchindex: {number} Einträge.")
