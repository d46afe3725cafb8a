import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from events.models import ProgrammeItem
from forum.addresses import moved_to
from forum.models import FormerAddress, Page
from news.models import Article
from tests.factories import make_article, make_event, make_item, make_person, tomorrow
from tests.threads import at_once


def test_slug_comes_from_the_title():
    assert make_article(title="Über Größe").slug == "ueber-groesse"
    assert (
        make_person(title="Dr.", given_name="Jörg", name_prefix="von der", family_name="Öl").slug == "joerg-von-der-oel"
    )


def test_same_titles_get_different_slugs():
    assert [make_article(title="Doppelt").slug for _ in range(3)] == ["doppelt", "doppelt-2", "doppelt-3"]


def test_title_without_letters_gets_a_slug():
    assert make_article(title="!!!").slug == "beitrag"


@pytest.mark.parametrize("title", ["Feed", "Detail"])
def test_reserved_slugs_are_avoided(title):
    article = make_article(title=title)
    assert article.slug == f"{title.lower()}-2"
    article.slug = title.lower()
    with pytest.raises(ValidationError) as error:
        article.full_clean()
    assert "vergeben" in error.value.message_dict["slug"][0]


def test_item_slugs_are_unique_in_their_event_only():
    first, second = make_event(), make_event()
    assert make_item(first, title="Pause").slug == make_item(second, title="Pause").slug == "pause"
    assert make_item(first, title="Pause").slug == "pause-2"


def rename(thing, slug):
    thing.slug = slug
    thing.full_clean()
    thing.save()


def test_old_address_redirects_permanently(client):
    article = make_article(title="Alt")
    rename(article, "neu")
    response = client.get("/aktuelles/alt/?von=mail")
    assert (response.status_code, response["Location"]) == (301, "/aktuelles/neu/?von=mail")
    assert response["Cache-Control"] == "no-cache"  # browsers keep other permanent redirects, also those taken back


def test_several_changes_cost_one_hop_and_going_back_makes_no_loop(client):
    article = make_article(title="Eins")
    for slug in ("zwei", "drei", "vier", "zwei"):
        rename(article, slug)
    for old in ("eins", "drei", "vier"):
        assert client.get(f"/aktuelles/{old}/")["Location"] == "/aktuelles/zwei/"
    assert client.get("/aktuelles/zwei/").status_code == 200
    assert not FormerAddress.objects.filter(path="/aktuelles/zwei/").exists()


def test_programme_items_move_with_their_event(client):
    event = make_event(title="Alt")
    item = make_item(event, title="Workshop")
    rename(event, "neu")
    assert client.get("/veranstaltungen/alt/workshop/")["Location"] == "/veranstaltungen/neu/workshop/"
    rename(item, "werkstatt")
    assert client.get("/veranstaltungen/alt/workshop/")["Location"] == "/veranstaltungen/neu/werkstatt/"
    assert client.get("/veranstaltungen/neu/workshop/")["Location"] == "/veranstaltungen/neu/werkstatt/"


def test_unpublished_things_leave_no_trace(client):
    article = make_article(title="Geheim", published_at=tomorrow())
    rename(article, "noch-geheimer")
    assert client.get("/aktuelles/geheim/").status_code == 404
    item = make_item(make_event(title="Entwurf", published_at=None), title="Punkt")
    rename(item, "anderer-punkt")
    assert client.get("/veranstaltungen/entwurf/punkt/").status_code == 404


def test_deleted_things_do_not_redirect(client):
    article = make_article(title="Weg")
    rename(article, "ganz-weg")
    article.delete()
    assert client.get("/aktuelles/weg/").status_code == 404
    assert not FormerAddress.objects.filter(path="/aktuelles/weg/").exists()


def test_an_old_address_is_not_given_to_something_else():
    article = make_article(title="Sommerfest")
    rename(article, "sommerfest-2023")
    other = make_article(title="Sommerfest")
    assert other.slug == "sommerfest-2"
    other.slug = "sommerfest"
    with pytest.raises(ValidationError) as error:
        other.full_clean()
    assert "alte Links" in error.value.message_dict["slug"][0]
    rename(article, "sommerfest")  # back to its own


@pytest.mark.parametrize("address", ["/aktuelles/detail/ein-beitrag/", "/aktuelles/detail/ein-beitrag"])
def test_addresses_of_the_old_site_lead_to_ours(client, address):
    article = make_article(title="Ein Beitrag")
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, "/aktuelles/ein-beitrag/")
    rename(article, "umbenannt")
    assert client.get(address)["Location"] == "/aktuelles/umbenannt/"


