"""The page of the search: what it says, filters, mistakes, hostile questions, and what it costs."""

import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from forum import remembered
from forum.models import SearchMiss, Synonym, Topic
from forum.searching import views
from forum.searching.asking import RANKED
from tests.factories import make_article, make_event, make_item, make_person, make_type


@pytest.fixture(autouse=True)
def _fresh_throttle(monkeypatch):
    monkeypatch.setattr(views.throttle, "used", 0)


def ask(client, text, **more):
    answer = client.get("/suche/", {"q": text, **more})
    assert answer.status_code == 200, text
    return answer


def page_of(client, text, **more):
    return ask(client, text, **more).content.decode()


def titles(page):
    found = re.findall(r'row__title"><a[^>]*>(.*?)</a>', page)
    return [re.sub("</?mark>", "", one) for one in found]


def test_it_says_what_was_asked_and_how_much_was_found(client):
    make_article(title="Dialog im Kiez")
    make_event(title="Fachdialog")
    page = page_of(client, "Dialog")
    assert "<title>2 Treffer für „Dialog“ – Suche – Innovationsforum</title>" in page
    assert 'role="status"><strong>2 Treffer</strong>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert 'value="Dialog"' in page
    assert re.findall("<h2 id=.*?>(.*?)</h2>", page) == ["Beiträge", "Veranstaltungen"]


def test_the_empty_page_explains_and_may_be_indexed(client):
    page = client.get("/suche/").content.decode()
    assert "<title>Suche – Innovationsforum</title>" in page
    assert "noindex" not in page
    assert "Minus" in page
    assert 'role="status"' not in page


def test_every_page_leads_to_it(client):
    for path in ("/", "/aktuelles/", "/gibt-es-nicht/"):
        assert 'href="/suche/"' in client.get(path).content.decode()
    for path in ("/", "/gibt-es-nicht/"):
        assert '<form class="finder" action="/suche/"' in client.get(path).content.decode()


def test_marks_are_ours_and_everything_else_is_escaped(client):
    make_article(
        title="<b>Dialog</b> & <mark>Schein", lead="Ein <script>alert(1)</script> Dialog", text="<p>a &lt; b</p>"
    )
    page = page_of(client, "Dialog")
    assert "&lt;b&gt;<mark>Dialog</mark>&lt;/b&gt; &amp; &lt;mark&gt;Schein" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Dialog</mark>" in page
    assert "a &lt; b" in page
    assert "<script>alert" not in page
    assert "<script>alert" not in page_of(client, '"><script>alert(1)</script>')


def test_words_of_a_phrase_are_marked_as_they_are(client):
    make_article(title="Soziale Arbeit: wie wir uns einarbeiten")
    marked = "<mark>Soziale</mark> <mark>Arbeit</mark>: wie wir uns "
    assert f"{marked}einarbeiten" in page_of(client, '"soziale Arbeit"')
    assert f"{marked}<mark>einarbeiten</mark>" in page_of(client, "soziale Arbeit")


def test_an_excerpt_shows_where_the_word_stands(client):
    make_article(title="Bericht", text=f"<p>{'Anfang ' * 200}</p><p>Dann kam der Dialog.</p><p>{'Ende ' * 200}</p>")
    (excerpt,) = re.findall('row__text">(.*?)</p>', page_of(client, "Dialog"))
    assert "Dann kam der <mark>Dialog</mark>." in excerpt
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert len(excerpt) < 280


def test_titles_in_another_language_say_so(client):
    make_article(title="Social dialogue", title_language="en")
    assert 'lang="en"' in page_of(client, "dialogue")


def make_filtered():
    care, housing = Topic.objects.create(name="Pflege"), Topic.objects.create(name="Wohnen")
    for number in range(7):
        at = timezone.datetime(2023 + number % 2, 6, 1, 12, tzinfo=timezone.get_default_timezone())
        make_article(title=f"Dialog {number}", published_at=at, topics=[care] if number < 3 else [housing])
    make_event(title="Dialog live", topics=[care], starts_at=timezone.datetime(2024, 1, 1, 0, 30, tzinfo=timezone.get_default_timezone()))  # fmt: skip
    make_person(family_name="Dialog")


def words_of(answer):
    return {
        one.name: {word.name: word.count for word in group.lists[0] if word.count}
        for group in answer.context["filters"].groups
        for one in [group.filter]
    }


