"""Links inside rich texts to pages of this site, and which of them lead nowhere.

What a text links to is written down whenever its thing is saved, so that nobody has to search all texts. Whether an
address answers is asked when somebody wants to know: time makes things appear and expire.
"""

import re
from collections.abc import Collection, Iterable
from html import unescape
from itertools import chain
from urllib.parse import unquote, urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.urls import Resolver404, resolve
from django.views.generic.detail import SingleObjectMixin

from forum.addresses import MOST_HOPS, content_type_of, is_storable, next_addresses, tidy
from forum.caching.content import never_shown
from forum.richtext import RichTextField

LINK = re.compile(r'<a\s[^>]*?\bhref="([^"]*)"')  # attributes of clean HTML are always quoted like this
NOWHERE = "https://unser.invalid"  # stands for this site, whatever its name is


class InternalLinkQuerySet(models.QuerySet):
    def broken(self):
        """Keep links that readers can see today and that lead them to nothing public."""
        seen = self.filter(public_owner())
        return seen.filter(path__in=dead(set(seen.order_by().values_list("path", flat=True).distinct())))


@never_shown
class InternalLink(models.Model):
    """One address of this site in one rich text."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    owner = GenericForeignKey()
    field = models.CharField("Feld", max_length=60)
    path = models.CharField("verweist auf", max_length=500)

    objects = InternalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Link in einem Text"
        verbose_name_plural = "Links in Texten"
        ordering = ["path", "content_type", "object_id"]
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "field", "path"], name="internal_link_once")
        ]
        indexes = [models.Index(fields=["path"], name="internal_link_path")]

    def __str__(self):
        return self.path


def links_in(html: str, base: str = "/") -> set[str]:
    """The paths of this site that a text links to, without query and fragment, percent signs decoded.

    Args:
        html: clean rich text.
        base: path of the page the text stands on, for addresses relative to it.
    """
    own_hosts = {urlsplit(NOWHERE).hostname, *settings.ALLOWED_HOSTS}
    paths = set()
    for href in LINK.findall(html):
        try:
            parts = urlsplit(urljoin(NOWHERE + base, unescape(href).strip()))
            is_own = parts.scheme in ("http", "https") and parts.hostname in own_hosts
        except ValueError:  # such as https://[
            continue
        path = unquote(parts.path) or "/"
        if is_own and is_storable(path) and not unescape(href).startswith("#"):
            paths.add(path)
    return paths


def rich_text_fields(model: type[models.Model]) -> list[RichTextField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, RichTextField)]


def models_with_rich_text() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if rich_text_fields(model)]


def watch_texts():
    """Note the links of every thing with rich text when it is saved or deleted; called once the models are loaded."""
    for model in models_with_rich_text():
        post_save.connect(note_saved, sender=model, dispatch_uid=("internal links", model))
        post_delete.connect(forget_deleted, sender=model, dispatch_uid=("internal links", model))


def note_saved(instance, update_fields=None, **_):
    written = rich_text_fields(type(instance))
    note_links(instance, [f for f in written if update_fields is None or f.name in update_fields])


def note_links(thing: models.Model, fields: Iterable[RichTextField] | None = None):
    """Bring what is known of a thing's links up to date: one query, one for what is new, one for what is gone.

    Args:
        fields: the fields to read, all by default; what has not been loaded has not changed.
    """
    fields = rich_text_fields(type(thing)) if fields is None else fields
    names = [field.name for field in fields if field.attname in thing.__dict__]
    if not names:
        return
    base = thing.get_absolute_url() if hasattr(thing, "get_absolute_url") else "/"
    now = {(name, path) for name in names for path in links_in(getattr(thing, name) or "", base)}
    mine = InternalLink.objects.filter(content_type=content_type_of(thing), object_id=thing.pk)
    before = {(link.field, link.path): link.pk for link in mine.filter(field__in=names)}
    if gone := [key for place, key in before.items() if place not in now]:
        mine.filter(pk__in=gone).delete()
    facts = {"content_type": content_type_of(thing), "object_id": thing.pk}
    new = [InternalLink(field=field, path=path, **facts) for field, path in sorted(now - before.keys())]
    if new:
        InternalLink.objects.bulk_create(new, ignore_conflicts=True)  # two people may save at once


def forget_deleted(instance, **_):
    InternalLink.objects.filter(content_type=content_type_of(instance), object_id=instance.pk).delete()


def public_owner() -> Q:
    """Condition for links in texts that the public may see."""
    condition = Q(pk__in=[])
    for model in models_with_rich_text():
        kind = ContentType.objects.get_for_model(model)
        condition |= Q(content_type=kind, object_id__in=public(model).order_by().values("pk"))
    return condition


def public(model: type[models.Model]) -> models.QuerySet:
    things = model._default_manager.all()
    return things.published() if hasattr(things, "published") else things


def dead(paths: Collection[str]) -> set[str]:
    """Those of the paths where the public finds nothing today; a moved address is not dead.

    Costs one query per kind of thing that has a page and two for the former addresses, however many paths there are;
    as much again for each step of a chain of redirects.
    """
    leads_to = {path: tidy(path) for path in paths}
    dead = set()
    for _ in range(MOST_HOPS):
        silent = set(leads_to.values()) - answering(set(leads_to.values()))
        steps = next_addresses(silent) if silent else {}
        dead |= {path for path, current in leads_to.items() if current in silent and not steps.get(current)}
        leads_to = {path: steps[current] for path, current in leads_to.items() if steps.get(current)}
        if not leads_to:
            break
    return dead | leads_to.keys()  # what still leads on leads in a circle


def answering(paths: Collection[str]) -> set[str]:
    """Those of the paths where the public finds something today without being sent on."""
    answering, of_things = set(), set()
    for path in paths:
        page = path.partition("?")[0]
        kind = kind_of_page(page)
        if kind == "thing":
            of_things.add(page)
        if kind == "page" or (kind == "file" and default_storage.exists(page.removeprefix(settings.MEDIA_URL))):
            answering.add(path)
    return answering | (addresses_of_things(of_things) & of_things if of_things else set())


def kind_of_page(path: str) -> str:
    """`thing` (there or not), `file`, `page` (always there) or empty (nothing, or only for staff)."""
    if path.startswith(settings.STATIC_URL):
        return "page"
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if "admin" in match.app_names:
        return ""
    if match.view_name == "media":
        return "file"
    return "thing" if issubclass(getattr(match.func, "view_class", object), SingleObjectMixin) else "page"


def addresses_of_things(paths: Collection[str]) -> set[str]:
    """Today's addresses of all public things whose slug is part of one of the paths."""
    slugs = set(chain.from_iterable(path.split("/") for path in paths)) - {""}
    addresses = set()
    for model in apps.get_models():
        if hasattr(model, "get_absolute_url") and any(field.name == "slug" for field in model._meta.fields):
            for thing in public(model).filter(slug__in=slugs).select_related():
                addresses.add(thing.get_absolute_url())
                if getattr(thing, "has_easy_version", False):
                    addresses.add(thing.get_easy_url())
    return addresses
