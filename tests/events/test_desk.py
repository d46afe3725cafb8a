"""Entering events: dates with and without times, programmes that move along, warnings."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from events.models import Event, ProgrammeItem
from events.programme import clashes
from forum.dates import midnight
from tests.factories import make_event, make_item, make_person

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour, minute=0, day=14, month=6):
    return datetime(2027, month, day, hour, minute, tzinfo=BERLIN)


def management(prefix, total=0, initial=0):
    return {
        f"{prefix}-TOTAL_FORMS": total,
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }


def event_form(items=(), **overrides):
    form = {"title": "Forum", "format": "on-site", "status": "planned", "lead": "Kurz"}
    form |= management("picture_rows") | management("contact_rows") | management("attachment_rows")
    form |= management("programme", len(items), sum("id" in item for item in items))
    for index, item in enumerate(items):
        form |= {
            f"programme-{index}-{name}": value for name, value in ({"kind": "workshop", "position": 0} | item).items()
        }
    return form | overrides


def row(item, **overrides):
    """An item as the form shows it and sends it back."""
    local = item.starts_at and timezone.localtime(item.starts_at)
    end = item.ends_at and timezone.localtime(item.ends_at)
    return {
        "id": item.pk,
        "event": item.event_id,
        "title": item.title,
        "starts_at": local.strftime("%H:%M:%S") if local else "",
        "ends_at": end.strftime("%H:%M:%S") if end else "",
    } | overrides


def iso(moment):
    return moment and timezone.localtime(moment).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("typed", "start", "end", "all_day"),
    [
        ({"starts_at": "14.6.2023"}, "2023-06-14T00:00+02:00", "2023-06-15T00:00+02:00", True),
        ({"starts_at": "14.06.2023 9 Uhr"}, "2023-06-14T09:00+02:00", None, False),
        (
            {"starts_at": "14.06.2023 9:30", "ends_at": "16 Uhr"},
            "2023-06-14T09:30+02:00",
            "2023-06-14T16:00+02:00",
            False,
        ),
        (
            {"starts_at": "14.06.2023", "ends_at": "16.06.2023"},
            "2023-06-14T00:00+02:00",
            "2023-06-17T00:00+02:00",
            True,
        ),
        (
            {"starts_at": "14.06.2023 18:00", "ends_at": "15.06.2023 2:00"},
            "2023-06-14T18:00+02:00",
            "2023-06-15T02:00+02:00",
            False,
        ),
        ({}, None, None, False),
    ],
)
def test_days_with_and_without_times(desk, typed, start, end, all_day):
    answer = desk.post("/redaktion/events/event/add/", event_form(**typed))
    assert answer.status_code == 302, answer.context["errors"]
    event = Event.objects.get()
    assert (iso(event.starts_at), iso(event.ends_at), event.all_day) == (start, end, all_day)
    # opened and saved again, nothing changes
    shown = desk.get(f"/redaktion/events/event/{event.pk}/change/").context["adminform"].form
    again = {}
    for name in ("starts_at", "ends_at"):
        again[name] = shown[name].value() or ""
    assert desk.post(f"/redaktion/events/event/{event.pk}/change/", event_form(**again)).status_code == 302
    event.refresh_from_db()
    assert (iso(event.starts_at), iso(event.ends_at), event.all_day) == (start, end, all_day)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"ends_at": "14.06.2023"}, "Bitte geben Sie auch den Beginn an."),
        ({"starts_at": "14.06.2023", "ends_at": "13.06.2023"}, "Die Veranstaltung endet vor ihrem Beginn."),
        (
            {"starts_at": "14.06.2023 10", "ends_at": "9"},
            "Die Veranstaltung endet vor ihrem Beginn.",
        ),
        ({"starts_at": "14.06.2023", "ends_at": "9"}, "Bitte geben Sie sie auch beim Beginn an."),
        (
            {"starts_at": "14.06.2023 9", "ends_at": "15.06.2023"},
            "um wie viel Uhr die Veranstaltung endet",
        ),
        ({"starts_at": "28.03.2027 2:30"}, "02:30 Uhr gibt es an diesem Tag nicht"),
        ({"starts_at": "Mittwoch früh"}, "Das ist kein Datum."),
        ({"starts_at": "9"}, "Bitte geben Sie auch das Datum an."),
    ],
)
def test_wrong_dates_are_said_beside_the_field_and_nothing_is_lost(desk, typed, says):
    page = desk.post("/redaktion/events/event/add/", event_form(title="Bleibt", **typed)).content.decode()
    assert says in page
    assert 'value="Bleibt"' in page
    for value in typed.values():
        assert f'value="{value}"' in page
    assert not Event.objects.exists()


def test_programme_inside_the_event(desk):
    items = [
        {"title": "Impuls", "kind": "keynote", "starts_at": "10", "ends_at": "11 Uhr"},
        {"title": "Workshop", "starts_at": "11:15", "ends_at": "13"},
        {"title": "Noch ohne Zeit"},
    ]
    form = event_form(items, starts_at="14.06.2027 10", ends_at="16")
    answer = desk.post("/redaktion/events/event/add/", form)
    assert answer.status_code == 302, [formset.errors for formset in answer.context["inline_admin_formsets"]]
    stored = [(item.title, iso(item.starts_at), iso(item.ends_at)) for item in ProgrammeItem.objects.all()]
    assert stored == [
        ("Impuls", "2027-06-14T10:00+02:00", "2027-06-14T11:00+02:00"),
        ("Workshop", "2027-06-14T11:15+02:00", "2027-06-14T13:00+02:00"),
        ("Noch ohne Zeit", None, None),
    ]


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"starts_at": "9"}, "Der Programmpunkt beginnt außerhalb der Veranstaltung."),
        ({"starts_at": "15", "ends_at": "17"}, "Der Programmpunkt endet nach der Veranstaltung."),
        ({"ends_at": "12"}, "wann der Programmpunkt beginnt"),
        ({"starts_at": "10", "day": "15.06.2027"}, "beginnt außerhalb der Veranstaltung"),
        ({"starts_at": "zehn"}, "Das ist keine Uhrzeit."),
    ],
)
def test_items_outside_the_event_are_refused_beside_the_field(desk, item, says):
    form = event_form([{"title": "Punkt bleibt"} | item], starts_at="14.06.2027 10", ends_at="16")
    page = desk.post("/redaktion/events/event/add/", form).content.decode()
    assert says in page
    assert 'value="Punkt bleibt"' in page
    assert not Event.objects.exists()


def test_the_programme_moves_with_its_event(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    item = make_item(event, starts_at=at(11), ends_at=at(12))
    form = event_form([row(item)], slug=event.slug, starts_at="20.09.2027 10", ends_at="16")
    answer = desk.post(f"/redaktion/events/event/{event.pk}/change/", form)
    assert answer.status_code == 302, [formset.errors for formset in answer.context["inline_admin_formsets"]]
    item.refresh_from_db()
    assert (iso(item.starts_at), iso(item.ends_at)) == ("2027-09-20T11:00+02:00", "2027-09-20T12:00+02:00")


def test_the_second_day_has_a_day_of_its_own(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16, day=15))
    first, second = make_item(event, starts_at=at(11)), make_item(event, starts_at=at(9, day=15))
    forms = (
        desk.get(f"/redaktion/events/event/{event.pk}/change/")
        .context["inline_admin_formsets"][0]
        .formset.initial_forms
    )
    assert [form["day"].value() for form in forms] == [None, "15.06.2027"]
    assert [form["starts_at"].value() for form in forms] == ["11:00", "09:00"]
    assert {first, second} == {form.instance for form in forms}


def test_an_evening_may_end_after_midnight(desk):
    event = make_event(title="Fest", starts_at=at(18), ends_at=at(3, day=15))
    form = event_form(
        [{"title": "Musik", "starts_at": "22", "ends_at": "2"}], slug=event.slug, event=event.pk,
        starts_at="14.06.2027 18", ends_at="15.06.2027 3",
    )  # fmt: skip
    answer = desk.post(f"/redaktion/events/event/{event.pk}/change/", form)
    assert answer.status_code == 302, [formset.errors for formset in answer.context["inline_admin_formsets"]]
    assert iso(ProgrammeItem.objects.get().ends_at) == "2027-06-15T02:00+02:00"


def item_form(item, people=(), **overrides):
    form = {"event": item.event_id, "kind": "workshop", "title": item.title, "slug": item.slug, "position": 0}
    form |= (
        {"starts_at": "11:00", "ends_at": "12:00"}
        | management("attachment_rows")
        | management("participations", len(people))
    )
    for index, person in enumerate(people):
        form |= {f"participations-{index}-person": person.pk, f"participations-{index}-part": "speaker"}
        form |= {f"participations-{index}-position": index}
    return form | overrides


def test_people_inside_the_item_and_a_warning_for_two_rooms_at_once(desk):
    person = make_person(family_name="Überall")
    event = make_event(starts_at=at(10), ends_at=at(16))
    make_item(event, title="Eins", starts_at=at(11), ends_at=at(13), people=[person])
    second = make_item(event, title="Zwei")
    answer = desk.post(f"/redaktion/events/programmeitem/{second.pk}/change/", item_form(second, [person]))
    assert answer.status_code == 302, answer.context["errors"]
    assert list(second.people.all()) == [person]
    messages = [str(message) for message in get_messages(answer.wsgi_request)]
    assert "Erika Überall ist gleichzeitig in „Eins“ und „Zwei“ eingetragen." in messages


def test_the_same_person_twice_in_one_item_is_refused(desk):
    item = make_item(make_event(starts_at=at(10), ends_at=at(16)), title="Doppelt")
    person = make_person()
    page = desk.post(
        f"/redaktion/events/programmeitem/{item.pk}/change/", item_form(item, [person, person])
    ).content.decode()
    assert "doppelt" in page
    assert item.people.count() == 0


def test_postponing_in_the_desk(desk, client):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    form = event_form(
        slug=event.slug, status="postponed", status_reason="Sturm", starts_at="01.09.2027 10", published_at="01.01.2026",
    )  # fmt: skip
    assert desk.post(f"/redaktion/events/event/{event.pk}/change/", form).status_code == 302
    event.refresh_from_db()
    assert iso(event.previous_starts_at) == "2027-06-14T10:00+02:00"
    assert "Ursprünglich geplant für den 14. Juni 2027." in client.get(event.get_absolute_url()).content.decode()


def test_somebody_at_two_events_at_once_is_a_warning(desk):
    person = make_person(given_name="Erika", family_name="Überall")
    here, there, off = (make_event(title=title, starts_at=at(9), ends_at=at(17)) for title in ("Hier", "Dort", "Nicht"))
    items = [
        make_item(event, title=event.title, starts_at=at(10), ends_at=at(11), people=[person])
        for event in (here, there, off)
    ]
    Event.objects.filter(pk=off.pk).update(status="cancelled")
    assert clashes(here) == ["Erika Überall ist gleichzeitig in „Hier“ und „Dort“ (bei „Dort“) eingetragen."]
    items[1].delete()
    assert clashes(here) == []


@pytest.mark.parametrize("day", ["01.01.0001", "31.12.9999"])
@pytest.mark.parametrize("field", ["starts_at", "published_at", "expires_at"])
def test_impossible_years_are_refused_beside_the_field(desk, day, field):
    answer = desk.post("/redaktion/events/event/add/", event_form(**{field: day}))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[field] == ["Bitte prüfen Sie das Jahr."]


def test_days_and_times_come_back_as_they_were_typed(desk):
    event = make_event(
        starts_at=at(10), ends_at=None, published_at=midnight(date(2026, 1, 1)), expires_at=midnight(date(2028, 1, 1))
    )
    page = desk.get(f"/redaktion/events/event/{event.pk}/change/").content.decode()
    shown = (("starts_at", "14.06.2027, 10 Uhr"), ("published_at", "01.01.2026"), ("expires_at", "31.12.2027"))
    for name, value in shown:
        assert re.search(rf'name="{name}" value="{value}"', page), name
    assert ">Montag, 14. Juni 2027, 10 Uhr</output>" in page


def test_postcodes_have_five_digits(desk):
    answer = desk.post("/redaktion/events/venue/add/", {"name": "Haus", "city": "Berlin", "postcode": "abcde"})
    assert answer.context["adminform"].form.errors["postcode"] == ["Eine Postleitzahl hat fünf Ziffern."]


def test_postponing_without_a_new_date_is_pointed_out(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    day = event.first_day.strftime("%d.%m.%Y")
    form = event_form(slug=event.slug, status="postponed", starts_at=f"{day} 10 Uhr", published_at="01.01.2026")
    page = desk.post(f"/redaktion/events/event/{event.pk}/change/", form, follow=True).content.decode()
    assert "Dann tragen Sie bitte auch den ursprünglichen Beginn ein." in page


def test_an_easy_version_saved_together_with_the_programme_is_up_to_date(desk):
    event = make_event(title="Forum", starts_at=at(9), ends_at=at(17), easy_text="<p>Alt.</p>")
    item = make_item(event, title="Werkstatt", starts_at=at(10))
    row = {"id": item.pk, "event": event.pk, "title": "Andere Werkstatt", "starts_at": "10:00"}
    day = {"starts_at": "14.06.2027 9:00", "ends_at": "17:00"}
    change = f"/redaktion/events/event/{event.pk}/change/"
    desk.post(change, event_form([row], easy_text="<p>Alt.</p>", **day))
    event.refresh_from_db()
    assert (event.programme.get().title, event.easy_is_outdated) == ("Andere Werkstatt", True)
    desk.post(change, event_form([row | {"title": "Noch eine"}], easy_text="<p>Neu.</p>", **day))
    event.refresh_from_db()
    assert (event.programme.get().title, event.easy_is_outdated) == ("Noch eine", False)
