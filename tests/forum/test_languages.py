"""Parts in another language than German are marked as such, for those who listen."""

import re

import pytest
from django.conf import settings

from events.models import ProgrammeItem
from forum.languages import LANGUAGES
from tests.factories import make_article, make_attachment, make_event, make_item, make_person, tomorrow, yesterday

ENGLISH = '<span lang="en" dir="auto">What Counts &amp; Why</span>'
TITLE = {"title": "What Counts & Why", "title_language": "en"}


def places(client, address):
    """What stands around each showing of the title, for eyes or ears, on a page."""
    page = client.get(address).content.decode()
    body = page[page.index("<main") :]
    assert body.count("What Counts &amp; Why") == body.count(ENGLISH), "somewhere it is said as if it were German"
    return body.count(ENGLISH)


def test_a_title_in_another_language_is_marked_wherever_it_stands(client):
    article = make_article(**TITLE)
    event = make_event(**TITLE, starts_at=tomorrow())
    item = make_item(event, [make_person()], **TITLE, text="<p>Mehr.</p>", kind=ProgrammeItem.Kind.KEYNOTE)
    part = item.participations.first()
    assert places(client, "/") == 3  # article, next event and its button
    assert places(client, "/aktuelles/") == 1
    assert places(client, "/veranstaltungen/") >= 1
    assert places(client, article.get_absolute_url()) == 2  # breadcrumb, heading
    assert places(client, event.get_absolute_url()) >= 4
    assert places(client, item.get_absolute_url()) >= 4
    assert places(client, part.person.get_absolute_url()) == 2


@pytest.mark.parametrize("make", [make_article, make_event])
def test_above_the_easy_version_too(client, make):
    thing = make(**TITLE, easy_text="<p>Leicht.</p>", **({"starts_at": yesterday()} if make is make_event else {}))
    assert places(client, thing.get_easy_url()) == 2
    assert places(client, thing.get_absolute_url()) == 2


def test_a_german_title_is_left_alone(client):
    article = make_article(title="Was zählt & warum")
    assert "<h1>Was zählt &amp; warum</h1>" in client.get(article.get_absolute_url()).content.decode()


def test_a_file_says_what_is_in_it(client):
    article = make_article()
    file = make_attachment(**TITLE, summary="Zwölf Folien; das PDF ist barrierefrei.")
    article.attachment_rows.create(attachment=file)
    page = client.get(article.get_absolute_url()).content.decode()
    link = re.search(r'<ul class="downloads">.*?</ul>', page, re.DOTALL).group()
    assert ENGLISH in link
    assert 'hreflang="en"' in link
    assert "Zwölf Folien; das PDF ist barrierefrei." in link


def test_the_text_editor_offers_the_same_languages():
    script = (settings.ROOT / "static/js/desk/language.js").read_text()
    offered = dict(
        re.findall(r'^  "?([\w-]+)"?: "(.+)",$', script.split("const LANGUAGES")[1].split("}")[0], re.MULTILINE)
    )
    assert offered.pop("de-x-simple")
    assert offered == LANGUAGES
