"""The buttons below a form: each does what it says, and nothing becomes public by itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from contacts.models import Person
from events.models import Event
from forum.dates import in_words
from forum.models import Page
from news.models import Article
from tests.factories import make_article, make_event, make_person, make_picture, make_type, yesterday

ROWS = {
    "article": ("picture_rows", "contact_rows", "attachment_rows", "links"),
    "event": ("programme", "picture_rows", "contact_rows", "attachment_rows"),
    "person": ("representations",),
    "page": (),
}


def sent(model, **facts):
    """What a browser sends: a form without rows."""
    form = {f"{prefix}-{name}_FORMS": 0 for prefix in ROWS[model] for name in ("TOTAL", "INITIAL")}
    return form | facts


def article_form(**facts):
    return sent("article", **{"title": "Titel", "lead": "Kurz", "type": make_type().pk} | facts)


def address(thing):
    return f"/redaktion/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"


def dated(day, clock="", name="published_at"):
    """A date as the form sends it."""
    return {name: f"{day} {clock}".strip()}


def shown(at):
    """A moment as the form sends it back."""
    local = timezone.localtime(at)
    return dated(f"{local:%d.%m.%Y}", f"{local:%H:%M}")


def date_shown(page):
    return re.search(r'name="published_at\w*" value="([^"]*)"', page)[1]


def labels(page):
    """The visible buttons below the form, in their order."""
    row = page.partition('class="publishing__buttons"')[2]
    found = re.findall(r'<button type="submit" name="(\w+)"[^>]*?class="button[^"]*"([^>]*)>([^<]*)</button>', row)
    return [label for name, rest, label in found if "hidden" not in rest and "ansehen" not in label]


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def minute(at):
    return at.replace(second=0, microsecond=0)


def test_the_buttons_say_what_will_happen(desk):
    nine = datetime(2099, 3, 3, 8, tzinfo=UTC)
    things = {
        make_article(published_at=None): ["Entwurf speichern", "Jetzt veröffentlichen", "Ab dem eingetragenen Datum veröffentlichen"],
        make_article(published_at=nine): [
            "Speichern, Veröffentlichung am 3. März 2099 um 9 Uhr bleibt", "Jetzt veröffentlichen", "Zurück zum Entwurf",
        ],
        make_article(): ["Änderungen veröffentlichen", "Zurückziehen"],
        make_article(published_at=yesterday() - timedelta(days=3), expires_at=yesterday()): [
            "Speichern, bleibt abgelaufen", "Wieder veröffentlichen", "Zurück zum Entwurf",
        ],
        Page.objects.get(slug="impressum"): ["Änderungen veröffentlichen"],
    }  # fmt: skip
    for thing, expected in things.items():
        page = desk.get(address(thing)).content.decode()
        assert labels(page) == expected
        for old in ("_save", "_continue", "_addanother"):
            assert f'name="{old}"' not in page


def test_the_state_stands_above_the_form_and_beside_the_buttons(desk):
    end = datetime(2099, 3, 31, 22, tzinfo=UTC)  # midnight in Berlin: the day before is the last
    article = make_article(published_at=datetime(2023, 7, 9, 22, tzinfo=UTC), expires_at=end)
    page = desk.get(address(article)).content.decode()
    assert page.count("Öffentlich seit 10. Juli 2023, sichtbar bis einschließlich 31. März 2099.") == 2
    page = desk.get("/redaktion/news/article/add/").content.decode()
    assert page.count("Noch nicht gespeichert.") == 2


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2027, 3, 3, 8, tzinfo=UTC), "3. März 2027 um 9 Uhr"),
        (datetime(2027, 3, 3, 8, 30, tzinfo=UTC), "3. März 2027 um 9:30 Uhr"),
        (datetime(2027, 3, 2, 23, tzinfo=UTC), "3. März 2027"),
        (datetime(2027, 3, 28, 1, tzinfo=UTC), "28. März 2027 um 3 Uhr"),  # the hour after the one that is left out
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "31. Oktober 2027 um 2:30 Uhr"),
    ],
)
def test_moments_in_words(at, words):
    assert in_words(at) == words


@pytest.mark.parametrize("model", ["article", "event", "page"])
def test_a_draft_needs_a_title_and_nothing_else(desk, model):
    app = {"article": "news", "event": "events", "page": "forum"}[model]
    facts = {"format": "on-site", "status": "planned"} if model == "event" else {}
    add = f"/redaktion/{app}/{model}/add/"
    page = desk.post(add, sent(model, title="", _draft="", **facts)).content.decode()
    assert '<a href="#id_title">Titel: ' in page
    assert desk.post(add, sent(model, title="Nur ein Titel", _draft="", **facts)).status_code == 302
    thing = {"article": Article, "event": Event, "page": Page}[model].objects.get(title="Nur ein Titel")
    assert not thing.is_published


def test_publishing_refuses_lists_what_is_missing_and_keeps_what_was_typed(desk):
    picture = make_picture(credit="")
    form = sent("article", title="Bleibt", picture=picture.pk, _now="")
    page = desk.post("/redaktion/news/article/add/", form).content.decode()
    summary = page.partition('class="problems"')[2].partition("</div>")[0]
    assert "Zum Veröffentlichen fehlt noch:" in summary
    assert re.findall(r'<a href="#(\w+)">', summary) == ["id_type", "id_lead", "id_picture"]
    assert "es fehlt der Bildnachweis" in summary
    assert page.count("Zum Veröffentlichen fehlt noch: Einleitung.") == 1  # beside its field
    assert 'value="Bleibt"' in page
    assert not Article.objects.exists()


def test_the_checklist_below_the_form_says_what_is_missing_before_anybody_presses(desk):
    article = make_article(published_at=None, lead="", picture=make_picture(alt_text=""))
    page = desk.get(address(article)).content.decode()
    box = page.partition('class="publishing__missing"')[2].partition("</div>")[0]
    assert re.findall(r'<li(?: data-fillable)?><a href="#(\w+)">([^<]*)', box)[0] == ("id_lead", "Einleitung")
    assert "id_picture" in box
    assert '<li hidden data-fillable><a href="#id_type">' in box
    assert 'class="publishing__missing"' not in desk.get(address(make_article())).content.decode()


def test_jetzt_means_now(desk):
    article = make_article(published_at=None)
    before = minute(timezone.now())
    answer = desk.post(address(article), article_form(slug=article.slug, _now=""))
    article.refresh_from_db()
    assert before <= article.published_at <= timezone.now()
    assert article.is_published
    assert answer.url == address(article)
    assert f'<a href="{article.get_absolute_url()}">Seite ansehen</a>' in said(answer)[0]


def test_pressed_again_it_keeps_the_first_moment(desk):
    article = make_article(published_at=yesterday())
    desk.post(address(article), article_form(_now="", **shown(article.published_at)))
    stored = Article.objects.get().published_at
    assert minute(stored) == minute(article.published_at)


@pytest.mark.parametrize(
    ("day", "clock", "stored"),
    [
        ("03.03.2099", "9", "2099-03-03T09:00+01:00"),
        ("10.07.2023", "", "2023-07-10T00:00+02:00"),
        ("31.10.2027", "2:30", "2027-10-31T02:30+02:00"),
    ],
)
def test_with_a_date_that_was_typed(desk, day, clock, stored):
    form = article_form(_date=f"{day}  {clock}", **dated(day, clock))
    assert desk.post("/redaktion/news/article/add/", form).status_code == 302
    assert timezone.localtime(Article.objects.get().published_at).isoformat(timespec="minutes") == stored


def test_a_date_that_is_not_the_one_on_the_button_publishes_nothing(desk):
    form = article_form(_date="03.03.2099 9", **dated("04.03.2099", "9"))
    page = desk.post("/redaktion/news/article/add/", form).content.decode()
    assert "Das Datum ist ein anderes als auf dem Knopf." in page
    assert "Am 4. März 2099 um 9 Uhr veröffentlichen" in labels(page)
    assert not Article.objects.exists()
    page = desk.post("/redaktion/news/article/add/", article_form(_date="")).content.decode()
    assert "Bitte tragen Sie ein, ab wann der Eintrag öffentlich sein soll." in page


def test_entwurf_speichern_never_publishes_and_shows_the_date_again(desk):
    article = make_article(published_at=None)
    typed = dated("10.07.2023", "")
    for button in ("_draft", "_keep"):
        answer = desk.post(address(article), article_form(slug=article.slug, **typed, **{button: ""}))
        article.refresh_from_db()
        assert article.published_at is None
        page = desk.get(answer.url).content.decode()
        assert date_shown(page) == "10.07.2023"
        assert "Mit Datum 10.07.2023 veröffentlichen" in labels(page)
    for nonsense in ("x", "9999-99-99", "2023-07-10", "0001-01-01T00:00:00Z", "\x00"):
        assert desk.get(address(article), {"datum": nonsense}).status_code == 200


def test_withdrawing_loses_nothing(desk, client):
    article = make_article(slug="bleibt", published_at=datetime(2023, 7, 9, 22, tzinfo=UTC))
    typed = article_form(slug="bleibt", **dated("10.07.2023", ""))
    answer = desk.post(address(article), typed | {"_draft": ""})
    assert client.get("/aktuelles/bleibt/").status_code == 404
    assert date_shown(desk.get(answer.url).content.decode()) == "10.07.2023"
    assert desk.post(address(article), typed | {"_date": "10.07.2023"}).status_code == 302
    assert client.get("/aktuelles/bleibt/").status_code == 200


def test_saving_something_scheduled_leaves_it_scheduled(desk):
    at = datetime(2099, 3, 3, 8, tzinfo=UTC)
    article = make_article(published_at=at)
    page = desk.post(
        address(article), article_form(_keep="03.03.2099 09:00", **dated("10.07.2023", ""))
    ).content.decode()
    assert "Damit wäre der Eintrag sofort öffentlich." in page
    assert "Mit Datum 10.07.2023 veröffentlichen" in labels(page)
    desk.post(address(article), article_form(_keep="03.03.2099 09:00", **dated("", "")))
    article.refresh_from_db()
    assert (article.title, article.published_at) == ("Titel", at)
    moved = dated("04.03.2099", "9")
    assert desk.post(address(article), article_form(_keep="03.03.2099 09:00", **moved)).status_code == 200
    assert desk.post(address(article), article_form(_keep="04.03.2099 9", **moved)).status_code == 302
    article.refresh_from_db()
    assert article.published_at == at + timedelta(days=1)


def test_changing_something_public_does_not_hide_it_by_the_way(desk):
    article = make_article()
    later = article_form(**dated("03.03.2099", "9"))
    page = desk.post(address(article), later | {"_keep": ""}).content.decode()
    assert "Bis dahin wäre der Eintrag nicht öffentlich." in page
    assert "Am 3. März 2099 um 9 Uhr veröffentlichen" in labels(page)
    desk.post(address(article), article_form(_keep="", **dated("", "")))
    stored = Article.objects.get()
    assert (stored.title, stored.published_at) == ("Titel", article.published_at)
    assert desk.post(address(article), later | {"_date": "03.03.2099 9"}).status_code == 302
    assert not Article.objects.get().is_published


def test_what_has_expired_comes_back_only_by_its_button(desk):
    article = make_article(published_at=yesterday() - timedelta(days=3), expires_at=yesterday())
    form = article_form(**shown(article.published_at), **dated("", "", "expires_at"))
    page = desk.post(address(article), form | {"_keep": ""}).content.decode()
    assert "Damit wäre der Eintrag wieder öffentlich." in page
    same = form | dated(f"{timezone.localtime(article.expires_at):%d.%m.%Y}", "0:00", "expires_at")
    page = desk.post(address(article), same | {"_date": ""}).content.decode()
    assert "Dieser Tag ist vorbei." in page
    assert desk.post(address(article), form | {"_date": ""}).status_code == 302
    assert Article.objects.get().is_published


def test_reading_back_the_second_half_past_two_moves_nothing(desk):
    at = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 2:30 after the clock was set back
    article = make_article(published_at=at)
    typed = date_shown(desk.get(address(article)).content.decode())
    form = article_form(_keep=typed, published_at=typed)
    assert desk.post(address(article), form).status_code == 302
    assert Article.objects.get().published_at == at


@pytest.mark.parametrize("old", [{}, {"_save": "x"}, {"_continue": "x"}, {"_addanother": "x"}])
def test_without_one_of_these_buttons_the_field_decides(desk, old):
    article = make_article(published_at=None)
    desk.post(address(article), article_form(**dated("03.03.2099", "9"), **old))
    assert Article.objects.get().published_at == datetime(2099, 3, 3, 8, tzinfo=UTC)
    desk.post(address(article), article_form(**old))
    assert Article.objects.get().published_at is None


def test_standard_pages_cannot_be_withdrawn(desk):
    page = Page.objects.get(slug="impressum")
    answer = desk.post(address(page), sent("page", title=page.title, text=page.text, _draft=""))
    assert "Sie bleibt veröffentlicht." in answer.content.decode()
    page.refresh_from_db()
    assert page.is_published


@pytest.mark.parametrize("make", [make_article, make_event, make_person, lambda: Page.objects.get(slug="impressum")])
def test_every_kind_has_the_buttons_and_enter_is_harmless(desk, make):
    thing = make()
    page = desk.get(address(thing)).content.decode()
    first = re.search(r'<button type="submit"[^>]*name="(\w+)"', page.partition("<form ")[2])
    assert first[1] == "_keep"
    draft = desk.get(f"/redaktion/{thing._meta.app_label}/{thing._meta.model_name}/add/").content.decode()
    first = re.search(r'<button type="submit"[^>]*name="(\w+)"', draft.partition("_form")[2])
    assert first[1] == "_draft"


def test_other_things_are_saved_and_left(desk):
    page = desk.get("/redaktion/events/venue/add/").content.decode()
    assert '<input type="submit" value="Speichern" class="default" name="_save">' in page
    assert 'name="_addanother"' not in page
    answer = desk.post("/redaktion/events/venue/add/", {"name": "Haus", "city": "Berlin", "_save": "Speichern"})
    assert answer.url == "/redaktion/events/venue/"


def test_in_passing_people_are_saved_with_one_button(desk):
    page = desk.get("/redaktion/contacts/person/add/?_popup=1").content.decode()
    assert 'name="_save"' in page
    assert "publishing__buttons" not in page


def test_the_list_remembers_its_filters(desk):
    article = make_article()
    filters = "?_changelist_filters=stand%3Dlive"
    answer = desk.post(f"{address(article)}{filters}", article_form(_keep="", **shown(article.published_at)))
    assert answer.url == f"{address(article)}{filters}"
    assert 'href="/redaktion/news/article/?stand=live" class="way-out"' in desk.get(answer.url).content.decode()


def test_hostile_buttons_and_dates_are_no_accident(desk):
    article = make_article()
    for value in ("\x00", "<script>", "9" * 10_000):
        for button in ("_keep", "_date", "_now", "_draft"):
            form = article_form(**dated(value, value), **{button: value})
            answer = desk.post(address(article), form)
            assert answer.status_code == 200, (value, button)
            assert "<script>" not in answer.content.decode().partition('class="problems"')[2].partition("</div>")[0]
    assert Person.objects.count() == 0
    assert Article.objects.get().title == article.title
