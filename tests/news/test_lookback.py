"""From an event to the form of its look-back."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from news.models import Article
from tests.factories import (
    make_article,
    make_event,
    make_item,
    make_person,
    make_picture,
    make_type,
    tomorrow,
    yesterday,
)

ADD = "/redaktion/news/article/add/"


@pytest.fixture
def event():
    first, second = make_person(family_name="Zander"), make_person(family_name="Anders")
    event = make_event(
        title="Werkstatt", starts_at=yesterday(), topics=["Wirkung"], picture=make_picture(), contacts=[first, second]
    )
    make_item(event, [first], result="<p>Viel.</p>")
    return event


def tools(client, event):
    page = client.get(f"/redaktion/events/event/{event.pk}/change/")
    return {tool.label: tool.url for tool in page.context["tools"]}


def as_posted(page):
    """What a browser sends when nothing is changed in a form."""
    data = {}
    form = page.context["adminform"].form
    bound = [field for field in form if field.value() is not None]
    for formset in page.context["inline_admin_formsets"]:
        bound += list(formset.formset.management_form)
        for row in formset.formset.forms:
            bound += [field for field in row if field.value() is not None]
    for field in bound:
        value = field.value()
        if isinstance(value, list | tuple) and field.name.endswith("_at"):
            data |= {f"{field.html_name}_{number}": part or "" for number, part in enumerate(value)}
        elif value is not False:
            data[field.html_name] = value
    return data


def test_the_form_knows_what_the_event_knows(desk, event):
    kind = make_type("Berichte")
    make_article(event=make_event(starts_at=yesterday()), type=kind)
    make_article(type=make_type("Meldungen"))
    address = tools(desk, event)["Rückblick anlegen"]
    assert address == f"{ADD}?rueckblick={event.pk}"
    page = desk.get(address)
    assert Article.objects.filter(event=event).count() == 0
    assert "Gespeichert ist noch nichts" in page.content.decode()

    answer = desk.post(address, as_posted(page))
    assert answer.status_code == 302, answer.context["errors"]
    article = Article.objects.get(event=event)
    assert (article.title, article.type, article.picture) == ("Werkstatt", kind, event.picture)
    assert (article.lead, article.text, article.published_at) == ("", "", None)
    assert list(article.topics.names()) == ["Wirkung"]
    assert [row.person.family_name for row in article.contact_rows.all()] == ["Zander", "Anders"]


def test_a_contact_taken_out_of_the_form_is_not_saved(desk, event):
    address = f"{ADD}?rueckblick={event.pk}"
    data = as_posted(desk.get(address))
    data["contact_rows-0-person"] = ""
    answer = desk.post(address, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert [row.person.family_name for row in Article.objects.get().contact_rows.all()] == ["Anders"]


def test_the_type_is_never_invented(desk, event):
    make_article(type=make_type("Meldungen"))
    assert desk.get(f"{ADD}?rueckblick={event.pk}").context["adminform"].form["type"].value() is None


def test_an_existing_look_back_is_named(desk, event):
    article = make_article(event=event, title="So war es", published_at=None)
    assert tools(desk, event) == {
        "Zum Rückblick": f"/redaktion/news/article/{article.pk}/change/",
        "Zum Gegenlesen teilen": f"/redaktion/events/event/{event.pk}/change/gegenlesen/",
        "Kopieren": f"/redaktion/events/event/{event.pk}/kopieren/",
    }
    page = desk.get(f"{ADD}?rueckblick={event.pk}").content.decode()
    assert (
        f'gibt es schon einen Rückblick: <a href="/redaktion/news/article/{article.pk}/change/">So war es</a>' in page
    )
    make_article(event=event)
    listed = desk.get(tools(desk, event)["Zu den Rückblicken"])
    assert listed.context["cl"].result_count == 2


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_at": tomorrow()},
        {"starts_at": None, "published_at": None},
        {"starts_at": yesterday(), "status": "cancelled"},
        {"starts_at": yesterday(), "status": "postponed"},
    ],
)
def test_there_is_nothing_to_look_back_at(desk, facts):
    event = make_event(**facts)
    assert "Rückblick anlegen" not in tools(desk, event)
    page = desk.get(f"{ADD}?rueckblick={event.pk}")
    assert "Dieses Formular ist deshalb leer" in page.content.decode()
    assert page.context["adminform"].form["title"].value() is None


@pytest.mark.parametrize("wanted", ["", "0", "abc", "9" * 30, "١", "1%00"])
def test_nonsense_opens_an_empty_form(desk, wanted):
    page = desk.get(f"{ADD}?rueckblick={wanted}")
    assert page.status_code == 200
    assert page.context["adminform"].form["event"].value() is None


def test_an_event_counts_from_its_first_minute(desk):
    started = make_event(starts_at=timezone.now() - timedelta(minutes=1), ends_at=tomorrow())
    assert "Rückblick anlegen" in tools(desk, started)


def test_it_needs_the_right_to_write_articles(event):
    client = Client()
    staff = get_user_model().objects.create_user("veranstaltungen", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="change_event"))
    client.force_login(staff)
    assert "Rückblick anlegen" not in tools(client, event)
    assert client.get(f"{ADD}?rueckblick={event.pk}").status_code == 403
    staff.user_permissions.set([Permission.objects.get(codename="add_article")])
    page = client.get(f"{ADD}?rueckblick={event.pk}")
    assert page.context["adminform"].form["title"].value() is None, "nothing of an event they may not see"
