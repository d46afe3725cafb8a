"""The contact check-up: who is asked when, what a link shows and does, and how staff decide."""

import json
import re
import smtplib
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from contacts.checkup import CheckLink, ContactCorrection, new_link
from contacts.models import Person, PersonTopic, Representation
from forum.models import Topic
from tests.factories import make_person, make_picture, noted, tomorrow
from tests.threads import at_once

LONG_AGO = timezone.now() - timedelta(days=300)
PEOPLE = "/redaktion/contacts/person/"


def make_contact(**facts):
    facts = {
        "in_directory": True, "email": "erika@example.org", "position": "Beraterin", "checked_at": LONG_AGO,
        "districts": ["Pankow"], "topics": ["Wirkung"],
    } | facts  # fmt: skip
    return make_person(**facts)


@pytest.fixture
def person():
    return make_contact(given_name="Erika", family_name="Muster")


def path_of(link):
    return re.search(r"/eintrag-pruefen/[\w-]{43}/", link)[0]


def form(client, path, **changes):
    """Fill in the form behind a link as a browser does, and send the correction."""
    shown = client.get(path).context["form"]
    data = {field.name: field.value() if field.value() is not None else "" for field in shown}
    for name, value in data.items():
        if isinstance(value, date):
            data[name] = value.strftime("%d.%m.%Y")
    return client.post(path, data | {"seen": shown.current_json, "correct": "1"} | changes)


def confirm(client, path):
    return client.post(path, {"confirm": "1", "seen": client.get(path).context["form"].current_json})


def run(*options):
    out = StringIO()
    call_command("checkup", *options, stdout=out, stderr=out)
    return out.getvalue()


# who is asked


def test_whoever_is_due_is_asked_once_and_reminded_once(person):
    make_contact(checked_at=timezone.now() - timedelta(days=100))
    make_contact(checked_at=None, given_name="Neu")
    make_contact(published_at=None)
    make_contact(expires_at=timezone.now() - timedelta(days=1), published_at=LONG_AGO)
    make_contact(in_directory=False)
    make_contact(email="", phone="030 12 34 56-78")
    start = timezone.now()
    assert "Anfragen: 1 verschickt, 1 ohne E-Mail-Adresse." in run()
    (message,) = mail.outbox
    assert message.to == ["erika@example.org"]
    assert message.subject == "Stimmt Ihr Eintrag beim Innovationsforum noch?"
    assert "Guten Tag Erika Muster," in message.body
    assert message.body.count("http://127.0.0.1:8000/eintrag-pruefen/") == 1
    assert run() and len(mail.outbox) == 1, "asked twice"

    with time_machine.travel(start + timedelta(days=13)):
        assert run() and len(mail.outbox) == 1
    with time_machine.travel(start + timedelta(days=15)):
        assert "Erinnerungen: 1 verschickt" in run()
        assert run() and len(mail.outbox) == 2
    assert mail.outbox[1].subject.startswith("Erinnerung:")
    assert "noch nichts von Ihnen gehört" in mail.outbox[1].body
    with time_machine.travel(start + timedelta(days=70)):
        assert run() and len(mail.outbox) == 2, "twice a year, not more"


def test_half_a_year_later_they_are_asked_again(person):
    start = timezone.now()
    run()
    with time_machine.travel(start + timedelta(days=183)):
        run()
    to_erika = [message for message in mail.outbox if not message.subject.startswith("Erinnerung")]
    assert len(to_erika) == 2


@pytest.mark.parametrize("what", ["confirmed", "corrected", "left", "withdrawn", "checked by staff"])
def test_nobody_is_reminded_who_has_nothing_left_to_do(client, person, what):
    start = timezone.now()
    run()
    path = path_of(mail.outbox[0].body)
    if what == "confirmed":
        confirm(client, path)
    elif what == "corrected":
        form(client, path, remark="Bitte anrufen")
    elif what == "checked by staff":
        Person.objects.update(checked_at=timezone.now())
    else:
        Person.objects.update(**({"in_directory": False} if what == "left" else {"published_at": None}))
    with time_machine.travel(start + timedelta(days=15)):
        run()
    assert len(mail.outbox) == 1


