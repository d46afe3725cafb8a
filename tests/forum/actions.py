"""What staff can do at the desk beside plain forms: each action prepares what it needs, tries, and says if it worked.

`ACTIONS` is read by the tests of the log (each is noted) and of the roles (each is allowed or refused).
"""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from contacts.models import CheckLink, ContactCorrection, Person
from events.models import Event
from forum.models import FormerAddress, MissingAddress, Page, ShareLink, Topic
from forum.snapshots import history
from news.models import Article, ArticleType
from tests.events.test_desk import event_form
from tests.factories import make_article, make_event, make_item, make_person, yesterday
from tests.forms import filled_form
from tests.forum.test_desk import article_form

MAKERS = {
    Article: make_article,
    Event: make_event,
    Person: make_person,
    Page: lambda **facts: Page.objects.create(**{"title": "Seite", "text": "<p>Text</p>"} | facts),
}
User = get_user_model()


@dataclass
class Action:
    """`name`: of the admin's action or of its address; `noted`: part of what the log says, empty for mere looking."""

    name: str
    attempt: Callable[[Client], bool]
    noted: str


ACTIONS: dict[str, Action] = {}


def action(name, noted="", models=(None,)):
    """Register an action, for each model once; the attempt is then given the model as well."""

    def register(attempt):
        for model in models:
            key = f"{name} {model._meta.model_name}" if model else f"{name} {attempt.__name__}"
            bound = (lambda client, model=model: attempt(client, model)) if model else attempt
            ACTIONS[key] = Action(name, bound, noted)
        return attempt

    return register


def listed(model) -> str:
    return f"/redaktion/{model._meta.app_label}/{model._meta.model_name}/"


def form_of(thing) -> str:
    return f"{listed(type(thing))}{thing.pk}/change/"


def choose(client, name, *things, **form):
    form = {"action": name, "_selected_action": [thing.pk for thing in things], "confirmed": "1"} | form
    return client.post(listed(type(things[0])), form)


def fresh(thing):
    return type(thing)._default_manager.get(pk=thing.pk)


