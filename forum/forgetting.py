"""Removing versions for good: of one deleted thing, with its name wherever versions and logs mention it."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Replace
from reversion.models import Revision, Version

from forum.leftovers import drop_unneeded, names_in_versions

NAMELESS = "(endgültig gelöscht)"
SHORTEST = 4  # letters; a shorter name could be part of any word


@transaction.atomic
def forget(model: type[models.Model], key) -> int:
    """Remove all versions of a deleted thing, the files only they needed, and its name from what is told of others.

    Cost: reads the comments and names of all versions once for each name the thing has had.

    Returns:
        How many versions were removed.
    """
    versions = Version.objects.get_for_object_reference(model, key)
    names = {name for name in versions.values_list("object_repr", flat=True) if len(name) >= SHORTEST}
    revisions = list(versions.values_list("revision_id", flat=True))
    files = names_in_versions(Version.objects.filter(revision__in=revisions))
    Revision.objects.filter(pk__in=revisions).delete()
    for name in sorted(names, key=len, reverse=True):
        for rows, field in ((Version.objects.all(), "object_repr"), (Revision.objects.all(), "comment")):
            told = rows.filter(**{f"{field}__contains": name})
            told.update(**{field: Replace(F(field), Value(name), Value(NAMELESS))})
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id=str(key)).update(object_repr=NAMELESS)
    transaction.on_commit(lambda: drop_unneeded(files), robust=True)
    return len(revisions)
