"""Text editors that start when they are wanted: forty at once would freeze the page."""

from django import forms

STARTS = "data-django-prose-editor-configurable"
WAITS = "data-editor-later"


def start_later(widget: forms.Widget) -> forms.Widget:
    """Make a text editor wait until the box around it, `<details>`, is opened (static/js/desk/cards.js)."""

    class Waiting(type(widget)):
        def get_context(self, name, value, attrs):
            context = super().get_context(name, value, attrs)
            found = context["widget"]["attrs"]
            if STARTS in found:
                found[WAITS] = found.pop(STARTS)
            return context

    widget.__class__ = Waiting
    return widget
