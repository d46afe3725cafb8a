"""Every page of the desk that can be reached by links, in every state shown there, is German."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from forum.audit import Kind, record
from forum.models import Topic
from news.models import Article
from tests.factories import make_article
from tests.forum.test_desk import article_form, make_many
from tests.forum.test_roles import User

ENGLISH = [
    "add",
    "added",
    "address",
    "and",
    "any",
    "are",
    "be",
    "by",
    "can",
    "change",
    "changed",
    "choose",
    "clear",
    "close",
    "content",
    "current",
    "date",
    "delete",
    "deleted",
    "disabled",
    "email",
    "enabled",
    "enter",
    "entry",
    "error",
    "false",
    "field",
    "filter",
    "file",
    "for",
    "found",
    "from",
    "group",
    "has",
    "hide",
    "history",
    "if",
    "is",
    "item",
    "items",
    "key",
    "log",
    "login",
    "logout",
    "more",
    "no",
    "not",
    "now",
    "object",
    "objects",
    "of",
    "on",
    "one",
    "optional",
    "or",
    "order",
    "password",
    "permission",
    "permissions",
    "please",
    "post",
    "relationship",
    "remove",
    "required",
    "results",
    "save",
    "search",
    "select",
    "selected",
    "session",
    "show",
    "sign",
    "status",
    "superuser",
    "the",
    "this",
    "time",
    "title",
    "to",
    "today",
    "true",
    "type",
    "url",
    "user",
    "users",
    "value",
    "view",
    "was",
    "yes",
    "you",
    "your",
]
GERMAN_TOO = [
    "entry",
    "filter",
    "log",
    "post",
    "status",
    "type",
    "was",
]  # and names: Innovationsforum is on „Instagram“
TELLING = re.compile(rf"\b({'|'.join(word for word in ENGLISH if word not in GERMAN_TOO)})\b", re.IGNORECASE)
QUOTED = re.compile(r"name\[at\]verein\.de|\bto go\b")  # what people type
READ_OUT = ("title", "aria-label", "placeholder", "alt", "data-label")
MOST_PAGES = 300


class Page(HTMLParser):
    """What a person reads or hears on a page, and where it leads."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.hidden = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.hidden += tag in ("script", "style", "textarea")
        self.words += [attrs[name] for name in READ_OUT if attrs.get(name)]
        if tag == "input" and attrs.get("type") in ("submit", "button"):
            self.words.append(attrs.get("value", ""))
        if tag == "a":
            self.links.append(attrs.get("href", ""))

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style", "textarea")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def english_in(page) -> list[str]:
    lines = (QUOTED.sub("", " ".join(line.split())) for line in page.words)
    return [line for line in lines if TELLING.search(line)]


def pattern(address):
    """Addresses that show the same page about another thing, or other rows of a list, are one."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def crawl(client, *starts):
    """(address, page) of everything below the desk that links lead to, one of each kind."""
    seen, waiting = set(), [*starts]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if not address.startswith("/redaktion/") or pattern(address) in seen:
            continue
        seen.add(pattern(address))
        answer = client.get(address)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(address, answer["Location"]))
        elif answer["Content-Type"].startswith("text/html"):
            assert answer.status_code == 200, address
            page = Page(answer.content.decode())
            yield address, page
            waiting += [urljoin(address, link).partition("#")[0] for link in page.links]


def test_the_crawler_finds_english_wherever_it_is_read():
    for html in (
        "<p>Save</p>",
        '<img alt="True">',
        '<input type="submit" value="Delete">',
        '<a title="Change it">x</a>',
    ):
        assert english_in(Page(html)), html
    assert english_in(Page("<script>Save</script><textarea>delete</textarea><p>Wasserstand, Userin</p>")) == []


def test_every_page_of_the_desk_is_german(desk, staff):
    make_many()
    make_article(title="Ungebraucht", published_at=None)
    Topic.objects.create(name="Ungebraucht")
    Group.objects.create(name="Leer")
    new = User.objects.create_user("neu", is_staff=True)
    record(Kind.SIGN_IN, "mit App", staff)
    staff.groups.add(Group.objects.first())
    pages = dict(crawl(desk, f"/redaktion/auth/user/{new.pk}/change/", "/redaktion/"))
    paths = [pattern(address) for address in pages]
    for path in ("news/article/add/", "auth/user/N/change/", "auth/user/N/delete/", "auth/group/N/delete/",
                 "auth/user/N/einladung/", "events/event/N/history/", "forum/auditentry/N/change/", "konto/passwort/"):  # fmt: skip
        assert f"/redaktion/{path}" in paths
    assert len(pages) > 80
    assert {address: found for address, page in pages.items() if (found := english_in(page))} == {}


def test_what_follows_a_button_is_german(desk):
    thing = make_article(published_at=None)
    here = f"/redaktion/news/article/{thing.pk}"
    refused = {"type": "x", "published_at": "gestern um", "picture": "99999", "topics": "x", "slug": "Ä ß"}
    answers = [
        desk.post(f"{here}/change/", article_form(title="Neu", _continue="1"), follow=True),
        desk.post(f"{here}/change/", article_form(title="", **refused), follow=True),
        desk.post("/redaktion/news/article/", {"action": ""}, follow=True),
        desk.post("/redaktion/news/article/", {"action": "delete_selected", "_selected_action": [thing.pk]}),
        desk.post("/redaktion/auth/user/add/", {"username": "ä ö", "email": "x"}),
        desk.get("/redaktion/news/article/99999/change/", follow=True),
        desk.post(f"{here}/delete/", {"post": "yes"}, follow=True),
    ]
    assert not Article.objects.exists()
    for answer in answers:
        assert english_in(Page(answer.content.decode())) == [], answer.request["PATH_INFO"]


@pytest.mark.parametrize("path", ["login/", "einladung/1/x/", "login/gesperrt/"])
def test_the_doors_are_german(path):
    assert english_in(Page(Client().get(f"/redaktion/{path}").content.decode())) == []
