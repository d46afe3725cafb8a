"""News to subscribe to, Atom (RFC 4287) and RSS 2.0, with the filters of the list."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from forum.models import Topic
from forum.topics import topic_or_404
from news.models import Article, ArticleType

AT_ONCE = 30


class ArticleFeed(Feed):
    """The newest articles, of one topic (`thema`), type (`art`) and year (`jahr`) where asked; unknown ones: 404."""

    feed_type = Atom1Feed
    subtitle = description = "Neues aus dem Innovationsforum, dem Netzwerk sozialer Organisationen in Berlin."
    language = "de"

    def get_object(self, request):
        narrowed, names = {}, []
        for parameter, find in (("thema", topic_of), ("art", type_of), ("jahr", year_of)):
            if value := request.GET.get(parameter, ""):
                field, found, name = find(value)
                narrowed[field] = found
                names.append(name)
        chosen = {name: request.GET[name] for name in ("thema", "art", "jahr") if request.GET.get(name)}
        return {"articles": narrowed, "names": names, "chosen": chosen}

    def title(self, obj):
        return f"Innovationsforum: {', '.join(obj['names']) or 'Aktuelles'}"

    def link(self, obj):
        return reverse("news:article_list", query=obj["chosen"])

    def feed_url(self, obj):
        return reverse("news:feed" if self.feed_type is Atom1Feed else "news:rss", query=obj["chosen"])

    def feed_guid(self, obj):
        return settings.SITE_URL + self.link(obj)

    def items(self, obj):
        articles = Article.objects.published().filter(**obj["articles"])
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


def topic_of(slug: str) -> tuple[str, Topic, str]:
    topic = topic_or_404(slug)
    return "topics", topic, topic.name


def type_of(slug: str) -> tuple[str, ArticleType, str]:
    if "\x00" in slug:
        raise Http404
    found = get_object_or_404(ArticleType, slug=slug)
    return "type", found, found.name


def year_of(value: str) -> tuple[str, int, str]:
    if not (value.isascii() and value.isdigit() and len(value) == 4 and int(value)):
        raise Http404
    return "published_at__year", int(value), value
