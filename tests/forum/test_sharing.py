"""Links to share: they open one thing for whoever has them, until they end, and nothing else ever."""

import logging
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from forum.logs import AccessFormatter, without_personal_data
from forum.models import Page, ShareLink
from forum.sharing import NOTE_KEPT
from tests.factories import make_article, make_event, make_item, make_person, make_picture, tomorrow, yesterday
from tests.forum.test_buttons import address


def share(thing, days=14, **facts):
    return ShareLink.objects.create(target=thing, expires_at=timezone.now() + timedelta(days=days), **facts)


def drafts():
    return [
        make_article(title="Mein Entwurf", published_at=None),
        make_event(title="Mein Entwurf", published_at=None, starts_at=None),
        make_person(family_name="Mein Entwurf", published_at=None),
        Page.objects.create(title="Mein Entwurf"),
    ]


def test_somebody_without_login_reads_every_kind(client):
    for draft in drafts():
        answer = client.get(share(draft).get_absolute_url())
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Mein Entwurf" in page
        assert "Entwurf zum Gegenlesen, gültig bis " in page
        assert client.get(draft.get_absolute_url()).status_code == 404


def test_nobody_keeps_finds_or_passes_on_the_page(client):
    draft = make_article(published_at=None, easy_text="<p>Leicht.</p>")
    link = share(draft)
    answer = client.get(link.get_absolute_url())
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    page = answer.content.decode()
    for word in ("og:url", 'rel="canonical"', 'rel="alternate"', "speculationrules", "csrf", "/redaktion/"):
        assert word not in page, word
    assert re.findall(rf'(?<!href=")/gegenlesen/{re.escape(link.token)}', page) == []  # nor in the mail about barriers


def test_the_parts_of_an_event_are_reached_from_it(client):
    event = make_event(published_at=None, easy_text="<p>Leicht gesagt.</p>", easy_title="Leicht")
    item = make_item(event, title="Werkstatt", text="<p>Worum es geht</p>")
    link = share(event)
    page = client.get(link.get_absolute_url()).content.decode()
    assert f'href="{link.get_absolute_url()}werkstatt/"' in page
    assert f'href="{link.get_absolute_url()}leicht/"' in page
    assert f'href="{event.get_absolute_url()}' not in page
    part = client.get(f"{link.get_absolute_url()}werkstatt/")
    assert "Worum es geht" in part.content.decode()
    assert part["X-Robots-Tag"] == "noindex, nofollow"
    assert f'href="{link.get_absolute_url()}"' in part.content.decode()
    assert "Leicht gesagt." in client.get(f"{link.get_absolute_url()}leicht/").content.decode()
    assert client.get(item.get_absolute_url()).status_code == 404


def test_it_shows_the_draft_as_it_is_now(client):
    draft = make_article(published_at=None, title="Alt")
    link = share(draft)
    draft.title, draft.slug = "Neu", "neue-adresse"
    draft.save()
    assert "Neu" in client.get(link.get_absolute_url()).content.decode()


def test_after_publication_it_leads_to_the_page(client):
    event = make_event(published_at=None, slug="forum")
    make_item(event, title="Werkstatt")
    link = share(event)
    event.published_at = yesterday()
    event.save()
    answer = client.get(link.get_absolute_url())
    assert (answer.status_code, answer.url) == (302, "/veranstaltungen/forum/")
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get(f"{link.get_absolute_url()}werkstatt/").url == "/veranstaltungen/forum/werkstatt/"


@pytest.mark.parametrize("state", ["scheduled", "expired"])
def test_what_is_not_public_yet_or_any_more_can_be_read(client, state):
    facts = {"scheduled": {"published_at": tomorrow()}}.get(
        state, {"published_at": yesterday() - timedelta(days=1), "expires_at": yesterday()}
    )
    assert client.get(share(make_article(**facts)).get_absolute_url()).status_code == 200


def ended(thing):
    """Addresses that open nothing."""
    good = share(thing)
    token, other = good.token, share(thing).token
    key, _, signature = token.partition(".")
    deleted = make_article(published_at=None)
    gone = share(deleted)
    deleted.delete()
    return {
        "expired": share(thing, days=-1).token,
        "revoked": share(thing, revoked_at=timezone.now()).token,
        "deleted": gone.token,
        "forged": f"{key}.{signature[:-2]}xx",
        "signature of another": f"{key}.{other.partition('.')[2]}",
        "unsigned": key,
        "empty signature": f"{key}.",
        "invented": "erfunden.erfunden",
        "hostile": "%00.%00",
        "foreign letters": "ü.ü",
        "long": "a" * 5000,
    }


