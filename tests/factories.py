"""Things to test with, in plain Python: every argument can be overridden."""

import io
from datetime import timedelta
from functools import cache
from itertools import count

from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from contacts.models import District, Person, Representation
from events.models import Event, Participation, ProgrammeItem
from forum.models import Attachment, Picture
from news.models import Article, ArticleType

number = count(1)


def yesterday():
    return timezone.now() - timedelta(days=1)


def tomorrow():
    return timezone.now() + timedelta(days=1)


def image_bytes(size=(60, 40), color="#336699", image_format="PNG", **options):
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, image_format, **options)
    return content.getvalue()


def make_picture(**overrides):
    facts = {"alt_text": "Ein blaues Feld.", "credit": "Erika Beispiel"} | overrides
    if "file" not in facts:
        facts["file"] = blue_field()
    return Picture.objects.create(**facts)


@cache
def blue_field():
    """Name of one stored file that many pictures share: encoding renditions takes time."""
    picture = Picture()
    picture.file.save("blau.png", ContentFile(image_bytes(), "blau.png"), save=False)
    return picture.file.name


def pdf_file(name="protokoll.pdf"):
    return ContentFile(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", name)


def make_attachment(**overrides):
    return Attachment.objects.create(**{"title": "Protokoll", "file": pdf_file()} | overrides)


def make_type(name="Meldungen"):
    return ArticleType.objects.get_or_create(name=name)[0]


def make_article(**overrides):
    topics = overrides.pop("topics", [])
    contacts = overrides.pop("contacts", [])
    facts = {"title": f"Beitrag {next(number)}", "lead": "Worum es geht.", "published_at": yesterday()} | overrides
    facts.setdefault("type", make_type())
    article = Article.objects.create(**facts)
    article.topics.add(*topics)
    for position, person in enumerate(contacts):
        article.contact_rows.create(person=person, position=position)
    return article


def make_event(**overrides):
    topics = overrides.pop("topics", [])
    contacts = overrides.pop("contacts", [])
    facts = {
        "title": f"Veranstaltung {next(number)}",
        "lead": "Worum es geht.",
        "published_at": yesterday(),
    } | overrides
    facts.setdefault("starts_at", tomorrow())
    if facts["starts_at"]:
        facts.setdefault("ends_at", facts["starts_at"] + timedelta(hours=3))
    event = Event.objects.create(**facts)
    event.topics.add(*topics)
    for position, person in enumerate(contacts):
        event.contact_rows.create(person=person, position=position)
    return event


def make_item(event=None, people=(), **overrides):
    item = ProgrammeItem.objects.create(
        **{"event": event or make_event(), "title": f"Workshop {next(number)}"} | overrides
    )
    for position, person in enumerate(people):
        Participation.objects.create(item=item, person=person, position=position)
    return item


def make_person(**overrides):
    topics = overrides.pop("topics", [])
    districts = overrides.pop("districts", [])
    facts = {"given_name": "Erika", "family_name": f"Beispiel{next(number)}"} | overrides
    if facts.get("in_directory"):
        facts.setdefault("phone", "030 12 34 56-78")
    person = Person.objects.create(**facts)
    person.topics.add(*topics)
    for position, name in enumerate(districts):
        Representation.objects.create(person=person, district=District.objects.get(name=name), position=position)
    return person


def noted(thing) -> str:
    """What the log of the desk says was done to a thing."""
    entries = LogEntry.objects.filter(object_id=thing.pk, content_type__model=thing._meta.model_name)
    return "\n".join(entry.get_change_message() for entry in entries)
