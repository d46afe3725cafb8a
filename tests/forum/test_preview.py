import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from forum.models import Page
from tests.factories import make_article, make_event, make_item, make_person, tomorrow, yesterday


def drafts():
    return [
        make_article(title="Mein Entwurf", published_at=None),
        make_event(title="Mein Entwurf", published_at=None, starts_at=None),
        make_item(make_event(published_at=None), title="Mein Entwurf"),
        make_person(family_name="Mein Entwurf", published_at=None),
        Page.objects.create(title="Mein Entwurf"),
    ]


def test_staff_see_drafts_with_a_banner_and_nothing_stores_them(desk, client):
    for draft in drafts():
        assert client.get(draft.get_absolute_url()).status_code == 404
        response = desk.get(draft.get_absolute_url())
        page = response.content.decode()
        assert "Mein Entwurf" in page
        assert "Entwurf: Nur die Redaktion sieht diese Seite." in page
        assert f"/{draft._meta.model_name}/{draft.pk}/change/" in page
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"


def test_the_banner_says_what_will_happen(desk):
    scheduled = make_article(published_at=tomorrow())
    assert "Geplant: öffentlich ab" in desk.get(scheduled.get_absolute_url()).content.decode()
    expired = make_article(published_at=scheduled.created_at.replace(year=2020), expires_at=yesterday())
    assert "Abgelaufen: nicht mehr öffentlich seit" in desk.get(expired.get_absolute_url()).content.decode()


def test_staff_find_the_way_to_the_form_on_public_pages_too(desk, client):
    article = make_article()
    response = desk.get(article.get_absolute_url())
    page = response.content.decode()
    assert "Öffentlich." in page
    assert f"/article/{article.pk}/change/" in page
    assert response["Cache-Control"] == "private, no-store"
    reader = client.get(article.get_absolute_url())
    assert 'class="banner"' not in reader.content.decode()
    assert "Cache-Control" not in reader


@pytest.mark.parametrize(
    ("is_staff", "may_view", "status"), [(True, True, 200), (True, False, 404), (False, True, 404)]
)
def test_only_staff_who_may_see_such_things(is_staff, may_view, status):
    account = get_user_model().objects.create_user("person", password="x", is_staff=is_staff)
    if may_view:
        account.user_permissions.add(Permission.objects.get(codename="view_article"))
    client = Client()
    client.force_login(account)
    assert client.get(make_article(published_at=None).get_absolute_url()).status_code == status


def test_a_forged_session_cookie_opens_nothing():
    client = Client()
    client.cookies["sessionid"] = "erfunden"
    assert client.get(make_article(published_at=None).get_absolute_url()).status_code == 404


def test_lists_never_show_drafts_not_even_to_staff(desk):
    for draft in drafts():
        for address in ("/", "/aktuelles/", "/veranstaltungen/", "/kontakt/"):
            assert "Mein Entwurf" not in desk.get(address).content.decode(), draft


def test_readers_get_no_cookie_and_pages_do_not_vary(client):
    article, event, person = make_article(), make_event(), make_person()
    item = make_item(event)
    addresses = [
        "/",
        "/aktuelles/",
        "/veranstaltungen/",
        "/kontakt/",
        "/kontakt/mitte/",
        "/impressum/",
        "/gibt-es-nicht/",
    ]
    for address in [*addresses, *(thing.get_absolute_url() for thing in (article, event, item, person))]:
        response = client.get(address)
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert "csrf" not in response.content.decode().lower(), address
