"""The sitemap: everything public, with pictures and fresh news (sitemaps.org 0.9; Google's image 1.1 and news 0.9).

Stored as pages are; a section costs about 0.1 ms of CPU for each address, once after a change.
"""

from datetime import timedelta

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone

from contacts.models import District, Person, PersonTopic
from events.models import Event, EventTopic, ProgrammeItem, Series
from forum.dates import local_date
from forum.models import Page
from forum.topics import carried_topics
from news.models import Article, ArticleTopic

FRESH = timedelta(days=1)  # before today: search engines want articles as news for two days


class Section(Sitemap):
    """One kind of thing; `things()` gives what is public, in a certain order.

    `picture` is the foreign key and the rendition of the picture that stands for one; `unread` names what is long and
    not needed.
    """

    limit = 400  # so that the largest, with pictures and easy versions, is stored (MOST_OF_ONE)
    picture = ("", "")
    unread: tuple[str, ...] = ()

    def items(self):
        return self.things().defer(*self.unread)

    def get_urls(self, *args, **kwargs):
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            url["easy"] = getattr(url["item"], "has_easy_version", False)
            picture = getattr(url["item"], self.picture[0], None)
            url["picture"] = getattr(picture.file, self.picture[1]) if picture and picture.is_complete else ""
            url["news"] = self.is_news(url["item"])
        return urls

    def is_news(self, item) -> bool:
        return False

    def lastmod(self, item):
        return getattr(item, "changed_at", None)

    def get_latest_lastmod(self):
        """Not asked of 100,000 rows: engines look into the sections anyway."""
        return


class Doors(Section):
    def items(self):
        return [
            reverse(name)
            for name in (
                "home",
                "news:article_list",
                "events:event_list",
                "contacts:directory",
                "topic_list",
                "follow",
                "api_page",
            )
        ]

    def location(self, item):
        return item


class Articles(Section):
    picture = ("picture", "wide_webp")
    unread = ("lead", "text")

    def things(self):
        return Article.objects.published().newest_first().select_related("picture")

    def is_news(self, item):
        """By days, so that the stored section changes at midnight, as all pages do."""
        return local_date(item.published_at) >= local_date(timezone.now()) - FRESH


class Events(Section):
    picture = ("picture", "wide_webp")
    unread = ("lead", "text")

    def things(self):
        return Event.objects.published().select_related("picture").order_by("-starts_at", "-pk")


class AllSeries(Section):
    def things(self):
        return Series.objects.published().order_by("pk")


class Items(Section):
    unread = ("text", "result", "event__lead", "event__text", "event__easy_text")

    def things(self):
        return (
            ProgrammeItem.objects.published()
            .exclude(kind=ProgrammeItem.Kind.BREAK)
            .select_related("event")
            .order_by("-event__starts_at", "pk")
        )

    def lastmod(self, item):
        return item.event.changed_at


class People(Section):
    """Guests are found through what they took part in."""

    picture = ("portrait", "square_webp")
    unread = ("biography",)

    def things(self):
        return Person.objects.published().in_directory().select_related("portrait").order_by("pk")


class Districts(Section):
    def things(self):
        return District.objects.order_by("pk")


class Topics(Section):
    def things(self):
        kinds = (
            (ArticleTopic, Article.objects.published()),
            (EventTopic, Event.objects.published()),
            (PersonTopic, Person.objects.published().in_directory()),
        )
        return carried_topics(*kinds).order_by("pk")


class Pages(Section):
    def things(self):
        return Page.objects.published().order_by("pk")


SECTIONS = {
    "start": Doors,
    "aktuelles": Articles,
    "veranstaltungen": Events,
    "reihen": AllSeries,
    "programm": Items,
    "personen": People,
    "bezirke": Districts,
    "themen": Topics,
    "seiten": Pages,
}