def test_filters_count_and_are_taken_away(client):
    make_filtered()
    answer = ask(client, "Dialog")
    assert words_of(answer) == {
        "bereich": {"Beiträge": 7, "Veranstaltungen": 1, "Personen": 1},
        "thema": {"Wohnen": 4, "Pflege": 4},
        "jahr": {"2024": 4, "2023": 4},
    }
    assert "Alle 7 Treffer" in answer.content.decode()
    answer = ask(client, "Dialog", thema="pflege", jahr="2023")
    assert words_of(answer)["bereich"] == {"Beiträge": 2}
    assert words_of(answer)["jahr"] == {"2024": 2, "2023": 2}
    assert set(titles(answer.content.decode())) == {"Dialog 0", "Dialog 2"}
    assert 'href="/suche/?thema=pflege&amp;q=Dialog">Jahr: 2023' in answer.content.decode()
    answer = ask(client, "Dialog", bereich="beitraege")
    assert len(titles(answer.content.decode())) == 7
    assert "7 Treffer für „Dialog“, Beiträge" in answer.content.decode()


def test_filters_that_do_not_fit_say_so(client):
    make_filtered()
    page = page_of(client, "Dialog", thema="gibts-nicht", jahr="abc", bereich="alles")
    assert page.count('role="alert"') == 3
    assert "9 Treffer" in page
    page = page_of(client, "Dialog", jahr="1999")
    assert "Zu dieser Auswahl gibt es keine Treffer" in page
    assert "Jahr: 1999" in page


def test_one_kind_comes_in_pages(client):
    for number in range(25):
        make_article(title=f"Dialog {number}")
    first, second = (
        page_of(client, "Dialog", bereich="beitraege"),
        page_of(client, "Dialog", bereich="beitraege", seite=2),
    )
    assert len(titles(first)) == 20
    assert len(titles(second)) == 5
    assert len({*titles(first), *titles(second)}) == 25
    assert "Seite 2" in second
    for number in ("3", "0", "-1", "x", "1e5", "9" * 30):
        assert client.get("/suche/", {"q": "Dialog", "bereich": "beitraege", "seite": number}).status_code == 404
    assert client.get("/suche/", {"q": "Dialog", "seite": "2"}).status_code == 404
    assert RANKED % 20 == 0


def test_mistyped_words_are_corrected_with_words_that_are_public(client):
    make_article(title="Nachhaltigkeitsdialog")
    page = page_of(client, "Nachhaltigkietsdialog")
    assert 'Meinten Sie <a href="/suche/?q=Nachhaltigkeitsdialog">Nachhaltigkeitsdialog</a>?' in page
    assert titles(page) == ["Nachhaltigkeitsdialog"]
    assert "Meinten Sie" not in page_of(client, "Nachhaltigkeitsdialog")
    make_article(title="Geheimprojekt", published_at=None)
    assert "Geheim" not in page_of(client, "Gehiemprojekt")


def test_several_words_phrases_exclusions_and_alternatives(client):
    make_article(title="Soziale Arbeit heute")
    make_article(title="Arbeit und soziale Fragen")
    make_article(title="Pflege heute")
    assert set(titles(page_of(client, "soziale Arbeit"))) == {"Soziale Arbeit heute", "Arbeit und soziale Fragen"}
    assert titles(page_of(client, '"soziale Arbeit"')) == ["Soziale Arbeit heute"]
    assert titles(page_of(client, "„soziale Arbeit“")) == ["Soziale Arbeit heute"]
    assert titles(page_of(client, "Arbeit -heute")) == ["Arbeit und soziale Fragen"]
    assert titles(page_of(client, 'heute -"soziale Arbeit"')) == ["Pflege heute"]
    assert set(titles(page_of(client, "Pflege oder Fragen"))) == {"Pflege heute", "Arbeit und soziale Fragen"}
    assert titles(page_of(client, "heute Pflege oder Kita")) == ["Pflege heute"]


def test_words_that_never_meet_are_found_apart_and_it_says_so(client):
    make_article(title="Pflege")
    make_event(title="Migration")
    page = page_of(client, "Pflege Migration")
    assert set(titles(page)) == {"Pflege", "Migration"}
    assert "Alle Wörter zusammen kommen nirgends vor" in page


def test_synonyms_of_staff_work_at_once_in_both_directions(client, desk):
    make_article(title="Künstliche Intelligenz im Verein")
    assert titles(page_of(client, "KI")) == []
    answer = desk.post("/redaktion/forum/synonym/add/", {"words": "KI = Künstliche  Intelligenz"})
    assert answer.status_code == 302
    assert titles(page_of(client, "KI")) == ["Künstliche Intelligenz im Verein"]
    assert "<mark>Künstliche</mark> <mark>Intelligenz</mark>" in page_of(client, "KI")
    make_article(title="KI für alle")
    assert len(titles(page_of(client, "künstliche Intelligenz"))) == 2
    assert len(titles(page_of(client, '"künstliche Intelligenz"'))) == 2
    Synonym.objects.all().delete()
    assert titles(page_of(client, "KI")) == ["KI für alle"]


