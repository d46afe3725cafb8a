"""What was searched and not found: the words, how often and on which days, and nothing about who asked."""

import re
from datetime import timedelta

from django.db import models

from forum import metrics
from forum.caching.content import never_shown
from forum.tally import count_once

MOST_MISSES = 1_000
KEPT_DAYS = 180
WORTH_A_LOOK = 3  # searches
LONGEST = 60
MOST_WORDS = 5
PERSONAL = re.compile(r"@|\d[\d /-]{4,}\d")  # mail addresses, telephone numbers


class SearchMissQuerySet(models.QuerySet):
    def worth_a_look(self):
        return self.filter(ignored=False, count__gte=WORTH_A_LOOK)

    def count_search(self, words: str):
        """Count one search in one statement."""
        metrics.count("search", "vain")
        count_once(self.model, "words", words, MOST_MISSES, kept=timedelta(days=KEPT_DAYS))


@never_shown
class SearchMiss(models.Model):
    words = models.CharField("Gesucht", max_length=LONGEST, unique=True)
    count = models.PositiveIntegerField("Wie oft", default=1)
    first_day = models.DateField("zuerst am")
    last_day = models.DateField("zuletzt am")
    ignored = models.BooleanField(
        "übergangen", default=False, help_text="Die Suche steht nicht mehr unter „Zu tun“, wird aber weiter gezählt."
    )

    objects = SearchMissQuerySet.as_manager()

    class Meta:
        verbose_name = "Vergebliche Suche"
        verbose_name_plural = "Vergebliche Suchen"
        ordering = ["-count", "-last_day", "-pk"]

    def __str__(self):
        return self.words


def is_worth_counting(text: str, folded: str) -> bool:
    """Tell whether a question may be noted: short, of words, without what could name somebody's address."""
    return bool(folded) and len(folded) <= LONGEST and folded.count(" ") < MOST_WORDS and not PERSONAL.search(text)