def test_a_dry_run_names_people_and_sends_nothing(person):
    assert "Erika Muster, erika@example.org" in run("--dry-run")
    assert (mail.outbox, CheckLink.objects.count()) == ([], 0)


def test_a_mail_that_does_not_go_out_is_tried_again(person, settings, monkeypatch):
    other = make_contact(email="kaputt@example.org")

    def refuse(self, messages):
        if messages[0].to == [other.email]:
            raise smtplib.SMTPRecipientsRefused({})
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with pytest.raises(CommandError, match="1 Mails gingen nicht hinaus"):
        run()
    assert [link.person for link in CheckLink.objects.all()] == [person]
    settings.EMAIL_URL = ""
    with pytest.raises(CommandError, match="EMAIL_URL fehlt"):
        run()


def test_two_runs_at_once_ask_once():
    def forget():
        for model in (CheckLink, Representation, PersonTopic, Person, Topic):
            model.objects.all().delete()

    try:
        assert at_once(make_contact) == []
        assert at_once(run, run) == []
        assert CheckLink.objects.count() == len(mail.outbox) == 1
    finally:
        assert at_once(forget) == []


def test_old_links_are_forgotten(person):
    new_link(person)
    with time_machine.travel(timezone.now() + timedelta(days=61 + 366)):
        run()
        assert CheckLink.objects.count() == 1, "only the one just sent"


# what a link shows and does


def test_looking_changes_nothing(client, person):
    path = path_of(new_link(person))
    for method in (client.get, client.head):
        answer = method(path)
        assert answer.status_code == 200
    page = client.get(path).content.decode()
    for words in ("Erika Muster", "Beraterin", "030 12 34 56-78", "erika@example.org", "Pankow", "Wirkung"):
        assert words in page
    person.refresh_from_db()
    assert person.checked_at == LONG_AGO
    assert not CheckLink.objects.exclude(answered_at=None).exists()
    assert client.delete(path).status_code == 405


def test_the_address_stays_a_secret(client, person):
    path = path_of(new_link(person))
    answer = client.get(path)
    token = path.split("/")[2]
    assert token not in answer.content.decode()
    assert token not in str(CheckLink.objects.values().get())
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "strict-origin"
    assert list(answer.cookies) == ["csrftoken"]


def test_one_button_confirms(client, person):
    path = path_of(new_link(person))
    answer = confirm(client, path)
    assert answer.url == "/eintrag-pruefen/danke/"
    assert "gilt als geprüft" in client.get(answer.url).content.decode()
    person.refresh_from_db()
    assert timezone.now() - person.checked_at < timedelta(minutes=1)
    assert not ContactCorrection.objects.exists()
    again = client.get(path)
    assert (again.status_code, "Danke, Ihre Antwort ist da" in again.content.decode()) == (410, True)
    assert client.post(path, {"confirm": "1"}).status_code == 410