def test_what_is_called_like_a_synonym_stands_first(client):
    make_article(title="KI: Künstliche Intelligenz im Amt", lead="Künstliche Intelligenz, künstliche Intelligenz.")
    make_article(title="Künstliche Intelligenz", published_at=timezone.now() - timezone.timedelta(days=900))
    assert titles(page_of(client, "Rechenhirn")) == []
    Synonym.objects.create(words="Rechenhirn = Künstliche Intelligenz")
    assert titles(page_of(client, "Rechenhirn"))[0] == "Künstliche Intelligenz"


@pytest.mark.parametrize(
    ("words", "says"),
    [("KI", "mindestens zwei Wörter"), ("KI = ", "mindestens zwei Wörter"), ("Köln = Koeln", "steht doppelt da"),
     (" = ".join(f"w{n}" for n in range(20)), "Höchstens 12")],
)  # fmt: skip
def test_synonyms_that_are_none_are_refused_beside_the_field(desk, words, says):
    answer = desk.post("/redaktion/forum/synonym/add/", {"words": words})
    assert says in answer.context["adminform"].form.errors["words"][0]
    assert not Synonym.objects.exists()


HOSTILE = [
    "'", '"', '""', "\\", "'; DROP TABLE news_article; --", "%", "_", "*", ":*", "a:*", "!", "& | !", "<->", "()", "\x00", "a\x00b",
    "und der die das", "für über", "-", "--", "-Dialog", "-der", "oder", "oder oder oder", "oder Dialog oder", '-"', '"-', "Dialog" * 3000,
    "Dialog " * 1000, "wort%d " * 1000, "\u202e", "\ud800", "😀", "ﷺ", "Ǆ", "İ", "ß", "e\u0301" * 100, "<script>", "{{ 7*7 }}", "%(now)s", "%s", "=", "=beitraege",
    "1" * 500, "2023", "1.5", "3D", "a@b.de", "https://x.y/z?a=b", "A-B-C", "a/b", "\n\r\t", " ", "٣", "ⅷ", "中文 搜索", "עברית", "\u0000\u0001",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_are_answered_quickly(client, text):
    make_article(title="Dialog")
    start = time.monotonic()
    for path in ("/suche/", "/suche/vorschlaege/"):
        query = text.encode("utf-8", "surrogatepass")
        assert client.get(path, {"q": query}).status_code == 200
        assert client.get(path, {"q": query, "thema": query, "jahr": query, "bereich": query}).status_code == 200
    assert time.monotonic() - start < 3


def test_a_search_that_takes_too_long_says_so(client, monkeypatch):
    from forum.searching import asking, finding

    make_article(title="Dialog")
    monkeypatch.setattr(asking, "TIMEOUT", 30)
    monkeypatch.setattr(finding.WORDS, "call", lambda: "SELECT pg_sleep(2)::text -- %(now)s %(terms)s\n")
    from django.db import transaction

    with transaction.atomic():
        answer = client.get("/suche/?q=Dialog")
        transaction.set_rollback(True)
    assert answer.status_code == 200
    assert "zu lange gedauert" in answer.content.decode()
    assert not SearchMiss.objects.exists()


def test_a_page_takes_two_queries_whatever_is_found(client, count_queries):
    make_filtered()
    Synonym.objects.create(words="KI = Künstliche Intelligenz")
    few = count_queries("/suche/?q=Dialog")
    for number in range(15):
        make_article(title=f"Dialog {number}", topics=[Topic.objects.create(name=f"Thema {number}")])
        make_item(title=f"Dialog {number}")
        make_person(family_name=f"Dialog{number}")
        Synonym.objects.create(words=f"Dialog = Wort{number}")
    assert count_queries("/suche/?q=Dialog") == few == 2
    assert count_queries("/suche/?q=Dialog+oder+Kiez+-Haus&bereich=beitraege&thema=thema-1&jahr=2026") == 2
    assert count_queries("/suche/") == 0
    assert count_queries("/suche/vorschlaege/?q=Dialog") == 1


# What found nothing


def misses():
    return dict(SearchMiss.objects.values_list("words", "count"))


def test_what_finds_nothing_is_counted_without_persons(client):
    for text in ("Hortplatz", "hortplatz ", "HORTPLATZ"):
        ask(client, text)
    (
        ask(client, "max@muster.de"),
        ask(client, "030 123 45 67"),
        ask(client, "ein " * 50 + "langer Satz mit vielen Wörtern xq"),
    )
    make_article(title="Dialog")
    ask(client, "Dialog"), ask(client, "Dialog", jahr="1999"), ask(client, "")
    assert misses() == {"hortplatz": 3}
    row = SearchMiss.objects.get()
    assert (row.first_day, row.last_day) == (timezone.localdate(), timezone.localdate())
    assert {field.name for field in SearchMiss._meta.fields} == {
        "id",
        "words",
        "count",
        "first_day",
        "last_day",
        "ignored",
    }


def test_staff_and_floods_are_not_counted(client, desk, monkeypatch):
    ask(desk, "Hortplatz")
    monkeypatch.setattr(views.throttle, "most", 1)
    ask(client, "eins"), ask(client, "zwei"), ask(client, "drei")
    assert len(misses()) <= 1


def test_old_and_rare_searches_make_room(monkeypatch):
    from forum.searching import misses as module

    SearchMiss.objects.count_search("alt")
    SearchMiss.objects.update(last_day=timezone.localdate() - timezone.timedelta(days=module.KEPT_DAYS + 1))
    SearchMiss.objects.count_search("neu")
    assert misses() == {"neu": 1}
    monkeypatch.setattr(module, "MOST_MISSES", 3)
    for words in ("neu", "oft", "oft", "oft", "selten", "noch", "eins"):
        SearchMiss.objects.count_search(words)
    assert len(misses()) == 3
    assert misses()["oft"] == 3


def test_staff_see_and_mend_what_is_searched_in_vain(desk):
    for _ in range(3):
        SearchMiss.objects.count_search("hortplatz")
    page = desk.get("/redaktion/forum/searchmiss/?pruefen=gesucht").content.decode()
    assert "hortplatz" in page
    assert "/redaktion/forum/synonym/add/?words=hortplatz" in page
    assert 'value="hortplatz = "' in desk.get("/redaktion/forum/synonym/add/?words=hortplatz+%3D+").content.decode()
    row = SearchMiss.objects.get()
    desk.post("/redaktion/forum/searchmiss/", {"action": "ignore", "_selected_action": [row.pk]})
    assert not SearchMiss.objects.worth_a_look().exists()


# Proposals


def test_proposals_are_titles_with_a_word_that_begins_like_that(client):
    make_article(title="Über den Nachhaltigkeitsdialog")
    make_event(title="Nachhaltigkeitstag", slug="tag")
    make_person(given_name="Anna", family_name="Göbel")
    make_article(title="Nachhaltigkeit geheim", published_at=None)
    found = client.get("/suche/vorschlaege/", {"q": "nachhalt"}).json()
    assert found[0] == {"title": "Nachhaltigkeitstag", "kind": "Veranstaltung", "url": "/veranstaltungen/tag/"}
    assert [one["title"] for one in found[1:]] == ["Über den Nachhaltigkeitsdialog"]
    assert [one["title"] for one in client.get("/suche/vorschlaege/?q=goeb").json()] == ["Anna Göbel"]
    assert client.get("/suche/vorschlaege/?q=na").json() == []
    assert "set-cookie" not in client.get("/suche/vorschlaege/?q=nach").headers


def test_the_site_tells_machines_how_it_is_searched(client):
    assert '"urlTemplate":"' in client.get("/").content.decode()
    assert "/suche/?q={search_term_string}" in client.get("/").content.decode()


def test_nothing_is_stored_at_readers():
    answer = Client().get("/suche/?q=Dialog")
    assert not answer.cookies
    assert make_type


def test_an_answer_that_reads_as_before_is_not_written_again(client):
    article = make_article(title="Dialog im Kiez")
    first = page_of(client, "Dialog")
    made = views.answers.made
    assert page_of(client, "Dialog") == first
    assert views.answers.made == made
    assert page_of(client, "Dialog", jahr="1999") != first
    article.title = "Dialog in der Stadt"
    article.save()
    assert titles(page_of(client, "Dialog")) == ["Dialog in der Stadt"]
    make_article(title="Dialog II", topics=[Topic.objects.create(name="Pflege")])
    assert "Pflege" in page_of(client, "Dialog")


def test_endless_questions_drive_no_row_of_a_list_out(client):
    make_article(title="Dialog im Kiez")
    before = len(remembered.memory.texts)
    for number in range(30):
        page_of(client, f"Dialog -x{number}")
    assert views.answers.size <= views.MOST_CHARACTERS
    assert len(remembered.memory.texts) - before < 5
