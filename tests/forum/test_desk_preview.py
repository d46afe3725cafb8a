"""The preview beside a form: the real page of what is typed, and nothing of it stays."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from contacts.models import Person
from events.models import Event, Participation, ProgrammeItem
from forum.models import FormerAddress, Page, Picture
from forum.rehearsal import rehearsal
from news.models import Article, ArticleContact
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
from tests.forum.test_buttons import address, article_form, dated, sent, shown

ADD = "/redaktion/news/article/add/vorschau/"


def files():
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def rows(prefix, *forms):
    """Posted rows of an inline, new ones."""
    sent = {f"{prefix}-TOTAL_FORMS": len(forms), f"{prefix}-INITIAL_FORMS": 0}
    for index, form in enumerate(forms):
        sent |= {f"{prefix}-{index}-{name}": value for name, value in form.items()}
    return sent


def event_form(**facts):
    return sent("event", **{"title": "Forum", "format": "on-site", "status": "planned"} | facts)


def test_a_new_article_with_everything_in_its_rows(desk, django_capture_on_commit_callbacks):
    person, file = make_person(family_name="Kontaktperson"), make_attachment(title="Handreichung")
    picture, topic = make_picture(caption="Ein Saal"), "Wirkung"
    make_article(topics=[topic])
    topic = Article.topics.through.tag_model()._default_manager.get(name=topic)
    form = article_form(
        title="Noch ungespeichert", text="<p>Der <strong>Text</strong></p>", picture=picture.pk, topics=[topic.pk],
        **rows("contact_rows", {"person": person.pk, "position": 0}),
        **rows("attachment_rows", {"attachment": file.pk, "position": 0}),
        **rows("links", {"title": "Presse", "url": "https://example.org/", "position": 0}),
    )  # fmt: skip
    before, stored = files(), Article.objects.count()
    with django_capture_on_commit_callbacks() as callbacks:
        answer = desk.post(ADD, form)
    page = answer.content.decode()
    for words in (
        "Noch ungespeichert",
        "<strong>Text</strong>",
        "Kontaktperson",
        "Handreichung",
        "Ein Saal",
        topic.name,
        "Presse",
    ):
        assert words in page, words
    assert Article.objects.count() == stored
    assert not ArticleContact.objects.exists()
    assert not LogEntry.objects.exists()
    assert files() == before
    assert callbacks == []


def test_a_programme_that_is_being_typed(desk):
    event, former = make_event(title="Alter Titel", slug="alt", published_at=None), FormerAddress.objects.count()
    item = make_item(event, title="Alter Punkt", people=[make_person(family_name="Sprecherin")])
    form = event_form(
        title="Neuer Titel", slug="neu",
        **rows("programme", {"id": item.pk, "event": event.pk, "kind": "workshop", "title": "Neuer Punkt", "position": 0}),
    )  # fmt: skip
    form["programme-INITIAL_FORMS"] = 1
    page = desk.post(f"{address(event)}vorschau/", form).content.decode()
    assert "Neuer Titel" in page
    assert "Neuer Punkt" in page
    assert "Sprecherin" in page
    event.refresh_from_db()
    assert (event.title, event.slug) == ("Alter Titel", "alt")
    assert ProgrammeItem.objects.get().title == "Alter Punkt"
    assert FormerAddress.objects.count() == former
    assert Participation.objects.count() == 1


@pytest.mark.parametrize("make", [make_article, make_event, make_person, lambda: Page.objects.get(slug="impressum")])
def test_every_kind_can_be_looked_at(desk, make):
    thing = make()
    model = thing._meta.model_name
    facts = {"person": {"family_name": "Getippt"}, "event": {"format": "online", "status": "planned"}}.get(model, {})
    facts |= {"title": "Getippt", "text": "x"} | shown(thing.published_at)
    answer = desk.post(f"{address(thing)}vorschau/", sent(model, **facts))
    assert answer["Content-Type"].startswith("text/html"), answer.content
    assert "Getippt" in answer.content.decode()


def test_it_is_for_this_frame_alone(desk):
    answer = desk.post(ADD, article_form(text='<p><a href="https://example.org/">weg</a></p>'))
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.csp_frame_ancestors == "'self'"
    page = answer.content.decode()
    assert "<a href" not in page
    assert '<a class="brand" role="link" aria-disabled="true"' in page
    for word in ("<script", "og:title", 'rel="alternate"', 'class="banner"'):
        assert word not in page
    assert '<meta name="robots" content="noindex, nofollow">' in page


def test_an_invalid_form_names_what_prevents_it(desk):
    answer = desk.post(ADD, article_form(title="", **rows("links", {"title": "", "url": "kein link", "position": 0})))
    found = answer.json()["problems"]
    assert found[0] == {"text": "Titel: Dieses Feld ist zwingend erforderlich.", "target": "id_title"}
    assert {problem["target"] for problem in found} == {"id_title", "id_links-0-title", "id_links-0-url"}
    assert found[1]["text"].startswith("Link 1, Titel: ")


def test_what_only_publishing_lacks_does_not_keep_the_page_back(desk):
    form = sent("article", title="Halb fertig", **dated("01.03.2027"))
    assert "Halb fertig" in desk.post(ADD, form).content.decode()
    article = make_article(published_at=tomorrow())
    assert "Halb fertig" in desk.post(f"{address(article)}vorschau/", form).content.decode()
    assert Article.objects.get().published_at == article.published_at


def test_the_version_in_easy_language(desk):
    form = article_form(title="Schwer", easy_title="Leicht", easy_text="<p>Kurzer Satz.</p>", vorschau_von="leicht/")
    page = desk.post(ADD, form).content.decode()
    assert "Kurzer Satz." in page
    answer = desk.post(ADD, article_form(vorschau_von="leicht/"))
    assert "noch keinen Text" in answer.json()["problems"][0]["text"]
    assert "Titel" in desk.post(ADD, article_form(vorschau_von="../../redaktion/")).content.decode()


def test_drafts_of_others_stay_hidden_in_it(desk):
    secret = make_person(family_name="Geheim", published_at=None)
    form = article_form(**rows("contact_rows", {"person": secret.pk, "position": 0}))
    assert "Geheim" not in desk.post(ADD, form).content.decode()


def test_no_button_works_in_it_and_nothing_is_said_later(desk):
    event = make_event(published_at=None)
    form = event_form(status="postponed", lead="Kurz", _now="", csrfmiddlewaretoken="a" * 64)
    form |= dated("14.06.2027", "", "starts_at")
    for _ in range(2):
        desk.post(f"{address(event)}vorschau/", form)
    assert not Event.objects.get().is_published
    assert 'class="messagelist"' not in desk.get("/redaktion/").content.decode()
    assert desk.post(address(event), form).url == address(event)
    assert Event.objects.get().is_published


def test_who_may_look(client):
    article = make_article()
    stored = f"{address(article)}vorschau/"
    assert client.post(stored, article_form()).status_code == 302
    account = get_user_model().objects.create_user("nur-lesen", is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename="view_article"))
    reader = Client()
    reader.force_login(account)
    assert reader.post(stored, article_form()).status_code == 403
    assert reader.post(ADD, article_form()).status_code == 403
    assert "vorschau/" not in reader.get(address(article)).content.decode()


def test_no_accidents(desk):
    assert desk.get(ADD).status_code == 405
    assert desk.post("/redaktion/news/article/999999/change/vorschau/", article_form()).status_code == 404
    assert desk.post(f"/redaktion/news/article/{'9' * 40}/change/vorschau/", article_form()).status_code == 404
    for value in ("\x00", "<script>alert(1)</script>", "x" * 100_000):
        answer = desk.post(ADD, article_form(title=value, text=value, vorschau_von=value))
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies.copy()
    assert strict.post(ADD, article_form()).status_code == 403
    assert not Article.objects.exists()


def test_a_rehearsal_leaves_neither_rows_nor_files():
    before, done = files(), []
    with rehearsal():
        picture = Picture.objects.create(file=ContentFile(image_bytes(), "probe.png"), alt_text="Blau", credit="Wir")
        transaction.on_commit(lambda: done.append("committed"))
        assert Path(picture.file.path) in files()
    assert files() == before
    assert not Picture.objects.exists()
    assert done == []
    with pytest.raises(ValueError, match="mittendrin"), rehearsal():
        make_picture(file=ContentFile(image_bytes(), "probe.png"))
        raise ValueError("mittendrin")
    assert files() == before
    article = make_article(title="Danach wird wieder gezeichnet")
    assert Path(article.social_image.path) in files()
    assert not Person.objects.exists()


def test_a_programme_item_of_a_draft_shows_its_own_page(desk):
    item = make_item(make_event(title="Forum", published_at=None), title="Alter Titel", people=[make_person()])
    here = f"/redaktion/events/programmeitem/{item.pk}/change/"
    assert f'data-url="{here}vorschau/"' in desk.get(here).content.decode()
    facts = {"event": item.event_id, "kind": "workshop", "title": "Neuer Titel", "text": "<p>Neu</p>", "slug": item.slug,
             "position": 0, **rows("participations"), **rows("attachment_rows")}  # fmt: skip
    answer = desk.post(f"{here}vorschau/", facts)
    assert answer["Content-Type"].startswith("text/html"), answer.content
    assert "Neuer Titel" in answer.content.decode()
    item.refresh_from_db()
    assert item.title == "Alter Titel"
    wrong = desk.post(f"{here}vorschau/", facts | {"title": ""}).json()
    assert "Titel" in wrong["problems"][0]["text"]
    rest = desk.post(f"{here}vorschau/", facts | {"kind": "break"}).json()
    assert rest["problems"][0]["text"] == "Das hat keine eigene Seite."