def test_a_correction_waits_for_staff(client, person):
    person.absent_from = date(2027, 6, 1)
    person.save()
    path = path_of(new_link(person))
    answer = form(
        client,
        path,
        phone="030 98 76 54-32",
        absent_until="14.6.2027",
        topics="Auch Pflege",
        email="neu[at]example.org",
    )
    assert answer.url == "/eintrag-pruefen/danke-korrektur/"
    assert "Die Redaktion sieht sie sich an" in client.get(answer.url).content.decode()
    correction = ContactCorrection.objects.get()
    assert correction.old == {"phone": "030 12 34 56-78", "absent_until": "", "email": "erika@example.org"}
    assert correction.new == {"phone": "030 98 76 54-32", "absent_until": "2027-06-14", "email": "neu@example.org"}
    assert correction.notes == {"topics": "Auch Pflege"}
    person.refresh_from_db()
    assert (person.phone, person.checked_at) == ("030 12 34 56-78", LONG_AGO)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Hier ist noch alles wie bisher."),
        ({"phone": "anrufen"}, "Bitte schreiben Sie hier nur die Telefonnummer"),
        ({"email": "kein"}, "gültige E-Mail-Adresse"),
        ({"phone": "", "email": ""}, "braucht eine Telefonnummer oder eine E-Mail-Adresse"),
        ({"absent_until": "14.6.2027"}, "ab wann die Person abwesend ist"),
        ({"absent_from": "14.6.2027", "absent_until": "1.6.2027"}, "Die Abwesenheit endet vor ihrem Beginn."),
        ({"absent_from": "31.2.2027"}, "Das ist kein Datum: Im Kalender gibt es keinen 31. Februar."),
        ({"position": "x" * 201}, "höchstens 200 Zeichen"),
        ({"remark": "x" * 1001}, "höchstens 1000 Zeichen"),
        ({"remark": "\x00"}, "Nullzeichen sind nicht erlaubt"),
    ],
)
def test_what_cannot_be_right_is_refused_and_stays_in_the_form(client, person, changes, says):
    person.portrait = make_picture(credit="")  # staff's business, not theirs
    person.save()
    path = path_of(new_link(person))
    answer = form(client, path, **changes)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert says in page
    assert "noch nicht abgeschickt" in page
    for name, value in changes.items():
        assert answer.context["form"][name].value() == value
    assert not ContactCorrection.objects.exists()
    assert client.get(path).status_code == 200


def test_html_is_shown_as_text(client, desk, person):
    form(client, path_of(new_link(person)), organisation="<script>alert(1)</script>", remark="<b>x</b>")
    page = desk.get(
        f"/redaktion/contacts/contactcorrection/{ContactCorrection.objects.get().pk}/change/"
    ).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize("seen", ["", "[]", "[" * 100_000, '{"phone": []}', "\x00", "null"])
def test_what_was_seen_may_be_nonsense(client, person, seen):
    path = path_of(new_link(person))
    answer = form(client, path, seen=seen, phone="030 98 76 54-32")
    assert answer.status_code == 302
    assert ContactCorrection.objects.get().new == {"phone": "030 98 76 54-32"}


def test_whoever_looked_at_an_old_entry_is_shown_the_new_one(client, person):
    path = path_of(new_link(person))
    seen = client.get(path).context["form"].current_json
    Person.objects.update(position="Leiterin")
    answer = client.post(path, {"confirm": "1", "seen": seen})
    page = answer.content.decode()
    assert "gerade eben geändert" in page
    assert "Leiterin" in page
    person.refresh_from_db()
    assert person.checked_at == LONG_AGO

    answer = client.post(path, json.loads(seen) | {"seen": seen, "correct": "1", "phone": "030 98 76 54-32"})
    assert "gerade eben geändert" in answer.content.decode()
    shown = answer.context["form"]
    assert (shown["position"].value(), shown["phone"].value()) == ("Leiterin", "030 98 76 54-32")
    assert not ContactCorrection.objects.exists()
    data = {field.name: field.value() or "" for field in shown} | {"seen": shown.current_json, "correct": "1"}
    assert client.post(path, data).status_code == 302
    assert ContactCorrection.objects.get().new == {"phone": "030 98 76 54-32"}


@pytest.mark.parametrize("change", [{"published_at": None}, {"in_directory": False}, {"published_at": tomorrow()}])
def test_an_entry_that_is_no_longer_public_is_not_shown(client, person, change):
    path = path_of(new_link(person))
    Person.objects.update(**change)
    for answer in (client.get(path), client.post(path, {"confirm": "1"}), client.post(path, {"phone": "1"})):
        page = answer.content.decode()
        assert answer.status_code == 410
        assert "steht nicht mehr im Kontaktverzeichnis" in page
        assert "Muster" not in page
    assert Person.objects.get().checked_at == LONG_AGO


def test_links_end_after_sixty_days_and_wrong_ones_never_were(client, person):
    path = path_of(new_link(person))
    with time_machine.travel(timezone.now() + timedelta(days=59)):
        assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=60, seconds=1)):
        answer = client.get(path)
        assert (answer.status_code, "Er war 60 Tage lang gültig." in answer.content.decode()) == (410, True)
        assert client.post(path, {"confirm": "1"}).status_code == 410
    for wrong in ("x" * 43, "a", "x" * 3000):
        answer = client.get(f"/eintrag-pruefen/{wrong}/")
        assert answer.status_code == 404
        assert "Diesen Link gibt es nicht" in answer.content.decode()
        assert client.post(f"/eintrag-pruefen/{wrong}/", {"confirm": "1"}).status_code == 404


