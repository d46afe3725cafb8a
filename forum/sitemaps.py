"""The sitemap: everything public, with pictures and fresh news (sitemaps.org 0.9; Google's image 1.1 and news 0.9)."""

from datetime import timedelta

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone

from contacts.models import District, Person, PersonTopic
from events.models import Event, EventTopic, ProgrammeItem, Series
from forum.models import Page
from forum.topics import carried_topics
from news.models import Article, ArticleTopic

FRESH = timedelta(days=2)  # how long search engines want articles as news


class Section(Sitemap):
    """One kind of thing; `things()` gives what is public, in a certain order."""

    limit = 5_000

    def items(self):
        return self.things()

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
    def things(self):
        return Article.objects.published().newest_first().select_related("picture")

    def get_urls(self, *args, **kwargs):
        fresh = timezone.now() - FRESH
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            url["news"] = url["item"].published_at > fresh
        return urls


class Events(Section):
    def things(self):
        return Event.objects.published().select_related("picture").order_by("-starts_at", "-pk")


class AllSeries(Section):
    def things(self):
        return Series.objects.published().order_by("pk")


class Items(Section):
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
