"""Errors of the website at the desk: to read and to strike off, nothing to write."""

from forum.desk.admin import DeskAdmin
from forum.desk.board import Check

HAPPENED = Check(
    "neulich",
    "in den letzten sieben Tagen",
    "ist in den letzten sieben Tagen aufgetreten",
    "sind in den letzten sieben Tagen aufgetreten",
    lambda rows: rows.recent(),
)


class ErrorKindAdmin(DeskAdmin):
    """Deleted is what has been mended; it comes back by itself if it has not."""

    subject = "Verwaltung"
    to_do = (HAPPENED,)
    list_display = ["name", "source", "page", "count", "first_at", "last_at", "request_id"]
    list_display_links = None
    search_fields = ["name", "source", "page", "request_id"]
    fields = ["name", "source", "page", "count", "first_at", "last_at", "request_id"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
