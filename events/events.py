"""Events: when, where, for whom, and whether they take place."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.html import strip_tags

from contacts.models import ContactRow, Person
from events.venues import Series, Venue
from forum.addresses import Addressed, address_of
from forum.attachments import Attachment, AttachmentRow
from forum.dates import local_date, midnight_after
from forum.easy import EasyLanguage, EasyQuerySet
from forum.files import owns_file
from forum.joined import Rows, joined
from forum.languages import TitleLanguageField
from forum.links import LinkField
from forum.pictures import Picture, PictureRow
from forum.publishing import Publishable, now
from forum.richtext import RichTextField
from forum.social import Preview, SocialImage
from forum.templatetags.portal import whole_days
from forum.text import by_name
from forum.topics import Tagged, Topic, TopicsField
from forum.versions import part_of, versioned


class EndOfLocalDay(Func):
    """Midnight after a moment's day in Berlin. With a zone's name it is immutable, as generated columns need."""

    template = (
        "(date_trunc('day', %(expressions)s AT TIME ZONE 'Europe/Berlin') + interval '1 day') "
        "AT TIME ZONE 'Europe/Berlin'"
    )
    output_field = models.DateTimeField()


class StartOfLocalDay(Func):
    """Midnight before a moment, in Berlin."""

    template = "date_trunc('day', %(expressions)s AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin'"
    output_field = models.DateTimeField()


class AccessFacts(models.Model):
    """What an event, or one programme item, offers beyond the venue; unknown stays unknown."""

    sign_language = models.BooleanField(
        "Gebärdensprache (DGS)",
        null=True,
        blank=True,
        help_text="„Unbekannt“ lassen, solange es nicht feststeht: Dann sagt die Seite nichts dazu.",
    )
    live_captions = models.BooleanField(
        "Schriftdolmetschen",
        null=True,
        blank=True,
        help_text="„Unbekannt“ lassen, solange es nicht feststeht: Dann sagt die Seite nichts dazu.",
    )
    spoken_language = models.CharField(
        "Sprache", max_length=60, blank=True, help_text="Nur ausfüllen, wenn nicht (nur) Deutsch gesprochen wird."
    )
    access_note = models.CharField(
        "Hinweis zur Barrierefreiheit",
        max_length=300,
        blank=True,
        help_text="Zum Beispiel: Assistenz bitte bis 1. März anmelden.",
    )

    class Meta:
        abstract = True

    @property
    def access_facts(self) -> list[tuple[str, bool]]:
        """What is known: (German name, whether it is offered)."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name))
            for name in ("sign_language", "live_captions")
            if getattr(self, name) is not None
        ]


class EventQuerySet(EasyQuerySet):
    def upcoming(self, at: datetime | None = None):
        """Events that have not ended at a moment (now by default), the next first."""
        return self.filter(over_at__gt=at or now()).order_by("starts_at", "pk")

    def past(self, at: datetime | None = None):
        """Exactly the rest, the latest first."""
        return self.filter(over_at__lte=at or now()).order_by("-starts_at", "-pk")

    def taking_place(self):
        """Drop what is cancelled, and what has been postponed to a day nobody knows yet."""
        no_new_date = Q(previous_starts_at__isnull=True) | Q(previous_starts_at=F("starts_at"))
        return self.exclude(Q(status=Event.Status.CANCELLED) | Q(status=Event.Status.POSTPONED) & no_new_date)

    def for_rows(self):
        """Load what a row of a list shows: one query in all."""
        return joined(self.select_related("venue", "picture"), *event_topics())

    def with_look_backs(self):
        """Load the published articles that look back at each event, the newest first, in `look_backs`."""
        articles = Event.articles.rel.related_model.objects.published().newest_first()
        return joined(self, Rows("articles", articles, joined=("type",), to="look_backs", without=("text",)))

    def for_page(self):
        """Load what the page of an event shows of its own: venue, programme with visible people, contacts, files."""
        from events.programme import ProgrammeItem  # imports this module

        return joined(
            self.select_related("venue__district", "series", "picture"),
            *event_topics(),
            Rows("programme", ProgrammeItem.objects.all(), ProgrammeItem.people_to_show()),
            EventContact.to_show(),
            Rows("attachment_rows", EventAttachment.objects.all(), joined=("attachment",)),
            Rows("picture_rows", EventPicture.objects.all(), joined=("picture",)),
        )

    def for_easy_page(self):
        """Load what the easy version of an event shows: venue and contacts."""
        return joined(self.select_related("venue"), EventContact.to_show())


def event_topics() -> tuple[Rows]:
    return (Rows("topics", Topic.objects.order_by(*by_name("name")), by="events"),)


