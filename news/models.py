"""News: articles, their types, and what they are joined with."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format

from contacts.models import ContactRow, Person
from events.events import event_topics
from events.models import Event, ProgrammeItem
from forum.addresses import Addressed, address_of
from forum.attachments import Attachment, AttachmentRow
from forum.dates import local_date
from forum.easy import EasyLanguage, EasyQuerySet
from forum.files import owns_file
from forum.joined import Rows, joined
from forum.languages import TitleLanguageField
from forum.links import LinkField
from forum.ordering import Positioned
from forum.pictures import Picture, PictureRow
from forum.publishing import Publishable
from forum.richtext import RichTextField
from forum.social import Preview, SocialImage
from forum.text import by_name, german_slug
from forum.topics import Tagged, Topic, TopicsField
from forum.unfinished import is_shown, shown_q
from forum.versions import part_of, versioned


@versioned
class ArticleType(Positioned):
    """Art: Meldung, Bericht … Staff add their own."""

    name = models.CharField("Name", max_length=60, unique=True, help_text="In der Mehrzahl, zum Beispiel „Meldungen“.")
    slug = models.SlugField(
        "Adresse", max_length=60, unique=True, blank=True, help_text="Leer lassen: Die Adresse entsteht aus dem Namen."
    )

    class Meta(Positioned.Meta):
        verbose_name = "Art"
        verbose_name_plural = "Arten"
        ordering = ["position", *by_name("name")]
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="article_type_has_address")]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        slug = self.slug or german_slug(self.name, 60)
        if not slug:
            raise ValidationError({"name": "Der Name braucht mindestens einen Buchstaben oder eine Ziffer."})
        if ArticleType.objects.exclude(pk=self.pk).filter(slug=slug).exists():
            raise ValidationError({"name": "Eine Art mit (fast) diesem Namen gibt es schon."})
        self.slug = slug

    def validate_constraints(self, exclude=None):
        """An empty slug is spoken about beside the name."""
        super().validate_constraints({*(exclude or ()), *([] if self.slug else ["slug"])})

    def save(self, *args, **kwargs):
        self.slug = self.slug or german_slug(self.name, 60)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return f"{reverse('news:article_list')}?art={self.slug}"


class ArticleQuerySet(EasyQuerySet):
    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def pinned_first(self):
        return self.order_by("-pinned", "-published_at", "-pk")

    def for_rows(self):
        """Load what a row of a list shows: one query in all."""
        return joined(self.select_related("type", "picture"), article_topics())

    def for_page(self):
        """Load what the page of an article shows: event and programme, contacts, files, links, related articles."""
        related = Article.objects.published().newest_first()
        programme = Rows("programme", ProgrammeItem.objects.all(), ProgrammeItem.people_to_show())
        return joined(
            self.for_rows(),
            Rows("event", Event.objects.filter(shown_q(Event)), programme, *event_topics(), joined=("venue",)),
            ArticleContact.to_show(),
            Rows("attachment_rows", ArticleAttachment.objects.all(), joined=("attachment",)),
            Rows("picture_rows", ArticlePicture.objects.all(), joined=("picture",)),
            Rows("related", related, joined=("type",), by="related", to="visible_related", without=("text",)),
            Rows("links", ExternalLink.objects.all()),
        )

    def for_easy_page(self):
        """Load what the easy version of an article shows: picture and contacts."""
        return joined(self.select_related("picture"), ArticleContact.to_show())


def article_topics() -> Rows:
    return Rows("topics", Topic.objects.order_by(*by_name("name")), by="articles")


@versioned
@owns_file
class Article(SocialImage, EasyLanguage, Addressed, Publishable):
    title = models.CharField(
        "Titel", max_length=200, help_text="So steht der Beitrag in Listen und Suchmaschinen, höchstens 200 Zeichen."
    )
    type = models.ForeignKey(
        ArticleType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name="Art",
        help_text="Danach können Leserinnen und Leser filtern.",
    )
    topics = TopicsField("Schlagworte", through="news.ArticleTopic", related_name="articles")
    title_language = TitleLanguageField()
    lead = models.TextField(
        "Einleitung", blank=True, help_text="Ein bis drei Sätze; sie stehen auch in der Liste und in der Suche."
    )
    text = RichTextField(
        "Text", blank=True, help_text="Überschriften gliedern lange Texte; Tabellen und Links gehen auch."
    )
    picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name="Bild",
        help_text="Das Bild braucht eine Beschreibung und einen Bildnachweis, bevor der Beitrag öffentlich wird.",
    )
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name="Rückblick auf",
        help_text="Die Veranstaltung, auf die der Beitrag zurückblickt. Beide Seiten verweisen dann aufeinander.",
    )
    contacts = models.ManyToManyField(
        Person, through="news.ArticleContact", related_name="contact_for_articles", verbose_name="Ansprechpersonen"
    )
    related = models.ManyToManyField(
        "self", blank=True, verbose_name="Verwandte Beiträge", help_text="Sie verweisen von selbst in beide Richtungen."
    )
    attachments = models.ManyToManyField(
        Attachment, through="news.ArticleAttachment", related_name="articles", verbose_name="Dateien"
    )
    pictures = models.ManyToManyField(
        Picture, through="news.ArticlePicture", related_name="gallery_articles", verbose_name="Weitere Bilder"
    )
    pinned = models.BooleanField(
        "oben halten", default=False, help_text="Der Beitrag steht auf der Startseite und in der Liste vor den anderen."
    )

    objects = ArticleQuerySet.as_manager()

    reserved_slugs = frozenset({"detail", "feed"})
    required_to_publish = ("type", "lead")
    easy_source = ("title", "lead", "text")

    class Meta(Publishable.Meta):
        verbose_name = "Beitrag"
        verbose_name_plural = "Beiträge"
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"], name="article_newest_first", condition=Q(published_at__isnull=False)
            ),
            models.Index(
                fields=["-pinned", "-published_at", "-id"],
                name="article_pinned_first",
                condition=Q(published_at__isnull=False),
            ),
            models.Index(fields=["type", "-published_at"], name="article_by_type"),
            models.Index(  # filters count from the index alone
                fields=["published_at"],
                include=["expires_at", "type", "id"],
                name="article_visible",
                condition=Q(published_at__isnull=False),
            ),
            models.Index(  # few: counts add what will expire (news/counting.py)
                fields=["expires_at"], name="article_expiring", condition=Q(expires_at__isnull=False)
            ),
        ]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(condition=~Q(slug=""), name="article_has_address"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return address_of("news:article", self.slug)

    def preview(self) -> Preview:
        date = date_format(local_date(self.published_at), "j. F Y") if self.published_at else ""
        return Preview("Aktuelles", self.title, date)

    @property
    def visible_event(self) -> Event | None:
        """The event this article looks back at, when the page may show it."""
        return self.event if self.event and is_shown(self.event) else None


@part_of("content_object", edited=False)
class ArticleTopic(Tagged):
    content_object = models.ForeignKey(Article, models.CASCADE, related_name="topic_items")

    class Meta:
        verbose_name = "Schlagwort des Beitrags"
        verbose_name_plural = "Schlagworte des Beitrags"
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="article_topic_once")]


@part_of("article")
class ArticleContact(ContactRow):
    article = models.ForeignKey(Article, models.CASCADE, related_name="contact_rows", verbose_name="Beitrag")

    class Meta(ContactRow.Meta):
        constraints = [models.UniqueConstraint(fields=["article", "person"], name="article_contact_once")]

    def __str__(self):
        return f"{self.person} bei „{self.article}“"


@part_of("article")
class ArticleAttachment(AttachmentRow):
    article = models.ForeignKey(Article, models.CASCADE, related_name="attachment_rows", verbose_name="Beitrag")

    class Meta(AttachmentRow.Meta):
        constraints = [models.UniqueConstraint(fields=["article", "attachment"], name="article_attachment_once")]

    def __str__(self):
        return f"{self.attachment} bei „{self.article}“"


@part_of("article")
class ArticlePicture(PictureRow):
    article = models.ForeignKey(Article, models.CASCADE, related_name="picture_rows", verbose_name="Beitrag")

    class Meta(PictureRow.Meta):
        constraints = [models.UniqueConstraint(fields=["article", "picture"], name="article_picture_once")]


@part_of("article")
class ExternalLink(Positioned):
    """A link to another site, such as a press report."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="links", verbose_name="Beitrag")
    title = models.CharField("Titel", max_length=200, help_text="Wohin führt der Link? So heißt er auf der Seite.")
    url = LinkField("Adresse", max_length=500, help_text="Zum Beispiel https://www.verein.de/bericht.")
    title_language = TitleLanguageField()

    class Meta(Positioned.Meta):
        verbose_name = "Link"
        verbose_name_plural = "Links zu anderen Websites"

    def __str__(self):
        return self.title
