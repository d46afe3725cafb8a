import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from events.models import Event, Participation, ProgrammeItem
from events.programme import Part, clashes, timeline
from tests.factories import make_article, make_event, make_item, make_person, tomorrow

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour, minute=0, day=14):
    return datetime(2027, 6, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def forum():
    return make_event(title="Forum", starts_at=at(10), ends_at=at(16))


def test_items_lie_inside_their_event(forum):
    for start, end, field in [
        (at(9, 59), None, "starts_at"),
        (at(16), None, "starts_at"),
        (at(15), at(16, 1), "ends_at"),
        (at(12), at(12), "ends_at"),
        (None, at(12), "starts_at"),
        (at(12, day=15), None, "starts_at"),
    ]:
        with pytest.raises(ValidationError) as error:
            ProgrammeItem(event=forum, title="Außerhalb", starts_at=start, ends_at=end).full_clean()
        assert list(error.value.message_dict) == [field], (start, end)
    for start, end in [(at(10), at(16)), (at(10), None), (at(15, 59), at(16)), (None, None)]:
        ProgrammeItem(event=forum, title="Innerhalb", starts_at=start, ends_at=end).full_clean()


def test_items_of_an_event_without_an_end_or_a_date():
    open_end = make_event(starts_at=at(10), ends_at=None)
    ProgrammeItem(event=open_end, title="Abend", starts_at=at(23)).full_clean()
    undated = make_event(starts_at=None, published_at=None)
    ProgrammeItem(event=undated, title="Ohne Zeit").full_clean()
    with pytest.raises(ValidationError) as error:
        ProgrammeItem(event=undated, title="Mit Zeit", starts_at=at(10)).full_clean()
    assert error.value.message_dict["starts_at"] == ["Die Veranstaltung hat noch kein Datum."]


def test_the_database_keeps_the_order_of_times(forum):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(forum, starts_at=at(12), ends_at=at(11))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(forum, ends_at=at(11))


def test_one_part_once_per_person_and_item(forum):
    person = make_person()
    item = make_item(forum, people=[person])
    Participation.objects.create(item=item, person=person, part=Part.MODERATION)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(item=item, person=person, part=Part.MODERATION)


def test_order_is_time_then_position_and_unknown_times_last(forum):
    make_item(forum, title="c", starts_at=at(11), position=2)
    make_item(forum, title="b", starts_at=at(11), position=1)
    make_item(forum, title="e", position=1)
    make_item(forum, title="a", starts_at=at(10))
    make_item(forum, title="d", position=0)
    assert [item.title for item in forum.programme.all()] == ["a", "b", "c", "d", "e"]


def test_timeline_shows_what_is_parallel_and_several_days():
    event = make_event(starts_at=at(10), ends_at=at(16, day=15))
    for title, start in [("Impuls", at(10)), ("A", at(11)), ("B", at(11)), ("Ausklang", at(9, day=15))]:
        make_item(event, title=title, starts_at=start)
    days = timeline(event.programme.all())
    assert [day["day"].day for day in days] == [14, 15]
    assert [[item.title for item in slot["items"]] for slot in days[0]["slots"]] == [["Impuls"], ["A", "B"]]


def test_workshops_that_overlap_are_parallel_and_a_break_is_no_choice(forum):
    make_item(forum, title="Ausstellung", kind="plenary", starts_at=at(10), ends_at=at(16))
    make_item(forum, title="Lang", starts_at=at(11), ends_at=at(13))
    make_item(forum, title="Versetzt", starts_at=at(11, 30), ends_at=at(12, 30))
    make_item(forum, title="Pause", kind="break", starts_at=at(13), position=1)
    make_item(forum, title="Offenes Ohr", kind="plenary", starts_at=at(13), position=2)
    (day,) = timeline(forum.programme.all())
    assert [([item.title for item in slot["items"]], slot["choices"]) for slot in day["slots"]] == [
        (["Ausstellung"], 1), (["Lang", "Versetzt"], 2), (["Pause", "Offenes Ohr"], 1),
    ]  # fmt: skip


def test_an_event_that_waits_for_a_date_says_no_old_times(client):
    event = make_event(
        starts_at=at(10), ends_at=at(16), status="postponed", format="online", online_url="https://example.org/raum"
    )
    item = make_item(event, title="Werkstatt", starts_at=at(11), ends_at=at(13))
    for page in (event, item, make_article(event=event)):
        text = client.get(page.get_absolute_url()).content.decode()
        assert "Werkstatt" in text
        assert "11 " not in re.sub(r"<[^>]+>", "", text.partition("<main")[2])
        assert "example.org/raum" not in text


def test_a_cancelled_event_opens_no_online_room(client):
    event = make_event(starts_at=tomorrow(), status="cancelled")
    item = make_item(event, online_url="https://example.org/raum")
    assert "example.org/raum" not in client.get(item.get_absolute_url()).content.decode()


def test_items_of_several_days_stand_below_their_day(client):
    event = make_event(starts_at=at(10), ends_at=at(16, day=15))
    make_item(event, title="Erster", starts_at=at(10))
    make_item(event, title="Zweiter", starts_at=at(10, day=15))
    page = client.get(event.get_absolute_url()).content.decode()
    assert re.findall(r"<h(\d) class=\"(?:programme__day|item__title)\">", page) == ["3", "4", "3", "4"]


def test_timeline_without_times_keeps_the_keynote_apart(forum):
    make_item(forum, title="Impuls", kind="keynote", position=0)
    make_item(forum, title="A", position=1)
    make_item(forum, title="B", position=2)
    (day,) = timeline(forum.programme.all())
    assert [[item.title for item in slot["items"]] for slot in day["slots"]] == [["Impuls"], ["A", "B"]]


def test_somebody_in_two_rooms_is_a_warning(forum):
    person, other = make_person(family_name="Überall"), make_person()
    make_item(forum, title="Eins", starts_at=at(10), ends_at=at(12), people=[person, other])
    make_item(forum, title="Zwei", starts_at=at(11), ends_at=at(12), people=[person])
    make_item(forum, title="Drei", starts_at=at(12), ends_at=at(13), people=[person, other])
    make_item(forum, title="Ohne Zeit", people=[person])
    assert clashes(forum) == ["Erika Überall ist gleichzeitig in „Eins“ und „Zwei“ eingetragen."]
    make_item(forum, title="Vier", starts_at=at(12), people=[other])
    assert len(clashes(forum)) == 2


def test_credited_as_announced_there(client, forum):
    person = make_person(position="Coach", organisation="plant values")
    first, second = make_item(forum), make_item(forum)
    Participation.objects.create(item=first, person=person)
    Participation.objects.create(item=second, person=person, part=Part.HOST, credited_as="Innovation, Verband")
    assert "<p>Coach, plant values</p>" in client.get(first.get_absolute_url()).content.decode()
    page = client.get(second.get_absolute_url()).content.decode()
    assert "<p>Innovation, Verband</p>" in page
    assert "plant values" not in page
    assert "<li>Begleitung</li>" in page


def test_an_item_is_public_with_its_event(client):
    for published_at, status in [(None, 404), (tomorrow(), 404), (tomorrow() - timedelta(days=2), 200)]:
        item = make_item(make_event(published_at=published_at), title="Nur mit der Veranstaltung")
        assert client.get(item.get_absolute_url()).status_code == status
        assert (item in ProgrammeItem.objects.published()) is item.is_published is (status == 200)


def test_a_break_has_no_page(client, forum):
    item = make_item(forum, kind="break", title="Mittagspause")
    assert client.get(item.get_absolute_url()).status_code == 404
    page = client.get(forum.get_absolute_url()).content.decode()
    assert "Mittagspause" in page
    assert item.get_absolute_url() not in page


def test_an_item_shows_text_result_and_event(client, forum):
    item = make_item(forum, text="<p>Worum es ging.</p>", result="<p>Was wir wissen.</p>", room="Raum 5")
    page = client.get(item.get_absolute_url()).content.decode()
    for expected in ("<p>Worum es ging.</p>", "<p>Was wir wissen.</p>", "Raum 5", forum.get_absolute_url()):
        assert expected in page


def test_an_item_of_another_event_is_not_found_here(client, forum):
    item = make_item(forum, title="Hier")
    other = make_event()
    assert client.get(f"{other.get_absolute_url()}{item.slug}/").status_code == 404


def test_forty_items_cost_as_much_as_one(count_queries):
    event = make_event()
    make_item(event, people=[make_person()])
    few = count_queries(event.get_absolute_url())
    for _ in range(40):
        make_item(event, people=[make_person(), make_person()])
    assert count_queries(event.get_absolute_url()) == few
    assert few <= 9
    assert Event.objects.for_page().get().programme.count() == 41
