import re

import pytest
from django.db.models import Value
from django.template import engines

from contacts.models import Person
from events.models import Event, ProgrammeItem
from forum.models import Page
from forum.richtext import RichTextField, clean_html
from forum.templatetags.portal import richtext
from news.models import Article
from tests.factories import make_article

HOSTILE = '<p onclick="x()">Gut<script>alert(1)</script><img src=x onerror=alert(1)></p>'
CLEAN = "<p>Gut</p>"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (HOSTILE, CLEAN),
        ("<h2>Zwei</h2><h3>Drei</h3>", "<h2>Zwei</h2><h3>Drei</h3>"),
        ("<ul><li><p>a</p></li></ul><ol><li>b</li></ol>", "<ul><li><p>a</p></li></ul><ol><li>b</li></ol>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,x">x</a>', "<a>x</a>"),
        ('<a href="/kontakt/" target="_blank" style="color:red">x</a>', '<a href="/kontakt/">x</a>'),
        (
            '<a href="mailto:a@b.de">x</a><a href="tel:+4930">y</a>',
            '<a href="mailto:a@b.de">x</a><a href="tel:+4930">y</a>',
        ),
        ("<blockquote><p>Zitat</p></blockquote>", "<blockquote><p>Zitat</p></blockquote>"),
        (
            '<table style="x"><tbody><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr></tbody></table>',
            '<table><tbody><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr></tbody></table>',
        ),
        ('<span lang="en" class="x">hello</span>', '<span lang="en">hello</span>'),
        ('<span lang="de-x-simple">leicht</span>', '<span lang="de-x-simple">leicht</span>'),
        ('<span lang="en onload=x">hello</span>', "<span>hello</span>"),
        ('<p class="MsoNormal" style="margin:0"><o:p>Aus Word</o:p></p>', "<p>Aus Word</p>"),
        ("<iframe src=x></iframe><style>p{}</style><form><input></form>", ""),
        ("<p></p>", ""),
        ("null\x00byte", "nullbyte"),
        ("\ufeff\ufeffmit Marke", "mit Marke"),
        ("<p>Umlaute: äöüß – „gut“ &amp; 1 &lt; 2</p>", "<p>Umlaute: äöüß – „gut“ &amp; 1 &lt; 2</p>"),
    ],
)
def test_what_an_editor_can_type_stays_and_the_rest_goes(typed, kept):
    assert clean_html(typed) == kept
    assert clean_html(kept) == kept  # cleaning twice changes nothing


def test_every_way_into_the_database_is_cleaned():
    def stored(article):
        return Article.objects.values_list("text", flat=True).get(pk=article.pk)

    created = make_article(text=HOSTILE)
    assert created.text == stored(created) == CLEAN
    saved = make_article()
    saved.text = HOSTILE
    saved.save()
    assert saved.text == stored(saved) == CLEAN
    Article.objects.filter(pk=saved.pk).update(text=HOSTILE)
    assert stored(saved) == CLEAN
    saved.text = HOSTILE
    Article.objects.bulk_update([saved], ["text"])
    assert stored(saved) == CLEAN
    (bulk,) = Article.objects.bulk_create([Article(title="Viele", slug="viele", text=HOSTILE)])
    assert stored(bulk) == CLEAN
    unsaved = Article(title="Formular", text=HOSTILE)
    unsaved.full_clean()
    assert unsaved.text == CLEAN


def test_every_long_text_of_the_portal_is_such_a_field():
    names = {
        f"{model.__name__}.{field.name}"
        for model in (Article, Event, ProgrammeItem, Person, Page)
        for field in model._meta.fields
        if isinstance(field, RichTextField)
    }
    assert names == {
        "Article.text",
        "Article.easy_text",
        "Event.text",
        "Event.easy_text",
        "ProgrammeItem.text",
        "ProgrammeItem.result",
        "Person.biography",
        "Page.text",
        "Page.easy_text",
    }


def test_only_the_filter_marks_it_safe():
    template = engines["django"].from_string("{{ text|richtext }}/{{ text }}")
    assert template.render({"text": CLEAN}) == "<p>Gut</p>/&lt;p&gt;Gut&lt;/p&gt;"


def test_other_fields_are_escaped_on_the_page(client):
    article = make_article(title="<b>Fett</b> & <script>", lead="<img src=x onerror=alert(1)>")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "&lt;b&gt;Fett&lt;/b&gt;" in page
    assert "<img src=x" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("www.verein.de", "https://www.verein.de"),
        ("verein.de/bericht?x=1", "https://verein.de/bericht?x=1"),
        ("info@verein.de", "mailto:info@verein.de"),
        ("/aktuelles/", "/aktuelles/"),
        ("https://verein.de/", "https://verein.de/"),
        ("mailto:a@b.de", "mailto:a@b.de"),
        ("tel:+493012345", "tel:+493012345"),
    ],
)
def test_links_are_completed(typed, stored):
    assert f'href="{stored}"' in clean_html(f'<p><a href="{typed}">Link</a></p>')


def test_what_sql_alone_has_written_is_shown_clean(client):
    article = make_article()
    Article.objects.filter(pk=article.pk).update(text=Value("<p>da</p><script>alert(1)</script>"))
    page = client.get(article.get_absolute_url()).content.decode()
    assert "<p>da</p>" in page
    assert "alert(1)" not in page


def test_header_cells_say_what_they_head():
    row = '<tr><th scope="row">Mitte</th><td>2</td></tr>'
    shown = richtext(
        '<table><tbody><tr><th colspan="2">Bezirk</th><th>Plätze</th></tr>'
        "<tr><th>Mitte</th><td>2</td></tr></tbody></table>"
    )
    assert '<tr><th scope="col" colspan="2">Bezirk</th><th scope="col">Plätze</th></tr>' + row in shown


def test_each_of_several_tables_has_a_name_of_its_own():
    table = "<table><tbody><tr><td>A</td></tr></tbody></table>"
    assert re.findall('aria-label="([^"]+)"', richtext(table)) == ["Tabelle"]
    assert re.findall('aria-label="([^"]+)"', richtext(table * 2)) == ["Tabelle 1", "Tabelle 2"]


def test_links_to_our_own_pages_carry_their_whole_address_for_paper(settings):
    settings.SITE_URL = "https://portal.example"
    shown = richtext('<p><a href="/kontakt/mitte/?a=1&amp;b=2">Mitte</a> <a href="https://a.example/">A</a></p>')
    assert re.findall('data-address="([^"]+)"', shown) == ["https://portal.example/kontakt/mitte/?a=1&amp;b=2"]
