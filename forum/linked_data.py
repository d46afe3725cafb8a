"""What machines learn of a page: schema.org in JSON-LD, in a block that runs nothing."""

import json

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# `<` would end the block, the line separators are no JSON in older parsers
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
ORGANISATION = {"@type": "Organization", "name": "Innovationsforum"}


def script(data: dict) -> SafeString:
    """The block with one thing of schema.org; what is unknown (None, empty) is left out, not invented."""
    text = json.dumps({"@context": "https://schema.org"} | known(data), ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text.translate(ESCAPES)))  # noqa: S308 - escaped above


def known(value):
    if isinstance(value, dict):
        return {key: known(one) for key, one in value.items() if one not in (None, "", [], {})}
    return [known(one) for one in value] if isinstance(value, list) else value


def whole(path: str) -> str:
    return settings.SITE_URL + path


def publisher() -> dict:
    return ORGANISATION | {"url": whole("/"), "logo": whole("/static/img/icon-512.png")}


def image_of(picture) -> str | None:
    return whole(picture.file.wide_webp) if picture and picture.is_complete else None


def breadcrumb(*steps: tuple[str, str]) -> dict:
    """Where a page lies: (German name, path), from the list to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": whole(path)}
            for number, (name, path) in enumerate([("Startseite", "/"), *steps], 1)
        ],
    }


def page_of(*steps: tuple[str, str]) -> dict:
    """The page about a thing, for its `mainEntityOfPage`; steps as for `breadcrumb`, the page itself last."""
    return {"@type": "WebPage", "@id": whole(steps[-1][1]), "breadcrumb": breadcrumb(*steps)}


def page_data(kind: str, *steps: tuple[str, str], about: dict | None = None) -> dict:
    """A page that brings things together.

    Args:
        kind: of schema.org/WebPage.
        steps: as for `breadcrumb`, the page itself last.
        about: what the page is about.
    """
    name, path = steps[-1]
    page = {"@type": kind, "@id": whole(path), "url": whole(path), "name": name, "inLanguage": "de"}
    return page | {"about": about, "isPartOf": {"@id": whole("/")}, "breadcrumb": breadcrumb(*steps)}


def website(organisation: dict) -> dict:
    """The site as a whole, who publishes it, and how it is searched."""
    return {
        "@type": "WebSite",
        "name": ORGANISATION["name"],
        "url": whole("/"),
        "inLanguage": "de",
        "publisher": organisation,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": whole("/suche/?q={search_term_string}")},
            "query-input": "required name=search_term_string",
        },
    }
