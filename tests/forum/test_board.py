"""The front page of the desk and its health board."""

import json
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from contacts.models import ContactCorrection, District, Person, Representation
from events.models import Event, Venue
from forum.backup.stamp import note_backup
from forum.models import Attachment, ErrorKind, FormerAddress, MissingAddress, Page, Picture, SearchMiss
from forum.templatetags.desk import in_words
from news.models import Article
from tests.factories import (
    make_article,
    make_attachment,
    make_event,
    make_item,
    make_person,
    make_picture,
    tomorrow,
    yesterday,
)


def days(number):
    return timezone.now() + timedelta(days=number)


def aged(thing, **moments):
    type(thing).objects.filter(pk=thing.pk).update(**moments)
    return thing


def past(**facts):
    return make_event(starts_at=days(-9), published_at=days(-20), **facts)


def staff_with(*permissions):
    person = get_user_model().objects.create_user("hilfe", password="geheim", is_staff=True)
    for name in permissions:
        app, codename = name.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(person)
    return client


def old_drafts(model):
    make = {Article: make_article, Event: make_event, Person: make_person}.get(model) or Page.objects.create
    facts = {"title": "Ein Titel"} if model is Page else {}
    old = aged(make(published_at=None, **facts), created_at=days(-31))
    make(published_at=None, **facts)
    aged(make(published_at=yesterday(), **facts), created_at=days(-31))
    return {old}


def expiring():
    soon = make_article(expires_at=days(13))
    make_article(expires_at=days(15))
    make_article(published_at=days(-9), expires_at=yesterday())
    make_article(published_at=tomorrow(), expires_at=days(3))
    return {soon}


def outdated_easy_versions():
    behind = aged(make_article(easy_text="<p>Leicht.</p>"), text_changed_at=days(1))
    make_article(easy_text="<p>Leicht.</p>")
    make_article()
    return {behind}


def unchecked_contacts():
    never = aged(make_person(in_directory=True), created_at=days(-200))
    long_ago = aged(make_person(in_directory=True), created_at=days(-900), checked_at=days(-190))
    make_person(in_directory=True)  # new
    aged(make_person(in_directory=True), created_at=days(-900), checked_at=days(-100))
    aged(make_person(), created_at=days(-900))  # a guest
    aged(make_person(in_directory=True, published_at=None), created_at=days(-900))
    return {never, long_ago}


def contacts_without_mail():
    silent = make_person(in_directory=True)
    make_person(in_directory=True, email="da@example.org")
    make_person(in_directory=True, published_at=None)
    make_person()  # a guest
    return {silent}


def vacant_districts():
    make_person(in_directory=True, districts=["Mitte"])
    make_person(in_directory=True, districts=["Pankow"], published_at=None)  # nobody readers can see
    make_person(districts=["Spandau"])  # not in the directory
    District.objects.filter(name="Neukölln").update(stand_in=make_person())
    District.objects.filter(name="Lichtenberg").update(stand_in=make_person(published_at=None))
    return set(District.objects.exclude(name__in=["Mitte", "Neukölln"]))


def events_without_look_back():
    silent = past()
    make_item(silent, text="<p>Worum es ging.</p>")
    make_article(event=past())
    make_item(past(), result="<p>Das kam heraus.</p>")
    make_article(event=past(), published_at=tomorrow())
    begun, taken_back = past(), past()
    make_article(event=begun, published_at=None)
    make_article(event=begun, published_at=None)
    make_article(event=taken_back, published_at=days(-9), expires_at=yesterday())
    told = past()
    make_article(event=told, published_at=None)
    make_article(event=told)
    past(status=Event.Status.CANCELLED)
    make_event(starts_at=days(-9), published_at=None)
    make_event()
    return {silent, begun, taken_back}


def events_without_access_facts():
    unknown = Venue.objects.create(name="Haus ohne Angaben")
    known = Venue.objects.create(name="Haus mit Angaben", step_free=False)
    found = {
        make_event(),
        make_event(venue=unknown),
        make_event(venue=known, format=Event.Format.ONLINE),  # the page does not show its venue
    }
    make_event(venue=known)
    make_event(sign_language=False)
    make_event(access_note="Bitte melden Sie Assistenz an.")
    make_event(status=Event.Status.CANCELLED)
    make_event(published_at=None)
    past()
    return found


