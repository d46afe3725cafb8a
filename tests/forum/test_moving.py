"""Moving house as JSON: what an export says, and what an import refuses. The way there and back: test_backup."""

import json
import re
import shutil

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from contacts.models import Person, Representation
from events.models import Event
from forum.addresses import remember
from forum.models import Attachment, Page, Picture
from news.models import Article
from tests.factories import (
    image_bytes,
    make_article,
    make_attachment,
    make_event,
    make_item,
    make_person,
    make_picture,
    tomorrow,
)

SECRETS = ("password", "geheim-und-lang", "session", "chefin")


@pytest.fixture(scope="module")
def content(once, tmp_path_factory):
    """A folder with an export of a little of everything, with umlauts."""
    get_user_model().objects.create_superuser("chefin", password="geheim-und-lang")
    person = make_person(given_name="Jörg", family_name="Müßig", in_directory=True, districts=["Mitte"])
    event = make_event(title="Größe zählt", slug="groesse-zaehlt")
    item = make_item(event, [person], title="Werkstatt")
    picture = make_picture(file=ContentFile(image_bytes(color="#aa3366"), "rot.png"))
    article = make_article(
        title="Rückblick", slug="rueckblick", event=event, picture=picture, topics=["Teilhabe"], contacts=[person]
    )
    article.attachment_rows.create(attachment=make_attachment())
    article.related.add(make_article(title="Entwurf", slug="entwurf", published_at=None))
    remember("/alt/", article)
    remember("/alt/punkt/", item)
    folder = tmp_path_factory.mktemp("content") / "export"
    call_command("export", folder, verbosity=0)
    return folder


