"""Articles for programs of others (`/api/v1/articles/`)."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from forum.api import Image, Listed, Named, PageQuery, easy_url, html, image, listed, local, named, topics
from forum.caching.withdrawn import note_subject
from forum.linked_data import whole
from news.chosen import chosen_articles
from news.models import Article

router = Router(tags=["Aktuelles"])


class ArticleQuery(PageQuery):
    thema: list[str] = Field([], description="Themen (`slug`); mehrere bedeuten: eins davon")
    art: list[str] = Field([], description="Arten (`slug`), zum Beispiel `meldungen`")
    jahr: list[str] = Field([], description="Jahre der Veröffentlichung, vier Ziffern")


class ArticleRow(Schema):
    id: int = Field(description="bleibt gleich, auch wenn Titel und Adresse sich ändern")
    slug: str
    url: str = Field(description="Adresse der Seite")
    easy_url: str | None = Field(description="Adresse der Seite in Leichter Sprache")
    title: str
    language: str = Field(description="Sprache des Titels (BCP 47)")
    lead: str
    type: Named | None
    published_at: datetime = Field(description="ISO 8601 mit Zone")
    changed_at: datetime
    topics: list[Named]
    image: Image | None


class ArticleList(Listed):
    results: list[ArticleRow]


class ArticleDetails(ArticleRow):
    html: str = Field(description="Text der Seite, bereinigtes HTML")
    event: Named | None = Field(description="Veranstaltung, auf die der Beitrag zurückblickt")
    contacts: list[Named]


@router.get("/", response=ArticleList, operation_id="articles", summary="Beiträge, die neuesten zuerst")
def article_list(request, query: Query[ArticleQuery]):
    articles = Article.objects.published().filter(chosen_articles(request.GET).condition)
    return listed(request, articles.newest_first().for_rows(), query, row)


@router.get("/{slug}/", response=ArticleDetails, operation_id="article", summary="Ein Beitrag mit Text")
def article_details(request, slug: str):
    article = get_object_or_404(Article.objects.published().for_page(), slug=slug.replace("\x00", "\ufffd"))
    note_subject(request, article)
    event = article.visible_event
    return row(article) | {
        "html": html(article.text),
        "event": event and named(event, "title"),
        "contacts": [named(one.person) for one in article.contact_rows.all()],
    }


def row(article: Article) -> dict:
    return {
        "id": article.pk,
        "slug": article.slug,
        "url": whole(article.get_absolute_url()),
        "easy_url": easy_url(article),
        "title": article.title,
        "language": article.title_language or "de",
        "lead": article.lead,
        "type": article.type and named(article.type),
        "published_at": local(article.published_at),
        "changed_at": local(max(article.changed_at, article.published_at)),
        "topics": topics(article),
        "image": image(article.picture),
    }