def pictures_without_credit():
    missing = make_picture(credit="")
    make_picture()
    return {missing}


def pictures_without_description():
    missing = make_picture(alt_text="")
    make_picture(alt_text="", decorative=True)
    return {missing}


def unused_pictures():
    unused = make_picture()
    make_article(picture=make_picture())
    make_event(picture=make_picture())
    make_person(portrait=make_picture())
    return {unused}


def unused_files():
    unused = make_attachment()
    make_article().attachment_rows.create(attachment=make_attachment())
    make_event().attachment_rows.create(attachment=make_attachment())
    make_item().attachment_rows.create(attachment=make_attachment())
    return {unused}


def broken_links():
    make_article(text='<p><a href="/aktuelles/">gut</a> <a href="/gibt/es/nicht/">schlecht</a></p>')
    from forum.models import InternalLink

    return {InternalLink.objects.get(path="/gibt/es/nicht/")}


def waiting_corrections():
    waiting = ContactCorrection.objects.create(person=make_person(), new={"phone": "030 1234567"})
    for outcome in ("applied", "declined"):
        ContactCorrection.objects.create(person=make_person(), new={"phone": "030 1234567"}, outcome=outcome)
    return {waiting}


def missing_addresses():
    for path, count in (("/oft-gefragt/", 3), ("/selten-gefragt/", 2), ("/aktuelles/", 9)):
        for _ in range(count):
            MissingAddress.objects.count_request(path)
    for _ in range(4):
        MissingAddress.objects.count_request("/uebergangen/")
    MissingAddress.objects.filter(path="/uebergangen/").update(ignored=True)
    return {MissingAddress.objects.get(path="/oft-gefragt/")}


def vain_searches():
    for words in ("hort", "hort", "hort", "einmal"):
        SearchMiss.objects.count_search(words)
    return {SearchMiss.objects.get(words="hort")}


def errors_of_late():
    for name, at in (("Neu", days(-6)), ("Alt", days(-8))):
        ErrorKind.objects.create(fingerprint=name, name=name, source="x.py:1", page="home", first_at=at, last_at=at)
    return {ErrorKind.objects.get(name="Neu")}


def redirects_to_nowhere():
    article, draft = make_article(), make_article(published_at=None)
    wrong = FormerAddress.objects.create(path="/alt/", target_path="/gibt-es-nicht/")
    hidden = FormerAddress.objects.create(path="/aelter/", target_path=draft.get_absolute_url())
    FormerAddress.objects.create(path="/neuer/", target_path=article.get_absolute_url())
    FormerAddress.objects.create(path="/gefiltert/", target_path="/aktuelles/?jahr=2026")
    return {wrong, hidden}


CHECKS = {
    "forum.formeraddress/defekt": redirects_to_nowhere,
    "news.article/alte-entwuerfe": lambda: old_drafts(Article),
    "events.event/alte-entwuerfe": lambda: old_drafts(Event),
    "forum.page/alte-entwuerfe": lambda: old_drafts(Page),
    "contacts.person/alte-entwuerfe": lambda: old_drafts(Person),
    "news.article/laeuft-ab": expiring,
    "news.article/leichte-fassung-veraltet": outdated_easy_versions,
    "contacts.person/ungeprueft": unchecked_contacts,
    "contacts.person/ohne-mail": contacts_without_mail,
    "contacts.district/unbesetzt": vacant_districts,
    "contacts.contactcorrection/wartet": waiting_corrections,
    "events.event/ohne-rueckblick": events_without_look_back,
    "events.event/ohne-barrierefreiheit": events_without_access_facts,
    "forum.picture/ohne-nachweis": pictures_without_credit,
    "forum.picture/ohne-beschreibung": pictures_without_description,
    "forum.picture/unbenutzt": unused_pictures,
    "forum.attachment/unbenutzt": unused_files,
    "forum.internallink/defekt": broken_links,
    "forum.missingaddress/gesucht": missing_addresses,
    "forum.searchmiss/gesucht": vain_searches,
    "forum.errorkind/neulich": errors_of_late,
}
SAME_EVERYWHERE = {"laeuft-ab", "leichte-fassung-veraltet"}  # one test of these is enough


