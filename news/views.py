import re

from django.urls import reverse

from events.programme import timeline
from forum.caching.marks import Storable
from forum.easy import EasyView
from forum.filters import Filter, FilteredList, Filters, count_together
from forum.prepared import Prepared
from forum.preview import ItemView
from forum.topics import TopicWords, current_slug
from news.counting import count_articles
from news.linked_data import article_data
from news.models import Article
from news.pages import Pages


class ArticleList(FilteredList):
    """All published articles, the newest first, by topic, type and year together."""

    storable = Storable(("thema", "art", "jahr", "seite"))
    template_name = "news/article_list.html"
    context_object_name = "articles"

    def get_queryset(self):
        wanted = {name: self.request.GET.get(name, "") for name in ("thema", "art", "jahr")}
        topic, kind, year = storable(wanted["thema"]), storable(wanted["art"]), year_in(wanted["jahr"])
        counts = count_articles(topic, kind, year)
        if topic and topic not in counts.topics:
            current = current_slug(topic)
            topic = wanted["thema"] = current if current in counts.topics else topic
        known = (
            topic if topic in counts.topics else "",
            kind if kind in counts.types else "",
            year if year in counts.years else 0,
        )
        if known != (topic, kind, year) or topic != self.request.GET.get("thema", ""):
            counts = count_articles(*known)
        filters = self.filters_of(counts, wanted["thema"], wanted["jahr"])
        cells = ((slug, str(of_year), number) for (slug, of_year, _), number in counts.cells.items())
        total = count_together(cells, *filters[1:])
        filters[0].counts.update(counts.by_topic)
        self.filters = Filters(self.request, filters, total)
        return Pages(counts, *known)

    def filters_of(self, counts, topic, year) -> list[Filter]:
        named = {slug: name for slug, (_, name) in counts.topics.items()}
        types = {slug: name for slug, (_, name) in counts.types.items()}
        years = {str(one): str(one) for one in sorted(counts.years, reverse=True)}
        return [
            TopicWords(self.request, "thema", "Thema", "alle Themen", named, wanted=topic),
            Filter(self.request, "art", "Art", "alle Arten", types, article="Die"),
            Filter(self.request, "jahr", "Jahr", "alle Jahre", years, wanted=year),
        ]

    def get_context_data(self, **kwargs):
        chosen = self.filters.query
        feeds = [("Atom", reverse("news:feed", query=chosen)), ("RSS", reverse("news:rss", query=chosen))]
        topic = {name: value for name, value in chosen.items() if name == "thema"}
        return super().get_context_data(feeds=feeds, follow=reverse("follow", query=topic), **kwargs)


def storable(slug: str) -> str:
    """What may be asked for; PostgreSQL refuses the character NUL."""
    return "" if "\x00" in slug else slug


def year_in(value: str) -> int:
    return int(value) if re.fullmatch("[1-9][0-9]{3}", value) else 0


class ArticlePage(ItemView):
    template_name = "news/article.html"
    context_object_name = "article"
    question = Prepared(lambda slug: Article.objects.for_page().filter(slug=slug), slug=str)

    def get_queryset(self):
        return Article.objects.for_page()

    def get_context_data(self, **kwargs):
        event = self.object.visible_event
        days = timeline(event.programme.all()) if event else []
        return super().get_context_data(days=days, linked_data=article_data(self.object), **kwargs)


class EasyArticlePage(EasyView):
    template_name = "news/article_easy.html"
    context_object_name = "article"
    question = Prepared(lambda slug: Article.objects.for_easy_page().filter(slug=slug), slug=str)

    def get_queryset(self):
        return Article.objects.for_easy_page()
