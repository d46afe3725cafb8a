"""The filters of the three public lists, as a reader meets them: words, counts, links."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import Person
from events.models import Event
from forum.models import Topic
from news.models import Article
from tests.factories import make_article, make_event, make_person, make_type, tomorrow, yesterday

LISTS = {"/aktuelles/": "articles", "/veranstaltungen/": "events", "/kontakt/": "people"}


class Page:
    """One answer of a list, taken apart."""

    def __init__(self, client, address):
        answer = client.get(address)
        assert answer.status_code == 200, address
        self.html = answer.content.decode()
        self.rows = answer.context[LISTS[address.partition("?")[0].partition("#")[0]]]
        self.words = {}  # name → (address, chosen, count or None)
        for href, chosen, inner in re.findall(
            r'<a class="filters__word" href="([^"]*)"( aria-current="true")?>(.*?)</a>', self.html, re.DOTALL
        ):
            name, _, rest = inner.partition("<span")
            count = re.search(r">([\d.]+)<", rest)
            self.words[html.unescape(name).strip()] = (
                html.unescape(href),
                bool(chosen),
                int(count.group(1).replace(".", "")) if count else None,
            )
        chips = re.search(r'<ul class="chosen".*?</ul>', self.html, re.DOTALL)
        links = re.findall(r'href="([^"]*)">(.*?)(?:<span|</a>)', chips.group() if chips else "")
        self.chips = {html.unescape(text): html.unescape(href) for href, text in links}
        self.state = re.sub("<[^>]*>", "", re.search(r'<p class="result-count".*?</p>', self.html).group())
        self.notices = re.findall(r'<p class="notice" role="alert">(.*?)</p>', self.html)
        self.title = re.search("<title>(.*)</title>", self.html).group(1)

    def count_of(self, name):
        return self.words[name][2]


@pytest.fixture
def page(client):
    return lambda address: Page(client, address)


@pytest.fixture(scope="module")
def content(once):
    """Something of everything, with what the public must not see among it."""
    number = 0
    for topics in (["Wirkung"], ["Wirkung", "Pflege"], ["Ökologie"], []):
        for kind, year in (("Meldungen", 2023), ("Meldungen", 2024), ("Berichte", 2024)):
            number += 1
            make_article(
                title=f"Nr. {number}",
                topics=topics,
                type=make_type(kind),
                published_at=datetime(year, 5, 1, tzinfo=UTC),
            )
    make_article(topics=["Wirkung"], type=make_type("Berichte"), published_at=datetime(2022, 5, 1, tzinfo=UTC))
    for start in (tomorrow(), yesterday(), yesterday() - timedelta(days=3)):
        make_event(topics=["Wirkung", "Pflege"], starts_at=start, format=Event.Format.ONLINE)
        make_event(topics=["Wirkung"], starts_at=start)
    make_event(topics=["Ökologie"], starts_at=yesterday(), format=Event.Format.HYBRID)
    for topics in (["Wirkung"], ["Wirkung", "Pflege"], []):
        make_person(topics=topics, in_directory=True)
    make_person(topics=["Wirkung", "Gastthema"])
    over = {"published_at": datetime(2021, 5, 1, tzinfo=UTC), "expires_at": yesterday()}
    for hidden in ({"published_at": None}, {"published_at": tomorrow()}, over):
        make_article(topics=["Wirkung", "Geheim"], type=make_type("Geheime Art"), **hidden)
        make_article(topics=["Wirkung", "Geheim"], **hidden)
        make_event(topics=["Wirkung", "Geheim"], starts_at=yesterday(), **hidden)
        make_event(topics=["Wirkung", "Geheim"], **hidden)
        make_person(topics=["Wirkung", "Geheim"], in_directory=True, **hidden)


@pytest.fixture
def nothing(content):
    """Lists on which is only what a test writes itself."""
    for model in (Article, Event, Person, Topic):
        model.objects.all().delete()


@pytest.mark.parametrize("path", LISTS)
def test_every_count_is_the_number_of_rows_behind_the_link(page, content, path):
    """From every selection that links lead to, every word keeps what it promises."""
    waiting, seen = [path], {}
    while waiting:
        address = waiting.pop()
        found = seen[address] = page(address)
        assert "Geheim" not in found.html
        assert found.state.startswith(f"{len(found.rows) or 'Keine'} "), address
        for href, _, _ in found.words.values():
            if (target := href.removesuffix("#personen")) not in seen and target not in waiting:
                waiting.append(target)
    promises = 0
    for address, found in seen.items():
        for name, (href, chosen, count) in found.words.items():
            rows = found.rows if chosen else seen[href.removesuffix("#personen")].rows
            if count is not None:
                assert count == len(rows), (address, name)
                assert count or chosen, (address, name)
                promises += 1
    assert promises >= {"/aktuelles/": 100, "/veranstaltungen/": 50, "/kontakt/": 5}[path]
    orders = {tuple(re.findall(r"[?&](\w+)=", address)) for address in seen}
    assert len({frozenset(order) for order in orders}) == len(orders), "one selection has two addresses"


def test_what_others_filter_away_is_no_choice_but_what_is_chosen_stays(page, content):
    found = page("/aktuelles/?thema=oekologie")
    assert "2022" not in found.words
    assert [name for name in found.words if name.isdigit()] == ["2024", "2023"]
    assert found.count_of("Berichte") == 1
    found = page("/aktuelles/?thema=oekologie&jahr=2022")
    assert len(found.rows) == 0
    assert found.words["2022"] == ("/aktuelles/?thema=oekologie", True, 0)
    assert found.count_of("Wirkung") == 1
    assert found.state == "Keine Beiträge zu „Ökologie“, 2022"


def test_choosing_again_takes_away(page, content):
    found = page("/aktuelles/")
    assert [name for name, (_, chosen, _) in found.words.items() if chosen] == [
        "alle Themen",
        "alle Arten",
        "alle Jahre",
    ]
    assert found.words["Berichte"] == ("/aktuelles/?art=berichte", False, 5)
    assert found.chips == {}
    found = page("/aktuelles/?thema=wirkung&art=berichte")
    assert found.words["Berichte"] == ("/aktuelles/?thema=wirkung", True, 3)
    assert found.words["alle Arten"] == ("/aktuelles/?thema=wirkung", False, None)
    assert found.chips == {
        "Thema: Wirkung": "/aktuelles/?art=berichte",
        "Art: Berichte": "/aktuelles/?thema=wirkung",
        "Alle Filter entfernen": "/aktuelles/",
    }
    assert list(page("/aktuelles/?art=berichte").chips) == ["Art: Berichte"]


def test_one_of_the_periods_is_always_chosen(page, content):
    found = page("/veranstaltungen/")
    assert found.words["kommende"] == ("/veranstaltungen/", True, 2)
    assert found.words["vergangene"] == ("/veranstaltungen/?zeitraum=vergangen", False, 5)
    found = page("/veranstaltungen/?zeitraum=vergangen&format=online&thema=wirkung")
    assert found.words["kommende"] == ("/veranstaltungen/?thema=wirkung&format=online", False, 1)
    assert found.words["vergangene"] == ("/veranstaltungen/?thema=wirkung&format=online", True, 2)
    assert found.chips["Zeitraum: vergangene"] == "/veranstaltungen/?thema=wirkung&format=online"
    assert found.words["Pflege"][0] == "/veranstaltungen/?thema=pflege&format=online&zeitraum=vergangen"
    assert found.state == "2 Veranstaltungen zu „Wirkung“, online"


def test_nothing_is_asked_where_nothing_is_to_be_chosen(nothing, page):
    for path in LISTS:
        assert page(path).words == {}
        assert "Filtern" not in page(path).html
        assert page(path).state.startswith("Keine ")


def test_links_keep_one_order_and_lose_page_and_what_is_empty(page, content):
    found = page("/aktuelles/?utm=z&jahr=2024&seite=1&art=&thema=wirkung&b=2&a=1&b=1&leer=")
    assert found.words["Meldungen"][0] == "/aktuelles/?thema=wirkung&art=meldungen&jahr=2024&a=1&b=2&b=1&utm=z"
    assert found.words["alle Themen"][0] == "/aktuelles/?jahr=2024&a=1&b=2&b=1&utm=z"
    assert found.chips["Alle Filter entfernen"] == "/aktuelles/?a=1&b=2&b=1&utm=z"
    assert page("/aktuelles/?art=nie&jahr=1999").words["Wirkung"][0] == "/aktuelles/?thema=wirkung"
    assert page("/kontakt/").words["Pflege"][0] == "/kontakt/?thema=pflege#personen"
    assert page("/kontakt/?thema=pflege").chips["Thema: Pflege"] == "/kontakt/#personen"


def test_the_last_of_several_values_counts(page, content):
    found = page("/aktuelles/?art=meldungen&art=berichte&jahr=abc&jahr=2024")
    assert list(found.chips)[:2] == ["Art: Berichte", "Jahr: 2024"]
    assert found.notices == []


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/aktuelles/?jahr=abc", "Das Jahr „abc“ gibt es hier nicht. Gezeigt werden alle Jahre."),
        ("/aktuelles/?jahr=1999", "Das Jahr „1999“ gibt es hier nicht. Gezeigt werden alle Jahre."),
        ("/aktuelles/?jahr=2021", "Das Jahr „2021“ gibt es hier nicht. Gezeigt werden alle Jahre."),  # of expired ones
        ("/aktuelles/?jahr=9999", "Das Jahr „9999“ gibt es hier nicht. Gezeigt werden alle Jahre."),
        ("/aktuelles/?art=geheime-art", "Die Art „geheime-art“ gibt es hier nicht. Gezeigt werden alle Arten."),
        ("/aktuelles/?thema=geheim", "Das Thema „geheim“ gibt es hier nicht. Gezeigt werden alle Themen."),
        ("/aktuelles/?thema=frueher", "Das Thema „frueher“ gibt es hier nicht. Gezeigt werden alle Themen."),
        ("/aktuelles/?thema=a%00b", "Das Thema „a\ufffdb“ gibt es hier nicht. Gezeigt werden alle Themen."),
        ("/aktuelles/?art=%00", "Die Art „\ufffd“ gibt es hier nicht. Gezeigt werden alle Arten."),
        ("/aktuelles/?jahr=2024%0a", "Das Jahr „2024\ufffd“ gibt es hier nicht. Gezeigt werden alle Jahre."),
        (f"/aktuelles/?jahr={'1' * 10_000}", f"Das Jahr „{'1' * 80}…“ gibt es hier nicht. Gezeigt werden alle Jahre."),
        ("/veranstaltungen/?format=<b>", "Das Format „&lt;b&gt;“ gibt es hier nicht. Gezeigt werden alle Formate."),
        (
            "/veranstaltungen/?zeitraum=morgen",
            "Den Zeitraum „morgen“ gibt es hier nicht. Gezeigt werden kommende Veranstaltungen.",
        ),
        (
            f"/veranstaltungen/?thema={'ä' * 10_000}",
            f"Das Thema „{'ä' * 80}…“ gibt es hier nicht. Gezeigt werden alle Themen.",
        ),
        ("/kontakt/?thema=gastthema", "Das Thema „gastthema“ gibt es hier nicht. Gezeigt werden alle Themen."),
    ],
)
def test_what_does_not_exist_is_said_and_left_out(page, content, address, says):
    secret = Topic.objects.get(name="Geheim")
    for slug in ("frueher", "geheim"):  # a former slug must not tell the name of today
        secret.slug = slug
        secret.save()
    found, all_of_it = page(address), page(address.partition("?")[0])
    assert found.notices == [says]
    assert list(found.rows) == list(all_of_it.rows)
    assert found.words == all_of_it.words
    assert found.chips == {}


def test_counts_and_filter_agree_on_berlins_new_year(nothing, page):
    for day, hour, minute in ((31, 22, 59), (31, 23, 0), (31, 23, 30)):
        make_article(published_at=datetime(2023, 12, day, hour, minute, tzinfo=UTC))
    found = page("/aktuelles/")
    assert (found.count_of("2023"), found.count_of("2024")) == (1, 2)
    assert [len(page(f"/aktuelles/?jahr={year}").rows) for year in (2023, 2024)] == [1, 2]


def test_of_many_topics_the_most_used_are_seen_at_once(nothing, client, page):
    names = [f"Thema {letter}" for letter in "ABCDEFGHIJKLM"]
    make_article(topics=names)
    for name in names[3:]:
        make_article(topics=[name])
    first, rest = lists_of_topics(page("/aktuelles/").html)
    assert first == ["alle Themen", *names[3:]]
    assert rest == names[:3]
    assert "<summary>weitere 3 Themen</summary>" in page("/aktuelles/").html
    first, rest = lists_of_topics(page("/aktuelles/?thema=thema-b").html)
    assert "Thema B" in first  # what is chosen is never folded away
    assert len(first) == 11
    assert rest == [name for name in names if name not in first]


def test_nothing_is_folded_away_for_a_single_word(nothing, page):
    make_article(topics=[f"Thema {letter}" for letter in "ABCDEFGHIJK"])
    assert len(lists_of_topics(page("/aktuelles/").html)) == 1


def lists_of_topics(content):
    lists = re.findall(r'<ul class="filters__words" aria-labelledby="filter-thema">(.*?)</ul>', content, re.DOTALL)
    return [re.findall(r'>([^<]+?)(?: <span class="filters__count"|</a>)', one) for one in lists]


def test_the_newest_years_are_seen_at_once(nothing, page):
    for year in range(2008, 2024):
        make_article(published_at=datetime(year, 5, 1, tzinfo=UTC))
        make_article(published_at=datetime(2008, 5, 1, tzinfo=UTC))
    assert [name for name in page("/aktuelles/").words if name.isdigit()] == [str(y) for y in range(2023, 2007, -1)]
    assert "<summary>weitere 6 Jahre</summary>" in page("/aktuelles/").html


def test_state_in_words(page, content):
    assert page("/aktuelles/").state == "13 Beiträge"
    assert page("/aktuelles/?art=berichte&jahr=2022").state == "1 Beitrag: Berichte, 2022"
    assert page("/aktuelles/?thema=wirkung&art=berichte").state == "3 Beiträge zu „Wirkung“, Berichte"
    assert page("/veranstaltungen/?format=hybrid&zeitraum=vergangen").state == "1 Veranstaltung: vor Ort und online"
    assert page("/veranstaltungen/?format=hybrid").state == "Keine Veranstaltungen: vor Ort und online"
    assert page("/kontakt/").state == "3 Ansprechpersonen"
    assert page("/kontakt/?thema=pflege").state == "1 Ansprechperson zu „Pflege“"
    assert "nach Thema, Art und Jahr</span>" in page("/aktuelles/").html
    assert '>1<span class="visually-hidden"> Ansprechperson</span>' in page("/kontakt/").html
    assert '>2<span class="visually-hidden"> Ansprechpersonen</span>' in page("/kontakt/").html


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/aktuelles/", "Aktuelles"),
        ("/aktuelles/?jahr=2023&art=meldungen", "Aktuelles: Meldungen, 2023"),
        ("/aktuelles/?thema=oekologie&jahr=nie", "Aktuelles: Ökologie"),
        ("/veranstaltungen/?format=online", "Veranstaltungen: online"),
        ("/veranstaltungen/?zeitraum=vergangen", "Vergangene Veranstaltungen"),
        ("/veranstaltungen/?zeitraum=vergangen&thema=wirkung", "Vergangene Veranstaltungen: Wirkung"),
        ("/kontakt/?thema=wirkung", "Kontakt: Wirkung"),
    ],
)
def test_the_title_names_the_selection(page, content, address, title):
    assert page(address).title == f"{title} – Innovationsforum"


def test_the_number_of_results_needs_no_question_of_its_own(count_queries, content):
    assert count_queries("/aktuelles/") == 2
    assert count_queries("/aktuelles/?thema=wirkung&art=berichte&jahr=2024") == 2
    assert count_queries("/veranstaltungen/") == 5  # the last one asks for the series
    assert count_queries("/veranstaltungen/?thema=wirkung&format=online&zeitraum=vergangen") == 5
    assert count_queries("/kontakt/?thema=wirkung") == count_queries("/kontakt/")


def test_the_code_on_paper_keeps_the_selection_and_nothing_of_strangers(client):
    make_person(in_directory=True, topics=["Wirkung"])
    page = client.get("/kontakt/?thema=wirkung&fremd=" + "x" * 5_000)
    assert page.status_code == 200
    assert '<span class="qr__address">http://testserver/kontakt/?thema=wirkung</span>' in page.content.decode()
