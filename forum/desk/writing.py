"""What the writing desk of a form needs in the browser: scripts, and the house's rules for the hints."""

from django.conf import settings
from django.contrib import admin
from django.forms import Script
from js_asset import ImportMap, Media

MEDIA = Media(
    importmap=ImportMap({"desk/german": "js/desk/german.js"}),
    js=[Script("js/desk/editing.js", type="module"), Script("js/desk/hints.js", type="module")],
)


def writing_rules() -> dict:
    """The house's rules as the script of the hints reads them."""
    return {"gender": settings.GENDER_FORM, "abbreviations": settings.KNOWN_ABBREVIATIONS}


class WritingAdmin(admin.ModelAdmin):
    """Adds hints while writing to the forms of an admin."""

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] += MEDIA
        context["writing_rules"] = writing_rules()
        return super().render_change_form(request, context, *args, **kwargs)
