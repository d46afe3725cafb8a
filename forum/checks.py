"""What the health board asks about pictures, files, links and addresses."""

from django.db.models import Exists, OuterRef, QuerySet

from forum.desk.board import Check
from forum.internal_links import dead


def unused(rows: QuerySet) -> QuerySet:
    """Things that nothing refers to, whatever relations there will be."""
    fields = rows.model._meta.get_fields(include_hidden=True)
    for relation in (field for field in fields if field.auto_created and not field.concrete):
        uses = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        rows = rows.filter(~Exists(uses))
    return rows


def leading_nowhere(redirects: QuerySet) -> QuerySet:
    """Redirects to an address somebody typed where readers find nothing today; costs what `dead` costs."""
    typed = redirects.exclude(target_path="")
    return typed.filter(target_path__in=dead(set(typed.order_by().values_list("target_path", flat=True).distinct())))


NO_CREDIT = Check(
    "ohne-nachweis",
    "ohne Bildnachweis",
    "hat keinen Bildnachweis",
    "haben keinen Bildnachweis",
    lambda pictures: pictures.filter(credit=""),
)
NO_ALT_TEXT = Check(
    "ohne-beschreibung",
    "ohne Bildbeschreibung",
    "hat keine Bildbeschreibung und ist nicht als Schmuck markiert",
    "haben keine Bildbeschreibung und sind nicht als Schmuck markiert",
    lambda pictures: pictures.filter(alt_text="", decorative=False),
)
UNUSED = Check("unbenutzt", "nirgends verwendet", "kommt nirgends vor", "kommen nirgends vor", unused)
BROKEN = Check(
    "defekt",
    "führt ins Leere",
    "führt ins Leere",
    "führen ins Leere",
    lambda links: links.broken(),
)
LEADS_NOWHERE = Check(
    "defekt",
    "führt ins Leere",
    "führt selbst ins Leere",
    "führen selbst ins Leere",
    leading_nowhere,
)
ASKED_FOR = Check(
    "gesucht",
    "mehrmals aufgerufen",
    "wird immer wieder aufgerufen und führt ins Leere",
    "werden immer wieder aufgerufen und führen ins Leere",
    lambda addresses: addresses.worth_a_look(),
)
SEARCHED_FOR = Check(
    "gesucht",
    "mehrmals gesucht",
    "wird immer wieder gesucht und nicht gefunden",
    "werden immer wieder gesucht und nicht gefunden",
    lambda misses: misses.worth_a_look(),
)
