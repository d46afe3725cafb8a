from django.db.models import Exists, OuterRef
from django.views.generic import ListView

from events.programme import timeline
from forum.filters import Filter, Filters
from forum.preview import ItemView
from forum.topics import topic_filter
from news.models import Article, ArticleTopic, ArticleType


class ArticleList(ListView):
    """All published articles, the newest first, by topic, type and year together."""

    template_name = "news/article_list.html"
    context_object_name = "articles"
    paginate_by = 20
    page_kwarg = "seite"

    def get_queryset(self):
        published = Article.objects.published()
        self.filters = article_filters(self.request, published)
        if topic := self.filters.value_of("thema"):
            published = published.filter(topics__slug=topic)
        if kind := self.filters.value_of("art"):
            published = published.filter(type__slug=kind)
        if year := self.filters.value_of("jahr"):
            published = published.filter(published_at__year=int(year))
        return published.pinned_first().for_rows()

    def get_context_data(self, **kwargs):
        return super().get_context_data(filters=self.filters, **kwargs)


def article_filters(request, published):
    """Topic, type and year, each with what published articles have."""
    types = ArticleType.objects.filter(Exists(published.filter(type=OuterRef("pk")))).values_list("slug", "name")
    years = [(str(day.year), str(day.year)) for day in published.dates("published_at", "year", order="DESC")]
    return Filters(
        [
            topic_filter(request, ArticleTopic, published),
            Filter(request, "art", "Art", types, "alle Arten"),
            Filter(request, "jahr", "Jahr", years, "alle Jahre"),
        ]
    )


class ArticlePage(ItemView):
    template_name = "news/article.html"
    context_object_name = "article"

    def get_queryset(self):
        return Article.objects.for_page()

    def get_context_data(self, **kwargs):
        event = self.object.visible_event
        days = timeline(event.programme.with_people()) if event else []
        return super().get_context_data(days=days, **kwargs)
