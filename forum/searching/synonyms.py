"""Words that mean the same to readers, kept by staff."""

from django.core.exceptions import ValidationError
from django.db import models

from forum.searching.words import fold
from forum.versions import versioned

MOST_WORDS = 12  # in one line


@versioned
class Synonym(models.Model):
    words = models.CharField(
        "Wörter",
        max_length=300,
        unique=True,
        help_text="Was dasselbe meint, durch = getrennt: KI = Künstliche Intelligenz. Wer eines sucht, findet alle.",
        error_messages={"unique": "Diese Zeile gibt es schon."},
    )

    class Meta:
        verbose_name = "Synonym der Suche"
        verbose_name_plural = "Synonyme der Suche"
        ordering = ["words"]

    def __str__(self):
        return self.words

    def clean(self):
        super().clean()
        words = [" ".join(word.split()) for word in self.words.split("=")]
        if len(words) < 2 or not all(map(fold, words)):
            raise ValidationError(
                {"words": "Bitte schreiben Sie mindestens zwei Wörter mit = dazwischen: KI = Künstliche Intelligenz."}
            )
        if len(words) > MOST_WORDS:
            raise ValidationError({"words": f"Höchstens {MOST_WORDS} Wörter in einer Zeile; bitte teilen Sie sie auf."})
        if len(set(map(fold, words))) < len(words):
            raise ValidationError({"words": "Ein Wort steht doppelt da; Umlaute und Endungen versteht die Suche."})
        self.words = " = ".join(words)


def groups_of(lines: list[str]) -> list[list[str]]:
    """Folded words of each line."""
    return [[fold(word) for word in line.split("=")] for line in lines]
