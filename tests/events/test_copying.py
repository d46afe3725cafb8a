"""Copies of events on other dates."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, EventAttachment, ItemAttachment, Series
from forum.dates import midnight, midnight_after
from tests.factories import make_article, make_attachment, make_event, make_item, make_person, make_picture, noted

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour, minute=0, day=14, month=6, year=2027):
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def iso(moment):
    return moment and timezone.localtime(moment).isoformat(timespec="minutes")


@pytest.fixture
def event():
    speaker, host = make_person(), make_person()
    event = make_event(
        title="Werkstatt",
        subtitle="Für alle",
        text="<p>Text</p>",
        starts_at=at(9),
        ends_at=at(16),
        picture=make_picture(),
        series=Series.objects.create(title="Forum"),
        topics=["Wirkung", "Teilhabe"],
        contacts=[host],
        online_url="https://example.org/raum",
        easy_text="<p>Leicht.</p>",
        status="cancelled",
        status_reason="Sturm",
        expires_at=at(0, month=12),
    )
    EventAttachment.objects.create(event=event, attachment=make_attachment())
    talk = make_item(event, [speaker, host], starts_at=at(9, 30), ends_at=at(10), result="<p>Viel.</p>", kind="keynote")
    ItemAttachment.objects.create(item=talk, attachment=make_attachment())
    make_item(event, starts_at=at(10), ends_at=at(12), online_url="https://example.org/zwei", room="Saal")
    make_item(event)
    make_article(event=event)
    return event


def copy(desk, event, dates, without=(), plus=(), **more):
    """Look at the preview, then press the button that makes the drafts."""
    address = f"/redaktion/events/event/{event.pk}/kopieren/"
    shown = desk.get(address).context["form"]
    taken = [name for name in shown["taken"].value() if name not in without] + list(plus)
    typed = {"dates": "\n".join(dates), "taken": taken}
    preview = desk.post(address, typed | {"preview": "1"})
    if not preview.context["valid"]:
        return preview
    return desk.post(address, typed | {"create": "1", "seen": preview.context["form"].plan} | more)


def copies():
    return list(Event.objects.filter(published_at=None).order_by("starts_at"))


def test_a_copy_brings_everything_along_but_what_tells_of_the_original(desk, event):
    answer = copy(desk, event, ["21.6.2027"])
    (made,) = copies()
    assert answer.url == f"/redaktion/events/event/{made.pk}/change/"
    assert (iso(made.starts_at), iso(made.ends_at)) == ("2027-06-21T09:00+02:00", "2027-06-21T16:00+02:00")
    same = ("title", "subtitle", "lead", "text", "picture", "series", "easy_text", "format")
    assert [getattr(made, name) for name in same] == [getattr(event, name) for name in same]
    assert (made.status, made.status_reason, made.expires_at, made.online_url) == ("planned", "", None, "")
    assert made.slug == "werkstatt-2"
    assert made.social_image.name not in ("", event.social_image.name)
    assert list(made.topics.names()) == ["Teilhabe", "Wirkung"]
    assert [row.person for row in made.contact_rows.all()] == [row.person for row in event.contact_rows.all()]
    assert [row.attachment for row in made.attachment_rows.all()] == [
        row.attachment for row in event.attachment_rows.all()
    ]
    assert not made.articles.exists()

    before, after = event.programme.all(), made.programme.all()
    for name in ("title", "slug", "kind", "room", "position"):
        assert [getattr(item, name) for item in after] == [getattr(item, name) for item in before]
    assert [iso(item.starts_at) for item in after] == ["2027-06-21T09:30+02:00", "2027-06-21T10:00+02:00", None]
    assert [item.result + item.online_url for item in after] == ["", "", ""]
    people = [[(row.person, row.part, row.position) for row in item.participations.all()] for item in after]
    assert people == [[(row.person, row.part, row.position) for row in item.participations.all()] for item in before]
    assert len(people[0]) == 2
    assert after[0].attachment_rows.get().attachment == before[0].attachment_rows.get().attachment
    made.full_clean()
    for item in after:
        item.full_clean()
    event.refresh_from_db()
    assert event.programme.count() == 3
    assert "Kopie von „Werkstatt“." in noted(made)


def test_what_is_not_ticked_stays_behind(desk, event):
    copy(desk, event, ["21.6.2027"], without=("people", "topics", "contacts", "files", "pictures", "easy"))
    (made,) = copies()
    assert made.programme.count() == 3
    assert not any(item.participations.exists() or item.attachment_rows.exists() for item in made.programme.all())
    assert not (made.topics.exists() or made.contact_rows.exists() or made.attachment_rows.exists())
    assert (made.picture, made.easy_text) == (None, "")
    copy(desk, event, ["22.6.2027"], without=("programme",), plus=("online",))
    assert copies()[1].programme.count() == 0
    assert copies()[1].online_url == "https://example.org/raum"


def test_the_preview_says_what_will_be_and_makes_nothing(desk, event):
    address = f"/redaktion/events/event/{event.pk}/kopieren/"
    assert "Programm (3)" in desk.get(address).content.decode()
    page = desk.post(address, {"dates": "14.6.2028\n15.6.2028 13 Uhr", "taken": ["programme"], "preview": "1"})
    words = page.content.decode().replace("<time", "\n<time")
    assert "Mittwoch, 14. Juni 2028" in words
    assert "3 Programmpunkte" in words
    assert "2 Entwürfe anlegen" in words
    assert not copies()
    # changed after the preview: shown again before anything is made
    again = desk.post(address, {"dates": "16.6.2028", "create": "1", "seen": page.context["form"].plan})
    assert "Sie haben eben noch etwas geändert" in again.content.decode()
    assert not copies()


def test_another_time_moves_the_programme_along(desk, event):
    copy(desk, event, ["21.6.2027 13:30"])
    (made,) = copies()
    assert (iso(made.starts_at), iso(made.ends_at)) == ("2027-06-21T13:30+02:00", "2027-06-21T20:30+02:00")
    assert iso(made.programme.all()[0].starts_at) == "2027-06-21T14:00+02:00"


def test_the_clock_on_the_wall_stays_across_summer_time_and_several_days_keep_their_distance(desk):
    event = make_event(title="Zwei Tage", starts_at=at(18, month=3, day=27), ends_at=at(12, month=3, day=28))
    make_item(event, starts_at=at(10, month=3, day=28), ends_at=at(11, month=3, day=28))
    copy(desk, event, ["30.10.2027", "15.01.2028"])
    autumn, winter = copies()
    assert [iso(autumn.starts_at), iso(autumn.ends_at)] == ["2027-10-30T18:00+02:00", "2027-10-31T12:00+01:00"]
    assert iso(autumn.programme.get().starts_at) == "2027-10-31T10:00+01:00"
    assert iso(winter.programme.get().ends_at) == "2028-01-16T11:00+01:00"


def test_whole_days_stay_whole(desk):
    days = at(0).date()
    event = make_event(
        title="Woche", starts_at=midnight(days), ends_at=midnight_after(days + timedelta(days=4)), all_day=True
    )
    copy(desk, event, ["25.10.2027"])
    (made,) = copies()
    assert made.all_day
    assert (made.first_day.isoformat(), made.last_day.isoformat()) == ("2027-10-25", "2027-10-29")
    assert iso(made.ends_at) == "2027-10-30T00:00+02:00"
    answer = copy(desk, event, ["25.11.2027 9 Uhr"])
    assert "Diese Veranstaltung hat keine Uhrzeit" in answer.content.decode()


def test_a_draft_without_date_gets_one(desk):
    event = make_event(title="Idee", starts_at=None, published_at=None)
    make_item(event)
    copy(desk, event, ["14.6.2027", "15.6.2027 9 Uhr"])
    whole, timed = Event.objects.exclude(pk=event.pk).order_by("starts_at")
    assert (whole.all_day, iso(whole.ends_at)) == (True, "2027-06-15T00:00+02:00")
    assert (timed.all_day, iso(timed.starts_at), timed.ends_at) == (False, "2027-06-15T09:00+02:00", None)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Bitte schreiben Sie mindestens einen neuen Termin auf."),
        ("31.2.2027", "„31.2.2027“: Das ist kein Datum: Im Kalender gibt es keinen 31. Februar."),
        ("14.6.2027 25 Uhr", "Das ist keine Uhrzeit."),
        ("14.6.2027\n14.06.2027", "steht zweimal da"),
        ("\n".join(["14.6.2027"] * 61), "höchstens 60 Termine"),
        ("1.1.0001", "Bitte prüfen Sie das Jahr."),
        ("14.6.2027\x00", "Nullzeichen sind nicht erlaubt"),
        ("9" * 5000, "höchstens 4000 Zeichen"),
        ("28.3.2027 1:30", "02:00 Uhr gibt es an diesem Tag nicht"),
    ],
)
def test_dates_that_do_not_work_are_refused_and_stay_in_the_field(desk, event, typed, says):
    if "1:30" in typed:  # the talk that begins half an hour after the event would begin in the missing hour
        assert event.programme.all()[0].starts_at == event.starts_at + timedelta(minutes=30)
    page = copy(desk, event, typed.split("\n"))
    assert says in page.content.decode()
    assert page.context["form"]["dates"].value() == typed
    assert not copies()


def test_a_second_click_makes_nothing_twice(desk, event):
    copy(desk, event, ["21.6.2027", "22.6.2027"])
    answer = copy(desk, event, ["21.6.2027", "22.6.2027"])
    assert len(copies()) == 2
    assert "Diese gab es schon" in str([*get_messages(answer.wsgi_request)][-1])
    copy(desk, event, ["22.6.2027", "23.6.2027"])
    assert len(copies()) == 3


def test_the_list_leads_to_the_copy_of_one_event(desk, event):
    chosen = {"action": "copy_chosen", "_selected_action": [event.pk]}
    assert desk.post("/redaktion/events/event/", chosen).url == f"/redaktion/events/event/{event.pk}/kopieren/"
    two = {"action": "copy_chosen", "_selected_action": [event.pk, make_event().pk]}
    assert "genau eine Veranstaltung" in desk.post("/redaktion/events/event/", two, follow=True).content.decode()
    form = desk.get(f"/redaktion/events/event/{event.pk}/change/").content.decode()
    assert f'href="/redaktion/events/event/{event.pk}/kopieren/">Kopieren' in form


def test_copying_needs_the_right_to_add(event):
    client = Client()
    staff = get_user_model().objects.create_user("lesend", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_event"))
    client.force_login(staff)
    address = f"/redaktion/events/event/{event.pk}/kopieren/"
    assert client.get(address).status_code == 403
    assert client.post(address, {"dates": "21.6.2027", "create": "1"}).status_code == 403
    assert "kopieren" not in client.get(f"/redaktion/events/event/{event.pk}/change/").content.decode()
    staff.user_permissions.set([Permission.objects.get(codename="add_event")])
    assert client.get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("key", ["0", "abc", "9" * 30])
def test_what_is_not_there_is_not_found(desk, key):
    assert desk.get(f"/redaktion/events/event/{key}/kopieren/").status_code == 404


def test_a_longer_programme_costs_no_more(desk, event):
    def cost(day):
        with CaptureQueriesContext(connection) as queries:
            copy(desk, event, [f"{day}.7.2027"])
        return len(queries)

    cost(1)
    before = cost(2)
    for _ in range(8):
        make_item(event, [make_person(), make_person()], starts_at=at(11), ends_at=at(12))
    assert cost(3) == before


def test_an_outdated_easy_version_stays_outdated(desk, event):
    Event.objects.filter(pk=event.pk).update(title="Neu", easy_changed_at=timezone.now() - timedelta(days=9))
    copy(desk, Event.objects.get(pk=event.pk), ["21.6.2027"])
    assert copies()[0].easy_is_outdated


def test_people_in_two_rooms_at_once_are_named(desk, event):
    speaker = event.programme.all()[0].participations.all()[0].person
    other = make_event(title="Anderswo", starts_at=at(9, day=21), ends_at=at(12, day=21))
    make_item(other, [speaker], starts_at=at(9, 30, day=21), ends_at=at(11, day=21))
    answer = copy(desk, event, ["21.6.2027"])
    assert f"{speaker} ist gleichzeitig in" in str([*get_messages(answer.wsgi_request)][-1])