def test_any_answer_ends_all_links_of_a_person(client, person):
    first, second = path_of(new_link(person)), path_of(new_link(person))
    other = path_of(new_link(make_contact()))
    confirm(client, second)
    assert [client.get(path).status_code for path in (first, second, other)] == [410, 410, 200]


def test_sending_needs_the_page(person):
    strict = Client(enforce_csrf_checks=True)
    path = path_of(new_link(person))
    assert strict.post(path, {"confirm": "1"}).status_code == 403
    assert Person.objects.get().checked_at == LONG_AGO


# staff


@pytest.fixture
def correction(person):
    return ContactCorrection.objects.create(
        person=person,
        old={"phone": "030 12 34 56-78", "position": "Beraterin"},
        new={"phone": "030 98 76 54-32", "position": "Leiterin"},
        notes={"districts": "Auch Mitte"},
    )


def address_of(correction):
    return f"/redaktion/contacts/contactcorrection/{correction.pk}/change/"


def test_staff_read_in_words_what_changes_and_take_over_what_they_choose(desk, staff, person, correction):
    listed = desk.get("/redaktion/contacts/contactcorrection/").content.decode()
    assert "Funktion: Leiterin; Telefon: 030 98 76 54-32; Hinweis zu Bezirke" in listed
    page = desk.get(address_of(correction)).content.decode()
    for words in ("Beraterin", "Leiterin", "Auch Mitte", "Telefon übernehmen"):
        assert words in page
    answer = desk.post(address_of(correction), {"apply": "1", "field": ["phone"]})
    assert answer.url == "/redaktion/contacts/contactcorrection/"
    person.refresh_from_db()
    assert (person.phone, person.position) == ("030 98 76 54-32", "Beraterin")
    assert timezone.now() - person.checked_at < timedelta(minutes=1)
    correction.refresh_from_db()
    assert (correction.outcome, correction.decided_by) == ("applied", staff)
    assert "Korrektur übernommen: Telefon." in noted(person)
    again = desk.post(address_of(correction), {"decline": "1"}, follow=True)
    assert "Darüber ist schon entschieden" in again.content.decode()
    correction.refresh_from_db()
    assert correction.outcome == "applied"


def test_a_refused_correction_changes_nothing(desk, person, correction):
    desk.post(address_of(correction), {"decline": "1", "field": ["phone"]})
    person.refresh_from_db()
    correction.refresh_from_db()
    assert (person.phone, person.checked_at, correction.outcome) == ("030 12 34 56-78", LONG_AGO, "declined")


def test_what_changed_meanwhile_is_not_taken_over_unasked(desk, person, correction):
    Person.objects.update(phone="030 11 11 11-11", position="Leiterin")
    page = desk.get(address_of(correction)).content.decode()
    assert "Inzwischen geändert: Bei der Prüfung stand hier „030 12 34 56-78“." in page
    assert 'value="phone" id="feld-phone" aria-label="Telefon übernehmen">' in page, "ticked"
    assert "steht schon so da" in page
    desk.post(address_of(correction), {"apply": "1"})
    person.refresh_from_db()
    assert person.phone == "030 11 11 11-11", "notes alone were taken care of"


def test_rules_hold_when_a_correction_is_taken_over(desk, person):
    correction = ContactCorrection.objects.create(person=person, old={"email": person.email}, new={"email": ""})
    nothing = desk.post(address_of(correction), {"apply": "1"})
    assert "Bitte wählen Sie mindestens eine Änderung" in nothing.content.decode()
    Person.objects.update(phone="")
    answer = desk.post(address_of(correction), {"apply": "1", "field": ["email", "slug", "\x00"]})
    assert "braucht eine Telefonnummer oder eine E-Mail-Adresse" in answer.content.decode()
    person.refresh_from_db()
    correction.refresh_from_db()
    assert (person.email, correction.outcome) == ("erika@example.org", "waiting")


