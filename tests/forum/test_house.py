"""The plan of the house: which way imports run, and that every field of the desk says what it wants."""

import ast

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import RequestFactory

ROOMS = ["forum", "contacts", "events", "news"]  # each may import those before it
FRONT_DOOR = {  # may look into every room
    f"forum/{name}.py"
    for name in ("settings", "showroom", "sitemaps", "urls", "views", "views_api", "views_following", "views_topics")
}
DESK = admin.site


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name.partition(".")[0] for name in names)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room):
    allowed = ROOMS[: ROOMS.index(room) + 1]
    files = [path.relative_to(settings.ROOT) for path in (settings.ROOT / room).rglob("*.py")]
    assert len(files) > 5
    for path in files:
        if str(path) in FRONT_DOOR or path.parts[:2] == ("forum", "management"):
            continue
        found = {name for name in imported_rooms(settings.ROOT / path) if name in ROOMS}
        assert found <= set(allowed), path


def desk_fields():
    for model, model_admin in DESK._registry.items():
        if model._meta.app_label in ROOMS:
            yield pytest.param(model_admin, id=model.__name__)


@pytest.mark.parametrize("model_admin", list(desk_fields()))
def test_every_field_of_the_desk_says_what_it_wants(model_admin, staff):
    request = RequestFactory().get("/redaktion/")
    request.user = staff
    if not model_admin.has_change_permission(request):
        return
    forms = [model_admin.get_form(request)()]
    forms += [
        formset(instance=model_admin.model()).empty_form
        for formset, _ in model_admin.get_formsets_with_inlines(request)
    ]
    hidden = {"DELETE", "id"}
    for form in forms:
        silent = [name for name, field in form.fields.items() if not field.help_text and not field.widget.is_hidden]
        assert [name for name in silent if name not in hidden] == [], type(form._meta.model())
