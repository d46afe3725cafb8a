"""What was searched and not found: the words, how often and on which days, and nothing about who asked."""

import re
from datetime import timedelta

from django.db import connection, models
from django.utils import timezone

from forum import metrics
from forum.caching.content import never_shown

MOST_MISSES = 1_000
KEPT_DAYS = 180
WORTH_A_LOOK = 3  # searches
LONGEST = 60
MOST_WORDS = 5
PERSONAL = re.compile(r"@|\d[\d /-]{4,}\d")  # mail addresses, telephone numbers

# One statement: forget what is old, make room for one more among the rarest, then count.
COUNT = """
    WITH gone AS (
        DELETE FROM forum_searchmiss WHERE words <> %(words)s AND (last_day < %(oldest)s OR id IN (
            SELECT id FROM forum_searchmiss ORDER BY ignored DESC, count DESC, last_day DESC, id DESC OFFSET %(most)s
        ))
    )
    INSERT INTO forum_searchmiss (words, count, first_day, last_day, ignored)
    VALUES (%(words)s, 1, %(today)s, %(today)s, false)
    ON CONFLICT (words) DO UPDATE
    SET count = LEAST(forum_searchmiss.count + 1, 2000000000), last_day = EXCLUDED.last_day
"""


class SearchMissQuerySet(models.QuerySet):
    def worth_a_look(self):
        return self.filter(ignored=False, count__gte=WORTH_A_LOOK)

    def count_search(self, words: str):
        """Count one search in one statement."""
        metrics.count("search", "vain")
        today = timezone.localdate()
        values = {"words": words, "today": today, "most": MOST_MISSES - 1}
        with connection.cursor() as cursor:
            cursor.execute(COUNT, values | {"oldest": today - timedelta(days=KEPT_DAYS)})


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
