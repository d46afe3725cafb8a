"""What moves along, in the words of the domain, and by which name one thing speaks of another."""

from dataclasses import dataclass

from django.db import models

from contacts.models import District, Person, Representation
from events.models import (
    Event,
    EventAttachment,
    EventContact,
    EventPicture,
    ItemAttachment,
    Participation,
    ProgrammeItem,
    Series,
    Venue,
)
from forum.models import Attachment, Barrier, FormerAddress, Page, Picture, Synonym, Topic
from forum.topics import TopicsField
from news.models import Article, ArticleAttachment, ArticleContact, ArticlePicture, ArticleType, ExternalLink

COMPUTED = {"size", "file_width", "file_height", "social_image", "content_type", "object_id"}


@dataclass(frozen=True)
class Part:
    """Rows that belong to a thing, in their order.

    Args:
        name: what the thing calls them.
        owner: name of the foreign key to the thing.
    """

    name: str
    model: type[models.Model]
    owner: str
    parts: tuple["Part", ...] = ()

    @property
    def fields(self) -> list[models.Field]:
        return [one for one in fields_of(self.model) if one.name not in (self.owner, "position")]

    @property
    def is_list_of_names(self) -> bool:
        return len(self.fields) == 1 and self.fields[0].many_to_one and not self.parts


@dataclass(frozen=True)
class Kind:
    """Things of one model.

    Args:
        name: of its file, without the ending.
        key: the field others name it by; empty where nobody does.
        only: the fields that move; all that are entered or dated where empty.
        always_there: made with the tables, only changed afterwards.
        later: relations to its own kind, joined when all things are there.
    """

    name: str
    model: type[models.Model]
    key: str = "slug"
    parts: tuple[Part, ...] = ()
    only: tuple[str, ...] = ()
    always_there: bool = False
    later: tuple[str, ...] = ()

    @property
    def fields(self) -> list[models.Field]:
        return [one for one in fields_of(self.model) if not self.only or one.name in self.only]

    @property
    def topics(self) -> list[str]:
        return [one.name for one in self.model._meta.get_fields() if isinstance(one, TopicsField)]

    @property
    def plain_relations(self) -> list[models.ManyToManyField]:
        related = self.model._meta.local_many_to_many
        return [] if self.only else [one for one in related if one.name in self.later]


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [one for one in model._meta.local_fields if not (one.primary_key or one.generated or one.name in COMPUTED)]


# In the order they can be made: each speaks only of those before it, or of its own kind.
KINDS = (
    Kind("topics", Topic),
    Kind("pictures", Picture, "file"),
    Kind("attachments", Attachment, "file"),
    Kind("article_types", ArticleType),
    Kind("series", Series),
    Kind("people", Person, parts=(Part("districts", Representation, "person"),), later=("deputy",)),
    Kind("districts", District, only=("slug", "stand_in"), always_there=True),
    Kind("venues", Venue, "name"),
    Kind(
        "events",
        Event,
        parts=(
            Part("contacts", EventContact, "event"),
            Part("pictures", EventPicture, "event"),
            Part("attachments", EventAttachment, "event"),
            Part(
                "programme",
                ProgrammeItem,
                "event",
                (Part("people", Participation, "item"), Part("attachments", ItemAttachment, "item")),
            ),
        ),
    ),
    Kind(
        "articles",
        Article,
        parts=(
            Part("contacts", ArticleContact, "article"),
            Part("pictures", ArticlePicture, "article"),
            Part("attachments", ArticleAttachment, "article"),
            Part("links", ExternalLink, "article"),
        ),
        later=("related",),
    ),
    Kind("pages", Page),
    Kind("barriers", Barrier, ""),
    Kind("synonyms", Synonym, "words"),
    Kind("redirects", FormerAddress, "path"),
)
BY_MODEL = {kind.model: kind for kind in KINDS}
