"""The index: one row for each thing that can be found, and the words there are.

The database keeps both current by itself (`forum.searching.upkeep`). A row knows when its thing is public, not
whether: that is asked at the moment of the search.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from forum.caching.content import never_shown


class MomentsField(models.Field):
    """The moments at which something is public, as PostgreSQL's tstzmultirange."""

    def db_type(self, connection):
        return "tstzmultirange"


@never_shown
class SearchEntry(models.Model):
    kind = models.CharField("Bereich", max_length=20)
    object_id = models.PositiveBigIntegerField()
    reference = models.CharField("Verweis", max_length=300)  # what the source makes an address of
    title = models.TextField("Titel")
    language = models.CharField("Sprache des Titels", max_length=10)
    note = models.TextField("Zusatz")
    text = models.TextField("Text")  # plain, for excerpts
    title_key = models.TextField()  # folded, with a space before each word
    vector = SearchVectorField()
    visible = MomentsField()
    date = models.DateTimeField(null=True)
    topics = ArrayField(models.BigIntegerField())
    period = models.CharField(max_length=40, default="", db_default="")  # which words are found by, see newest.py

    class Meta:
        verbose_name = "Eintrag der Suche"
        verbose_name_plural = "Einträge der Suche"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [  # and search_entry_words, see newest.py
            GinIndex(fields=["vector"], name="search_entry_vector", fastupdate=False),
            GinIndex(fields=["topics"], name="search_entry_topics", fastupdate=False),
            models.Index(fields=["kind", "date"], include=["visible"], name="search_entry_newest"),
            GinIndex(OpClass("title_key", name="gin_trgm_ops"), name="search_entry_title", fastupdate=False),
        ]

    def __str__(self):
        return self.title


@never_shown
class SearchWord(models.Model):
    """A stem that occurs somewhere, public or not: finds compounds and what was mistyped, is never shown."""

    lexeme = models.TextField(primary_key=True)

    class Meta:
        verbose_name = "Wort der Suche"
        verbose_name_plural = "Wörter der Suche"
        indexes = [GinIndex(OpClass("lexeme", name="gin_trgm_ops"), name="search_word_parts", fastupdate=False)]

    def __str__(self):
        return self.lexeme
