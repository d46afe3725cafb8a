"""People: one human, one record, whether speaker, contact person or both."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils import timezone

from contacts.phone import PhoneField, tel_uri
from contacts.places import District
from forum.addresses import Addressed, address_of
from forum.joined import Rows, joined
from forum.links import LinkField
from forum.ordering import Positioned
from forum.pictures import Picture
from forum.publishing import Publishable, PublishableQuerySet, published_q
from forum.richtext import RichTextField
from forum.text import by_name
from forum.topics import Tagged, Topic, TopicsField
from forum.unfinished import shown_q
from forum.versions import part_of, versioned


def written_out(address: str) -> str:
    """Undo what old pages do against spam: `name[at]verein.de`, `name(at)verein.de`."""
    return address.replace("[at]", "@").replace("(at)", "@").replace(" ", "")


class EmailFormField(forms.EmailField):
    def to_python(self, value):
        return written_out(super().to_python(value))


class EmailField(models.EmailField):
    def formfield(self, **kwargs):
        return super().formfield(form_class=EmailFormField, **kwargs)


ADDRESS = r"^(?P<street>\S.*\S), (?P<postcode>[0-9]{5}) (?P<city>\S.*)\Z"


class PersonQuerySet(PublishableQuerySet):
    def in_directory(self):
        return self.filter(in_directory=True)

    def by_name(self):
        return self.order_by(*by_name("family_name", "given_name"), "pk")

    def with_contact_details(self):
        """Load what a contact box shows: portrait, districts in order, topics, deputy. One query in all."""
        return joined(self.select_related("portrait", "deputy"), *contact_details())


@versioned
class Person(Addressed, Publishable):
    title = models.CharField("Titel", max_length=40, blank=True, help_text="Zum Beispiel Dr. oder Prof. Dr.")
    given_name = models.CharField("Vorname", max_length=80, blank=True, help_text="Der Rufname genügt.")
    name_prefix = models.CharField(
        "Namenszusatz",
        max_length=40,
        blank=True,
        help_text="Zum Beispiel von oder van der; zählt nicht beim Sortieren.",
    )
    family_name = models.CharField("Nachname", max_length=80, help_text="Danach wird sortiert.")
    position = models.CharField(
        "Funktion", max_length=200, blank=True, help_text="Zum Beispiel „Referentin der Leitung, Bezirksbeauftragte“."
    )
    organisation = models.CharField(
        "Organisation", max_length=200, blank=True, help_text="So, wie sie auf der Seite stehen soll."
    )
    portrait = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="portrait_of",
        verbose_name="Porträt",
        help_text="Ohne Porträt zeigt die Seite die Anfangsbuchstaben des Namens.",
    )
    biography = RichTextField(
        "Kurzbiografie", blank=True, help_text="Zwei bis fünf Sätze; sie stehen auf der Seite der Person."
    )
    website = LinkField("Website", blank=True, help_text="Zum Beispiel https://www.verein.de.")
    phone = PhoneField("Telefon", blank=True, help_text="So, wie sie auf der Seite stehen soll: 030 12 34 56-78.")
    email = EmailField("E-Mail", blank=True, help_text="Ist für alle sichtbar. Auch name[at]verein.de wird verstanden.")
    address = models.CharField(
        "Anschrift",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[
            RegexValidator(ADDRESS, "Bitte schreiben Sie Straße und Hausnummer, ein Komma, dann Postleitzahl und Ort.")
        ],
        help_text="Wo man die Person besuchen kann oder ihr schreibt: Brandenburgische Straße 80, 10713 Berlin.",
    )
    languages = models.CharField(
        "Sprachen",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Worin die Person berät, durch Kommas getrennt: Deutsch, Türkisch, Deutsche Gebärdensprache.",
    )
    topics = TopicsField(through="contacts.PersonTopic", related_name="people")
    districts = models.ManyToManyField(
        District, through="contacts.Representation", related_name="representatives", verbose_name="Bezirke"
    )
    in_directory = models.BooleanField(
        "im Kontaktverzeichnis",
        default=False,
        help_text="Nur Ansprechpersonen stehen im Verzeichnis, Gäste einer Veranstaltung nicht.",
    )
    deputy = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputy_of",
        verbose_name="Vertretung",
        help_text="Wer hilft, während die Person abwesend ist? Ihr Name steht dann auf der Seite.",
    )
    absent_from = models.DateField("abwesend von", null=True, blank=True, help_text="Erster Tag der Abwesenheit.")
    absent_until = models.DateField("abwesend bis", null=True, blank=True, help_text="Letzter Tag der Abwesenheit.")
    checked_at = models.DateTimeField("Eintrag geprüft am", null=True, editable=False)
    published_at = models.DateTimeField(
        "veröffentlicht ab",
        null=True,
        blank=True,
        default=timezone.now,
        help_text="Wer noch nicht öffentlich ist, erscheint nirgends, auch nicht bei Veranstaltungen.",
    )

    objects = PersonQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "Person"
        verbose_name_plural = "Personen"
        ordering = [*by_name("family_name", "given_name"), "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(condition=~Q(slug=""), name="person_has_address"),
            models.CheckConstraint(condition=~Q(family_name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=Q(absent_until__isnull=True)
                | Q(absent_from__isnull=False, absent_until__gte=F("absent_from")),
                name="person_absence_ends_after_start",
                violation_error_message="Die Abwesenheit endet vor ihrem Beginn.",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("id")),
                name="person_is_not_own_deputy",
                violation_error_message="Niemand vertritt sich selbst.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address_of("contacts:person", self.slug)

    def clean(self):
        super().clean()
        if self.absent_until and not self.absent_from:
            raise ValidationError({"absent_from": "Bitte geben Sie auch an, ab wann die Person abwesend ist."})
        if self.absent_until and self.absent_until < self.absent_from:
            raise ValidationError({"absent_until": "Die Abwesenheit endet vor ihrem Beginn."})
        if self.deputy_id and self.deputy_id == self.pk:
            raise ValidationError({"deputy": "Niemand vertritt sich selbst."})

    def missing_fields(self):
        missing = super().missing_fields()
        if self.in_directory and not self.phone and not self.email:
            missing["phone"] = "Wer im Verzeichnis steht, braucht eine Telefonnummer oder eine E-Mail-Adresse."
        return missing

    def slug_text(self):
        return self.plain_name

    @property
    def plain_name(self) -> str:
        """Name without title: Ada von der Heide."""
        return " ".join(filter(None, [self.given_name, self.name_prefix, self.family_name]))

    @property
    def name(self) -> str:
        return f"{self.title} {self.plain_name}".strip()

    @property
    def sorted_name(self) -> str:
        """Name as in a list: Heide, Dr. Ada von der."""
        return f"{self.family_name}, {' '.join(filter(None, [self.title, self.given_name, self.name_prefix]))}".rstrip(
            ", "
        )

    @property
    def initials(self) -> str:
        return (self.given_name[:1] + self.family_name[:1]).upper()

    @property
    def role(self) -> str:
        """Position and organisation in one line, as credited by default."""
        return ", ".join(filter(None, [self.position, self.organisation]))

    @property
    def phone_uri(self) -> str:
        return tel_uri(self.phone)

    @property
    def address_parts(self) -> dict[str, str]:
        """street, postcode and city; empty without an address."""
        found = re.match(ADDRESS, self.address)
        return found.groupdict() if found else {}

    @property
    def spoken(self) -> list[str]:
        """German names of the languages."""
        return [name.strip() for name in self.languages.split(",") if name.strip()]

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone or self.email)

    @property
    def represented(self) -> list[District]:
        """Districts in the chosen order (uses the prefetch of `with_contact_details`)."""
        return [representation.district for representation in self.representations.all()]

    def is_absent(self, on: date | None = None) -> bool:
        """Tell whether the person is away on a day, today by default; both ends are days of absence."""
        on = on or timezone.localdate()
        return (
            self.absent_from is not None
            and self.absent_from <= on
            and (self.absent_until is None or on <= self.absent_until)
        )

    @property
    def of_the_moment(self) -> tuple:
        return (*super().of_the_moment, self.is_absent())

    @property
    def acting_deputy(self) -> "Person | None":
        """Who helps today instead: only while away, and only somebody public who is there."""
        if not self.is_absent() or self.deputy is None:
            return None
        return self.deputy if self.deputy.is_published and not self.deputy.is_absent() else None


@part_of("content_object", edited=False)
class PersonTopic(Tagged):
    content_object = models.ForeignKey(Person, models.CASCADE, related_name="topic_items")

    class Meta:
        verbose_name = "Thema der Person"
        verbose_name_plural = "Themen der Person"
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="person_topic_once")]


class RepresentationQuerySet(models.QuerySet):
    def responsible(self):
        """Keep those of people the public finds in the directory."""
        return self.filter(published_q("person__"), person__in_directory=True)

    def by_name(self):
        return self.order_by(*by_name("person__family_name", "person__given_name"), "pk")

    def with_contact_details(self):
        return self.prefetch_related(Prefetch("person", Person.objects.with_contact_details()))


@part_of("person")
class Representation(Positioned):
    """A district a person represents (Bezirksbeauftragte)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="representations", verbose_name="Person")
    district = models.ForeignKey(
        District,
        models.PROTECT,
        related_name="representations",
        verbose_name="Bezirk",
        help_text="Die Person steht dann auf der Seite dieses Bezirks.",
    )

    objects = RepresentationQuerySet.as_manager()

    class Meta(Positioned.Meta):
        verbose_name = "vertretener Bezirk"
        verbose_name_plural = "vertretene Bezirke"
        constraints = [models.UniqueConstraint(fields=["person", "district"], name="representation_once")]

    def __str__(self):
        return f"{self.person} – {self.district}"


