"""An article as schema.org/NewsArticle."""

from forum.linked_data import image_of, page_of, publisher, whole
from news.models import Article


def article_data(article: Article) -> dict:
    page = whole(article.get_absolute_url())
    return {
        "@type": "NewsArticle",
        "@id": page,
        "url": page,
        "headline": article.title,
        "description": article.lead,
        "datePublished": article.published_at and article.published_at.isoformat(),
        "dateModified": article.published_at and max(article.changed_at, article.published_at).isoformat(),
        "inLanguage": article.title_language or "de",
        "image": image_of(article.picture),
        "keywords": [topic.name for topic in article.topics.all()],
        "articleSection": article.type and article.type.name,
        "isAccessibleForFree": True,
        "author": publisher(),
        "publisher": publisher(),
        "about": article.visible_event
        and {"@type": "Event", "name": article.event.title, "url": whole(article.event.get_absolute_url())},
        "mainEntityOfPage": page_of(("Aktuelles", "/aktuelles/"), (article.title, article.get_absolute_url())),
    }
