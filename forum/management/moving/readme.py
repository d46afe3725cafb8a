"""The page that explains an export to people, made from what the desk itself says about its fields."""

from collections.abc import Iterator

from forum.management.moving.kinds import KINDS, Part

BEGINNING = """# Die Inhalte des Innovationsforums

Alles, was die Redaktion eingegeben hat, zum Mitnehmen: je Bereich eine Datei (JSON, UTF-8), dazu Bilder und Dokumente
in `files/`. Nicht dabei sind Konten, Anmeldungen, ältere Fassungen und Protokolle. `manage.py import ORDNER` liest
alles wieder ein.

* Einträge sprechen voneinander mit ihrer Adresse (`slug`), Orte mit ihrem Namen, Bilder und Dateien mit ihrem
  Dateinamen.
* Zeitpunkte: ISO 8601 mit Abstand zur Weltzeit, `null` bedeutet „keine Angabe“. Ein Eintrag ohne `published_at` ist ein
  Entwurf; vor `published_at` und ab `expires_at` ist er nicht zu sehen.
* Texte sind bereinigtes HTML; Verweise auf eigene Seiten nennen deren Adresse.
* Dieselben Inhalte ergeben dieselben Dateien, sodass sich zwei Exporte vergleichen lassen.
"""
OWN_WORDS = {  # where the desk speaks to somebody who fills in a form
    "file": "Name der Datei im Ordner `files/`",
    "file_ppoi": "Stelle, die bei jedem Zuschnitt sichtbar bleibt: Anteil der Breite, `x`, Anteil der Höhe",
    "slug": "Adresse: letzter Teil der Internetadresse, in dieser Datei einmalig",
    "topics": "Themen, mit ihrer Adresse",
    "target": "Eintrag, zu dem die alte Adresse führt: Bereich (`kind`), Name (`name`), bei Programmpunkten `item`",
}


def readme() -> str:
    return BEGINNING + "".join(f"\n## {name}\n\n{''.join(rows)}" for name, rows in chapters())


def chapters() -> Iterator[tuple[str, list[str]]]:
    for kind in KINDS:
        head = ["| Feld | Bedeutung |\n", "| --- | --- |\n"]
        fields = [line(one.name, one) for one in kind.fields]
        fields += [line(name, kind.model._meta.get_field(name)) for name in kind.topics]
        fields += [line(one.name, one) for one in kind.plain_relations]
        fields += [inner for part in kind.parts for inner in part_lines(part, "")]
        fields += [f"| `target` | {OWN_WORDS['target']} |\n"] if kind.name == "redirects" else []
        yield f"{kind.name}.json: {kind.model._meta.verbose_name_plural}", head + fields


def part_lines(part: Part, before: str) -> Iterator[str]:
    name = f"{before}{part.name}"
    yield f"| `{name}` | {part.model._meta.verbose_name_plural}, in ihrer Reihenfolge |\n"
    if not part.is_list_of_names:
        yield from (line(f"{name}.{one.name}", one) for one in part.fields)
    for inner in part.parts:
        yield from part_lines(inner, f"{name}.")


def line(name: str, field) -> str:
    choices = ", ".join(f"`{value}` {label}" for value, label in (field.choices or ()) if value != "")
    words = [str(field.verbose_name), str(getattr(field, "help_text", "")), choices]
    said = " ".join(one if one[-1] in ".?!" else f"{one}." for one in words if one)
    return f"| `{name}` | {OWN_WORDS.get(name, said).replace('|', '/')} |\n"