def test_every_end_looks_the_same(client, count_queries):
    thing = make_article(published_at=None, title="Mein Entwurf")
    pages = {}
    for case, token in ended(thing).items():
        answer = client.get(f"/gegenlesen/{token}/")
        assert answer.status_code == 404, case
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        pages[answer.content] = case
        assert client.get(f"/gegenlesen/{token}/leicht/").status_code == 404
    assert len(pages) == 1
    assert "Dieser Link gilt nicht mehr" in next(iter(pages)).decode()


def test_a_link_opens_one_thing_only(client):
    first, second = make_event(published_at=None, slug="eins"), make_event(published_at=None, slug="zwei")
    mine = make_item(first, title="Meins")
    make_item(second, title="Deins")
    here = share(first).get_absolute_url()
    assert client.get(f"{here}{mine.slug}/").status_code == 200
    for below in ("deins/", "../zwei/", "%2e%2e/zwei/", "zwei/", "meins/leicht/", "leicht/", "x", "//", "?a=b/"):
        assert client.get(f"{here}{below}").status_code in (200, 404), below
        assert "Deins" not in client.get(f"{here}{below}").content.decode()
        assert second.title not in client.get(f"{here}{below}").content.decode()
    assert client.get(f"{here}deins/").status_code == 404


def test_a_page_named_like_a_room_does_not_open_the_room(client):
    secret = make_person(family_name="Geheim", published_at=None)
    page = Page.objects.create(title="Personen", slug="personen")  # the form refuses such a name
    link = share(page)
    assert page.get_absolute_url() + f"{secret.slug}/" == secret.get_absolute_url()
    assert client.get(f"{link.get_absolute_url()}{secret.slug}/").status_code == 404


def test_it_opens_nothing_beside_itself_and_only_there(client):
    related, event = (
        make_article(title="Anderer Entwurf", published_at=None),
        make_event(title="Eigene Tagung", published_at=None),
    )
    make_article(title="Noch ein Rückblick", published_at=None, event=event)
    article = make_article(published_at=None, event=event)
    article.related.add(related)
    link = share(article)
    page = client.get(link.get_absolute_url()).content.decode()
    for word in ("Anderer Entwurf", "Noch ein Rückblick"):
        assert word not in page
    assert client.get(event.get_absolute_url()).status_code == 404
    assert client.get(article.get_absolute_url()).status_code == 404  # having read it leaves no trace
    token = {"token": link.token}
    assert client.get(article.get_absolute_url(), token).status_code == 404
    assert client.get(article.get_absolute_url(), headers={"Referer": link.get_absolute_url()}).status_code == 404


def test_it_shows_what_belongs_to_the_thing_as_it_will_be(client):
    person = make_person(family_name="Mitwirkende", published_at=None)
    event = make_event(title="Eigene Tagung", published_at=None)
    item = make_item(event, [person], title="Zuhören lernen")
    article = make_article(
        published_at=None, event=event, contacts=[person], picture=make_picture(credit="", caption="Im Saal")
    )
    page = client.get(share(article).get_absolute_url()).content.decode()
    for word in ("Eigene Tagung", "Zuhören lernen", "Mitwirkende", "Im Saal"):
        assert word in page, word
    for word in ("noch nicht öffentlich", "fehlt"):
        assert word not in page, word
    for hidden in (event, item, person):  # whoever has the link could not open them
        assert f'href="{hidden.get_absolute_url()}' not in page
    assert page.count('aria-disabled="true"') >= 4
    page = client.get(share(event).get_absolute_url()).content.decode()
    assert "Mitwirkende" in page


def test_staff_see_there_what_the_others_see(desk):
    draft = make_article(published_at=None)
    page = desk.get(share(draft).get_absolute_url()).content.decode()
    assert "Entwurf zum Gegenlesen" in page
    assert "/redaktion/" not in page


def test_only_reading(client):
    path = share(make_article(published_at=None)).get_absolute_url()
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_the_token_stays_out_of_the_logs():
    token = share(make_article(published_at=None)).token
    assert token not in without_personal_data(f"Not Found: /gegenlesen/{token}/leicht/")
    assert "/gegenlesen/…/leicht/" in without_personal_data(f"Not Found: /gegenlesen/{token}/leicht/")
    atoms = {"m": "GET", "U": f"/gegenlesen/{token}/", "s": "200", "b": "5", "M": 1}
    line = AccessFormatter().format(logging.LogRecord("gunicorn.access", logging.INFO, "x", 1, "%(U)s", (atoms,), None))
    assert "/gegenlesen/…/" in line
    assert token not in line


