"""Rich text: one kind of field, cleaned on every way into the database."""

from django.core.exceptions import ValidationError
from django_prose_editor.fields import ProseEditorField, create_sanitizer

from forum.pasted import headings_in_order, real_lists, strong_words
from forum.prose import EXTENSIONS

clean = create_sanitizer(EXTENSIONS | {"Heading": {"levels": [1, 2, 3, 4, 5, 6]}})
INVISIBLE = {0: None, 0xFEFF: None}  # zero, and the mark that parsers drop where a text begins with it
MOST_CHARACTERS = 2_000_000  # of HTML in one text: some five hundred pages


def clean_html(html: str) -> str:
    """Drop everything an editor cannot have typed: scripts, styles, handlers, unknown elements and addresses.

    The editor cleans what is pasted by the same rules (static/js/desk/paste.js); what comes another way gets real
    lists and headings in order here.

    Args:
        html: any text, hostile ones included.

    Returns:
        HTML that is safe to show; empty when nothing but an empty paragraph is left.
    """
    return headings_in_order(clean(strong_words(real_lists(html.translate(INVISIBLE)))))


def not_too_long(html: str):
    if len(html) > MOST_CHARACTERS:
        length = f"{len(html):,}".replace(",", ".")
        raise ValidationError(
            f"Dieser Text ist mit {length} Zeichen zu lang. Bitte kürzen Sie ihn, oder fügen Sie ihn als Datei zum "
            "Herunterladen hinzu."
        )


class RichTextField(ProseEditorField):
    """HTML with headings 2 and 3, lists, links, quotes, tables and parts in another language; always clean."""

    default_validators = [not_too_long]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, extensions=EXTENSIONS, sanitize=clean_html, **kwargs)

    def pre_save(self, model_instance, add):
        """Clean before save() and bulk_create(), so that the object in memory matches its row."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = clean_html(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value, connection):
        """Clean before update() and bulk_update(), which do not ask pre_save()."""
        return super().get_db_prep_save(clean_html(value) if isinstance(value, str) else value, connection)
