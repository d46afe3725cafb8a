"""The desk's short form of a person, filled from a name as people write it."""

from django import forms

TITLES = {"dr", "prof", "dipl", "ing", "phil", "med", "rer", "nat", "jur", "h", "c"}
PREFIXES = {"von", "van", "de", "der", "den", "dem", "zu", "zum", "zur", "vom", "del", "da", "di", "du", "la", "ter"}


def name_parts(typed: str) -> dict[str, str]:
    """Take a name apart: `Prof. Dr. Ada von der Heide`, `Heide, Ada`; one word alone is a family name."""
    family, comma, rest = typed.partition(",")
    words = [*rest.split(), *family.split()] if comma else typed.split()
    titles = []
    while len(words) > 1 and words[0].rstrip(".").lower() in TITLES:
        titles.append(words.pop(0))
    given = words[: len(rest.split()) - len(titles)] if comma else words[:-1]
    names = words[len(given) :]
    lower = next((place for place, word in enumerate(given) if word in PREFIXES), len(given))
    prefixes, given = given[lower:], given[:lower]
    while len(names) > 1 and names[0] in PREFIXES:
        prefixes.append(names.pop(0))
    return {
        "title": " ".join(titles),
        "given_name": " ".join(given),
        "name_prefix": " ".join(prefixes),
        "family_name": " ".join(names),
    }


class QuickPersonForm(forms.ModelForm):
    """Asks for titles and the like only where one was typed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("title", "name_prefix"):
            if not self[name].value():
                self.fields[name].widget = forms.HiddenInput()