def test_staff_redirects_that_bite_their_tail_end_in_404(client):
    FormerAddress.objects.create(path="/a/", target_path="/b/")
    FormerAddress.objects.create(path="/b/", target_path="/a/")
    assert client.get("/a/").status_code == 404
    FormerAddress.objects.create(path="/c/", target_path="/c/d/")
    assert moved_to("/c/") is None


def test_a_redirect_leads_somewhere_on_this_site():
    for path, target in [("/x/", "https://example.org/"), ("/x/", "//example.org/"), ("/x/", "/x/"), ("/x/", "")]:
        with pytest.raises(ValidationError):
            FormerAddress(path=path, target_path=target).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        FormerAddress.objects.create(path="/x/")


@pytest.mark.parametrize("path", ["/%00/", "/" + "x" * 600 + "/", "/aktuelles/%F0%9F%98%80/", "/..%2f..%2fetc/"])
def test_hostile_addresses_are_just_not_found(client, path):
    assert client.get(path).status_code == 404


def test_posting_to_an_old_address_is_not_redirected(client):
    rename(make_article(title="Alt"), "neu")
    assert client.post("/aktuelles/alt/").status_code in (404, 405)


def test_page_addresses_cannot_hide_the_rooms_of_the_house():
    with pytest.raises(ValidationError):
        Page(title="Aktuelles", slug="aktuelles").full_clean()


def test_four_people_save_the_same_title_at_once():
    try:
        assert at_once(*[lambda: Article.objects.create(title="Gleichzeitig")] * 4) == []
        slugs = ["gleichzeitig", "gleichzeitig-2", "gleichzeitig-3", "gleichzeitig-4"]
        assert sorted(Article.objects.values_list("slug", flat=True)) == slugs
    finally:
        at_once(lambda: Article.objects.all().delete())


@pytest.mark.parametrize(
    "steps",
    [["event b", "item x", "event c"], ["event b", "item x", "event a"], ["item x", "event b", "item y", "event c"]],
)
def test_items_are_found_whatever_moved_first(client, steps):
    event = make_event(title="a")
    item = make_item(event, title="w")
    addresses = [item.get_absolute_url()]
    for step in steps:
        thing, slug = step.split()
        moving = event if thing == "event" else item
        moving.slug = slug
        moving.save()
        item = ProgrammeItem.objects.get(pk=item.pk)
        addresses.append(item.get_absolute_url())
    for address in addresses[:-1]:
        if address != addresses[-1]:
            answer = client.get(address)
            assert (answer.status_code, answer.headers.get("Location")) == (301, addresses[-1]), address


def test_two_things_that_swap_their_slugs_keep_both(client):
    first, second = make_article(title="eins"), make_article(title="zwei")
    first.slug = "zwischen"
    first.save()
    second.slug = "eins"
    second.save()
    first.slug = "zwei"
    first.save()
    assert client.get("/aktuelles/eins/").context["article"] == second
    assert client.get("/aktuelles/zwei/").context["article"] == first
    assert client.get("/aktuelles/zwischen/").headers["Location"] == "/aktuelles/zwei/"


@pytest.mark.parametrize(
    ("path", "target", "asked", "leads_to"),
    [
        ("/alt/", "/", "/alt//evil.example/", "/evil.example/"),
        ("/alt/", "/kontakt/", "/alt//evil.example/", "/kontakt/evil.example/"),
        ("/alt/", "/kontakt/", "/alt//", "/kontakt/"),
        ("/alt/", "/kontakt", "/alt/mitte/", "/kontakt/mitte/"),
        ("/alt/", "/aktuelles/?art=meldungen", "/alt/?von=mail", "/aktuelles/?art=meldungen&von=mail"),
        ("/alt/", "/aktuelles/?art=meldungen", "/alt/tief/", None),
        ("/programm.pdf", "/aktuelles/", "/programm.pdf", "/aktuelles/"),
    ],
)
def test_a_redirect_stays_on_this_site_and_makes_sense(client, path, target, asked, leads_to):
    former = FormerAddress(path=path, target_path=target)
    former.full_clean()
    former.save()
    answer = client.get(asked)
    assert answer.headers.get("Location") == leads_to
    assert answer.status_code == (301 if leads_to else 404)


@pytest.mark.parametrize("path", ["alt/", "//alt/", "/"])
def test_what_is_no_old_address_is_refused_beside_the_field(path):
    with pytest.raises(ValidationError) as error:
        FormerAddress(path=path, target_path="/kontakt/").full_clean()
    assert "path" in error.value.message_dict


@pytest.mark.parametrize("make", [make_article, make_event, make_person])
def test_an_empty_slug_never_reaches_the_database(make):
    thing = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(thing).objects.filter(pk=thing.pk).update(slug="")
