"""“Programm erkennen” at the desk: proposals to tick, people and topics created once, everything else left to the editor."""

from html.parser import HTMLParser

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client

from contacts.models import Person, Representation
from events.models import Event, ProgrammeItem
from forum.models import Topic
from news.models import Article
from tests.events.test_desk import event_form
from tests.events.test_recognise import LEAD, PAGE, PAGE_HTML
from tests.factories import make_event, make_person, make_type
from tests.forms import filled_form
from tests.forum.test_desk import article_form

EVENT, ARTICLE = "/redaktion/events/event/", "/redaktion/news/article/"


class Fields(HTMLParser):
    """What a browser would send of a piece of a form."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.area, self.select = {}, None, None
        self.feed(html)

    def add(self, name, value):
        self.sent.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "input" and name and (attrs.get("type") != "checkbox" or "checked" in attrs):
            self.add(name, attrs.get("value") or ("on" if attrs.get("type") == "checkbox" else ""))
        elif tag == "textarea":
            self.area = name
            self.sent[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.sent or "selected" in attrs):
            self.sent[self.select] = [attrs.get("value", "")]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.sent[self.area][0] += data


def found(desk, address, form=None, **pasted):
    """The proposals for a page, as a browser would send them back."""
    answer = desk.post(f"{address}erkennen/", (form or {}) | pasted)
    assert answer.status_code == 200
    return Fields(answer.content.decode()).sent


def steps(desk, address, form):
    answer = desk.post(f"{address}uebernehmen/", form)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["steps"]


def filled(taken):
    return {step["set"]: step["label"] or step["value"] for step in taken if "set" in step}


@pytest.mark.parametrize("pasted", [{"pasted_text": PAGE}, {"pasted_html": PAGE_HTML}])
def test_a_page_fills_the_form_of_an_event(desk, pasted):
    known = make_person(given_name="Maria", family_name="Muster", phone="030 11 11 11 11")
    proposals = found(desk, EVENT, **pasted)
    assert proposals["found-person-1-choice"] == [str(known.pk)]
    assert Person.objects.count() == 1  # looking changes nothing
    taken = steps(desk, EVENT, event_form(title="") | proposals)
    form = filled(taken)
    assert form["title"] == "Pflege neu denken: Ideen für kleine Träger"
    assert (form["starts_at"], form["lead"]) == ("21.09.2022", LEAD)
    assert form["topics"] == "Aus den Häusern"
    assert [step["add"] for step in taken if "add" in step] == [
        "contact_rows", "contact_rows", "programme", "programme-0-people",
        "programme", "programme-1-people", "programme-1-people", "programme", "programme-2-people", "programme-2-people",
    ]  # fmt: skip
    assert form["programme-0-people-0-person"] == "Dr. Cem Öztürk"
    assert form["programme-1-people-1-person"] == "Maria Muster"
    assert form["programme-1-people-1-part"] == "Begleitung" or form["programme-1-people-1-part"] == "host"
    assert not Event.objects.exists()
    assert Person.objects.count() == 4
    known.refresh_from_db()
    assert (known.phone, known.districts.count()) == ("030 11 11 11 11", 0)
    toni = Person.objects.get(family_name="Haus")
    assert (toni.position, toni.organisation) == ("Referent der Leitung, Bezirksbeauftragter", "Verband Nord e.V.")
    assert (toni.phone, toni.email) == ("030 12 34 56-18", "haus@verband-nord.example.org")
    assert ([one.name for one in toni.districts.all()], list(toni.topics.names())) == (["Mitte"], ["Ehrenamt"])
    assert toni.in_directory
    assert not Person.objects.get(family_name="Beispiel").in_directory


def test_contacts_keep_the_order_of_the_page(desk):
    page = PAGE.replace("Kontakt\n", "Kontakt\n\nJo Beispiel\nTelefon: 030 12 34 56-19")
    form = filled(steps(desk, EVENT, event_form() | found(desk, EVENT, pasted_text=page)))
    contacts = [form[f"contact_rows-{number}-person"] for number in range(3)]
    assert contacts == ["Jo Beispiel", "Maria Muster", "Toni Haus"]


def test_without_script_the_form_comes_back_filled_and_is_then_saved(desk):
    form = event_form(title="", audience="Fachkräfte", pasted_text=PAGE)
    page = desk.post(f"{EVENT}add/", form | {"_recognise": "1"}).content.decode()
    sent = Fields(page).sent
    assert (sent["audience"], sent["found-title"]) == (["Fachkräfte"], ["Pflege neu denken: Ideen für kleine Träger"])
    page = desk.post(f"{EVENT}add/", sent | {"_accept": "1"}).content.decode()
    assert "Noch nicht gespeichert" in page
    assert "found-title" not in page
    assert not Event.objects.exists()
    sent = Fields(page).sent
    answer = desk.post(f"{EVENT}add/", sent)
    assert answer.status_code == 302, answer.context["errors"]
    event = Event.objects.get()
    assert (event.title, event.audience, event.all_day) == (
        "Pflege neu denken: Ideen für kleine Träger",
        "Fachkräfte",
        True,
    )
    assert event.text.startswith("<h2>Arbeitsgruppen am Nachmittag</h2>")
    assert [(item.kind, item.people.count()) for item in event.programme.all()] == [
        ("keynote", 1),
        ("workshop", 2),
        ("workshop", 2),
    ]
    assert [row.person.name for row in event.contact_rows.all()] == ["Maria Muster", "Toni Haus"]


def test_what_is_not_ticked_is_not_taken(desk):
    proposals = found(desk, EVENT, pasted_text=PAGE)
    for name in list(proposals):
        if name.endswith("-take"):
            del proposals[name]
    assert steps(desk, EVENT, event_form() | proposals) == []
    assert not Person.objects.exists()
    assert not Topic.objects.exists()


def test_what_stands_in_the_form_is_not_overwritten_unasked(desk):
    proposals = found(desk, EVENT, event_form(title="Mein Titel"), pasted_text=PAGE)
    assert "found-title-take" not in proposals
    assert "found-starts_at-take" not in proposals
    assert "found-date-take" in proposals


def test_taking_twice_creates_nobody_twice(desk):
    proposals = found(desk, EVENT, pasted_text=PAGE)
    for _ in range(2):
        steps(desk, EVENT, event_form() | proposals)
    assert Person.objects.count() == 4
    assert Topic.objects.filter(name="Ehrenamt").count() == 1


def test_namesakes_are_left_to_the_editor(desk):
    for _ in range(2):
        make_person(given_name="Jo", family_name="Beispiel")
    proposals = found(desk, EVENT, pasted_text=PAGE)
    assert "found-person-2-take" not in proposals
    proposals |= {"found-person-2-take": "on", "found-person-2-choice": "new"}
    steps(desk, EVENT, event_form() | proposals)
    assert Person.objects.filter(given_name="Jo", family_name="Beispiel").count() == 3


def test_contact_facts_of_somebody_known_are_replaced_only_when_asked(desk):
    maria = make_person(given_name="Maria", family_name="Muster", phone="030 11 11 11 11", districts=["Mitte"])
    proposals = found(desk, EVENT, pasted_text=PAGE) | {"found-person-1-facts": "on"}
    steps(desk, EVENT, event_form() | proposals)
    maria.refresh_from_db()
    assert maria.phone == "030 12 34 56-17"
    assert {one.name for one in maria.districts.all()} == {"Mitte", "Pankow", "Steglitz-Zehlendorf"}


def test_a_wrong_fact_is_said_with_the_name_and_nothing_is_created(desk):
    proposals = found(desk, EVENT, pasted_text=PAGE) | {"found-person-3-phone": "0"}
    answer = desk.post(f"{EVENT}uebernehmen/", event_form() | proposals)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Toni Haus: ")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ({}, "In diesem Text haben wir nichts erkannt."),
        ({"pasted_text": "x " * 400_000}, "Dieser Text ist zu lang."),
        ({"pasted_html": "<p>" * 30_000}, "Dieser Text hat zu viele Absätze."),
    ],
)
def test_what_cannot_be_read_is_said(desk, pasted, says):
    assert says in desk.post(f"{EVENT}erkennen/", pasted).content.decode()


def test_hostile_answers_are_no_error(desk):
    strange = {
        "found-person-0-take": "on", "found-person-0-choice": "9" * 40, "found-person-0-name": "\x00",
        "found-item-0-take": "on", "found-item-0-person-0-person": "x", "programme-TOTAL_FORMS": "viele",
    }  # fmt: skip
    answer = desk.post(f"{EVENT}uebernehmen/", strange)
    assert answer.status_code == 400
    strange["found-person-0-choice"] = "99999999"
    assert "gibt es nicht mehr" in desk.post(f"{EVENT}uebernehmen/", strange).json()["error"]
    script = found(desk, EVENT, pasted_html="<h1>T<script>alert(1)</script></h1><p>" + "a" * 90 + "</p>")
    assert "script" not in str(script)


def member(*roles):
    account = get_user_model().objects.create_user("-".join(roles).lower(), password="x", is_staff=True)
    account.groups.set(Group.objects.filter(name__in=roles))
    client = Client()
    client.force_login(account)
    return client


def worker(*codenames):
    account = get_user_model().objects.create_user("kraft", password="x", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(account)
    return client


def test_rights_are_asked_for(desk, client):
    proposals = found(desk, EVENT, pasted_text=PAGE)
    for address in (f"{EVENT}erkennen/", f"{EVENT}uebernehmen/"):
        assert client.post(address, {}).status_code == 302
        assert desk.get(address).status_code == 405
    assert worker("view_event").post(f"{EVENT}erkennen/", {"pasted_text": PAGE}).status_code == 403
    get_user_model().objects.get(username="kraft").delete()
    assert worker("add_event").post(f"{EVENT}uebernehmen/", event_form() | proposals).status_code == 403
    assert not Person.objects.exists()


def test_an_article_brings_its_event_along_as_a_draft(desk):
    kind = make_type("Berichte")
    proposals = found(desk, ARTICLE, article_form(), pasted_text=PAGE)
    form = filled(steps(desk, ARTICLE, article_form() | proposals))
    assert (form["type"], form["published_at"], form["lead"]) == ("Berichte", "04.10.2022", LEAD)
    event = Event.objects.get()
    assert (event.published_at, event.date_in_words) == (None, "Mittwoch, 21. September 2022")
    assert form["event"] == event.title
    assert [(item.title, item.people.count()) for item in event.programme.all()] == [
        ("Geduld lernen: Was Teams zusammenhält", 1),
        ("Zeit haben: Schichten, die passen", 2),
        ("Zuhören: Angehörige einbeziehen", 2),
    ]
    assert not Article.objects.exists()
    assert kind.pk


def test_an_article_adds_to_the_event_it_looks_back_at(desk):
    event = make_event(title="Forum", published_at=None)
    proposals = found(desk, ARTICLE, article_form(event=event.pk), pasted_text=PAGE)
    steps(desk, ARTICLE, article_form(event=event.pk) | proposals)
    assert event.programme.count() == 3
    assert Event.objects.count() == 1


def test_an_unknown_type_is_not_invented(desk):
    proposals = found(desk, ARTICLE, article_form(), pasted_text=PAGE)
    assert "found-type-take" not in proposals
    proposals |= {"found-type-take": "on"}
    answer = desk.post(f"{ARTICLE}uebernehmen/", article_form() | proposals)
    assert answer.json()["error"] == "Die Art „Berichte“ gibt es noch nicht. Bitte nehmen Sie das Häkchen weg."
    assert not ProgrammeItem.objects.exists()
    assert not Person.objects.exists()


def test_only_who_appoints_representatives_is_offered_districts():
    events = member("Veranstaltungen")
    page = events.post(f"{EVENT}erkennen/", {"pasted_text": PAGE}).content.decode()
    assert "Bezirke (Mitte) und den Platz im Kontaktverzeichnis vergibt die Verwaltung." in page
    proposals = Fields(page).sent
    assert not [name for name in proposals if name.endswith("-district")]
    steps(events, EVENT, event_form() | proposals)
    assert not Person.objects.filter(in_directory=True).exists()
    assert Person.objects.get(family_name="Haus").phone == "030 12 34 56-18"


@pytest.mark.parametrize("role", ["Redaktion", "Veranstaltungen"])
def test_districts_sent_all_the_same_are_refused(desk, role):
    address, form = (ARTICLE, article_form()) if role == "Redaktion" else (EVENT, event_form())
    proposals = found(desk, address, form, pasted_text=PAGE)
    proposals.pop("found-event-take", None)
    answer = member(role).post(f"{address}uebernehmen/", form | proposals)
    assert answer.status_code == 403
    assert answer.json()["error"].startswith("Bezirke darf nur die Verwaltung vergeben.")
    assert not Person.objects.exists()
    assert not Representation.objects.exists()


def test_verwaltung_appoints_representatives():
    office = member("Verwaltung")
    steps(office, EVENT, event_form() | found(office, EVENT, pasted_text=PAGE))
    assert Representation.objects.count() == 3


def test_redaktion_is_not_offered_an_event_and_is_told_who_makes_one():
    writer = member("Redaktion")
    page = writer.post(f"{ARTICLE}erkennen/", article_form() | {"pasted_text": PAGE}).content.decode()
    assert "Das können Kolleginnen und Kollegen mit der Rolle „Veranstaltungen“ oder „Verwaltung“." in page
    proposals = Fields(page).sent
    assert not [name for name in proposals if name.startswith(("found-event", "found-item"))]
    form = filled(steps(writer, ARTICLE, article_form() | proposals))
    assert form["contact_rows-0-person"] == "Maria Muster"
    assert Person.objects.count() == 2  # nobody for a programme that nobody writes
    answer = writer.post(f"{ARTICLE}uebernehmen/", article_form() | proposals | {"found-event-take": "on"})
    assert answer.status_code == 403
    assert "mit der Rolle „Veranstaltungen“ oder „Verwaltung“" in answer.json()["error"]
    assert not Event.objects.exists()


def test_what_is_stored_is_said_with_links(desk):
    proposals = found(desk, ARTICLE, article_form(), pasted_text=PAGE)
    stored = desk.post(f"{ARTICLE}uebernehmen/", article_form() | proposals).json()["stored"]
    assert "4 Personen (Entwurf)" in stored
    assert "1 Veranstaltung (Entwurf)" in stored
    assert f'href="{EVENT}{Event.objects.get().pk}/change/"' in stored
    assert stored.endswith("Nur dieses Formular (Beitrag) ist noch nicht gespeichert.")
    again = desk.post(f"{EVENT}uebernehmen/", event_form() | found(desk, EVENT, pasted_text=PAGE)).json()
    assert again["stored"] == ""


def test_the_same_page_makes_no_second_event(desk):
    proposals = found(desk, ARTICLE, article_form(), pasted_text=PAGE)
    for _ in range(2):
        form = filled(steps(desk, ARTICLE, article_form() | proposals))
    event = Event.objects.get()
    assert event.programme.count() == 3
    assert form["event"] == event.title
    page = desk.post(f"{ARTICLE}erkennen/", article_form() | {"pasted_text": PAGE}).content.decode()
    assert f"Programm bei „{event.title}“ ergänzen" in page
    steps(desk, ARTICLE, article_form() | Fields(page).sent)
    assert Event.objects.get().programme.count() == 3
    other_day = proposals | {"found-event-date": "22.09.2022"}
    steps(desk, ARTICLE, article_form() | other_day)
    assert Event.objects.count() == 2


def published(desk, address, form):
    answer = desk.post(f"{address}add/", form | {"_now": "1"}, follow=True)
    assert answer.redirect_chain, answer.context["errors"]
    return answer.content.decode()


def taken_over(desk, address, form):
    """The form as it is sent after taking over what was found, without script."""
    page = desk.post(f"{address}add/", form | {"_recognise": "1", "pasted_text": PAGE}).content.decode()
    page = desk.post(f"{address}add/", Fields(page).sent | {"_accept": "1"}).content.decode()
    assert "Schon angelegt: 4 Personen (Entwurf)" in page
    return Fields(page).sent


def test_new_people_become_public_with_what_names_them(desk):
    form = taken_over(desk, EVENT, event_form(title=""))
    assert not Person.objects.published().exists()
    page = published(desk, EVENT, form)
    assert Person.objects.published().count() == 4
    assert "Jetzt auch öffentlich" in page
    assert "Auf der Seite nicht zu sehen" not in page


def test_new_people_wait_for_a_planned_event_and_appear_with_it(desk):
    form = taken_over(desk, EVENT, event_form(title=""))
    form |= {"published_at": "3.3.2099 9:00", "_date": "3.3.2099 9:00"}
    desk.post(f"{EVENT}add/", form)
    event = Event.objects.get()
    assert event.state == "scheduled"
    assert set(Person.objects.values_list("published_at", flat=True)) == {event.published_at}


def test_who_was_withdrawn_by_hand_stays_hidden_and_is_named(desk):
    form = taken_over(desk, EVENT, event_form(title=""))
    published(desk, EVENT, form)
    jo = Person.objects.get(family_name="Beispiel")
    event = Event.objects.get()
    desk.post("/redaktion/contacts/person/", {"action": "withdraw_chosen", "_selected_action": jo.pk, "confirmed": "1"})
    jo.refresh_from_db()
    assert jo.published_at is None
    change = f"{EVENT}{event.pk}/change/"
    desk.post(change, filled_form(desk, change, _draft="1"))
    answer = desk.post(change, filled_form(desk, change, _now="1"), follow=True).content.decode()
    jo.refresh_from_db()
    assert jo.published_at is None
    assert "Auf der Seite nicht zu sehen, weil noch nicht öffentlich" in answer


def test_publishing_many_at_once_publishes_their_new_people(desk):
    steps(desk, ARTICLE, article_form() | found(desk, ARTICLE, article_form(), pasted_text=PAGE))
    assert not Person.objects.published().exists()
    event = Event.objects.get()
    desk.post(EVENT, {"action": "publish_chosen", "_selected_action": event.pk, "confirmed": "1"})
    assert Event.objects.published().exists()
    assert Person.objects.published().count() == 4
