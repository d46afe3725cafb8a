"""What rich text may contain: the one list behind the editor's toolbar and the cleaner.

Read by the settings, so it must not import models.
"""

import re

from django_prose_editor.config import add_tags_and_attributes

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # enough of BCP 47 for `lang`
MAIL = re.compile(r"[^\s/@:]+@[^\s/@:]+\.[a-z]{2,}", re.IGNORECASE)
HOST = re.compile(r"([\w-]+\.)+[a-z]{2,}(?=[/?#:]|$)", re.IGNORECASE)

# The package does not complete this list by itself: lists need ListItem, tables their rows and cells.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Language": True,
    "Paste": True,
}

MENU_GROUPS = [
    {"group": "headings"},
    {"group": "marks"},
    {"group": "lists"},
    {"group": "nodes -blockType -lists"},
    {"group": "link"},
    {"group": "language", "type": "dropdown"},
    {"group": "table"},
    {"group": "history"},
]


def complete_link(href: str) -> str:
    """Finish what people type: `www.verein.de` and `info@verein.de` would lead to pages of our own."""
    href = href.strip()
    if MAIL.fullmatch(href):
        return f"mailto:{href}"
    return f"https://{href}" if HOST.match(href) else href


def allow_language(config, cleaner_options):
    """Processor of django-prose-editor for our own extension: <span lang="…"> and nothing else; completes links.

    The cleaner would let `lang` and `title` stand on every element, where the editor cannot write them.
    """
    add_tags_and_attributes(cleaner_options, ["span"], {"span": ["lang"]})

    def keep(element, attribute, value):
        if attribute == "lang" and (element != "span" or not LANGUAGE_TAG.fullmatch(value)):
            return None
        if attribute == "title" and element != "a":
            return None
        return complete_link(value) if (element, attribute) == ("a", "href") else value

    cleaner_options["attribute_filter"] = keep


def allow_nothing(config, cleaner_options):
    """Processor for an extension of ours that only works while pasting and puts nothing new into the text."""
