"""Each role × each model × each action, through HTTP. What is expected stands here by hand, not in forum.desk.roles."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactCorrection, District, Person, Postcode, Quarter
from events.models import Event, ProgrammeItem, Series, Venue
from forum.audit import AuditEntry, Kind, record
from forum.desk import roles
from forum.models import (
    Attachment,
    Barrier,
    ErrorKind,
    FormerAddress,
    InternalLink,
    MissingAddress,
    Page,
    Picture,
    SearchMiss,
    Synonym,
    Topic,
)
from news.models import Article, ArticleType
from tests.factories import make_article, make_attachment, make_event, make_item, make_person, make_picture, make_type

User = get_user_model()
PASSWORD = "ein-langes-passwort"
# v: see, a: add, c: change, d: delete; in the order Redaktion, Veranstaltungen, Verwaltung
MATRIX = {
    Article: ("vacd", "v", "vacd"),
    ArticleType: ("vacd", "v", "vacd"),
    Page: ("vacd", "", "vacd"),
    Barrier: ("vacd", "", "vacd"),
    Picture: ("vacd", "vacd", "vacd"),
    Attachment: ("vacd", "vacd", "vacd"),
    Topic: ("vacd", "vacd", "vacd"),
    Person: ("vac", "vacd", "vacd"),
    Event: ("v", "vacd", "vacd"),
    ProgrammeItem: ("v", "vacd", "vacd"),
    Venue: ("v", "vacd", "vacd"),
    Series: ("v", "vacd", "vacd"),
    District: ("v", "v", "vc"),
    Postcode: ("v", "v", "v"),
    Quarter: ("v", "v", "v"),
    FormerAddress: ("vacd", "vacd", "vacd"),
    MissingAddress: ("vcd", "vcd", "vcd"),
    InternalLink: ("v", "v", "v"),
    Synonym: ("vacd", "", "vacd"),
    SearchMiss: ("vcd", "", "vcd"),
    ContactCorrection: ("vc", "vc", "vc"),
    User: ("", "", "vac"),
    Group: ("", "", "v"),
    AuditEntry: ("", "", "v"),
    ErrorKind: ("", "", "vd"),
}
ROLES = ["Redaktion", "Veranstaltungen", "Verwaltung"]


def one_of(model):
    makers = {
        Article: make_article,
        ArticleType: make_type,
        Picture: make_picture,
        Attachment: make_attachment,
        Person: make_person,
        Event: make_event,
        ProgrammeItem: make_item,
        Topic: lambda: Topic.objects.create(name="Thema"),
        Page: lambda: Page.objects.create(title="Seite"),
        Barrier: lambda: Barrier.objects.create(what="W", where="H", since=timezone.localdate(), alternative="A"),
        Venue: lambda: Venue.objects.create(name="Haus"),
        Series: lambda: Series.objects.create(title="Reihe"),
        FormerAddress: lambda: FormerAddress.objects.create(path="/alt/", target_path="/aktuelles/"),
        User: lambda: User.objects.create_user("irgendwer", password=PASSWORD, is_staff=True),
        Group: lambda: Group.objects.create(name="Leer"),
        MissingAddress: lambda: MissingAddress.objects.create(
            path="/fehlt/", first_day=timezone.localdate(), last_day=timezone.localdate()
        ),
        Synonym: lambda: Synonym.objects.create(words="KI = Künstliche Intelligenz"),
        SearchMiss: lambda: SearchMiss.objects.create(
            words="fehlt", first_day=timezone.localdate(), last_day=timezone.localdate()
        ),
        ErrorKind: lambda: ErrorKind.objects.create(
            fingerprint="x", name="ValueError", source="x.py:1", first_at=timezone.now(), last_at=timezone.now()
        ),
        InternalLink: lambda: InternalLink.objects.create(path="/fehlt/", owner=make_article(), field="text"),
        ContactCorrection: lambda: ContactCorrection.objects.create(person=make_person(), new={"phone": "030 1234567"}),
        AuditEntry: lambda: record(Kind.SIGN_OUT),
    }
    return makers[model]() if model in makers else model.objects.first()


def member(*names, username="mitglied"):
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=names))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def test_the_matrix_names_every_model_of_the_desk():
    assert set(admin.site._registry) == set(MATRIX)


def test_the_table_of_roles_names_only_models_and_actions_there_are():
    for role in roles.ROLES:
        for app, model, codename in roles.permissions_of(role):
            assert apps.get_model(app, model)
            assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists(), codename


def test_a_wrong_name_in_the_table_stops_no_migration(monkeypatch):
    monkeypatch.setitem(roles.ROLES, "Redaktion", [(["news.Gibtesnicht", "news.Article"], ["view"])])
    Permission.objects.filter(content_type__app_label="news").delete()
    roles.grant_roles(apps.get_app_config("news"))
    held = Group.objects.get(name="Redaktion").permissions.filter(content_type__app_label="news")
    assert [one.codename for one in held] == ["view_article"]


def test_migrating_an_empty_database_makes_the_roles():
    """As on a new installation: `migrate` alone, before anything else has run."""
    Group.objects.all().delete()
    Permission.objects.all().delete()
    call_command("migrate", verbosity=0)
    for role in ROLES:
        held = Group.objects.get(name=role).permissions
        assert set(held.values_list("content_type__app_label", "content_type__model", "codename")) == (
            roles.permissions_of(role)
        )


def test_migrating_leaves_what_was_changed_by_hand():
    renamed = Group.objects.get(name="Redaktion")
    renamed.name = "Öffentlichkeitsarbeit"
    renamed.save()
    office = Group.objects.get(name="Verwaltung")
    taken = Permission.objects.get(codename="delete_person")
    office.permissions.remove(taken)
    given = Permission.objects.get(codename="change_quarter")
    office.permissions.add(given)
    call_command("migrate", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Öffentlichkeitsarbeit",
        "Veranstaltungen",
        "Verwaltung",
    }
    held = set(office.permissions.all())
    assert given in held
    assert taken not in held


def test_migrating_gives_the_roles_what_a_new_model_needs():
    """As after an update that brings a model: its rights are new to the database, not taken away by anybody."""
    Permission.objects.filter(codename__endswith="_barrier").delete()
    call_command("migrate", verbosity=0)
    assert Group.objects.get(name="Redaktion").permissions.filter(codename="change_barrier").exists()
    assert not Group.objects.get(name="Veranstaltungen").permissions.filter(codename="change_barrier").exists()


def allowed_actions(client, model) -> str:
    """What the desk lets somebody do, asked by HTTP: letters as in MATRIX."""
    thing = one_of(model)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    listed = client.get(reverse(f"{name}_changelist"))
    shown = client.get(reverse(f"{name}_change", args=[thing.pk]))
    assert listed.status_code == shown.status_code
    found = "v" if shown.status_code == 200 else ""
    found += "a" if client.get(reverse(f"{name}_add")).status_code == 200 else ""
    # an empty form is refused by its fields (200) or for want of the right (403)
    saved = client.post(reverse(f"{name}_change", args=[thing.pk]), {"_continue": "1"})
    found += "c" if saved.status_code in (200, 302) else ""
    if model is not ContactCorrection:  # its page is no form of Django’s
        assert ("c" in found) == bool(shown.context and shown.context.get("has_change_permission")), model
    gone = client.post(reverse(f"{name}_delete", args=[thing.pk]), {"post": "yes"})
    still = model.objects.filter(pk=thing.pk).exists()
    assert still == (gone.status_code != 302)
    return found + ("" if still else "d")


@pytest.mark.parametrize("model", list(MATRIX), ids=lambda model: model.__name__)
@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_do(role, model):
    assert allowed_actions(member(role), model) == MATRIX[model][ROLES.index(role)]


@pytest.mark.parametrize("model", list(MATRIX), ids=lambda model: model.__name__)
def test_staff_without_a_role_and_others_may_do_nothing(model, client):
    assert allowed_actions(member(), model) == ""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    reader = Client()
    reader.force_login(User.objects.create_user("leserin"))
    for visitor in (client, reader):
        for path in (reverse(f"{name}_changelist"), reverse(f"{name}_add"), reverse(f"{name}_change", args=["1"])):
            for method in (visitor.get, visitor.post):
                answer = method(path)
                assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/redaktion/login/")


def test_bulk_deletion_takes_the_right_to_delete():
    first, second = make_event(), make_event()
    action = {"action": "delete_selected", "_selected_action": [first.pk, second.pk], "post": "yes"}
    member("Redaktion", username="r").post("/redaktion/events/event/", action)
    assert Event.objects.count() == 2
    member("Veranstaltungen", username="v").post("/redaktion/events/event/", action)
    assert Event.objects.count() == 0


def test_merging_topics_takes_the_right_to_delete_and_is_noted():
    first, second = Topic.objects.create(name="Eins"), Topic.objects.create(name="Zwei")
    action = {"action": "merge", "_selected_action": [first.pk, second.pk], "confirmed": "1", "kept": first.pk}
    reading = member(username="liest")
    reading.user.user_permissions.add(Permission.objects.get(codename="view_topic"))
    reading.post("/redaktion/forum/topic/", action)
    assert Topic.objects.count() == 2
    member("Redaktion").post("/redaktion/forum/topic/", action)
    assert Topic.objects.get() == first
    assert "zusammengeführt aus „Eins“, „Zwei“" in AuditEntry.objects.get(kind=Kind.CHANGED).what


def test_a_thing_is_deleted_with_its_redirects_though_these_are_closed():
    article = make_article()
    article.slug = "anders"
    article.save()
    deleting = member()
    deleting.user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="news", codename__startswith="delete_")
    )
    deleting.user.user_permissions.add(Permission.objects.get(codename="view_article"))
    answer = deleting.post(f"/redaktion/news/article/{article.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not Article.objects.exists(), FormerAddress.objects.values()


@pytest.mark.parametrize("role", ROLES)
def test_whoever_changes_addresses_hears_of_those_asked_for_in_vain_and_mends_them(role):
    today = timezone.localdate()
    lost = MissingAddress.objects.create(
        path="/neues/die-nachbarschaft-hilft/", count=9, first_day=today, last_day=today
    )
    article, staff = make_article(slug="die-nachbarschaft-hilft"), member(role)
    told = [figure.url for figure in staff.get("/redaktion/").context["to_do"]]
    assert "/redaktion/forum/missingaddress/?pruefen=gesucht" in told
    staff.post(f"/redaktion/forum/missingaddress/{lost.pk}/weiterleiten/", {"ziel": article.get_absolute_url()})
    assert FormerAddress.objects.get(path=lost.path).target == article


def account_form(user, **changes):
    fields = {"username": user.username, "first_name": "", "last_name": "", "email": "", "is_active": "on"}
    return fields | {"groups": [group.pk for group in user.groups.all()]} | changes


def test_verwaltung_makes_an_account_that_works():
    office = member("Verwaltung")
    redaktion = Group.objects.get(name="Redaktion")
    fields = {"username": "neu", "first_name": "Nele", "last_name": "Neu", "groups": [redaktion.pk]}
    answer = office.post("/redaktion/auth/user/add/", fields)
    new = User.objects.get(username="neu")
    assert answer["Location"] == f"/redaktion/auth/user/{new.pk}/einladung/"  # test_invitation.py goes on from here
    assert (new.is_staff, new.is_superuser, [*new.groups.all()]) == (True, False, [redaktion])
    assert not new.has_usable_password()
    again = office.post("/redaktion/auth/user/add/", fields | {"username": "Neu"})
    assert "Diesen Benutzernamen gibt es schon." in again.content.decode()
    assert AuditEntry.objects.filter(kind=Kind.ROLE, person="mitglied", what__contains="Rolle „Redaktion“").exists()
    assert AuditEntry.objects.filter(kind=Kind.ADDED, person="mitglied").exists()


@pytest.mark.parametrize("add", [True, False])
def test_nobody_hands_out_more_than_they_have(add):
    office = member("Verwaltung")
    power = Group.objects.create(name="Allmacht")
    power.permissions.add(Permission.objects.get(codename="delete_user"))
    victim = User.objects.create_user("opfer", password=PASSWORD, is_staff=True)
    fields = account_form(victim, is_superuser="on", is_staff="on", groups=[power.pk])
    fields["user_permissions"] = [Permission.objects.get(codename="delete_user").pk]
    if add:
        fields |= {"username": "neu"}
        answer = office.post("/redaktion/auth/user/add/", fields)
    else:
        answer = office.post(f"/redaktion/auth/user/{victim.pk}/change/", fields)
    assert answer.status_code == 200  # the unknown role is refused beside its field
    assert "groups" in answer.context["adminform"].form.errors
    fields.pop("groups")
    office.post(f"/redaktion/auth/user/{victim.pk}/change/", account_form(victim, **fields))
    for user in User.objects.exclude(pk=office.user.pk):
        assert not user.is_superuser
        assert not user.has_perm("auth.delete_user")


def test_nobody_changes_themselves_out_of_or_into_a_role():
    office = member("Verwaltung")
    fields = account_form(office.user, groups=[], first_name="Toni")
    fields.pop("is_active")
    office.post(f"/redaktion/auth/user/{office.user.pk}/change/", fields)
    office.user.refresh_from_db()
    assert office.user.first_name == "Toni"
    assert (office.user.is_active, [group.name for group in office.user.groups.all()]) == (True, ["Verwaltung"])


@pytest.mark.parametrize("power", ["superuser", "own right", "inactive superuser"])
def test_accounts_that_can_do_more_are_out_of_reach(power):
    office = member("Verwaltung")
    boss = User.objects.create_user("chefin", password=PASSWORD, is_staff=True, is_superuser="superuser" in power)
    if power == "own right":
        boss.user_permissions.add(Permission.objects.get(codename="delete_user"))
    boss.is_active = "inactive" not in power
    boss.save()
    here = f"/redaktion/auth/user/{boss.pk}"
    assert office.get(f"{here}/change/").status_code == 200  # to see, not to change
    assert office.post(f"{here}/change/", account_form(boss, username="x")).status_code == 403
    assert office.get(f"{here}/einladung/").status_code == 403
    assert office.post(f"{here}/einladung/", {"show": "1"}).status_code == 403
    assert office.get(f"{here}/zweiter-faktor/").status_code == 403
    assert office.post(f"{here}/zweiter-faktor/").status_code == 403
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)


def test_switching_an_account_off_works_at_once():
    office = member("Verwaltung")
    editor = member("Redaktion", username="erika")
    fields = account_form(editor.user)
    fields.pop("is_active")
    assert office.post(f"/redaktion/auth/user/{editor.user.pk}/change/", fields).status_code == 302
    assert editor.get("/redaktion/").status_code == 302
    answer = Client().post("/redaktion/login/", {"login": "erika", "password": PASSWORD})
    assert "Benutzername oder Passwort stimmt nicht" in answer.content.decode()


def test_a_lost_factor_is_reset_by_a_button():
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    office = member("Verwaltung")
    editor = member("Redaktion", username="erika")
    TOTP.activate(editor.user, generate_totp_secret())
    here = f"/redaktion/auth/user/{editor.user.pk}"
    assert "Zweiten Faktor zurücksetzen" in office.get(f"{here}/change/").content.decode()
    assert "alle Geräte dieses Kontos" in office.get(f"{here}/zweiter-faktor/").content.decode()
    assert editor.user.authenticator_set.exists()  # looking changes nothing
    assert office.post(f"{here}/zweiter-faktor/").status_code == 302
    assert not editor.user.authenticator_set.exists()
    assert AuditEntry.objects.get(kind=Kind.FACTOR).what == "erika: zurückgesetzt"
    assert office.get("/redaktion/auth/user/999999/zweiter-faktor/").status_code == 302
    assert member("Redaktion", username="andere").post(f"{here}/zweiter-faktor/").status_code == 403


def test_ones_own_password_and_factor_are_changed_only_where_the_old_ones_are_asked_for(desk, staff):
    for visitor, user in ((desk, staff), (office := member("Verwaltung"), office.user)):
        here = f"/redaktion/auth/user/{user.pk}"
        before = user.password
        new = {"password1": "neues-passwort-hier", "password2": "neues-passwort-hier", "usable_password": "true"}
        assert visitor.post(f"{here}/password/", new)["Location"] == "/redaktion/konto/passwort/"
        assert visitor.post(f"{here}/zweiter-faktor/")["Location"] == "/redaktion/konto/"
        assert visitor.post(f"{here}/einladung/", {"show": "1"})["Location"] == "/redaktion/konto/"
        user.refresh_from_db()
        assert user.password == before


def test_every_right_has_its_own_german_name(desk):
    page = desk.get(f"/redaktion/auth/group/{Group.objects.get(name='Redaktion').pk}/change/")
    names = [label for _, label in page.context["adminform"].form.fields["permissions"].choices]
    assert len(names) == len(set(names)) > 100
    assert "Aktuelles: Beiträge ändern" in names
    assert [name for name in names if not name.endswith(("ansehen", "anlegen", "ändern", "löschen"))] == []
    assert ">Rollen<" in page.content.decode()


def test_a_single_right_is_noted_in_german(desk, staff):
    editor = member(username="erika").user
    editor.user_permissions.add(Permission.objects.get(codename="change_article"))
    assert "Recht „Aktuelles: Beiträge ändern“ erhalten" in AuditEntry.objects.filter(kind=Kind.ROLE).first().what