def preparing() -> Client:
    """Somebody who may do everything and whom the tests do not look at."""
    account, _ = User.objects.get_or_create(username="vorbereitung", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(account)
    return client


def changed_once(model):
    """A thing whose lead was once “Vorher”."""
    thing, client = MAKERS[model](lead="Vorher"), preparing()
    answer = client.post(form_of(thing), filled_form(client, form_of(thing), lead="Nachher"))
    assert answer.status_code == 302, answer.context["errors"]
    return thing


def deleted(model) -> int:
    key = MAKERS[model]().pk
    assert preparing().post(f"{listed(model)}{key}/delete/", {"post": "yes"}).status_code == 302
    return key


# ---------------------------------------------------------------- lists


@action("publish_chosen", "Veröffentlicht, zusammen", models=MAKERS)
def publish(client, model):
    thing = MAKERS[model](published_at=None)
    choose(client, "publish_chosen", thing)
    return fresh(thing).is_published


@action("withdraw_chosen", "Zurückgezogen, zusammen", models=MAKERS)
def withdraw(client, model):
    thing = MAKERS[model](published_at=yesterday())
    choose(client, "withdraw_chosen", thing)
    return not fresh(thing).is_published


@action("add_topics", "Ergänzt: Wirkung", models=(Article, Event, Person))
def add_topics(client, model):
    thing, topic = MAKERS[model](), Topic.objects.create(name="Wirkung")
    choose(client, "add_topics", thing, topics=[topic.pk])
    return topic in thing.topics.all()


@action("change_contact", "Ansprechperson: ", models=(Article, Event))
def change_contact(client, model):
    old, new = make_person(), make_person()
    thing = MAKERS[model](contacts=[old])
    choose(client, "change_contact", thing, old=old.pk, new=new.pk)
    return list(thing.contacts.all()) == [new]


@action("merge", "zusammengeführt aus")
def topics(client):
    kept, other = Topic.objects.create(name="Eins"), Topic.objects.create(name="Zwei")
    choose(client, "merge", kept, other, kept=kept.pk)
    return list(Topic.objects.all()) == [kept]


@action("delete_selected", "„Weg")
def several(client):
    things = [make_event(title="Weg"), make_event(title="Weg damit")]
    client.post(
        listed(Event), {"action": "delete_selected", "_selected_action": [one.pk for one in things], "post": "yes"}
    )
    return not Event.objects.exists()


# ---------------------------------------------------------------- one thing


@action("preview", models=MAKERS)
def preview(client, model):
    thing = MAKERS[model]()
    return client.post(f"{form_of(thing)}vorschau/", filled_form(preparing(), form_of(thing))).status_code == 200


@action("preview_new", models=(Article, Event))
def preview_new(client, model):
    address = f"{listed(model)}add/"
    return client.post(f"{address}vorschau/", filled_form(preparing(), address, title="Neu")).status_code == 200


@action("share", "Link zum Gegenlesen angelegt", models=MAKERS)
def share(client, model):
    client.post(f"{form_of(MAKERS[model](published_at=None))}gegenlesen/", {"days": 7})
    return ShareLink.objects.exists()


@action("share_revoke", "Link zum Gegenlesen zurückgenommen", models=MAKERS)
def revoke(client, model):
    thing = MAKERS[model](published_at=None)
    preparing().post(f"{form_of(thing)}gegenlesen/", {"days": 7})
    client.post(f"{form_of(thing)}gegenlesen/{ShareLink.objects.get().pk}/zuruecknehmen/")
    return not ShareLink.objects.active().exists()


@action("restore", "Zurückgeholt: Stand vom", models=(Article, Event))
def restore(client, model):
    thing = changed_once(model)
    first = history(model, thing.pk).last()
    client.post(f"{listed(model)}{thing.pk}/history/{first.pk}/")
    return fresh(thing).lead == "Vorher"


@action("recover", "Zurückgeholt: Stand vom", models=(Article, Event, Person))
def recover(client, model):
    key = deleted(model)
    client.post(f"{listed(model)}geloescht/{key}/")
    return model.objects.filter(pk=key).exists()


@action("forget", ": endgültig gelöscht, mit allen Fassungen", models=(Event, Person))
def forget(client, model):
    key = deleted(model)
    client.post(f"{listed(model)}geloescht/{key}/endgueltig/")
    return not history(model, key).exists()


@action("copy", "Veranstaltung „Werkstatt“")
def event(client):
    original = make_event(title="Werkstatt")
    page = f"{listed(Event)}{original.pk}/kopieren/"
    client.post(page, {"dates": "14.6.2027", "taken": [], "create": "1", "seen": "14.6.2027"})
    shown = preparing().post(page, {"dates": "14.6.2027"}).context
    client.post(page, {"dates": "14.6.2027", "create": "1", "seen": shown["form"].plan})
    return Event.objects.count() == 2


# ---------------------------------------------------------------- “Programm erkennen”, look-back, creating in place

FOUND = {
    "found-person-0-take": "on",
    "found-person-0-choice": "new",
    "found-person-0-name": "Lea Winnig",
    "found-topic-0-take": "on",
    "found-topic-0": "Wirkung",
}


@action("accept", "Person „Lea Winnig“")
def person_for_event(client):
    client.post(f"{listed(Event)}uebernehmen/", event_form() | FOUND)
    return Person.objects.filter(family_name="Winnig").exists()


@action("accept", "Thema „Wirkung“")
def topic_for_article(client):
    client.post(f"{listed(Article)}uebernehmen/", article_form() | FOUND)
    return Topic.objects.filter(name="Wirkung").exists()


@action("accept", "Kontaktdaten geändert.")
def facts_of_person(client):
    known = make_person()
    facts = {"choice": known.pk, "facts": "on", "phone": "030 1234567"}
    form = FOUND | {f"found-person-0-{name}": value for name, value in facts.items()}
    client.post(f"{listed(Event)}uebernehmen/", event_form() | form)
    return fresh(known).phone != ""


@action("accept", "Veranstaltung „Forum“")
def event_of_article(client):
    form = {"found-event-take": "on", "found-event-title": "Forum", "found-event-date": ""}
    client.post(f"{listed(Article)}uebernehmen/", article_form() | form)
    return Event.objects.filter(title="Forum").exists()


@action("accept", "Programm aus einem eingefügten Text übernommen (1)")
def items_of_article(client):
    known = make_event()
    form = {"found-event-take": "on", "found-item-0-take": "on", "found-item-0-title": "Werkstatt"}
    form["found-item-0-kind"] = "workshop"
    client.post(f"{listed(Article)}uebernehmen/", article_form(event=known.pk) | form)
    return known.programme.exists()


@action("look_back", "Beitrag „So war es“")
def article(client):
    known = make_event(starts_at=yesterday())
    make_item(known)
    address = f"{listed(Article)}add/?rueckblick={known.pk}"
    client.post(f"{listed(Article)}add/", filled_form(preparing(), address, title="So war es"))
    return known.articles.exists() and client.get(address).status_code == 200


@action("create_in_place", "Art „Berichte“")
def article_type(client):
    client.post("/redaktion/anlegen/news/articletype/", {"name": "Berichte", "position": 1})
    return ArticleType.objects.filter(name="Berichte").exists()


# ---------------------------------------------------------------- contacts


def contact():
    return make_person(in_directory=True, email="da@example.org")


@action("mark_checked", "Eintrag geprüft.")
def entry(client):
    person = contact()
    choose(client, "mark_checked", person)
    return fresh(person).checked_at is not None


@action("ask", "Link zur Prüfung angezeigt.")
def by_hand(client):
    client.post(f"{listed(Person)}pruefung/?person={contact().pk}", {"show": "1"})
    return CheckLink.objects.exists()


@action("ask", "Link zur Prüfung verschickt.")
def by_mail(client):
    client.post(f"{listed(Person)}pruefung/?person={contact().pk}", {"send": "1"})
    return CheckLink.objects.exists()


def correction():
    return ContactCorrection.objects.create(person=contact(), old={"phone": "030 12 34 56-78"}, new={"phone": ""})


@action("decide", "Korrektur übernommen: Telefon.")
def for_it(client):
    waiting = correction()
    client.post(form_of(waiting), {"apply": "1", "field": ["phone"]})
    return fresh(waiting).outcome == ContactCorrection.Outcome.APPLIED


@action("decide", "Korrektur abgelehnt.")
def against_it(client):
    waiting = correction()
    client.post(form_of(waiting), {"decline": "1"})
    return fresh(waiting).outcome == ContactCorrection.Outcome.DECLINED


# ---------------------------------------------------------------- addresses, accounts


def missing_address():
    today = timezone.localdate()
    return MissingAddress.objects.create(
        path="/neues/die-nachbarschaft-hilft/", count=9, first_day=today, last_day=today
    )


@action("mend", "Weiterleitung „/neues/die-nachbarschaft-hilft/“")
def missing(client):
    lost, thing = missing_address(), make_article(slug="die-nachbarschaft-hilft")
    client.post(f"{listed(MissingAddress)}{lost.pk}/weiterleiten/", {"ziel": thing.get_absolute_url()})
    return FormerAddress.objects.filter(path=lost.path).exists()


@action("ignore", "„/neues/die-nachbarschaft-hilft/“: Wird übergangen.")
def ignoring(client):
    lost = missing_address()
    choose(client, "ignore", lost)
    return fresh(lost).ignored


def colleague():
    return User.objects.create_user("erika", password="ein-langes-passwort", is_staff=True)


@action("reset_factor", "erika: zurückgesetzt")
def factor(client):
    account = colleague()
    TOTP.activate(account, generate_totp_secret())
    client.post(f"{listed(User)}{account.pk}/zweiter-faktor/")
    return not account.authenticator_set.exists()


@action("invite", "erika: Link zum Wählen eines Passworts angezeigt")
def invitation(client):
    account = colleague()
    client.post(f"{listed(User)}{account.pk}/einladung/", {"show": "1"})
    return not fresh(account).has_usable_password()
