from django.urls import path
from django.views.decorators.http import conditional_page, require_safe

from forum.caching.marks import stored
from news import feeds, views

app_name = "news"


def feed(view):
    return stored("thema", "art", "jahr", several=("thema", "art"))(require_safe(conditional_page(view)))


# /aktuelles/…
urlpatterns = [
    path("", views.ArticleList.as_view(), name="article_list"),
    path("feed/", feed(feeds.ArticleFeed()), name="feed"),
    path("feed.rss", feed(feeds.ArticleRss()), name="rss"),
    path("<slug:slug>/", views.ArticlePage.as_view(), name="article"),
    path("<slug:slug>/leicht/", views.EasyArticlePage.as_view(), name="article_easy"),
]