class ContactRowQuerySet(models.QuerySet):
    def shown(self):
        """Keep the people the page may show."""
        return self.filter(shown_q(Person, "person__"))


def contact_details(at: str = "") -> tuple[Rows, Rows]:
    """What a contact box shows of a person beyond the row itself, portrait and deputy.

    Args:
        at: path to the person.
    """
    districts = Representation.objects.order_by("position", "pk")
    topics = Topic.objects.order_by(*by_name("name"))
    return (
        Rows("representations", districts, joined=("district",), at=at, without=("district__outline",)),
        Rows("topics", topics, by="people", at=at),
    )


class ContactRow(Positioned):
    """Base of an app's through model for its ordered contact persons; the app adds the other foreign key."""

    person = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="%(app_label)s_%(class)ss",
        verbose_name="Ansprechperson",
        help_text="Die ersten Buchstaben des Namens tippen und auswählen.",
    )

    objects = ContactRowQuerySet.as_manager()

    class Meta(Positioned.Meta):
        abstract = True
        verbose_name = "Ansprechperson"
        verbose_name_plural = "Ansprechpersonen"

    @classmethod
    def to_show(cls) -> Rows:
        """The contact persons that a page may show, with what a contact box shows."""
        people = ("person", "person__portrait", "person__deputy")
        return Rows("contact_rows", cls.objects.shown(), *contact_details("person"), joined=people)
