"""Fill the database with volume, to see how the portal behaves when it has grown."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from contacts.models import Person
from events.models import Event, EventTopic, Participation, ProgrammeItem
from forum.management.volume import FAMILY_NAMES, GIVEN_NAMES, TOPIC_WORDS, Writer
from forum.models import Topic
from forum.searching import upkeep
from forum.text import german_slug
from news.models import Article, ArticleTopic, ArticleType

BATCH = 2_000
FIRST_DAY = datetime(2010, 1, 4, 9, tzinfo=timezone.get_default_timezone())
ARTICLE_SPAN = timedelta(days=16 * 365)  # fixed, not up to today: the same seed gives the same rows on any day
EVENT_SPAN = timedelta(days=22 * 365)
TYPES = ["Meldungen", "Berichte", "Termine", "Stellungnahmen"]


class Command(BaseCommand):
    help = "Füllt die Datenbank mit erfundenen Beiträgen und Veranstaltungen, bei gleicher Saat stets denselben."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, default=1_000, help="Anzahl der Beiträge")
        parser.add_argument("--events", type=int, default=100, help="Anzahl der Veranstaltungen")
        parser.add_argument("--seed", type=int, default=1, help="Saat des Zufalls")

    def handle(self, *, articles, events, seed, **options):
        if settings.PRODUCTION:
            raise CommandError("Im Betrieb füllt dieser Befehl nichts: Er ist zum Ausprobieren und Messen da.")
        if any(model.objects.filter(slug__endswith=f"-{seed}-0").exists() for model in (Article, Event)):
            raise CommandError(f"Die Saat {seed} ist schon eingesät. Bitte wählen Sie eine andere: --seed {seed + 1}")
        self.writer, self.seed = Writer(seed), seed
        with transaction.atomic():
            upkeep.pause()
            topics = [
                Topic.objects.get_or_create(name__iexact=name, defaults={"name": name})[0] for name in TOPIC_WORDS
            ]
            self.in_batches("Beiträge", articles, lambda numbers: self.write_articles(numbers, topics, articles))
            people = self.write_people()
            self.in_batches(
                "Veranstaltungen", events, lambda numbers: self.write_events(numbers, topics, people, events)
            )
            upkeep.rebuild(alone=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the planner should know at once what has changed

    def in_batches(self, what, count, write):
        for start in range(0, count, BATCH):
            end = min(start + BATCH, count)
            write(range(start, end))
            self.stdout.write(f"{what}: {end} von {count}")

    def slug(self, title, number):
        return f"{german_slug(title, 80)}-{self.seed}-{number}"

    def write_articles(self, numbers, topics, count):
        writer = self.writer
        types = [ArticleType.objects.get_or_create(name=name)[0] for name in TYPES]
        rows = []
        for number in numbers:
            title = writer.title()
            rows.append(
                Article(
                    title=title,
                    slug=self.slug(title, number),
                    type=writer.random.choice(types),
                    lead=writer.lead(),
                    text=writer.text(),
                    # one in fifty is a draft, so that what must not leak is there
                    published_at=None if number % 50 == 49 else FIRST_DAY + ARTICLE_SPAN * (number / count),
                )
            )
        Article.objects.bulk_create(rows)
        tag(ArticleTopic, rows, topics, writer)

    def write_people(self):
        writer = self.writer
        names = [(given, family) for given in GIVEN_NAMES for family in FAMILY_NAMES]
        people = [
            Person(
                given_name=given,
                family_name=family,
                slug=f"{german_slug(f'{given} {family}')}-{self.seed}",
                position=f"Fachkraft für {writer.compound()[0]}",
                organisation=f"{writer.compound()[0]} gGmbH",
            )
            for given, family in writer.random.sample(names, 200)
        ]
        return Person.objects.bulk_create(people)

    def write_events(self, numbers, topics, people, count):
        writer = self.writer
        events = []
        for number in numbers:
            title = writer.title()
            day = (FIRST_DAY + EVENT_SPAN * (number / count)).replace(hour=10, minute=0, second=0, microsecond=0)
            events.append(
                Event(
                    title=title,
                    slug=self.slug(title, number),
                    lead=writer.lead(),
                    text=writer.text(),
                    starts_at=day,
                    ends_at=day.replace(hour=17),
                    format=writer.random.choice(Event.Format.values),
                    published_at=None if number % 50 == 49 else day - timedelta(days=60),
                )
            )
        Event.objects.bulk_create(events)
        tag(EventTopic, events, topics, writer)
        items = [item for event in events for item in self.programme_of(event)]
        ProgrammeItem.objects.bulk_create(items)
        Participation.objects.bulk_create(
            [
                Participation(item=item, person=person, position=position)
                for item in items
                for position, person in enumerate(writer.random.sample(people, writer.random.randint(1, 3)))
            ]
        )

    def programme_of(self, event):
        writer = self.writer
        yield ProgrammeItem(
            event=event,
            kind=ProgrammeItem.Kind.KEYNOTE,
            title=writer.title(),
            slug="impuls",
            starts_at=event.starts_at,
            ends_at=event.starts_at.replace(hour=11),
        )
        for number in range(1, writer.random.randint(2, 7)):
            yield ProgrammeItem(
                event=event,
                title=writer.title(),
                slug=f"workshop-{number}",
                text=f"<p>{writer.lead()}</p>",
                starts_at=event.starts_at.replace(hour=11, minute=30),
                ends_at=event.starts_at.replace(hour=13),
                position=number,
            )


def tag(through, things, topics, writer):
    rows = [through(content_object=thing, tag=topic) for thing in things for topic in writer.topics(topics)]
    through.objects.bulk_create(rows)
