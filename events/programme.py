"""The programme of an event: its items and the people in them."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations, groupby

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from contacts.models import Person
from events.events import AccessFacts, Event
from forum.addresses import Addressed, address_of
from forum.attachments import Attachment, AttachmentRow
from forum.dates import local_date
from forum.joined import Rows, joined
from forum.languages import TitleLanguageField
from forum.links import LinkField
from forum.ordering import Positioned
from forum.publishing import published_q
from forum.richtext import RichTextField
from forum.unfinished import shown_q
from forum.versions import part_of


class ProgrammeItemQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_q("event__"))

    def with_people(self):
        """Load the people the page may show, in the chosen order."""
        return joined(self, ProgrammeItem.people_to_show())

    def with_files(self):
        return joined(self, Rows("attachment_rows", ItemAttachment.objects.all(), joined=("attachment",)))


@part_of("event")
class ProgrammeItem(Addressed, AccessFacts):
    """A keynote, a workshop, a break …; without a time while none is known."""

    class Kind(models.TextChoices):
        KEYNOTE = "keynote", "Impulsvortrag"
        WORKSHOP = "workshop", "Workshop"
        PANEL = "panel", "Podium"
        PLENARY = "plenary", "Plenum"
        BREAK = "break", "Pause"

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        related_name="programme",
        verbose_name="Veranstaltung",
        help_text="Zu welcher Veranstaltung gehört der Programmpunkt?",
    )
    kind = models.CharField(
        "Art",
        max_length=10,
        choices=Kind.choices,
        default=Kind.WORKSHOP,
        help_text="Eine Pause hat keine eigene Seite.",
    )
    title = models.CharField(
        "Titel", max_length=200, help_text="So steht der Programmpunkt im Programm, höchstens 200 Zeichen."
    )
    title_language = TitleLanguageField()
    slug = models.SlugField(
        "Adresse", max_length=120, blank=True, help_text="Leer lassen: Die Adresse entsteht aus dem Titel."
    )
    text = RichTextField(
        "Worum geht es?", blank=True, help_text="Was passiert hier, und was nehmen die Teilnehmenden mit?"
    )
    result = RichTextField(
        "Was kam heraus?", blank=True, help_text="Nach der Veranstaltung: Ergebnisse und Erfahrungen."
    )
    starts_at = models.DateTimeField("Beginn", null=True, blank=True)
    ends_at = models.DateTimeField("Ende", null=True, blank=True)
    room = models.CharField(
        "Raum",
        max_length=120,
        blank=True,
        help_text="Zum Beispiel „Saal“ oder „Raum 2“; bei Online-Teilnahme „online“.",
    )
    online_url = LinkField(
        "Link zur Online-Teilnahme",
        max_length=500,
        blank=True,
        help_text="Nur ausfüllen, wenn dieser Programmpunkt einen eigenen Link hat.",
    )
    position = models.PositiveSmallIntegerField(
        "Reihenfolge", default=0, help_text="Gilt unter Programmpunkten, die gleichzeitig oder ohne Uhrzeit sind."
    )
    people = models.ManyToManyField(
        Person, through="events.Participation", related_name="programme_items", verbose_name="Mitwirkende"
    )
    attachments = models.ManyToManyField(
        Attachment, through="events.ItemAttachment", related_name="programme_items", verbose_name="Dateien"
    )

    objects = ProgrammeItemQuerySet.as_manager()

    @staticmethod
    def people_to_show() -> Rows:
        """The people the page may show, in the chosen order."""
        return Rows("participations", Participation.objects.shown(), joined=("person", "person__portrait"))

    reserved_slugs = frozenset({"leicht"})
    retold = ("kind", "title", "text", "starts_at", "ends_at", "room")  # in the easy version of the event

    class Meta:
        verbose_name = "Programmpunkt"
        verbose_name_plural = "Programmpunkte"
        ordering = [F("starts_at").asc(nulls_last=True), "position", "pk"]
        indexes = [models.Index(fields=["event"], name="programme_item_result", condition=~Q(result=""))]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "slug"], name="programme_item_slug_once",
                violation_error_message="Ein anderer Programmpunkt dieser Veranstaltung hat schon diese Adresse.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["keynote", "workshop", "panel", "plenary", "break"]),
                name="programme_item_kind_is_known",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="programme_item_has_address"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at"), starts_at__isnull=False),
                name="programme_item_ends_after_start",
                violation_error_message="Der Programmpunkt endet vor seinem Beginn.",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return address_of("events:programme_item", self.event.slug, self.slug)

    def clean(self):
        super().clean()
        if self.ends_at and not self.starts_at:
            raise ValidationError({"starts_at": "Bitte geben Sie auch den Beginn an."})
        if self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "Der Programmpunkt endet vor seinem Beginn."})
        if self.slug and self.event_id and self.slug_rivals().filter(slug=self.slug).exists():
            raise ValidationError({"slug": "Ein anderer Programmpunkt dieser Veranstaltung hat schon diese Adresse."})
        self.clean_inside_event()

    def note_changes(self, before, update_fields):
        if before is None or any(getattr(before, name) != getattr(self, name) for name in self.retold):
            self.outdate_easy_version()
        return super().note_changes(before, update_fields)

    def delete(self, *args, **kwargs):
        self.outdate_easy_version()
        return super().delete(*args, **kwargs)

    def outdate_easy_version(self):
        """The easy version of an event retells its programme."""
        Event.objects.filter(pk=self.event_id).exclude(easy_text="").update(text_changed_at=timezone.now())

    def clean_inside_event(self):
        try:
            event = self.event
        except Event.DoesNotExist:
            return
        if not self.starts_at:
            return
        if not event.starts_at:
            raise ValidationError({"starts_at": "Die Veranstaltung hat noch kein Datum."})
        if not event.starts_at <= self.starts_at < event.over_by:
            raise ValidationError({"starts_at": "Der Programmpunkt beginnt außerhalb der Veranstaltung."})
        if self.ends_at and self.ends_at > event.over_by:
            raise ValidationError({"ends_at": "Der Programmpunkt endet nach der Veranstaltung."})

    def slug_rivals(self):
        return super().slug_rivals().filter(event=self.event)

    def leads_elsewhere(self, slug):
        """Nothing leads below an event whose address is still to be made, be it new or emptied in its form."""
        return bool(self.event_id and self.event.slug) and super().leads_elsewhere(slug)

    @property
    def is_published(self) -> bool:
        return self.event.is_published

    @property
    def is_break(self) -> bool:
        return self.kind == self.Kind.BREAK

    @property
    def has_own_page(self) -> bool:
        """A break has nothing to say on a page of its own."""
        return not self.is_break


class Part(models.TextChoices):
    SPEAKER = "speaker", "Referat"
    HOST = "host", "Begleitung"
    MODERATION = "moderation", "Moderation"
    PANELLIST = "panellist", "Podium"


class ParticipationQuerySet(models.QuerySet):
    def shown(self):
        """Keep the people the page may show, whatever the state of the event."""
        return self.filter(shown_q(Person, "person__"))

    def published(self):
        """Keep what the public may see: the person, and the event it belongs to."""
        return self.filter(published_q("person__"), published_q("item__event__"))


@part_of("item")
class Participation(Positioned):
    """A person in a programme item, in a part, credited as announced there."""

    item = models.ForeignKey(ProgrammeItem, models.CASCADE, related_name="participations", verbose_name="Programmpunkt")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="participations",
        verbose_name="Person",
        help_text="Die ersten Buchstaben des Namens tippen und auswählen.",
    )
    part = models.CharField(
        "Rolle", max_length=12, choices=Part.choices, default=Part.SPEAKER, help_text="Was tut die Person hier?"
    )
    credited_as = models.CharField(
        "genannt als",
        max_length=250,
        blank=True,
        help_text="Funktion und Organisation, wie sie hier stehen sollen. Leer lassen: wie bei der Person.",
    )

    objects = ParticipationQuerySet.as_manager()

    class Meta(Positioned.Meta):
        verbose_name = "Mitwirkung"
        verbose_name_plural = "Mitwirkende"
        constraints = [models.UniqueConstraint(fields=["item", "person", "part"], name="participation_once")]

    def __str__(self):
        return f"{self.person} bei „{self.item}“"

    @property
    def credit(self) -> str:
        return self.credited_as or self.person.role


@part_of("item")
class ItemAttachment(AttachmentRow):
    item = models.ForeignKey(
        ProgrammeItem, models.CASCADE, related_name="attachment_rows", verbose_name="Programmpunkt"
    )

    class Meta(AttachmentRow.Meta):
        constraints = [models.UniqueConstraint(fields=["item", "attachment"], name="item_attachment_once")]

    def __str__(self):
        return f"{self.attachment} bei „{self.item}“"


def timeline(items: Iterable[ProgrammeItem]) -> list[dict]:
    """Arrange items as readers meet them: days, and in each day the slots that begin together.

    Args:
        items: in the order of the model (time, then position).

    Returns:
        One dict per day: `day` (date, None while no time is known) and `slots`, each with `starts_at`, `items` (what
        begins, or goes on, at the same time), `is_break` (nothing but breaks) and `choices` (among how many items one
        has to choose; without times only workshops are known to be parallel).
    """
    items = list(items)
    if items and items[0].event.waits_for_date:  # what is planned is known, when is not
        for item in items:
            item.starts_at = item.ends_at = None
    days = groupby(items, key=lambda item: item.starts_at and local_date(item.starts_at))
    return [{"day": day, "slots": [slot_of(items) for items in slots(of_day)]} for day, of_day in days]


def slots(items: Iterable[ProgrammeItem]) -> list[list[ProgrammeItem]]:
    """Gather what is parallel; without a time, keynotes stay apart from workshops."""
    found = []
    for item in items:
        before = found[-1] if found else []
        if item.starts_at is None:
            parallel = before and before[0].starts_at is None and before[0].kind == item.kind
        else:
            parallel = any(are_parallel(one, item) for one in before if one.starts_at)
        if parallel:
            before.append(item)
        else:
            found.append([item])
    return found


def are_parallel(first: ProgrammeItem, second: ProgrammeItem) -> bool:
    """Workshops that overlap are; anything else (an exhibition that lasts all day) only when both begin together."""
    workshops = first.kind == second.kind == ProgrammeItem.Kind.WORKSHOP
    return first.starts_at == second.starts_at or (workshops and overlap(first, second))


def slot_of(items: list[ProgrammeItem]) -> dict:
    parallel = [item for item in items if item.kind == item.Kind.WORKSHOP or (item.starts_at and not item.is_break)]
    return {
        "starts_at": items[0].starts_at,
        "items": items,
        "is_break": all(item.is_break for item in items),
        "choices": len(parallel),
    }


def cast(items: Iterable[ProgrammeItem]) -> list[dict]:
    """Gather everybody of a programme once, in the order of their first appearance.

    Args:
        items: with their people (see `with_people`).

    Returns:
        One dict per person: `person`, `credit` (as announced at the first appearance) and `participations`, which know
        their `item` without a query.
    """
    members = {}
    for item in items:
        for participation in item.participations.all():
            participation.item = item
            member = members.setdefault(
                participation.person_id,
                {"person": participation.person, "credit": participation.credit, "participations": []},
            )
            member["participations"].append(participation)
    return list(members.values())


def clashes(event: Event) -> list[str]:
    """German warnings for people of an event who are in two items at the same time, here or at another event."""
    if event.starts_at is None:
        return []
    people = Participation.objects.filter(item__event=event).values("person")
    around = (event.starts_at - timedelta(days=1), event.over_by + timedelta(days=1))  # nothing lasts longer
    rows = (
        Participation.objects.filter(person__in=people, item__starts_at__range=around)
        .exclude(item__event__status=Event.Status.CANCELLED)
        .select_related("person", "item__event")
        .order_by("person_id", "item__starts_at", "item__position", "item_id")
    )
    return [
        f"{first.person} ist gleichzeitig in {named(first.item, event)} und {named(second.item, event)} eingetragen."
        for _, group in groupby(rows, key=lambda row: row.person_id)
        for first, second in combinations(list(group), 2)
        if event.pk in (first.item.event_id, second.item.event_id)
        and first.item_id != second.item_id
        and overlap(first.item, second.item)
    ]


def named(item: ProgrammeItem, event: Event) -> str:
    return f"„{item}“" if item.event_id == event.pk else f"„{item}“ (bei „{item.event}“)"


def overlap(first: ProgrammeItem, second: ProgrammeItem) -> bool:
    """Tell whether two items share a moment; the second begins no earlier than the first."""
    return second.starts_at == first.starts_at or (first.ends_at is not None and second.starts_at < first.ends_at)
