"""Topics: one vocabulary for articles, events and people.

Each app declares its own through model with real foreign keys (`Tagged`), so that lists can join and a topic in use
cannot be deleted.
"""

import unicodedata
from collections.abc import Callable

from django import forms
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from forum.addresses import FormerAddress, content_type_of, remember
from forum.filters import Filter
from forum.text import by_name, german_slug
from forum.versions import versioned


@versioned
class Topic(TagBase):
    """A tag model with German slugs; names differ in more than upper and lower case."""

    name = models.CharField(
        "Name",
        max_length=100,
        unique=True,
        error_messages={"unique": "Dieses Thema gibt es schon."},
        help_text="So, wie Leserinnen und Leser das Thema suchen würden, zum Beispiel „Freiwilliges Engagement“.",
    )
    slug = models.SlugField(
        "Adresse",
        max_length=120,
        unique=True,
        blank=True,
        help_text="Letzter Teil der Internetadresse. Leer lassen: Die Adresse entsteht aus dem Namen.",
    )
    former_addresses = GenericRelation(FormerAddress)

    is_published = True  # a topic is a word; what carries it is published or not

    class Meta:
        verbose_name = "Thema"
        verbose_name_plural = "Themen"
        ordering = by_name("name")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="topic_name_ignores_case", violation_error_message="Dieses Thema gibt es schon."
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="topic_has_a_name"),
        ]

    def clean(self):
        super().clean()
        self.name = unicodedata.normalize("NFC", " ".join(self.name.split()))
        if not german_slug(self.name):
            raise ValidationError({"name": "Der Name braucht mindestens einen Buchstaben oder eine Ziffer."})
        if Topic.objects.exclude(pk=self.pk).filter(name__iexact=self.name).exists():
            raise ValidationError({"name": "Dieses Thema gibt es schon."})

    def slugify(self, tag, i=None):
        slug = german_slug(tag) or "thema"
        return slug if i is None else f"{slug}-{i}"

    def get_absolute_url(self):
        return reverse("topic", args=[self.slug])

    def save(self, *args, **kwargs):
        before = Topic.objects.filter(pk=self.pk).values_list("slug", flat=True).first() if self.pk else None
        with transaction.atomic():
            super().save(*args, **kwargs)
            FormerAddress.objects.filter(path=topic_path(self.slug)).delete()
            if before and before != self.slug:
                remember(topic_path(before), self)


def topic_path(slug: str) -> str:
    return f"/themen/{slug}/"


def current_slug(slug: str) -> str:
    """The slug that a topic has today, if it is known under a former one; otherwise what was given."""
    former = FormerAddress.objects.filter(path=topic_path(slug[:200])).first() if "\x00" not in slug else None
    return former.target.slug if former and isinstance(former.target, Topic) else slug


def moved_topics(request: HttpRequest, is_shown: Callable[[str], bool]) -> HttpResponse | None:
    """Redirect permanently to the same page with today's slugs, if `thema` in its address holds former ones.

    Costs one query for each slug that is not shown, up to five.

    Args:
        is_shown: whether the page offers the topic with this slug; a former slug tells nobody the name of another.
    """
    given = [slug for slug in request.GET.getlist("thema") if slug]
    today = {slug: current_slug(slug) for slug in [slug for slug in given if not is_shown(slug)][:5]}
    moved = {old: new for old, new in today.items() if old != new and is_shown(new)}
    if not moved:
        return None
    query = request.GET.copy()
    query.setlist("thema", list(dict.fromkeys(moved.get(slug, slug) for slug in given)))
    answer = HttpResponsePermanentRedirect(f"{request.path}?{query.urlencode()}")
    answer["Cache-Control"] = "no-cache"  # as `forum.addresses.MovedMiddleware`: a topic may get its former slug back
    return answer


class Tagged(ItemBase):
    """Base of an app's through model; the app adds `content_object`, a foreign key to what is tagged."""

    tag = models.ForeignKey(Topic, models.PROTECT, related_name="%(app_label)s_%(class)ss", verbose_name="Thema")

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.tag} bei „{self.content_object}“"