def test_a_correction_outlives_the_place_in_the_directory(desk, person, correction):
    Person.objects.update(in_directory=False, published_at=None)
    assert "steht zurzeit nicht öffentlich" in desk.get(address_of(correction)).content.decode()
    desk.post(address_of(correction), {"apply": "1", "field": ["phone"]})
    person.refresh_from_db()
    assert person.phone == "030 98 76 54-32"


def test_people_with_corrections_can_be_deleted(desk, correction):
    other = make_contact(districts=[])
    ContactCorrection.objects.create(person=other, new={"phone": "1"})
    new_link(other)
    desk.post(f"{PEOPLE}{other.pk}/delete/", {"post": "yes"})
    assert not Person.objects.filter(pk=other.pk).exists()


def test_staff_mark_entries_as_checked(desk, person):
    desk.post(PEOPLE, {"action": "mark_checked", "_selected_action": [person.pk]})
    person.refresh_from_db()
    assert timezone.now() - person.checked_at < timedelta(minutes=1)
    assert "Eintrag geprüft." in noted(person)


def test_staff_send_links_or_pass_them_on(desk, client, person):
    guest = make_person(family_name="Gast")
    silent = make_contact(family_name="Stumm", email="", phone="030 12 34 56-78")
    chosen = {"action": "ask_chosen", "_selected_action": [person.pk, guest.pk, silent.pk]}
    address = desk.post(PEOPLE, chosen).url
    page = desk.get(address).content.decode()
    assert "Mail senden" in page
    assert "nicht öffentlich im Kontaktverzeichnis" in page
    assert not CheckLink.objects.exists()
    desk.post(address, {"send": "1"})
    assert [message.to for message in mail.outbox] == [["erika@example.org"]]
    desk.post(address, {"send": "1"})
    assert len(mail.outbox) == 1, "a second click"
    shown = desk.post(address, {"show": "1"})
    assert "no-store" in shown["Cache-Control"]
    (path,) = {path_of(link) for one, link in shown.context["links"] if one == silent}
    assert client.get(path).context["person"] == silent


def test_without_a_mail_server_links_are_shown(desk, person, settings):
    settings.EMAIL_URL = ""
    address = f"{PEOPLE}pruefung/?person={person.pk}"
    page = desk.get(address).content.decode()
    assert "kann keine Mails verschicken" in page
    assert 'name="send"' not in page
    desk.post(address, {"send": "1"})
    assert mail.outbox == []


@pytest.mark.parametrize("query", ["", "person=abc", "person=" + "9" * 30, "person=0", "person=1%00", "person=١"])
def test_nobody_chosen_is_said_kindly(desk, query):
    assert "Es ist niemand ausgewählt." in desk.get(f"{PEOPLE}pruefung/?{query}").content.decode()


def test_the_form_of_a_person_leads_to_both(desk, correction):
    tools = desk.get(f"{PEOPLE}{correction.person.pk}/change/").context["tools"]
    assert [tool.label for tool in tools] == ["Zum Gegenlesen teilen", "Korrektur ansehen", "Eintrag prüfen lassen"]


def test_looking_is_not_deciding(correction, person):
    client = Client()
    staff = get_user_model().objects.create_user("lesend", is_staff=True)
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=["view_contactcorrection", "view_person", "change_contactcorrection"])
    )
    client.force_login(staff)
    assert "Übernehmen" not in client.get(address_of(correction)).content.decode()
    assert client.post(address_of(correction), {"apply": "1", "field": ["phone"]}).status_code == 403
    assert client.get(f"{PEOPLE}pruefung/?person={person.pk}").status_code == 403
    assert client.post(PEOPLE, {"action": "mark_checked", "_selected_action": [person.pk]}).status_code in (200, 302)
    assert Person.objects.get().checked_at == LONG_AGO
    staff.user_permissions.clear()
    assert client.get(address_of(correction)).status_code == 403
    assert Client().get(address_of(correction)).status_code == 302