def test_the_database_alone_opens_nothing(client):
    link = share(make_article(published_at=None))
    stored = [str(value) for value in ShareLink.objects.filter(pk=link.pk).values_list()[0]]
    assert link.token not in stored
    for value in stored:
        assert client.get(f"/gegenlesen/{value}/").status_code == 404


# ---------------------------------------------------------------- at the desk


def test_making_showing_and_revoking_a_link(desk, client, staff):
    draft = make_event(published_at=None, title="Werkstatt & mehr")
    place = f"{address(draft)}gegenlesen/"
    assert f'href="{place}">Zum Gegenlesen teilen' in desk.get(address(draft)).content.decode()
    assert "Zurzeit gilt kein Link." in desk.get(place).content.decode()
    assert not ShareLink.objects.exists()  # looking makes none
    assert desk.post(place, {"days": 7, "note": "Frau Ä <b>"}).url == place
    link = ShareLink.objects.get()
    assert abs(link.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=2)
    assert link.created_by == staff
    answer = desk.get(place)
    page = answer.content.decode()
    assert f"http://testserver{link.get_absolute_url()}" in page
    assert "Für Frau Ä &lt;b&gt;" in page
    assert "von chefin" in page
    assert "mailto:?subject=Bitte%20gegenlesen%3A%20Werkstatt%20%26%20mehr&amp;body=" in page
    assert "no-store" in answer["Cache-Control"]
    assert client.get(link.get_absolute_url()).status_code == 200
    assert desk.get(f"{place}{link.pk}/zuruecknehmen/").status_code == 405
    assert desk.post(f"{place}{link.pk}/zuruecknehmen/").url == place
    assert client.get(link.get_absolute_url()).status_code == 404
    assert "Zurzeit gilt kein Link." in desk.get(place).content.decode()
    changes = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert [words.rpartition(" ")[2] for words in changes][1] == "zurückgenommen."
    assert "gültig bis" in changes[0]


def test_two_weeks_unless_somebody_says_otherwise(desk):
    page = desk.get(f"{address(make_article(published_at=None))}gegenlesen/").content.decode()
    assert '<option value="14" selected>zwei Wochen</option>' in page


@pytest.mark.parametrize(
    "wish", [{"days": "365"}, {"days": ""}, {}, {"days": "7", "note": "x" * 201}, {"days": "7", "note": "\x00"}]
)
def test_a_wrong_wish_is_refused_beside_its_field(desk, wish):
    answer = desk.post(f"{address(make_article(published_at=None))}gegenlesen/", wish)
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert not ShareLink.objects.exists()


def test_sharing_needs_the_right_to_change_the_thing(client):
    draft = make_article(published_at=None)
    link = share(draft)
    place = f"{address(draft)}gegenlesen/"
    account = get_user_model().objects.create_user("nur-lesen", is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename="view_article"))
    reader = Client()
    reader.force_login(account)
    assert client.get(place).status_code == 302
    assert "gegenlesen" not in reader.get(address(draft)).content.decode()
    for answer in (reader.get(place), reader.post(place, {"days": 7}), reader.post(f"{place}{link.pk}/zuruecknehmen/")):
        assert answer.status_code == 403
    assert ShareLink.objects.active().count() == 1


def test_a_link_is_revoked_at_its_own_thing_only(desk):
    link = share(make_article(published_at=None))
    other = make_event(published_at=None)
    desk.post(f"{address(other)}gegenlesen/{link.pk}/zuruecknehmen/")
    desk.post(f"{address(other)}gegenlesen/{10**18}/zuruecknehmen/")
    assert ShareLink.objects.active().count() == 1
    assert desk.get("/redaktion/news/article/999999/change/gegenlesen/").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies.copy()
    assert strict.post(f"{address(other)}gegenlesen/", {"days": 7}).status_code == 403


def test_whom_a_link_was_for_is_forgotten(desk):
    draft = make_article(published_at=None)
    old = share(draft, days=-NOTE_KEPT.days - 1, note="Frau Beispiel")
    recent = share(draft, days=-1)
    desk.post(f"{address(draft)}gegenlesen/", {"days": 1})
    assert not ShareLink.objects.filter(pk=old.pk).exists()
    assert ShareLink.objects.filter(pk=recent.pk).exists()


def test_the_list_of_links_costs_the_same_for_one_and_many(desk, count_queries, staff):
    draft = make_article(published_at=None)
    share(draft, created_by=staff)
    few = count_queries(f"{address(draft)}gegenlesen/", desk)
    for _ in range(5):
        share(draft, created_by=staff)
    assert count_queries(f"{address(draft)}gegenlesen/", desk) == few