@versioned
@owns_file
class Event(SocialImage, EasyLanguage, Addressed, Publishable, AccessFacts):
    class Format(models.TextChoices):
        ON_SITE = "on-site", "vor Ort"
        ONLINE = "online", "online"
        HYBRID = "hybrid", "vor Ort und online"

    class Status(models.TextChoices):
        PLANNED = "planned", "findet statt"
        CANCELLED = "cancelled", "abgesagt"
        POSTPONED = "postponed", "verschoben"

    title = models.CharField(
        "Titel", max_length=200, help_text="So steht die Veranstaltung in Listen und Kalendern, höchstens 200 Zeichen."
    )
    title_language = TitleLanguageField()
    subtitle = models.CharField(
        "Untertitel",
        max_length=200,
        blank=True,
        help_text="Steht auf der Seite unter dem Titel, zum Beispiel „Werkstatt für soziale Organisationen“.",
    )
    lead = models.TextField(
        "Einleitung", blank=True, help_text="Ein bis zwei Sätze: Worum geht es, und was haben Teilnehmende davon?"
    )
    text = RichTextField(
        "Text", blank=True, help_text="Was erwartet die Teilnehmenden? Das Programm selbst steht weiter unten."
    )
    picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="Bild",
        help_text="Das Bild braucht eine Beschreibung und einen Bildnachweis, bevor die Veranstaltung öffentlich wird.",
    )
    starts_at = models.DateTimeField("Beginn", null=True, blank=True)
    ends_at = models.DateTimeField("Ende", null=True, blank=True)
    all_day = models.BooleanField(
        "ohne Uhrzeit", default=False, help_text="Die Veranstaltung dauert ganze Tage."
    )  # ends_at is then the midnight after the last day
    over_at = models.GeneratedField(
        expression=Coalesce("ends_at", EndOfLocalDay("starts_at")),
        output_field=models.DateTimeField(),
        db_persist=True,
        verbose_name="vorbei ab",
    )
    format = models.CharField(
        "Format",
        max_length=10,
        choices=Format.choices,
        default=Format.ON_SITE,
        help_text="Bei „vor Ort“ und „vor Ort und online“ zeigt die Seite den Ort, bei „online“ nur den Link.",
    )
    venue = models.ForeignKey(
        Venue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="Ort",
        help_text="Der Ort bringt Anschrift, Anfahrt und Barrierefreiheit mit.",
    )
    online_url = LinkField(
        "Link zur Online-Teilnahme",
        max_length=500,
        blank=True,
        help_text="Der Link ist für alle sichtbar und verschwindet nach der Veranstaltung.",
    )
    audience = models.CharField(
        "für wen", max_length=200, blank=True, help_text="Zum Beispiel: Fachkräfte der Mitgliedsorganisationen."
    )
    cost = models.CharField("Kosten", max_length=120, blank=True, help_text="Zum Beispiel: kostenfrei.")
    organisers = models.CharField(
        "Veranstaltet von",
        max_length=200,
        blank=True,
        help_text="Leer lassen, wenn das Innovationsforum allein einlädt.",
    )
    series = models.ForeignKey(
        Series,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="Reihe",
        help_text="Gehört die Veranstaltung zu einer Reihe, zum Beispiel zum Innovationsforum?",
    )
    topics = TopicsField(through="events.EventTopic", related_name="events")
    status = models.CharField(
        "Durchführung",
        max_length=10,
        choices=Status.choices,
        default=Status.PLANNED,
        help_text="Abgesagtes und Verschobenes bleibt sichtbar und sagt es deutlich.",
    )
    status_reason = models.CharField(
        "Grund",
        max_length=300,
        blank=True,
        help_text="Warum abgesagt oder verschoben? Ein Satz für Leserinnen und Leser.",
    )
    previous_starts_at = models.DateTimeField("ursprünglicher Beginn", null=True, blank=True)
    contacts = models.ManyToManyField(
        Person, through="events.EventContact", related_name="contact_for_events", verbose_name="Ansprechpersonen"
    )
    attachments = models.ManyToManyField(
        Attachment, through="events.EventAttachment", related_name="events", verbose_name="Dateien"
    )
    pictures = models.ManyToManyField(
        Picture, through="events.EventPicture", related_name="gallery_events", verbose_name="Weitere Bilder"
    )

    objects = EventQuerySet.as_manager()

    reserved_slugs = frozenset({"einbetten", "leicht", "reihe"})
    required_to_publish = ("starts_at", "lead")
    easy_source = ("title", "subtitle", "lead", "text")

    class Meta(Publishable.Meta):
        verbose_name = "Veranstaltung"
        verbose_name_plural = "Veranstaltungen"
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["over_at"], name="event_over_at"),
            models.Index(fields=["-starts_at", "-id"], name="event_latest_first"),
            models.Index(fields=["published_at"], name="event_visible", condition=Q(published_at__isnull=False)),
            models.Index(fields=["expires_at"], name="event_expiring", condition=Q(expires_at__isnull=False)),
        ]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(condition=~Q(slug=""), name="event_has_address"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message="Die Veranstaltung endet vor ihrem Beginn.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "cancelled", "postponed"]), name="event_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(format__in=["on-site", "online", "hybrid"]), name="event_format_is_known"
            ),
            models.CheckConstraint(
                condition=Q(all_day=False)
                | Q(starts_at=StartOfLocalDay("starts_at"), ends_at=StartOfLocalDay("ends_at"), ends_at__isnull=False),
                name="event_whole_days_are_whole",
                violation_error_message="Ohne Uhrzeit dauert eine Veranstaltung ganze Tage.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=False) | Q(published_at__isnull=True, ends_at__isnull=True),
                name="event_published_with_date",
                violation_error_message="Zum Veröffentlichen fehlt noch: Beginn.",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.note_new_date()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return address_of("events:event", self.slug)

    def clean(self):
        super().clean()
        if self.ends_at and not self.starts_at:
            raise ValidationError({"starts_at": "Bitte geben Sie auch den Beginn an."})
        if self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "Die Veranstaltung endet vor ihrem Beginn."})

    def preview(self) -> Preview:
        kind = str(self._meta.verbose_name)
        if self.status != self.Status.PLANNED:
            kind += f" {self.get_status_display()}"
        return Preview(kind, self.title, self.date_in_words, self.place_in_words)

    @property
    def date_in_words(self) -> str:
        if self.starts_at is None:
            return ""
        return "Termin noch offen" if self.waits_for_date else strip_tags(whole_days(self.first_day, self.last_day))

    @property
    def place_in_words(self) -> str:
        if not self.is_on_site:
            return "Online"
        if self.is_online:
            return f"{self.venue or 'Vor Ort'} und online"
        return str(self.venue or "")

    def note_new_date(self):
        """Remember the first date of an event that is postponed, whoever forgets to write it down."""
        if self.status == self.Status.POSTPONED and self.previous_starts_at is None and not self._state.adding:
            before = Event.objects.filter(pk=self.pk).values_list("starts_at", flat=True).first()
            if before != self.starts_at:
                self.previous_starts_at = before

    @property
    def over_by(self) -> datetime:
        """The same moment as the column `over_at`, also before the event is saved."""
        return self.ends_at or midnight_after(self.first_day)

    @property
    def has_ended(self) -> bool:
        """The same answer as `past()`, from the object."""
        return self.over_by <= timezone.now()

    @property
    def is_running(self) -> bool:
        return self.starts_at <= timezone.now() and not self.has_ended

    @property
    def of_the_moment(self) -> tuple:
        return (*super().of_the_moment, *((self.has_ended, self.is_running) if self.starts_at else ()))

    @property
    def first_day(self):
        return local_date(self.starts_at)

    @property
    def last_day(self):
        """The last local day on which something happens; a night that ends at midnight belongs to the day before."""
        if self.ends_at is None:
            return self.first_day
        return local_date(self.ends_at - timedelta(microseconds=1))

    @property
    def takes_place(self) -> bool:
        return self.status != self.Status.CANCELLED

    @property
    def waits_for_date(self) -> bool:
        """Postponed, and the only date known is the one that is off."""
        return self.status == self.Status.POSTPONED and self.previous_starts_at in (None, self.starts_at)

    @property
    def admits_online(self) -> bool:
        """Tell whether links to the online rooms of the event and of its items are shown."""
        return self.takes_place and not self.waits_for_date and not self.has_ended

    @property
    def format_is_known(self) -> bool:
        """Tell whether somebody said how it takes place; the preset alone says nothing."""
        return self.format != self.Format.ON_SITE or bool(self.venue_id or self.online_url)

    @property
    def is_on_site(self) -> bool:
        return self.format != self.Format.ONLINE

    @property
    def is_online(self) -> bool:
        return self.format != self.Format.ON_SITE


@part_of("content_object", edited=False)
class EventTopic(Tagged):
    content_object = models.ForeignKey(Event, models.CASCADE, related_name="topic_items")

    class Meta:
        verbose_name = "Thema der Veranstaltung"
        verbose_name_plural = "Themen der Veranstaltung"
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="event_topic_once")]


@part_of("event")
class EventContact(ContactRow):
    event = models.ForeignKey(Event, models.CASCADE, related_name="contact_rows", verbose_name="Veranstaltung")

    class Meta(ContactRow.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="event_contact_once")]

    def __str__(self):
        return f"{self.person} bei „{self.event}“"


@part_of("event")
class EventAttachment(AttachmentRow):
    event = models.ForeignKey(Event, models.CASCADE, related_name="attachment_rows", verbose_name="Veranstaltung")

    class Meta(AttachmentRow.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "attachment"], name="event_attachment_once")]

    def __str__(self):
        return f"{self.attachment} bei „{self.event}“"


@part_of("event")
class EventPicture(PictureRow):
    event = models.ForeignKey(Event, models.CASCADE, related_name="picture_rows", verbose_name="Veranstaltung")

    class Meta(PictureRow.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "picture"], name="event_picture_once")]
