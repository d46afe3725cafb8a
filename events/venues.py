"""Where events take place, and the series they belong to."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.models import District
from forum.addresses import Addressed
from forum.richtext import RichTextField
from forum.text import by_name
from forum.versions import versioned


@versioned
class Venue(models.Model):
    """A place with what people need to know before they set off; unknown stays unknown (neither yes nor no)."""

    name = models.CharField("Name", max_length=120, unique=True, help_text="Zum Beispiel „Haus der Parität“.")
    street = models.CharField(
        "Straße und Hausnummer", max_length=120, blank=True, help_text="Zum Beispiel „Brandenburgische Straße 80“."
    )
    postcode = models.CharField(
        "Postleitzahl",
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", "Eine Postleitzahl hat fünf Ziffern.")],
        help_text="Fünf Ziffern.",
    )
    city = models.CharField("Ort", max_length=80, default="Berlin", help_text="Steht hinter der Postleitzahl.")
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="venues",
        verbose_name="Bezirk",
        help_text="Verbindet den Ort mit den Ansprechpersonen seines Bezirks.",
    )
    route = models.TextField("Anfahrt", blank=True, help_text="Haltestellen, Fußweg, Parken.")
    step_free = models.BooleanField(
        "stufenlos erreichbar",
        null=True,
        blank=True,
        help_text="Kommt man ohne Stufe bis in den Raum? „Unbekannt“ lassen, solange es nicht feststeht.",
    )
    lift = models.BooleanField(
        "Aufzug",
        null=True,
        blank=True,
        help_text="Gibt es einen Aufzug, wo einer gebraucht wird? „Unbekannt“ lassen, solange es nicht feststeht.",
    )
    accessible_toilet = models.BooleanField(
        "barrierefreie Toilette",
        null=True,
        blank=True,
        help_text="Gibt es eine Toilette für Menschen im Rollstuhl? „Unbekannt“ lassen, solange es nicht feststeht.",
    )
    induction_loop = models.BooleanField(
        "Induktionsschleife",
        null=True,
        blank=True,
        help_text="Gibt es eine Anlage für Menschen mit Hörgerät? „Unbekannt“ lassen, solange es nicht feststeht.",
    )
    quiet_room = models.BooleanField(
        "Ruheraum",
        null=True,
        blank=True,
        help_text="Gibt es einen Raum zum Zurückziehen? „Unbekannt“ lassen, solange es nicht feststeht.",
    )
    way_in = models.TextField(
        "Weg zum Raum",
        blank=True,
        help_text="Von der Haltestelle durch die Tür bis in den Raum, so dass auch blinde Menschen und Menschen im "
        "Rollstuhl hinfinden: Klingel, Türbreite, Aufzug, Leitsystem.",
    )

    ACCESS_FACTS = ("step_free", "lift", "accessible_toilet", "induction_loop", "quiet_room")
    TOLD_BY_EVENTS = ("name", "street", "postcode", "city", *ACCESS_FACTS)

    class Meta:
        verbose_name = "Ort"
        verbose_name_plural = "Orte"
        ordering = by_name("name")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """What events tell of their place changes with it: their preview image and their entry in calendars."""
        before = Venue.objects.filter(pk=self.pk).first()
        super().save(*args, **kwargs)
        if before is None or all(getattr(before, name) == getattr(self, name) for name in self.TOLD_BY_EVENTS):
            return
        if before.name != self.name:
            for event in self.events.all():
                event.save(update_fields=["social_image"])
        self.events.exclude(published_at=None).update(changed_at=timezone.now())

    @property
    def address(self) -> str:
        """Street, postcode and city in one line, without what is unknown."""
        place = f"{self.postcode} {self.city}".strip() if self.street or self.postcode else self.city
        return ", ".join(filter(None, [self.street, place]))

    @property
    def access_facts(self) -> list[tuple[str, bool]]:
        """What is known: (German name, whether there is one)."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name))
            for name in self.ACCESS_FACTS
            if getattr(self, name) is not None
        ]


class SeriesQuerySet(models.QuerySet):
    def published(self, at=None):
        """Keep the series of which the public may see an event."""
        events = Series.events.rel.related_model.objects.published(at)
        return self.filter(models.Exists(events.filter(series=models.OuterRef("pk"))))


@versioned
class Series(Addressed, models.Model):
    """Events that belong together, such as the Innovationsforum; public as long as one of them is."""

    title = models.CharField("Titel", max_length=120, unique=True, help_text="Zum Beispiel „Innovationsforum“.")
    text = RichTextField("Beschreibung", blank=True, help_text="Was verbindet die Veranstaltungen dieser Reihe?")

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "Reihe"
        verbose_name_plural = "Reihen"
        ordering = ["title"]
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="series_has_address")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("events:series", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.events.published().exists()
