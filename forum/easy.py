"""Leichte Sprache: a second text of an item, at an address of its own, and whether it is still up to date."""

from collections.abc import Collection

from django.db import models
from django.db.models import F, Q
from django.http import Http404
from django.utils import timezone

from forum.preview import ItemView
from forum.publishing import PublishableQuerySet
from forum.richtext import RichTextField

EASY_FIELDS = ("easy_title", "easy_text")


class EasyState(models.TextChoices):
    PRESENT = "vorhanden", "vorhanden"
    OUTDATED = "veraltet", "veraltet"
    MISSING = "fehlt", "fehlt"


class EasyQuerySet(PublishableQuerySet):
    def in_easy_state(self, state: EasyState):
        """Keep what has an easy version (outdated ones included), an outdated one, or none."""
        if state == EasyState.MISSING:
            return self.filter(easy_text="")
        present = self.exclude(easy_text="")
        if state == EasyState.PRESENT:
            return present
        behind = Q(easy_changed_at__isnull=True) | Q(text_changed_at__gt=F("easy_changed_at"))
        return present.filter(behind, text_changed_at__isnull=False)

    def update(self, **values):
        """Without the rows at hand a text that is written counts as changed; `bulk_update` leads through here too."""
        now = timezone.now()
        for names, moment in self.model.changes_to_note():
            if not values.keys().isdisjoint(names):
                values.setdefault(moment, now)
        return super().update(**values)


class EasyLanguage(models.Model):
    """Adds a version in Leichte Sprache to something addressed and publishable; the text decides whether there is one.

    Rows of `bulk_create` know no moments of change: both texts count as written together.
    """

    easy_title = models.CharField(
        "Titel in Leichter Sprache",
        max_length=200,
        blank=True,
        help_text="Leer lassen: Dann steht auch über der Leichten Fassung der normale Titel.",
    )
    easy_text = RichTextField(
        "Text in Leichter Sprache",
        blank=True,
        help_text="Jeder Satz beginnt eine neue Zeile. Leer lassen: Dann gibt es keine Leichte Fassung.",
    )
    text_changed_at = models.DateTimeField("Text geändert am", null=True, editable=False)
    easy_changed_at = models.DateTimeField("Leichte Fassung geändert am", null=True, editable=False)

    easy_source: tuple[str, ...] = ()  # text fields that the easy version retells

    class Meta:
        abstract = True

    @classmethod
    def changes_to_note(cls) -> list[tuple[tuple[str, ...], str]]:
        """(fields, the field that remembers when one of them has changed)."""
        return [(cls.easy_source, "text_changed_at"), (EASY_FIELDS, "easy_changed_at")]

    def note_changes(self, before, update_fields):
        now = timezone.now()  # one moment for both: what is saved together is not outdated
        noted = []
        for names, moment in self.changes_to_note():
            if self.has_new_text(before, names if update_fields is None else set(names) & set(update_fields)):
                setattr(self, moment, now)
                noted.append(moment)
        return noted

    def has_new_text(self, before, names: Collection[str]) -> bool:
        """Compare as stored: pre_save() cleans rich text. What was never loaded has not been changed."""
        return any(
            self._meta.get_field(name).pre_save(self, False) != (getattr(before, name) if before else "")
            for name in names
            if name in self.__dict__
        )

    @property
    def has_easy_version(self) -> bool:
        return bool(self.easy_text)

    @property
    def easy_is_outdated(self) -> bool:
        """Tell whether the normal text is newer than the easy one."""
        if not self.easy_text or self.text_changed_at is None:
            return False
        return self.easy_changed_at is None or self.text_changed_at > self.easy_changed_at

    def get_easy_url(self) -> str:
        """Where the easy version is, when there is one."""
        return f"{self.get_absolute_url()}leicht/"


class EasyView(ItemView):
    """The easy version of something; not found where there is none."""

    easy = True

    def get_object(self, queryset=None):
        item = super().get_object(queryset)
        if not item.has_easy_version:
            raise Http404
        return item
