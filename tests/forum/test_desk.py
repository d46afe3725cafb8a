"""The editing desk as a whole: every list, every form, in German."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactCorrection, District, Person, Postcode, Quarter
from events.models import Event, ProgrammeItem, Series, Venue
from forum.models import (
    Attachment,
    Barrier,
    ErrorKind,
    FormerAddress,
    MissingAddress,
    Page,
    Picture,
    SearchMiss,
    Synonym,
    Topic,
)
from news.models import Article, ArticleType
from tests.factories import (
    make_article,
    make_attachment,
    make_event,
    make_item,
    make_person,
    make_picture,
    make_type,
    number,
    tomorrow,
    yesterday,
)


def rename():
    article = make_article()
    article.slug += "-neu"
    article.save()


def make_many():
    """One more of everything that lists show, joined as richly as it gets."""
    n = next(number)
    picture = make_picture()
    topics = [f"Thema {n}", f"Anderes Thema {n}"]
    person = make_person(topics=topics, districts=["Mitte", "Pankow"], portrait=picture, in_directory=True)
    ContactCorrection.objects.create(
        person=person, old={"phone": ""}, new={"phone": "030 1234567"}, notes={"topics": "Neu"}
    )
    venue = Venue.objects.create(name=f"Haus {n}", district=District.objects.get(name="Mitte"))
    event = make_event(
        topics=topics, picture=picture, venue=venue, contacts=[person], series=Series.objects.create(title=f"Reihe {n}")
    )
    make_item(event, people=[person])
    make_article(topics=topics, picture=picture, event=event, contacts=[person], type=make_type(f"Art {n}"))
    make_attachment()
    Page.objects.create(title=f"Seite {n}", text=f'<p><a href="/gibt-es-nicht-{n}/">Link</a></p>')
    MissingAddress.objects.count_request(f"/vermisst-{n}/")
    SearchMiss.objects.count_search(f"vermisst {n}")
    now = timezone.now()
    ErrorKind.objects.create(fingerprint=str(n), name="E", source="x.py:1", page="home", first_at=now, last_at=now)
    Synonym.objects.create(words=f"Wort {n} = Begriff {n}")
    Barrier.objects.create(what=f"Barriere {n}", where="überall", since=timezone.localdate(), alternative="Anrufen")
    FormerAddress.objects.create(path=f"/alt-{n}/", target_path="/aktuelles/")
    rename()
    district = District.objects.all()[n % 12]
    district.stand_in = person
    district.save()
    get_user_model().objects.create_user(f"person{n}").groups.add(Group.objects.create(name=f"Gruppe {n}"))


def test_every_model_staff_edit_is_on_the_desk():
    registered = set(admin.site._registry)
    for model in (Article, ArticleType, Event, ProgrammeItem, Venue, Series, Person, District, Quarter, Postcode):
        assert model in registered
    for model in (Topic, Picture, Attachment, Barrier, Page, FormerAddress, get_user_model(), Group):
        assert model in registered


GIVEN = {District: "Mitte", Postcode: "10115", Quarter: "Adlershof"}  # official data: the search leaves one of them


def queries_of_lists(desk, count_queries, search=False):
    """{model: queries of its list, of one row for given data}"""
    found = {}
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        asked = f"?q={GIVEN[model]}" if search and model in GIVEN else "?q="
        found[model] = count_queries(address + asked, desk)
    return found


def test_every_list_costs_the_same_for_one_row_and_thirty(desk, count_queries):
    make_many()
    one = queries_of_lists(desk, count_queries, search=True)
    for _ in range(29):
        make_many()
    short = {model for model in admin.site._registry if model._default_manager.count() < 30}
    assert short == {District}  # Berlin has twelve
    assert queries_of_lists(desk, count_queries) == one


@pytest.mark.parametrize(
    "model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=lambda m: m._meta.label
)
def test_every_form_opens_in_german(model, desk):
    make_many()
    path = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    answers = [desk.get(reverse(f"{path}_change", args=[model.objects.order_by("pk").last().pk]))]
    answers.append(desk.get(reverse(f"{path}_add")))
    assert answers[0].status_code == 200
    assert answers[1].status_code in (200, 403)  # official data cannot be added to
    for answer in answers:
        if answer.status_code == 200:
            page = answer.content.decode()
            assert "Redaktion Innovationsforum" in page
            english = re.findall(
                r">\s*(Save|Delete|Add|Change|History|Required|Close|Today|Now|Slug|Published|Position)\b", page
            )
            assert english == [], model
    found = desk.get(reverse(f"{path}_changelist"), {"q": "x"})
    assert found.status_code in (200, 302)


def test_lists_say_what_is_scheduled(desk):
    make_article(published_at=timezone.make_aware(timezone.datetime(2099, 3, 3, 9)))
    make_article(published_at=None)
    make_article()
    make_article(published_at=yesterday() - timedelta(days=3), expires_at=yesterday())
    page = desk.get("/redaktion/news/article/").content.decode()
    for words in ("geplant für 03.03.2099, 09:00 Uhr", ">Entwurf<", ">veröffentlicht<", "abgelaufen am"):
        assert words in page
    for state, count in (("draft", 1), ("scheduled", 1), ("live", 1), ("expired", 1)):
        result = desk.get(f"/redaktion/news/article/?stand={state}").context["cl"].result_count
        assert result == count, state
    assert desk.get("/redaktion/news/article/?stand=unsinn").context["cl"].result_count == 4


def test_publishing_an_incomplete_draft_lists_what_is_missing(desk):
    article = make_article(type=None, lead="", published_at=None)
    answer = desk.post(
        f"/redaktion/news/article/{article.pk}/change/", article_form(title="Titel bleibt", published_at="01.03.2027")
    )
    page = answer.content.decode()
    assert "Zum Veröffentlichen fehlt noch: Art." in page
    assert "Zum Veröffentlichen fehlt noch: Einleitung." in page
    assert 'value="Titel bleibt"' in page
    assert (
        desk.post(f"/redaktion/news/article/{article.pk}/change/", article_form(title="Als Entwurf")).status_code == 302
    )


def article_form(**overrides):
    form = {}
    for prefix in ("picture_rows", "contact_rows", "attachment_rows", "links"):
        form |= {f"{prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    return form | overrides


@pytest.mark.parametrize(
    ("day", "clock", "stored"),
    [
        ("01.03.2027", "9", "2027-03-01T09:00+01:00"),
        ("1.3.2027", "9 Uhr", "2027-03-01T09:00+01:00"),
        ("1.3.27", "9:30 Uhr", "2027-03-01T09:30+01:00"),
        ("2027-03-01", "9.30", "2027-03-01T09:30+01:00"),
        ("01.07.2027", "", "2027-07-01T00:00+02:00"),
    ],
)
def test_moments_as_people_write_them(desk, day, clock, stored):
    kind = make_type()
    form = article_form(title="Neu", lead="Kurz", type=kind.pk, published_at=f"{day} {clock}")
    answer = desk.post("/redaktion/news/article/add/", form)
    assert answer.status_code == 302, answer.context["errors"]
    assert timezone.localtime(Article.objects.get().published_at).isoformat(timespec="minutes") == stored


@pytest.mark.parametrize(
    ("day", "clock", "says"),
    [
        ("", "9:00", "Bitte geben Sie auch das Datum an."),
        ("31.02.2027", "", "Das ist kein Datum: Im Kalender gibt es keinen 31. Februar."),
        ("01.03.2027", "25:00", "Das ist keine Uhrzeit."),
        ("28.03.2027", "2:30", "02:30 Uhr gibt es an diesem Tag nicht"),
        ("morgen früh", "", "Das ist kein Datum."),
    ],
)
def test_a_wrong_moment_is_refused_and_never_becomes_today(desk, day, clock, says):
    kind = make_type()
    form = article_form(title="Bleibt stehen", lead="Kurz", type=kind.pk, published_at=f"{day} {clock}")
    page = desk.post("/redaktion/news/article/add/", form).content.decode()
    assert says in page
    assert 'value="Bleibt stehen"' in page
    assert not Article.objects.exists()


def test_visible_until_a_day_includes_that_day(desk):
    kind = make_type()
    form = article_form(title="Frist", lead="Kurz", type=kind.pk, published_at="01.03.2027", expires_at="31.03.2027")
    assert desk.post("/redaktion/news/article/add/", form).status_code == 302
    assert timezone.localtime(Article.objects.get().expires_at).isoformat() == "2027-04-01T00:00:00+02:00"


def test_standard_pages_stay(desk):
    page = Page.objects.get(slug="impressum")
    assert desk.post(f"/redaktion/forum/page/{page.pk}/delete/", {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes"}
    desk.post("/redaktion/forum/page/", many)
    assert Page.objects.filter(slug="impressum").exists()
    form = desk.get(f"/redaktion/forum/page/{page.pk}/change/").content.decode()
    assert 'name="slug"' not in form


def test_readers_cannot_enter_the_desk(client):
    for address in ("/redaktion/", "/redaktion/news/article/", "/redaktion/news/article/add/"):
        assert client.get(address).status_code == 302
    account = get_user_model().objects.create_user("leserin", password="x")
    client.force_login(account)
    assert client.get("/redaktion/").status_code == 302


def test_the_desk_speaks_german_in_its_scripts(desk):
    script = desk.get("/redaktion/jsi18n/").content.decode()
    assert r"Tabelle einf\u00fcgen" in script
    assert "Heute" in script


def test_scheduled_items_appear_in_the_list_filter(desk):
    make_event(published_at=tomorrow())
    assert desk.get("/redaktion/events/event/?stand=scheduled").context["cl"].result_count == 1
