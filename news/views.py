from django.db.models import Exists, OuterRef
from django.views.generic import ListView

from events.programme import timeline
from forum.filters import Filter, Filters
from forum.models import Topic
from forum.preview import ItemView
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
    tagged = ArticleTopic.objects.filter(tag=OuterRef("pk"), content_object__in=published)
    topics = Topic.objects.filter(Exists(tagged)).values_list("slug", "name")
    types = ArticleType.objects.filter(Exists(published.filter(type=OuterRef("pk")))).values_list("slug", "name")
    years = [(str(day.year), str(day.year)) for day in published.dates("published_at", "year", order="DESC")]
    return Filters(
        [
            Filter(request, "thema", "Thema", topics, "alle Themen"),
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