class TopicsField(TaggableManager):
    """A TaggableManager that offers the known topics in forms instead of a text with commas."""

    def __init__(self, verbose_name="Themen", help_text="", through=None, blank=True, related_name=None, **kwargs):
        help_text = (
            help_text or "Die ersten Buchstaben tippen und auswählen. Was es noch nicht gibt, legen Sie dabei an."
        )
        # Without an order of its own, taggit sorts topics one way for one thing and not at all for many.
        super().__init__(verbose_name, help_text, through, blank, related_name, ordering=by_name("name"), **kwargs)

    def deconstruct(self):
        """Words for staff are no matter of the database."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("help_text", None)
        return name, path, args, kwargs

    def formfield(self, **kwargs):
        return super().formfield(form_class=TopicsFormField, **kwargs)


class TopicsFormField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs):
        super().__init__(Topic.objects.all(), **kwargs)


class TopicWords(Filter):
    most_first = True


class TopicFilter(TopicWords):
    """The filter `thema` of a list: those topics that something in it carries; former slugs redirect.

    Args:
        through: the app's through model.
        things: everything the public could see in this list.
    """

    def __init__(self, request, through: type[Tagged], things: models.QuerySet):
        self.through = through
        carried = Exists(through.objects.filter(tag=OuterRef("pk"), content_object__in=things))
        topics = Topic.objects.filter(carried)
        self.keys = {topic.slug: topic.pk for topic in topics}
        names = {topic.slug: topic.name for topic in topics}
        self.moved = moved_topics(request, names.__contains__)
        super().__init__(request, "thema", "Thema", "alle Themen", names)

    def narrow(self, things: models.QuerySet) -> models.QuerySet:
        """Keep what carries the chosen topic, if one is chosen."""
        # By its key the database knows how common a topic is, by its slug it does not.
        return things.filter(topics=self.keys[self.value]) if self.value else things

    def count(self, things: models.QuerySet):
        """Count for each topic what carries it.

        Args:
            things: what all other filters leave.
        """
        # Joining the names here would sort every row by name, not every topic.
        items = self.through.objects.filter(content_object__in=things).values_list("tag")
        counts = dict(items.annotate(count=Count("pk")))
        self.counts.update({slug: counts.get(key, 0) for slug, key in self.keys.items()})


def carried_topics(*kinds: tuple[type[Tagged], models.QuerySet]) -> models.QuerySet[Topic]:
    """The topics that at least one thing carries; by joins the database would look at every pair of two kinds.

    Args:
        kinds: (through model, the things that count).
    """
    carried = models.Q()
    for through, things in kinds:
        carried |= models.Q(Exists(through.objects.filter(tag=OuterRef("pk"), content_object__in=things)))
    return Topic.objects.filter(carried)


def through_models() -> list[type[Tagged]]:
    """The through models of all apps."""
    models_of_relations = (relation.related_model for relation in Topic._meta.related_objects)
    return [model for model in models_of_relations if issubclass(model, Tagged)]


def uses_of_topic():
    """Expression for annotate(): how many things carry a topic, each app counted by itself."""
    rows = (model.objects.filter(tag=OuterRef("pk")).order_by() for model in through_models())
    counts = (Subquery(row.values("tag").annotate(count=Count("pk")).values("count")) for row in rows)
    return sum((Coalesce(count, 0) for count in counts), Value(0))


@transaction.atomic
def merge_topics(kept: Topic, others: models.QuerySet[Topic]) -> int:
    """Give everything tagged with one of the others the kept topic instead, then delete the others.

    Returns:
        How many topics were merged into the kept one.
    """
    chosen = [topic.pk for topic in others if topic != kept]
    others = list(Topic.objects.filter(pk__in=chosen).select_for_update())
    for through in through_models():
        for row in through.objects.filter(tag__in=others).order_by("pk"):
            if not through.objects.filter(tag=kept, content_object=row.content_object_id).exists():
                row.tag = kept
                row.save()
        through.objects.filter(tag__in=others).delete()
    for topic in others:
        FormerAddress.objects.filter(content_type=content_type_of(kept), object_id=topic.pk).update(object_id=kept.pk)
        remember(topic_path(topic.slug), kept)
    Topic.objects.filter(pk__in=chosen).delete()
    return len(others)
