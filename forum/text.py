"""German text: addresses (slugs) and the order of names."""

import re
import unicodedata

from django.contrib.postgres.lookups import Unaccent
from django.db.models.functions import Lower

WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "ł": "l", "đ": "d", "ð": "d",
     "þ": "th", "ı": "i", "&": " und ", "€": " euro ", "%": " prozent "}
)  # fmt: skip


def german_slug(text: str, limit: int = 80) -> str:
    """Write a text as part of an address: ASCII, lower case, words joined by hyphens.

    Umlauts are written out as German readers do (ä→ae, ß→ss), other accents are dropped. Long texts end at a word
    where possible.

    Args:
        text: any text; may be empty or without a single letter.
        limit: most characters of the result.

    Returns:
        The slug, empty when the text holds no letter or digit that can be written in ASCII.
    """
    text = unicodedata.normalize("NFC", text).replace("ẞ", "ß").lower().translate(WRITTEN_OUT)
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_text.replace("'", "")))
    if len(slug) <= limit:
        return slug
    whole_words, separator, _ = slug[: limit + 1].rpartition("-")
    return whole_words if separator else slug[:limit]


def by_name(*fields: str) -> list:
    """Expressions for order_by() that sort as Germans do: Ö with O, ß with ss, case ignored (DIN 5007-1).

    The embedded server has no ICU collations, hence the `unaccent` extension.
    """
    return [Lower(Unaccent(field)) for field in fields]
