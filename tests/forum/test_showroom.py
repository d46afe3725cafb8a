"""The showroom shows every component, and only where errors may be seen in detail."""

import re

from django.conf import settings as portal

from contacts.models import Person
from events.models import Event
from forum.models import Barrier
from news.models import Article

COMPONENTS = sorted((portal.ROOT / "templates" / "components").glob("*.html"))


def test_every_component_names_its_parameters_in_its_first_line():
    for path in COMPONENTS:
        assert re.match(rf"{{# components/{path.name} – \S.* #}}$", path.read_text().partition("\n")[0]), path


def test_it_shows_every_component_and_leaves_nothing_behind(client, settings):
    settings.DEBUG = True
    page = client.get("/bausteine/").content.decode()
    for path in COMPONENTS:
        assert f'id="baustein-{path.stem}"' in page
    for state in ("abgesagt", "Termin offen", "ganztägig, mehrere Tage", "langes Wort", "ein Platz fehlt"):
        assert state in page
    for model in (Article, Event, Person, Barrier):
        assert not model.objects.exists()


def test_the_public_does_not_see_it(client):
    assert client.get("/bausteine/").status_code == 404
