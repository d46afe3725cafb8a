from django.contrib import admin
from django.db.models import Count

from events.appearing import AppearingAdmin
from forum.desk.admin import ADDRESS, DeskAdmin, RowInline
from forum.desk.bulk import BulkContacts, BulkTopics
from forum.desk.easy import EasyAdmin, EasyFilter
from forum.desk.picks import PickInline
from forum.desk.publishing import PUBLISHING, StateFilter
from news.lookback import LookBackAdmin
from news.models import Article, ArticleAttachment, ArticleContact, ArticlePicture, ArticleType, ExternalLink
from news.recognising import LookBackRecognisingAdmin


class ContactInline(PickInline):
    model = ArticleContact
    fields = ["person", "position"]


class AttachmentInline(PickInline):
    model = ArticleAttachment
    fields = ["attachment", "position"]


class PictureInline(PickInline):
    model = ArticlePicture
    fields = ["picture", "position"]


class LinkInline(RowInline):
    model = ExternalLink
    fields = ["title", "title_language", "url", "position"]


@admin.register(Article)
class ArticleAdmin(AppearingAdmin, LookBackAdmin, BulkTopics, BulkContacts, LookBackRecognisingAdmin, EasyAdmin):
    start = "Beitrag schreiben"
    list_display = ["title", "state_in_words", "type", "topic_names"]
    list_filter = [StateFilter, EasyFilter, "type", "pinned", "published_at"]
    list_select_related = ["type"]
    search_fields = ["title", "lead"]
    found_with = ["type"]
    date_hierarchy = "published_at"
    inlines = [PictureInline, ContactInline, AttachmentInline, LinkInline]
    fieldsets = [
        (None, {"fields": ["title", "title_language", "type", "topics", "lead"]}),
        ("Inhalt", {"fields": ["picture", "text"]}),
        ("Zusammenhang", {"fields": ["event", "related"]}),
        ("Veröffentlichung", {"fields": [*PUBLISHING[1]["fields"], "pinned"]}),
        ADDRESS,
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("topics")

    def second_line(self, article):
        return f"{article.type}" if article.type else ""

    @admin.display(description="Schlagworte")
    def topic_names(self, article):
        return ", ".join(topic.name for topic in article.topics.all()) or "–"


@admin.register(ArticleType)
class ArticleTypeAdmin(DeskAdmin):
    list_display = ["name", "position", "article_count"]
    search_fields = ["name"]
    fields = ["name", "position", "slug"]
    quick_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("articles"))

    @admin.display(description="Beiträge", ordering="count")
    def article_count(self, article_type):
        return article_type.count
