"""Load demo content; what is there already stays as it is."""

from datetime import datetime, time, timedelta

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import ContactCorrection, District, Person, Representation
from events.models import Event, EventContact, Participation, ProgrammeItem, Series, Venue
from forum.management.demo import easy, examples, forum2023, people
from forum.management.demo.document import text_document
from forum.management.demo.drawing import half_circle, round_table, wall_of_notes
from forum.management.demo.login import create_login
from forum.models import Attachment, Barrier, Page, Picture, Synonym
from news.models import Article, ArticleContact, ArticleType


class Command(BaseCommand):
    help = "Lädt Beispielinhalte. Zweimal laden ändert nichts."

    @transaction.atomic
    def handle(self, **options):
        create_login()
        if Article.objects.filter(slug=forum2023.ARTICLE["slug"]).exists():
            self.stdout.write("Die Beispielinhalte sind schon geladen.")
            return
        load_people()
        picture = load_picture(half_circle, forum2023.PICTURE)
        event = load_event()
        load_article(event, picture)
        load_examples(
            load_picture(wall_of_notes, examples.PICTURE),
            [load_picture(round_table, examples.FURTHER_PICTURE), picture],
        )
        load_barriers()
        load_correction()
        for words in examples.SYNONYMS:
            Synonym.objects.get_or_create(words=words)
        self.stdout.write("Die Beispielinhalte sind geladen.")


def load_people():
    for facts in [*people.CONTACTS, *people.GUESTS, *people.EXAMPLES]:
        facts = dict(facts)
        districts, topics = facts.pop("districts", []), facts.pop("topics")
        if districts:
            facts |= {"in_directory": True, "organisation": people.ASSOCIATION}
        person, _ = Person.objects.get_or_create(slug=facts["slug"], defaults=facts)
        person.topics.add(*topics)
        for position, name in enumerate(districts):
            Representation.objects.get_or_create(
                person=person, district=District.objects.get(name=name), defaults={"position": position}
            )


def load_picture(draw, facts):
    return Picture.objects.filter(**facts).first() or Picture.objects.create(file=draw(), **facts)


def load_series():
    return Series.objects.get_or_create(title=forum2023.SERIES["title"], defaults=forum2023.SERIES)[0]


def load_event():
    facts = forum2023.EVENT | {"series": load_series()}
    event, _ = Event.objects.get_or_create(slug=forum2023.EVENT["slug"], defaults=facts)
    event.topics.add(*forum2023.EVENT_TOPICS)
    add_contacts(EventContact, {"event": event}, [facts["slug"] for facts in people.CONTACTS])
    for position, (slug, kind, title, text, result, participants) in enumerate(forum2023.PROGRAMME):
        item, _ = ProgrammeItem.objects.get_or_create(
            event=event,
            slug=slug,
            defaults={"kind": kind, "title": title, "text": text, "result": result, "position": position},
        )
        for order, (person, part, credit) in enumerate(participants):
            Participation.objects.get_or_create(
                item=item,
                person=Person.objects.get(slug=person),
                defaults={"part": part, "credited_as": credit, "position": order},
            )
    return event


def load_article(event, picture):
    kind, _ = ArticleType.objects.get_or_create(name=forum2023.ARTICLE_TYPE)
    article = Article.objects.create(**forum2023.ARTICLE, **easy.ARTICLE, type=kind, event=event, picture=picture)
    article.topics.add(*forum2023.ARTICLE_TOPICS)
    add_contacts(ArticleContact, {"article": article}, [facts["slug"] for facts in people.CONTACTS])
    related, _ = Article.objects.get_or_create(
        slug=forum2023.RELATED_ARTICLE["slug"], defaults=forum2023.RELATED_ARTICLE | {"type": kind}
    )
    related.topics.add(*forum2023.ARTICLE_TOPICS)
    article.related.add(related)


def add_contacts(through, owner, slugs):
    for position, slug in enumerate(slugs):
        through.objects.get_or_create(**owner, person=Person.objects.get(slug=slug), defaults={"position": position})