def test_every_check_is_tested():
    asked = {
        f"{model._meta.label_lower}/{check.name}"
        for model, model_admin in admin.site._registry.items()
        for check in getattr(model_admin, "to_do", ())
    }
    assert {name for name in asked - CHECKS.keys() if name.partition("/")[2] not in SAME_EVERYWHERE} == set()
    assert CHECKS.keys() <= asked


@pytest.mark.parametrize("name", CHECKS)
def test_a_figure_of_the_board_is_the_number_of_rows_it_leads_to(desk, name):
    expected = CHECKS[name]()
    label, _, check = name.partition("/")
    url = f"/redaktion/{label.replace('.', '/')}/?pruefen={check}"
    found = desk.get(url).context["cl"]
    assert set(found.queryset) == expected
    assert found.result_count == len(expected)
    figure = next(one for one in desk.get("/redaktion/").context["to_do"] if one.url == url)
    assert figure.count == len(expected)
    assert (
        f'<a href="{url}"><span class="board__number">{len(expected)}</span>'
        in desk.get("/redaktion/").content.decode()
    )


def test_the_board_is_calm_where_nothing_is_to_be_done(desk):
    Representation.objects.all().delete()
    District.objects.update(stand_in=make_person())
    page = desk.get("/redaktion/")
    assert page.context["to_do"] == []
    assert "Alles in Ordnung: Es gibt nichts zu tun." in page.content.decode()
    assert "Beiträge Entwurf seit mehr als 30 Tagen" in " ".join(page.content.decode().split())


def test_a_backup_that_is_too_old_is_said_to_those_who_run_the_portal(desk, settings, tmp_path):
    settings.DATA = tmp_path
    assert "Letzte Sicherung" not in desk.get("/redaktion/").content.decode()  # others may back up in their own way
    (tmp_path / "last-backup.json").write_text('{"at": "2026-01-02T03:04:05+00:00"}')
    page = desk.get("/redaktion/").content.decode()
    assert "Letzte Sicherung: 2. Januar 2026, 04:04 Uhr." in page
    assert "Letzte Sicherung" not in staff_with("events.view_event").get("/redaktion/").content.decode()
    for hours, is_said in ((25, False), (27, True)):
        facts = {"at": (timezone.now() - timedelta(hours=hours)).isoformat()}
        (tmp_path / "last-backup.json").write_text(json.dumps(facts))
        assert ("Letzte Sicherung" in desk.get("/redaktion/").content.decode()) is is_said
    note_backup("neu.tar", 1)
    assert "Letzte Sicherung" not in desk.get("/redaktion/").content.decode()
    for damaged in ("", "[]", '{"at": 7}', '{"at": "gestern"}', '{"at": "2026-01-02"}', "{}"):
        (tmp_path / "last-backup.json").write_text(damaged)
        assert desk.get("/redaktion/").status_code == 200


def test_an_unknown_check_shows_the_whole_list(desk):
    make_picture()
    assert desk.get("/redaktion/forum/picture/?pruefen=unsinn").context["cl"].result_count == 1


def test_the_front_page_says_what_appears_and_disappears_next(desk):
    make_article(title="Übermorgen", published_at=days(2))
    make_event(title="In einer Stunde", published_at=timezone.now() + timedelta(hours=1))
    Page.objects.create(title="Bald weg", text="<p>x</p>", published_at=yesterday(), expires_at=days(1))
    make_article(title="Noch lange da", expires_at=days(40))
    make_article(title="Entwurf", published_at=None)
    coming = [(row.title, row.kind, row.says) for row in desk.get("/redaktion/").context["coming"]]
    assert coming == [
        ("In einer Stunde", "Veranstaltung", "erscheint"),
        ("Bald weg", "Seite", "verschwindet"),
        ("Übermorgen", "Beitrag", "erscheint"),
    ]