@pytest.fixture
def exported(content, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(content, tmp_path / "export")


@pytest.fixture
def new_house(settings, tmp_path):
    """This portal as a new one is, but for its pages."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    Article.objects.all().delete()
    Event.objects.all().delete()
    Representation.objects.all().delete()
    for model in (Person, Attachment, Picture):
        model.objects.all().delete()
    return settings.MEDIA_ROOT


def read(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


def change(folder, name, **facts):
    """Change the first entry of a file."""
    entries = read(folder, name)
    entries[0] |= facts
    (folder / f"{name}.json").write_text(json.dumps(entries))


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_things_speak_of_each_other_by_name(exported):
    articles = {one["slug"]: one for one in read(exported, "articles")}
    told = articles["rueckblick"]
    assert told["event"] == "groesse-zaehlt"
    assert told["topics"] == ["teilhabe"]
    assert told["related"] == ["entwurf"]
    assert (exported / "files" / told["picture"]).is_file()
    assert (exported / "files" / told["attachments"][0]).is_file()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+0[12]:00", told["published_at"])
    assert articles["entwurf"]["published_at"] is None
    (item,) = read(exported, "events")[0]["programme"]
    assert item["people"][0]["person"] == read(exported, "people")[0]["slug"]
    assert read(exported, "people")[0]["districts"] == ["mitte"]
    assert {"kind": "events", "name": "groesse-zaehlt", "item": item["slug"]} in [
        one.get("target") for one in read(exported, "redirects")
    ]


def test_nothing_internal_or_private_leaves(exported):
    text = "".join(path.read_text() for path in exported.glob("*.json"))
    assert not any(secret in text for secret in SECRETS)
    assert '"id"' not in text
    assert not re.search(r'"\w+_id"', text)
    assert "Jörg" in text  # readable


def test_the_readme_explains_every_field(exported):
    text = (exported / "README.md").read_text()
    for path in exported.glob("*.json"):
        for entry in json.loads(path.read_text()) if path.name != "export.json" else ():
            for name in entry:
                assert f"| `{name}` |" in text, (path.name, name)
    assert "None" not in text


def test_the_way_there_and_back(exported, new_house, tmp_path):
    call_command("import", exported, verbosity=0)
    call_command("export", tmp_path / "second", verbosity=0)
    assert everything(tmp_path / "second") == everything(exported)


def test_only_what_readers_see(content, tmp_path):
    make_event(title="Später", published_at=tomorrow(), picture=make_picture(credit="Nur im Entwurf"))
    call_command("export", tmp_path / "export", "--published", verbosity=0)
    text = "".join(path.read_text() for path in (tmp_path / "export").glob("*.json"))
    assert "Rückblick" in text
    assert not any(hidden in text for hidden in ("Entwurf", "entwurf", "Später"))


def test_what_is_there_is_overwritten_only_when_asked_to(exported):
    Article.objects.filter(slug="rueckblick").update(title="Inzwischen anders")
    with pytest.raises(CommandError, match=r"articles/rueckblick.*--update"):
        call_command("import", exported, verbosity=0)
    assert Article.objects.get(slug="rueckblick").title == "Inzwischen anders"
    call_command("import", exported, "--update", verbosity=0)
    assert Article.objects.get(slug="rueckblick").title == "Rückblick"
    assert Article.objects.count() == 2


WRONG = {
    "unbekanntes Feld": (lambda folder: change(folder, "articles", pk=1), "Eintrag 1: Das Feld „pk“ gibt es nicht"),
    "fehlendes Ziel": (lambda folder: change(folder, "articles", event="nirgends"), "„nirgends“ gibt es weder"),
    "falscher Zeitpunkt": (
        lambda folder: change(folder, "articles", published_at="gestern"),
        "articles.json, .*published_at",
    ),
    "falsche Wahl": (lambda folder: change(folder, "events", format="zu Fuß"), "events.json, groesse-zaehlt: format"),
    "zu lang": (lambda folder: change(folder, "articles", title="x" * 900), "articles.json, .*title"),
    "kein Name": (lambda folder: change(folder, "articles", slug=""), "slug fehlt"),
    "keine Liste": (lambda folder: (folder / "pages.json").write_text("{}"), "pages.json: Erwartet wird eine Liste"),
    "kein JSON": (lambda folder: (folder / "pages.json").write_text("[{"), "pages.json ist kein gültiges JSON"),
    "fehlt": (lambda folder: (folder / "topics.json").unlink(), "ließ sich nicht lesen"),
    "neuer": (lambda folder: (folder / "export.json").write_text('{"format": 99}'), "neueren Version"),
    "Pfad": (lambda folder: change(folder, "pictures", file="bilder/../../passwd"), "Dateinamen beginnen"),
    "kein Bild": (lambda folder: spoil(folder, "pictures"), "pictures.json, .*kein Bild"),
    "kein Dokument": (lambda folder: spoil(folder, "attachments"), "attachments.json, .*nehmen wir nicht an"),
    "Ziel eines Umzugs": (
        lambda folder: change(folder, "redirects", target={"kind": "events", "name": "groesse-zaehlt", "item": "weg"}),
        "redirects.json, .*: Das passt nicht zusammen",
    ),
    "Name ist eine Liste": (lambda folder: change(folder, "articles", event=["x"]), "articles.json, .*passt nicht"),
    "doppelt": (lambda folder: double(folder), "steht zweimal"),
    "Teil": (lambda folder: change(folder, "articles", contacts=[7]), "contacts: Erwartet wird ein Name"),
}


def spoil(folder, name):
    (folder / "files" / read(folder, name)[0]["file"]).write_text("<script>alert(1)</script>")


def double(folder):
    entries = read(folder, "articles")
    (folder / "articles.json").write_text(json.dumps([*entries, entries[0]]))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_and_nothing_stays(exported, new_house, name):
    spoiled, says = WRONG[name]
    spoiled(exported)
    with pytest.raises(CommandError, match=says):
        call_command("import", exported, verbosity=0)
    assert not any(model.objects.exists() for model in (Article, Event, Person, Picture, Attachment))
    assert [path for path in new_house.rglob("*") if path.is_file()] == []


def test_when_something_was_saved_is_no_other_opinion(exported, capsys):
    Article.objects.filter(slug="rueckblick").update(changed_at=tomorrow())
    call_command("import", exported)
    assert "0 neu, 0 geändert" in capsys.readouterr().out


def test_hostile_html_is_cleaned_on_this_way_too(exported):
    change(exported, "pages", text='<p onclick="x()">Gut</p><script>alert(1)</script>')
    slug = read(exported, "pages")[0]["slug"]
    call_command("import", exported, "--update", verbosity=0)
    assert Page.objects.get(slug=slug).text == "<p>Gut</p>"


def test_an_export_does_not_mix_with_another(exported):
    with pytest.raises(CommandError, match="nicht leer"):
        call_command("export", exported, verbosity=0)


def test_reading_twice_changes_nothing(exported, new_house, capsys):
    call_command("import", exported)
    before = dict(Article.objects.values_list("slug", "changed_at"))
    call_command("import", exported)
    assert "0 neu, 0 geändert" in capsys.readouterr().out
    assert dict(Article.objects.values_list("slug", "changed_at")) == before
