import re

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncYear
from django.urls import reverse

from events.programme import timeline
from forum.caching.marks import Storable
from forum.easy import EasyView
from forum.filters import Filter, FilteredList, Filters, count_together
from forum.preview import ItemView
from forum.topics import TopicFilter
from news.linked_data import article_data
from news.models import Article, ArticleTopic, ArticleType


class ArticleList(FilteredList):
    """All published articles, the newest first, by topic, type and year together."""

    storable = Storable(("thema", "art", "jahr", "seite"))
    template_name = "news/article_list.html"
    context_object_name = "articles"

    def get_queryset(self):
        published = Article.objects.published()
        topic = TopicFilter(self.request, ArticleTopic, published)
        kind = Filter(self.request, "art", "Art", "alle Arten", types_of(published), article="Die")
        year = Filter(self.request, "jahr", "Jahr", "alle Jahre", wanted_year(self.request, published))

        cells = list(by_type_and_year(topic.narrow(published)))
        years = {*year.names, *(name for _, name, _ in cells)}
        year.names = {name: name for name in sorted(years, reverse=True)}
        total = count_together(cells, kind, year)

        articles = published
        if kind.value:
            articles = articles.filter(type__slug=kind.value)
        if year.value:
            articles = articles.filter(published_at__year=int(year.value))
        topic.count(articles)
        self.filters = Filters(self.request, [topic, kind, year], total)
        return topic.narrow(articles).pinned_first().for_rows()

    def get_context_data(self, **kwargs):
        chosen = self.filters.query
        feeds = [("Atom", reverse("news:feed", query=chosen)), ("RSS", reverse("news:rss", query=chosen))]
        topic = {name: value for name, value in chosen.items() if name == "thema"}
        return super().get_context_data(feeds=feeds, follow=reverse("follow", query=topic), **kwargs)


def types_of(published) -> dict[str, str]:
    """The types that something published has: slug → name."""
    types = ArticleType.objects.filter(Exists(published.filter(type=OuterRef("pk"))))
    return dict(types.values_list("slug", "name"))


def wanted_year(request, published) -> dict[str, str]:
    """The year in the address, if something was published in it; a list of all years would cost a look at every row."""
    year = request.GET.get("jahr", "")
    known = re.fullmatch("[1-9][0-9]{3}", year) and published.filter(published_at__year=int(year)).exists()
    return {year: year} if known else {}


def by_type_and_year(articles):
    """Yield (slug of the type, year in Berlin, how many articles): one look at the rows for both filters."""
    years = articles.order_by().annotate(year=TruncYear("published_at"))
    for kind, year, count in years.values_list("type__slug", "year").annotate(count=Count("pk")):
        yield kind, str(year.year), count


class ArticlePage(ItemView):
    template_name = "news/article.html"
    context_object_name = "article"

    def get_queryset(self):
        return Article.objects.for_page()

    def get_context_data(self, **kwargs):
        event = self.object.visible_event
        days = timeline(event.programme.with_people()) if event else []
        return super().get_context_data(days=days, linked_data=article_data(self.object), **kwargs)


class EasyArticlePage(EasyView):
    template_name = "news/article_easy.html"
    context_object_name = "article"

    def get_queryset(self):
        return Article.objects.for_easy_page()