def log(user, thing, flag):
    LogEntry.objects.log_actions(user.pk, [thing], flag)


def test_my_drafts_are_those_i_worked_on(desk, staff):
    mine, other = make_article(title="Meiner", published_at=None), make_event(title="Anderer", published_at=None)
    somebody = get_user_model().objects.create_user("andere", first_name="Andrea", last_name="Andere")
    log(somebody, other, ADDITION)
    page = desk.get("/redaktion/")
    assert [(row.title, row.who) for row in page.context["drafts"]] == [("Anderer", "Andrea Andere"), ("Meiner", "")]
    assert ">Entwürfe<" in page.content.decode()
    log(staff, mine, CHANGE)
    page = desk.get("/redaktion/")
    assert [row.title for row in page.context["drafts"]] == ["Meiner"]
    assert ">Meine Entwürfe<" in page.content.decode()


def test_recent_changes_say_what_by_whom_and_lead_there(desk, staff):
    article, gone = make_article(title="Noch da"), make_article(title="Schon weg")
    log(staff, gone, ADDITION)
    log(staff, gone, DELETION)
    gone.delete()
    log(staff, article, ADDITION)
    log(staff, article, CHANGE)
    rows = [(row.title, row.says, row.who, row.url) for row in desk.get("/redaktion/").context["changes"]]
    url = f"/redaktion/news/article/{article.pk}/change/"
    assert rows == [("Noch da", "geändert", "chefin", url), ("Schon weg", "gelöscht", "chefin", "")]


def test_nobody_learns_of_what_they_may_not_see(staff):
    log(staff, make_article(title="Geheimer Beitrag", published_at=None), ADDITION)
    make_article(title="Geheimer Plan", published_at=days(1))
    make_picture(credit="")
    page = staff_with("events.view_event", "events.add_event").get("/redaktion/")
    text = page.content.decode()
    assert "Geheim" not in text
    assert "Bildnachweis" not in text
    assert "Beiträge" not in text
    assert [start.label for start in page.context["starts"]] == ["Veranstaltung anlegen"]


def test_somebody_without_rights_is_told_so():
    assert "darf noch nichts bearbeiten" in staff_with().get("/redaktion/").content.decode()


def test_lists_stand_by_subject(desk):
    subjects = [subject["name"] for subject in desk.get("/redaktion/").context["app_list"]]
    assert subjects == ["Aktuelles", "Veranstaltungen", "Menschen", "Bilder und Dateien", "Website", "Verwaltung"]
    assert desk.get("/redaktion/news/").status_code == 302


def make_one_of_each(staff):
    make_article(published_at=None, picture=make_picture(credit=""))
    make_article(published_at=days(3), text='<p><a href="/weg/">Link</a></p>')
    past(), make_event(expires_at=days(2)), make_event(published_at=None)
    for thing in (make_person(in_directory=True, published_at=None), make_attachment(), make_article()):
        log(staff, thing, ADDITION)
    for _ in range(3):
        MissingAddress.objects.count_request(f"/vermisst-{Picture.objects.count()}/")


def test_the_front_page_costs_the_same_for_little_and_much(desk, staff, count_queries):
    make_one_of_each(staff)
    make_one_of_each(staff)
    few = count_queries("/redaktion/", desk)
    for _ in range(15):
        make_one_of_each(staff)
    assert Attachment.objects.count() == 17
    assert count_queries("/redaktion/", desk) == few
    assert few <= 40


def test_moments_are_said_in_words():
    now = timezone.localtime().replace(hour=9, minute=5)
    assert in_words(now) == "heute, 9:05 Uhr"
    assert in_words(now + timedelta(days=1)) == "morgen, 9:05 Uhr"
    assert in_words(now - timedelta(days=1)) == "gestern, 9:05 Uhr"
    assert in_words(timezone.make_aware(timezone.datetime(2031, 3, 3, 9))) == "3. März 2031, 9:00 Uhr"
