"""Titles in another language than German: screen readers pronounce them, browsers hyphenate and translate them."""

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

LANGUAGES = {  # BCP 47; the text editor offers the same (static/js/desk/language.js)
    "en": "Englisch",
    "tr": "Türkisch",
    "ar": "Arabisch",
    "uk": "Ukrainisch",
    "pl": "Polnisch",
    "fr": "Französisch",
}


class TitleLanguageField(models.CharField):
    """The language of the title beside it, empty for German."""

    def __init__(self, verbose_name="Sprache des Titels", **kwargs):
        options = {
            "max_length": 10,
            "blank": True,
            "choices": [("", "Deutsch"), *LANGUAGES.items()],
            "help_text": "Damit Vorlese-Programme ihn richtig aussprechen.",
        }
        super().__init__(verbose_name, **options | kwargs)


def title_of(thing) -> SafeString | str:
    """The title of something with a `title` and perhaps a `title_language`, marked if not German (WCAG 3.1.2)."""
    if language := getattr(thing, "title_language", ""):
        return format_html('<span lang="{}" dir="auto">{}</span>', language, thing.title)
    return thing.title


def easy_title_of(thing) -> SafeString | str:
    """What stands above the easy version of something; not every one has a title of its own."""
    return (
        format_html('<span lang="de-DE-x-simple">{}</span>', thing.easy_title) if thing.easy_title else title_of(thing)
    )
