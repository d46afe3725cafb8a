"""The three roles: who may do what at the desk. One table; a new model needs one line in it.

Applied after every `migrate` (grant_roles): an empty database gets the roles, later ones the rights of new models.
Roles are staff's own after that: what was renamed, given or taken by hand stays so. A change of the table that concerns
models there are already needs a migration.
"""

from functools import reduce
from operator import or_

from django.apps import apps as installed
from django.contrib import admin
from django.contrib.auth.management import create_permissions
from django.db.models import CASCADE, Q
from django.utils.text import capfirst

VIEW = ["view"]
WRITE = ["view", "add", "change"]
FULL = ["view", "add", "change", "delete"]

ARTICLES = [
    "news.Article",
    "news.ArticleType",
    "news.ArticleContact",
    "news.ArticleAttachment",
    "news.ArticlePicture",
    "news.ExternalLink",
]
EVENTS = [
    "events.Event",
    "events.ProgrammeItem",
    "events.Participation",
    "events.Venue",
    "events.Series",
    "events.EventContact",
    "events.EventAttachment",
    "events.EventPicture",
    "events.ItemAttachment",
]
MATERIAL = ["forum.Picture", "forum.Attachment", "forum.Topic"]
REDIRECTS = ["forum.FormerAddress"]  # whose addresses lead nowhere mends them
PAGES = ["forum.Page", "forum.Barrier", "forum.Synonym"]
PEOPLE = ["contacts.Person"]
PLACES = ["contacts.District", "contacts.Postcode", "contacts.PostcodeShare", "contacts.Quarter"]
REPRESENTATION = ["contacts.Representation"]
CORRECTIONS = ["contacts.ContactCorrection"]  # what contact persons write about their own entry

ROLES = {
    "Redaktion": [
        (ARTICLES + PAGES + MATERIAL + REDIRECTS, FULL),
        (PEOPLE, WRITE),
        (CORRECTIONS, ["view", "change"]),
        (EVENTS + REPRESENTATION + PLACES, VIEW),
    ],
    "Veranstaltungen": [
        (EVENTS + MATERIAL + PEOPLE + REDIRECTS, FULL),
        (CORRECTIONS, ["view", "change"]),
        (ARTICLES + REPRESENTATION + PLACES, VIEW),
    ],
    "Verwaltung": [
        (ARTICLES + EVENTS + PAGES + MATERIAL + PEOPLE + REPRESENTATION + REDIRECTS, FULL),
        (["contacts.District", *CORRECTIONS], ["view", "change"]),
        (["reversion.Version", "reversion.Revision"], ["delete"]),  # forgetting somebody for good
        (["auth.User"], WRITE),  # an account is switched off, not deleted: its name stands in many histories
        (["forum.ErrorKind"], ["view", "delete"]),
        ([*PLACES, "auth.Group", "forum.AuditEntry"], VIEW),
    ],
}


def permissions_of(role: str) -> set[tuple[str, str, str]]:
    """(app, model, codename) of everything a role may do, in lower case as in the database."""
    found = set()
    for labels, actions in ROLES[role]:
        for label in labels:
            app, model = label.lower().split(".")
            found |= {(app, model, f"{action}_{model}") for action in actions}
    return found


VERBS = {"view": "ansehen", "add": "anlegen", "change": "ändern", "delete": "löschen"}
NAMES = {  # of a library's models
    "reversion.version": "Gemeinsames: Frühere Fassungen",
    "reversion.revision": "Gemeinsames: Gemeinsam gespeicherte Fassungen",
}


def right_in_words(right) -> str:
    """“Aktuelles: Beiträge ändern”; what is no such right, or none any more, as it names itself."""
    verb, model = VERBS.get(right.codename.partition("_")[0]), right.content_type.model_class()
    return f"{things_in_words(model)} {verb}" if verb and model else right.name


def things_in_words(model) -> str:
    """“Veranstaltungen: Ansprechpersonen (Veranstaltung)”: rows inside a form with what they belong to."""
    meta = model._meta
    owners = (field for field in meta.fields if field.many_to_one and field.remote_field.on_delete is CASCADE)
    owner = next((field.verbose_name for field in owners), "")
    inside = f" ({owner})" if owner and not admin.site.is_registered(model) else ""
    ours = f"{meta.app_config.verbose_name}: {capfirst(meta.verbose_name_plural)}{inside}"
    return NAMES.get(meta.label_lower, ours)


def rights_of_the_desk(rights):
    """Keep those about what is in the table of roles; the rest is of no use at the desk."""
    known = {tuple(label.lower().split(".")) for lists in ROLES.values() for labels, _ in lists for label in labels}
    here = (Q(content_type__app_label=app, content_type__model=model) for app, model in known)
    return rights.filter(reduce(or_, here)).select_related("content_type")


def grant_roles(app_config, using="default", apps=installed, **kwargs):
    """Receiver of post_migrate: make the roles where there is none of them, else give them what is new.

    New is a right that the database does not know yet: it came with a model. Rights it knows are left as they are,
    given or taken by hand; a role that was renamed or deleted does not come back.
    """
    group = apps.get_model("auth", "Group").objects.using(using)
    if group.filter(name__in=ROLES).exists():
        give(app_config, using, apps, new_only=True)
        return
    group.bulk_create([group.model(name=name) for name in ROLES])
    for config in installed.get_app_configs():
        give(config, using, apps)


def give(app_config, using, apps, *, new_only=False):
    """Give the roles there are what the table says about the models of one app.

    Its permissions are created here: connected before Django's own receiver, this sees which of them are new. What
    is in the table and not (yet) in the database is passed over: a test sees to it that the table names what there is.
    """
    rights = apps.get_model("auth", "Permission").objects.using(using)
    here = rights.filter(content_type__app_label=app_config.label)
    known = set(here.values_list("pk", flat=True)) if new_only else set()
    create_permissions(app_config, using=using, apps=apps, verbosity=0)
    by_name = {one.codename: one for one in here.all() if one.pk not in known}
    for role in apps.get_model("auth", "Group").objects.using(using).filter(name__in=ROLES if by_name else ()):
        wanted = (codename for app, _, codename in permissions_of(role.name) if app == app_config.label)
        role.permissions.add(*(by_name[codename] for codename in wanted if codename in by_name))
