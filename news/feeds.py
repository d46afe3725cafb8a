"""News to subscribe to, Atom (RFC 4287) and RSS 2.0, with the filters of the list."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from news.chosen import chosen_articles
from news.models import Article

AT_ONCE = 30


class ArticleFeed(Feed):
    """The newest articles, of topics (`thema`), types (`art`) and years (`jahr`) where asked; unknown ones: 404."""

    feed_type = Atom1Feed
    subtitle = description = "Neues aus dem Innovationsforum, dem Netzwerk sozialer Organisationen in Berlin."
    language = "de"

    def get_object(self, request):
        return chosen_articles(request.GET)

    def title(self, obj):
        return f"Innovationsforum: {', '.join(obj.names) or 'Aktuelles'}"

    def link(self, obj):
        """The list with the same choice; several topics together are shown where they were chosen."""
        several = any(len(values) > 1 for values in obj.query.values())
        return reverse("follow" if several else "news:article_list", query=obj.query)

    def feed_url(self, obj):
        return reverse("news:feed" if self.feed_type is Atom1Feed else "news:rss", query=obj.query)

    def feed_guid(self, obj):
        return settings.SITE_URL + self.link(obj)

    def items(self, obj):
        articles = Article.objects.published().filter(obj.condition)
        return articles.newest_first().prefetch_related("topics")[:AT_ONCE]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.lead

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return max(item.changed_at, item.published_at)

    def item_categories(self, item):
        return [topic.name for topic in item.topics.all()]

    def item_guid(self, item):
        """The same for ever, also when title and address change (RFC 4151)."""
        return f"tag:{urlsplit(settings.SITE_URL).hostname},2023:beitrag-{item.pk}"

    item_guid_is_permalink = False


class ArticleRss(ArticleFeed):
    feed_type = Rss201rev2Feed
