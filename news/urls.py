from django.urls import path
from django.views.decorators.http import conditional_page, require_safe

from news import feeds, views

app_name = "news"
# /aktuelles/…
urlpatterns = [
    path("", views.ArticleList.as_view(), name="article_list"),
    path("feed/", require_safe(conditional_page(feeds.ArticleFeed())), name="feed"),
    path("feed.rss", require_safe(conditional_page(feeds.ArticleRss())), name="rss"),
    path("<slug:slug>/", views.ArticlePage.as_view(), name="article"),
    path("<slug:slug>/leicht/", views.EasyArticlePage.as_view(), name="article_easy"),
]
