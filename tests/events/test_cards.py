"""The whole programme with its people in the form of the event."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, Participation, ProgrammeItem
from forum.snapshots import history
from tests.events.test_desk import at, event_form, management
from tests.factories import make_event, make_item, make_person


def people_rows(item, rows):
    """What the browser sends for the people of one card: rows as dicts."""
    prefix = f"programme-{item}-people"
    form = management(prefix, len(rows), sum("id" in row for row in rows))
    for index, row in enumerate(rows):
        form |= {f"{prefix}-{index}-{name}": value for name, value in ({"part": "speaker"} | row).items()}
    return form


def saved(desk, form, event=None):
    address = f"/redaktion/events/event/{event.pk}/change/" if event else "/redaktion/events/event/add/"
    answer = desk.post(address, form)
    assert answer.status_code == 302, [formset.errors for formset in answer.context["inline_admin_formsets"]]


def refused(desk, form):
    answer = desk.post("/redaktion/events/event/add/", form)
    assert answer.status_code == 200
    return answer.content.decode()


def cast(item):
    return [(str(row.person), row.part, row.credited_as) for row in item.participations.all()]


def sent(event):
    """What the browser sends when the stored event is saved as it stands."""
    page = event_form(slug=event.slug, starts_at="14.06.2027 10", ends_at="16")
    items = list(event.programme.all())
    page |= management("programme", len(items), len(items))
    for index, item in enumerate(items):
        start = item.starts_at and timezone.localtime(item.starts_at).strftime("%H:%M")
        page |= {
            f"programme-{index}-{name}": value
            for name, value in {
                "id": item.pk, "event": event.pk, "kind": item.kind, "title": item.title, "position": item.position,
                "starts_at": start or "", "text": item.text,
            }.items()
        }  # fmt: skip
        page |= people_rows(
            index,
            [
                {"id": row.pk, "item": item.pk, "person": row.person_id, "part": row.part, "position": row.position}
                for row in item.participations.all()
            ],
        )
    return page


def test_a_new_event_with_its_programme_and_everybody_in_it(desk):
    guest, host = make_person(family_name="Gast"), make_person(family_name="Haus")
    form = event_form(
        [{"title": "Impuls", "kind": "keynote", "text": "<p>Worum?</p>"}, {"title": "Runde", "result": "<p>Viel.</p>"}],
        starts_at="14.06.2027",
    )
    form |= people_rows(0, [{"person": guest.pk, "credited_as": "Beratung"}])
    form |= people_rows(1, [{"person": host.pk, "part": "host", "position": 1}, {"person": guest.pk, "position": 0}])
    saved(desk, form)
    first, second = ProgrammeItem.objects.all()
    assert (first.text, second.result) == ("<p>Worum?</p>", "<p>Viel.</p>")
    assert cast(first) == [("Erika Gast", "speaker", "Beratung")]
    assert cast(second) == [("Erika Gast", "speaker", ""), ("Erika Haus", "host", "")]


def test_people_change_places_leave_and_come(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    one, two, three = (make_person(family_name=name) for name in ("Eins", "Zwei", "Drei"))
    item = make_item(event, people=[one, two])
    form = sent(event)
    form |= {"programme-0-people-0-person": two.pk, "programme-0-people-1-person": one.pk}
    saved(desk, form, event)
    assert cast(item) == [("Erika Zwei", "speaker", ""), ("Erika Eins", "speaker", "")]
    form = sent(event)
    form |= {"programme-0-people-0-DELETE": "on", "programme-0-people-TOTAL_FORMS": 3}
    form |= {"programme-0-people-2-person": three.pk, "programme-0-people-2-part": "moderation"}
    saved(desk, form, event)
    assert cast(item) == [("Erika Eins", "speaker", ""), ("Erika Drei", "moderation", "")]
    saved(desk, sent(event) | {"programme-0-DELETE": "on"}, event)
    assert not ProgrammeItem.objects.exists()
    assert not Participation.objects.exists()


def test_saving_again_changes_nothing(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    item = make_item(event, people=[make_person(), make_person()], text="<p>Bleibt</p>", starts_at=at(11))
    before = list(Participation.objects.values())
    saved(desk, sent(event), event)
    assert list(Participation.objects.values()) == before
    item.refresh_from_db()
    assert (item.text, item.starts_at) == ("<p>Bleibt</p>", at(11))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"person": "", "credited_as": "Beratung"}], "Bitte wählen Sie die Person aus."),
        ([{"person": 999_999}], "Diese Person gibt es nicht mehr."),
        ([{"person": "9" * 400}], "Diese Person gibt es nicht mehr."),
        ([{"person": "a\x00"}], "Diese Person gibt es nicht mehr."),
        ([{"person": "first"}, {"person": "first"}], "ist hier mit dieser Rolle doppelt eingetragen"),
        ([{"person": "first", "part": "chef"}], "Bitte eine gültige Auswahl treffen."),
    ],
)
def test_a_wrong_row_is_refused_beside_it_and_nothing_is_lost(desk, rows, says):
    person = make_person(family_name="Bleibt")
    rows = [row | ({"person": person.pk} if row["person"] == "first" else {}) for row in rows]
    other = [{"person": person.pk, "credited_as": "steht noch da"}]
    page = refused(
        desk,
        event_form([{"title": "Eins"}, {"title": "Zwei"}]) | people_rows(0, other) | people_rows(1, rows),
    )
    assert says in page
    assert page.index('id="programme-1-people-0"') < page.index(says)
    assert 'value="steht noch da"' in page
    assert f'<option value="{person.pk}" selected>Erika Bleibt</option>' in page
    assert "Bitte prüfen Sie die Mitwirkenden dieses Programmpunkts." in page
    assert not Event.objects.exists()


def test_people_without_a_title_are_not_dropped_silently(desk):
    form = event_form([{"title": ""}]) | people_rows(0, [{"person": make_person().pk}])
    assert "Dieses Feld ist zwingend erforderlich." in refused(desk, form)


def test_a_row_that_somebody_deleted_meanwhile_is_said(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    item = make_item(event, people=[make_person()])
    form = sent(event)
    item.participations.all().delete()
    page = desk.post(f"/redaktion/events/event/{event.pk}/change/", form).content.decode()
    assert "Diese Zeile hat inzwischen jemand gelöscht." in page


def test_a_foreign_row_is_not_touched(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    make_item(event, people=[make_person()])
    foreign = Participation.objects.get(item=make_item(make_event(), people=[make_person()]))
    form = sent(event) | {"programme-0-people-0-id": foreign.pk, "programme-0-people-0-DELETE": "on"}
    desk.post(f"/redaktion/events/event/{event.pk}/change/", form)
    assert Participation.objects.filter(pk=foreign.pk).exists()


def big_event(count, people=3):
    event = make_event(title="Groß", starts_at=at(10), ends_at=at(16))
    for index in range(count):
        make_item(event, people=[make_person() for _ in range(people)], title=f"Punkt {index}")
    return event


def test_forty_items_open_and_save_quickly(desk, count_queries):
    few, many = big_event(1), big_event(40)
    address = "/redaktion/events/event/{}/change/"
    assert count_queries(address.format(many.pk), desk) == count_queries(address.format(few.pk), desk)
    for event in (few, many):
        saved(desk, sent(event), event)  # a first version of everything, positions in order
    forms = sent(few), sent(many)
    assert len(forms[1]) < 2_000
    queries = []
    for event, form in zip((few, many), forms, strict=True):
        with CaptureQueriesContext(connection) as asked:
            started = time.process_time()
            saved(desk, form, event)
            seconds = time.process_time() - started
        queries.append(len(asked))
    assert queries[1] - queries[0] <= 3 * 39  # unchanged items cost next to nothing, and no version
    assert seconds < 3
    changed = sent(many) | {"programme-7-title": "Neuer Titel"}
    saved(desk, changed, many)
    assert many.programme.get(title="Neuer Titel").pk == int(changed["programme-7-id"])
    assert next(version.revision.comment for version in history(Event, many.pk)).startswith("Programmpunkt")


def test_items_that_did_not_change_are_still_checked_against_their_event(desk):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    make_item(event, title="Abends", starts_at=at(15))
    form = sent(event) | {"ends_at": "12 Uhr"}
    page = desk.post(f"/redaktion/events/event/{event.pk}/change/", form).content.decode()
    assert "Der Programmpunkt beginnt außerhalb der Veranstaltung." in page


def test_the_programme_can_be_filled_in_without_script(desk):
    page = desk.get("/redaktion/events/event/add/").content.decode()
    spare = "".join(part.split("</noscript>")[0] for part in page.split("<noscript>")[1:])
    for name in ("programme-0-title", "programme-0-people-0-person", "programme-0-people-1-person"):
        assert f'name="{name}"' in spare
    for name, count in (("programme-TOTAL_FORMS", 1), ("programme-0-people-TOTAL_FORMS", 2)):
        assert f'<input type="hidden" name="{name}" value="{count}">' in spare
        assert spare.index(f'name="{name}" value="{count}"') > spare.index('name="programme-0-title"')


def test_who_may_only_look_sees_the_programme_in_words(desk, client):
    event = make_event(title="Forum", starts_at=at(10), ends_at=at(16))
    make_item(event, title="Runde", starts_at=at(11), people=[make_person(family_name="Gast")])
    account = get_user_model().objects.create_user("gast", password="x", is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=["view_event", "view_programmeitem"]))
    client.force_login(account)
    page = client.get(f"/redaktion/events/event/{event.pk}/change/").content.decode()
    for words in ("11:00", "Runde", "Erika Gast"):
        assert words in page
    for control in ('name="programme-0-title"', "data-add-to", 'name="pasted_text"'):
        assert control not in page
