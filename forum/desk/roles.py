"""The three roles: who may do what at the desk. One table; a new model needs one line in it.

Applied after every `migrate` (grant_roles): missing roles are created, missing permissions given, none taken away.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

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
PAGES = ["forum.Page", "forum.Barrier"]
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


def grant_roles(app_config, using="default", apps=installed, **kwargs):
    """Receiver of post_migrate: give the roles what the table says about the models of one app.

    Its permissions are created here, for Django's own receiver may come later. What is in the table and not (yet) in
    the database is passed over: a test sees to it that the table names only what there is.
    """
    wanted = {role: {(a, c) for a, _, c in permissions_of(role) if a == app_config.label} for role in ROLES}
    if not any(wanted.values()):
        return
    create_permissions(app_config, using=using, apps=apps, verbosity=0)
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    here = permission.objects.using(using).filter(content_type__app_label=app_config.label)
    by_name = {(app_config.label, one.codename): one for one in here}
    for role, names in wanted.items():
        row, _ = group.objects.using(using).get_or_create(name=role)
        held = set(row.permissions.filter(content_type__app_label=app_config.label).values_list("pk", flat=True))
        row.permissions.add(*[by_name[name] for name in names if name in by_name and by_name[name].pk not in held])
