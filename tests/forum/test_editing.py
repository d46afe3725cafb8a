"""Two people on one thing, a form sent twice, a thing deleted meanwhile, a login that has expired."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client

from contacts.models import Person
from events.models import Event, ProgrammeItem, Venue
from forum.desk.controls import Controls
from forum.models import OpenForm
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person, tomorrow
from tests.threads import at_once, wipe


def address(thing):
    return f"/redaktion/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"


def opened(client, path):
    """What a browser would send for a form just opened, as a dictionary of lists."""
    return sent(client.get(path))


def sent(answer):
    page = answer.content.decode()
    form = re.search(r'<form[^>]*id="\w+_form".*</form>', page, re.DOTALL)[0]
    data = {}
    for name, value in Controls(form).pairs:
        data.setdefault(name, []).append(value)
    return {name: values for name, values in data.items() if "__prefix__" not in name}


@pytest.fixture
def colleague():
    account = get_user_model().objects.create_superuser("anika", first_name="Anika", last_name="Göbel", password="x")
    client = Client()
    client.force_login(account)
    return client


def test_a_form_just_opened_is_saved_and_changes_nothing(desk):
    start = tomorrow().replace(second=0, microsecond=0)
    person = make_person(published_at=start)
    times = {"starts_at": start, "published_at": start, "ends_at": start + timedelta(hours=3)}
    event = make_event(
        **times, text="<p>Text\nmit Umbruch</p>", lead="Zwei\nZeilen", topics=["Wirkung"], contacts=[person]
    )
    make_item(event, people=[person])
    for thing in (event, event.programme.get(), person):
        before = type(thing).objects.values().get(pk=thing.pk)
        assert desk.post(address(thing), opened(desk, address(thing))).status_code == 302
        after = type(thing).objects.values().get(pk=thing.pk)
        assert {name for name in before if before[name] != after[name]} <= {"changed_at"}


def test_a_stale_save_is_refused_and_both_versions_are_visible(desk, colleague):
    article = make_article(title="Alt", lead="Alte Einleitung", text="<p>Alter Text</p>")
    mine, theirs = opened(desk, address(article)), opened(colleague, address(article))
    assert colleague.post(address(article), theirs | {"lead": "Anikas Einleitung", "title": "Neu"}).status_code == 302
    answer = desk.post(address(article), mine | {"lead": "Meine Einleitung", "text": "<p>Mein Text</p>"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Noch nicht gespeichert" in page
    assert "Gespeichert von Anika Göbel um" in page
    assert "Meine</mark>" in page or "Meine" in page
    refusal = answer.context["editing"]["refusal"]
    assert [(part.key, part.mine, part.stored, part.both) for part in refusal.parts] == [
        ("title", "Alt", "Neu", False),
        ("lead", "Meine Einleitung", "Anikas Einleitung", True),
    ]
    assert refusal.only_mine == ["Text"]
    assert sent(answer)["text"] == ["<p>Mein Text</p>"]
    assert Article.objects.get().lead == "Anikas Einleitung"

    again = desk.post(address(article), sent(answer))  # the same click without having decided
    assert "Hier fehlt noch Ihre Entscheidung" in again.content.decode()
    assert Article.objects.get().lead == "Anikas Einleitung"

    assert desk.post(address(article), sent(again) | {"_take-lead": ["mine"]}).status_code == 302
    stored = Article.objects.get()
    assert (stored.title, stored.lead, stored.text) == ("Neu", "Meine Einleitung", "<p>Mein Text</p>")


def test_one_button_replaces_the_other_version(desk, colleague):
    article = make_article(title="Alt")
    mine = opened(desk, address(article))
    colleague.post(address(article), opened(colleague, address(article)) | {"title": "Anikas", "lead": "Anikas"})
    form = sent(desk.post(address(article), mine | {"title": "Meiner"}))
    assert desk.post(address(article), form | {"_replace": "1"}).status_code == 302
    assert (Article.objects.get().title, Article.objects.get().lead) == ("Meiner", "Worum es geht.")


def test_a_third_version_is_compared_again(desk, colleague):
    article = make_article()
    mine = opened(desk, address(article))
    colleague.post(address(article), opened(colleague, address(article)) | {"title": "Zweite"})
    form = sent(desk.post(address(article), mine | {"title": "Meine"}))
    colleague.post(address(article), opened(colleague, address(article)) | {"title": "Dritte"})
    answer = desk.post(address(article), form | {"_replace": "1"})
    assert answer.context["editing"]["refusal"].parts[0].stored == "Dritte"
    assert Article.objects.get().title == "Dritte"


def test_rows_that_changed_elsewhere_are_part_of_the_version(desk, colleague):
    event = make_event()
    kept, gone = make_item(event, title="Bleibt"), make_item(event, title="Geht")
    mine = opened(desk, address(event))
    item_form = opened(colleague, address(kept))
    colleague.post(address(kept), item_form | {"title": "Umbenannt"})
    gone.delete()
    new_row = {f"programme-2-{name}": "" for name in ("id", "day", "starts_at", "ends_at", "room")}
    mine |= new_row | {
        "programme-TOTAL_FORMS": "3",
        "programme-2-title": "Dazu",
        "programme-2-kind": "workshop",
        "programme-2-position": "5",
        "programme-2-event": str(event.pk),
    }
    answer = desk.post(address(event), mine)
    (part,) = answer.context["editing"]["refusal"].parts
    assert part.is_rows
    assert "Umbenannt" in part.stored
    assert "Dazu" in part.mine
    assert "Geht" in part.mine

    assert desk.post(address(event), sent(answer) | {"_take-programme": "mine"}).status_code == 302
    assert sorted(event.programme.values_list("title", flat=True)) == ["Bleibt", "Dazu", "Geht"]


def test_rows_can_be_taken_as_they_are_stored(desk, colleague):
    event = make_event()
    item = make_item(event, title="Alt")
    mine = opened(desk, address(event)) | {"programme-0-title": "Meiner", "title": "Mein Titel"}
    colleague.post(address(item), opened(colleague, address(item)) | {"title": "Anikas"})
    form = sent(desk.post(address(event), mine))
    assert desk.post(address(event), form | {"_take-programme": "stored"}).status_code == 302
    assert ProgrammeItem.objects.get().title == "Anikas"
    assert Event.objects.get().title == "Mein Titel"


def test_topics_and_choices_are_compared_by_their_names(desk, colleague):
    article = make_article(topics=["Wirkung"])
    mine = opened(desk, address(article))
    article.topics.add("Inklusion")
    answer = desk.post(address(article), mine | {"topics": []})
    (part,) = answer.context["editing"]["refusal"].parts
    assert (part.mine, set(part.stored.split())) == ("", {"Inklusion", "Wirkung"})


def test_things_without_a_moment_of_change_are_guarded_too(desk, colleague):
    venue = Venue.objects.create(name="Haus")
    mine = opened(desk, address(venue))
    colleague.post(address(venue), opened(colleague, address(venue)) | {"name": "Anikas Haus"})
    assert desk.post(address(venue), mine | {"name": "Mein Haus"}).status_code == 200
    assert Venue.objects.get().name == "Anikas Haus"


def test_the_same_change_by_both_is_no_conflict(desk, colleague):
    article = make_article()
    mine = opened(desk, address(article))
    colleague.post(address(article), opened(colleague, address(article)) | {"title": "Gleich"})
    assert desk.post(address(article), mine | {"title": "Gleich"}).status_code == 302


@pytest.mark.parametrize("version", ["Unsinn", "|", "1|title:xyz", "\x00", "9" * 5000 + "|title:" + "a" * 12])
def test_a_forged_version_is_compared_like_an_old_one(desk, version):
    article = make_article(title="Alt")
    answer = desk.post(address(article), opened(desk, address(article)) | {"_version": version, "title": "Neu"})
    assert answer.status_code == 200
    assert answer.context["editing"]["refusal"].parts[0].stored == "Alt"


def sent_together(address, prepare, forms) -> list[int]:
    """Two windows of one person send a form at the same instant; returns the status of both answers.

    Args:
        address: of the form, once `prepare` has run.
        prepare: makes what is edited.
        forms: (client) → what each of them sends, twice.
    """
    clients, statuses, filled = [Client(), Client()], [], []

    def get_ready():
        user = get_user_model().objects.create_superuser("eilige")
        prepare()
        for client in clients:
            client.force_login(user)
        filled.extend(forms(clients))

    def send(number):
        return lambda: statuses.append(clients[number].post(address(), filled[number]).status_code)

    assert at_once(get_ready) == []
    assert at_once(send(0), send(1)) == []
    return sorted(statuses)


def test_of_two_saves_at_the_same_instant_one_is_refused():
    def here():
        return address(Article.objects.get(slug="gleichzeitig"))

    def forms(clients):
        return [opened(client, here()) | {"title": f"Titel {number}"} for number, client in enumerate(clients)]

    try:
        assert sent_together(here, lambda: make_article(slug="gleichzeitig"), forms) == [200, 302]
    finally:
        wipe("auth_user", "news_article", "news_articletype", "forum_auditentry")


def test_a_double_click_creates_one_thing():
    add = "/redaktion/events/venue/add/"

    def forms(clients):
        return [opened(clients[0], add) | {"name": "Haus"}] * 2

    try:
        assert sent_together(lambda: add, lambda: None, forms) == [302, 302]
        counts = []
        assert at_once(lambda: counts.append(Venue.objects.count())) == []
        assert counts == [1]
    finally:
        wipe("auth_user", "events_venue", "forum_auditentry")


def test_a_reload_leads_to_the_thing_created_first(desk):
    form = opened(desk, "/redaktion/events/venue/add/") | {"name": "Haus", "_continue": "1"}
    first = desk.post("/redaktion/events/venue/add/", form)
    second = desk.post("/redaktion/events/venue/add/", form, follow=True)
    assert second.redirect_chain[0][0].split("?")[0] == first.url.split("?")[0]
    assert "gespeichert wurde es nur einmal" in second.content.decode()
    assert Venue.objects.count() == 1


def test_going_back_and_writing_more_is_asked_about(desk):
    form = opened(desk, "/redaktion/events/venue/add/") | {"name": "Haus"}
    desk.post("/redaktion/events/venue/add/", form)
    answer = desk.post("/redaktion/events/venue/add/", form | {"name": "Haus am See"})
    assert "Aus diesem Formular ist schon" in answer.content.decode()
    assert sent(answer)["name"] == ["Haus am See"]
    assert Venue.objects.count() == 1
    assert desk.post("/redaktion/events/venue/add/", sent(answer)).status_code == 302
    assert Venue.objects.count() == 2


def test_rows_of_a_form_sent_twice_are_not_doubled(desk):
    event = make_event()
    row = {
        "programme-TOTAL_FORMS": "1",
        "programme-0-title": "Neu",
        "programme-0-kind": "workshop",
        "programme-0-position": "0",
    }
    form = opened(desk, address(event)) | row
    for _ in range(2):
        assert desk.post(address(event), form).status_code == 302
    assert event.programme.count() == 1


def test_a_token_of_somebody_else_is_worth_nothing(desk, colleague):
    form = opened(colleague, "/redaktion/events/venue/add/") | {"name": "Haus"}
    colleague.post("/redaktion/events/venue/add/", form)
    assert desk.post("/redaktion/events/venue/add/", form | {"name": "Anderes Haus"}).status_code == 302
    assert Venue.objects.count() == 2


def test_what_was_typed_survives_that_the_thing_was_deleted(desk, colleague):
    event = make_event(title="Fest")
    make_item(event, title="Rede")
    form = opened(desk, address(event)) | {"lead": "Mühsam geschrieben"}
    colleague.post(address(event).replace("change", "delete"), {"post": "yes"})
    answer = desk.post(address(event), form)
    assert "Dieser Eintrag wurde inzwischen gelöscht (Gelöscht von Anika Göbel" in answer.content.decode()
    assert sent(answer)["lead"] == ["Mühsam geschrieben"]
    assert desk.post("/redaktion/events/event/add/", sent(answer)).status_code == 302
    assert Event.objects.get().lead == "Mühsam geschrieben"
    assert Event.objects.get().programme.get().title == "Rede"


def test_the_second_is_told_who_has_it_open(desk, colleague):
    article = make_article()
    presence = address(article).replace("change", "anwesend")
    token = str(uuid4())
    assert colleague.post(presence, {"_token": token, "idle": "70"}).json() == {"others": [], "changed": ""}
    page = desk.get(address(article)).content.decode()
    assert re.search(r"Anika Göbel bearbeitet diesen Eintrag seit \d\d:\d\d Uhr \(zuletzt aktiv vor 1 Minute\)\.", page)
    mine = desk.post(presence, {"_token": str(uuid4())}).json()
    assert mine["others"][0].startswith("Anika Göbel bearbeitet")
    colleague.post(presence, {"_token": token, "leave": "1"})
    assert "Anika Göbel bearbeitet" not in desk.get(address(article)).content.decode()


def test_an_open_form_is_told_that_somebody_has_saved(desk, colleague):
    article = make_article()
    presence = address(article).replace("change", "anwesend")
    token = str(uuid4())
    desk.post(presence, {"_token": token})
    colleague.post(address(article), opened(colleague, address(article)) | {"title": "Neu"})
    assert desk.post(presence, {"_token": token}).json()["changed"].startswith("Gespeichert von Anika Göbel um")


def test_two_silent_minutes_mean_gone_and_opening_writes_nothing(desk, colleague):
    article = make_article()
    presence = address(article).replace("change", "anwesend")
    colleague.post(presence, {"_token": str(uuid4())})
    form = OpenForm.objects.get()
    form.seen_at -= timedelta(minutes=2)
    form.save()
    assert "bearbeitet diesen Eintrag" not in desk.get(address(article)).content.decode()
    assert OpenForm.objects.count() == 1


def test_presence_needs_the_right_to_change_and_a_post(client, desk):
    article = make_article()
    presence = address(article).replace("change", "anwesend")
    assert desk.get(presence).status_code == 405
    account = get_user_model().objects.create_user("leser", password="x", is_staff=True)
    client.force_login(account)
    assert client.post(presence, {"_token": str(uuid4())}).status_code == 403
    assert desk.post(presence, {"_token": "Unsinn", "idle": "x"}).status_code == 403
    assert desk.post(presence, {"_token": str(uuid4()), "idle": "9" * 30}).status_code == 200
    assert (
        desk.post("/redaktion/news/article/99999999999999999999/anwesend/", {"_token": str(uuid4())}).status_code == 200
    )


def test_an_expired_login_leads_back_to_the_form(client):
    article = make_article()
    form = f"http://testserver{address(article)}?_changelist_filters=q"
    answer = client.post(address(article).replace("change", "vorschau"), headers={"referer": form})
    assert answer.url == f"/redaktion/login/?next={address(article)}%3F_changelist_filters%3Dq"
    assert "liegt noch in diesem Browser" in client.get(answer.url).content.decode()
    answer = client.post(address(article), headers={"referer": "https://fremd.example/redaktion/"})
    assert answer.url == f"/redaktion/login/?next={address(article)}"
    signs = client.post(address(article).replace("change", "anwesend"), headers={"accept": "application/json"})
    assert (signs.status_code, signs.json()) == (401, {"signed_out": True})


def test_an_outdated_form_is_told_where_its_text_is(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    form = "http://testserver/redaktion/news/article/add/"
    answer = client.post("/redaktion/news/article/vorschau/", {"title": "Lang"}, headers={"referer": form})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Es liegt noch in diesem Browser" in page
    assert 'href="/redaktion/news/article/add/"' in page


def test_a_form_that_is_too_large_is_explained(desk):
    answer = desk.post("/redaktion/news/article/add/", {"text": "x" * 12_500_000})
    assert answer.status_code == 413
    assert "zu viel Text auf einmal" in answer.content.decode()
    many = desk.post("/redaktion/news/article/add/", {f"f{i}": "" for i in range(6_000)})
    assert many.status_code == 413


def test_the_browser_learns_which_copy_it_may_drop(desk):
    form = opened(desk, "/redaktion/events/venue/add/")
    refused = desk.post("/redaktion/events/venue/add/", form | {"name": ""})
    assert "gesichert" not in refused.cookies
    saved = desk.post("/redaktion/events/venue/add/", form | {"name": "Haus"})
    assert saved.cookies["gesichert"].value == form["_token"][0]
    assert saved.cookies["gesichert"]["path"] == "/"


def test_opening_costs_the_same_whoever_else_is_there(desk, count_queries):
    person = make_person()
    few = count_queries(address(person), desk)
    for i in range(5):
        account = get_user_model().objects.create_superuser(f"p{i}")
        other = Client()
        other.force_login(account)
        other.post(address(person).replace("change", "anwesend"), {"_token": str(uuid4())})
    assert count_queries(address(person), desk) == few
    assert Person.objects.count() == 1


def test_no_list_is_edited_in_place():
    """Such a list saves whatever it was opened with, over what others have changed meanwhile."""
    assert [type(one) for one in admin.site._registry.values() if one.list_editable] == []
