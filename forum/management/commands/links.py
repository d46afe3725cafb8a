"""Read the links of all texts anew: once after an update, and after texts were written by SQL or `bulk_create`."""

from django.core.management.base import BaseCommand
from django.db.models import Q

from forum.internal_links import models_with_rich_text, note_links, rich_text_fields
from forum.models import InternalLink


class Command(BaseCommand):
    help = "Liest aus allen Texten neu, auf welche Seiten dieser Website sie verweisen."

    def handle(self, **options):
        for model in models_with_rich_text():
            with_links = Q()
            for field in rich_text_fields(model):
                with_links |= Q(**{f"{field.name}__contains": "<a "})
            for thing in model._default_manager.filter(with_links).iterator():
                note_links(thing)
        self.stdout.write(f"Links zu eigenen Seiten: {InternalLink.objects.count()}")
