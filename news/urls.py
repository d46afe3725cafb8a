from django.urls import path

from news import views

app_name = "news"
# /aktuelles/…
urlpatterns = [
    path("", views.ArticleList.as_view(), name="article_list"),
    path("<slug:slug>/", views.ArticlePage.as_view(), name="article"),
    path("<slug:slug>/leicht/", views.EasyArticlePage.as_view(), name="article_easy"),
]