def load_examples(picture, gallery):
    venue_facts = examples.VENUE | {"district": District.objects.get(name=examples.VENUE["district"])}
    venue, _ = Venue.objects.get_or_create(name=venue_facts["name"], defaults=venue_facts)
    for facts in examples.EVENTS:
        load_example_event(dict(facts), venue, picture)
    for facts in examples.ARTICLES:
        load_example_article(dict(facts), picture, gallery)
    pages = {slug: {"text": text} for slug, text in examples.PAGES.items()} | {"leichte-sprache": easy.PAGE}
    for slug, facts in pages.items():
        unwritten = Q(text__contains="bald") | Q(text__contains="noch geschrieben")  # as the migration left them
        Page.objects.filter(unwritten, slug=slug).update(**facts)


def load_correction():
    """What somebody answered in the contact check-up waits for staff."""
    facts = dict(people.CORRECTION)
    person = Person.objects.get(slug=facts.pop("slug"))
    if not person.corrections.exists():
        old = {name: getattr(person, name) for name in facts["new"]}
        ContactCorrection.objects.create(person=person, old=old, **facts)


def load_barriers():
    if not Barrier.objects.exists():
        today = timezone.localdate()
        for facts in easy.BARRIERS:
            days = {name: today + facts[name] for name in ("since", "fixed_on") if name in facts}
            Barrier.objects.create(**facts | days)


def load_example_event(facts, venue, picture):
    topics, contacts, programme = facts.pop("topics"), facts.pop("contacts", []), facts.pop("programme", [])
    file = facts.pop("file", None)
    start = from_today(facts.pop("start"))
    facts["starts_at"], facts["ends_at"] = start, from_today(facts.pop("end", None))
    facts["previous_starts_at"] = from_today(facts.pop("previous_start", None))
    facts |= {"venue": venue, "picture": picture} if facts.pop("venue", False) else {}
    facts |= {"series": load_series()} if facts.pop("series", False) else {}
    if behind := facts.pop("easy", False):
        facts |= easy.EVENT
    event, created = Event.objects.get_or_create(
        slug=facts["slug"],
        defaults=facts | {"published_at": from_today(timedelta(days=-20)), "text": examples.TEXT},
    )
    if not created:
        return
    if behind:
        Event.objects.filter(pk=event.pk).update(
            easy_changed_at=from_today(easy.EASY_WRITTEN), text_changed_at=from_today(easy.TEXT_CHANGED)
        )
    event.topics.add(*topics)
    add_contacts(EventContact, {"event": event}, contacts)
    if file:
        lines = [f"{on_day_of(start, begin):%H:%M} Uhr: {title}" for _, title, begin, *_ in programme]
        document = text_document("programm.odt", event.title, lines)
        event.attachment_rows.create(attachment=Attachment.objects.create(file=document, **file))
    for position, (kind, title, begin, end, room, participants) in enumerate(programme):
        item = ProgrammeItem.objects.create(
            event=event,
            kind=kind,
            title=title,
            starts_at=on_day_of(start, begin),
            ends_at=on_day_of(start, end),
            room=room,
            text="" if kind == "break" else examples.TEXT,
            position=position,
        )
        for order, (person, part) in enumerate(participants):
            Participation.objects.create(item=item, person=Person.objects.get(slug=person), part=part, position=order)


def load_example_article(facts, picture, gallery):
    topics, kind = facts.pop("topics"), ArticleType.objects.get_or_create(name=facts.pop("type"))[0]
    facts["published_at"] = from_today(facts.pop("published", None), hour=9)
    facts["expires_at"] = from_today(facts.pop("expires", None))
    facts["picture"] = picture if facts.pop("picture", False) else None
    further = gallery if facts.pop("gallery", False) else []
    article, created = Article.objects.get_or_create(
        slug=facts["slug"], defaults=facts | {"type": kind, "text": "<p>Dies ist ein Beispiel.</p>"}
    )
    if created:
        article.topics.add(*topics)
        for position, one in enumerate(further):
            article.picture_rows.create(picture=one, position=position)


def from_today(distance, hour=0):
    """A local time counted from today's midnight, by the clock on the wall; None stays None."""
    if distance is None:
        return None
    midnight = datetime.combine(timezone.localdate(), time(hour))
    return (midnight + distance).replace(tzinfo=timezone.get_default_timezone())


def on_day_of(start, hours):
    return start.replace(hour=int(hours), minute=int(hours % 1 * 60))
