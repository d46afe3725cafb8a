"""Rich text: one kind of field, cleaned on every way into the database."""

from django_prose_editor.fields import ProseEditorField, create_sanitizer

from forum.prose import EXTENSIONS

clean = create_sanitizer(EXTENSIONS)


def clean_html(html: str) -> str:
    """Drop everything an editor cannot have typed: scripts, styles, handlers, unknown elements and addresses.

    Args:
        html: any text, hostile ones included.

    Returns:
        HTML that is safe to show; empty when nothing but an empty paragraph is left.
    """
    return clean(html.replace("\x00", ""))


class RichTextField(ProseEditorField):
    """HTML with headings 2 and 3, lists, links, quotes, tables and parts in another language; always clean."""

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
