"""Topics: one vocabulary for articles, events and people.

Each app declares its own through model with real foreign keys (`Tagged`), so that lists can join and a topic in use
cannot be deleted.
"""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from forum.text import by_name, german_slug


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
        self.name = " ".join(self.name.split())
        if not german_slug(self.name):
            raise ValidationError({"name": "Der Name braucht mindestens einen Buchstaben oder eine Ziffer."})
        if Topic.objects.exclude(pk=self.pk).filter(name__iexact=self.name).exists():
            raise ValidationError({"name": "Dieses Thema gibt es schon."})

    def slugify(self, tag, i=None):
        slug = german_slug(tag) or "thema"
        return slug if i is None else f"{slug}-{i}"

    def get_absolute_url(self):
        return f"{reverse('news:article_list')}?thema={self.slug}"


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
            help_text or "Die ersten Buchstaben tippen und auswählen. Mit dem Plus legen Sie ein neues Thema an."
        )
        # Without an order of its own, taggit sorts topics one way for one thing and not at all for many.
        super().__init__(verbose_name, help_text, through, blank, related_name, ordering=by_name("name"), **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(form_class=TopicsFormField, **kwargs)

    def admin_widget(self, admin_site):
        return AutocompleteSelectMultiple(self, admin_site)


class TopicsFormField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs):
        super().__init__(Topic.objects.all(), **kwargs)


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
                through.objects.filter(pk=row.pk).update(tag=kept)
        through.objects.filter(tag__in=others).delete()
    Topic.objects.filter(pk__in=chosen).delete()
    return len(others)
