"""Lines of an agenda: `9:30–10:00 Uhr Workshop 1: Titel mit Ada Beispiel (Verein), Raum 2`."""

import re

from events.names import Found, part_of, people_in
from events.pasted import Block

CLOCK = r"\d{1,2}(?:[:.]\d{2})?"
SLOT = re.compile(
    rf"(?:ab\s+|um\s+|von\s+)?(?P<start>{CLOCK})(?P<early>\s*(?:Uhr|h)\b)?(?:\s*(?:–|—|-|bis)\s*(?P<end>{CLOCK}))?"
    r"(?P<late>\s*(?:Uhr|h)\b)?(?=$|[\s:|,–-])\s*[:|,–-]?\s*"
)
NUMBERED = re.compile(
    r"(?:Workshop|Forum|Arbeitsgruppe|AG|Panel|WS|Session|Werkstatt)\s?(?:\d{1,2}|[A-Z]|[IVX]{1,4})?\s?[:–—.-]\s+",
    re.IGNORECASE,
)
ROOM = re.compile(
    r"(?:^|[(,|]\s*)(?:Raum:?\s+)?(?P<room>(?:Raum|Saal|Seminarraum|Foyer|Plenarsaal|Aula|Konferenzraum)\b[^,;|()]{0,30})\)?\s*$"
)
KINDS = {
    kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for kind, words in (
        ("break", r"\w{0,30}pause\w{0,9}|mittag(?:essen|simbiss)?|imbiss|kaffee\w{0,9}|buffet|snacks"),
        ("panel", r"podium\w{0,20}|panel|fishbowl|diskussionsrunde|streitgespräch|talkrunde"),
        ("keynote", r"impuls\w{0,20}|vortrag\w{0,9}|fachvortrag|keynote\w{0,9}|inputs?"),
        ("workshop", r"workshops?|werkstatt|arbeitsgruppen?|barcamp|open space|session"),
        (
            "plenary",
            r"begrüßung\w{0,9}|grußworte?|ankommen|anmeldung|einlass|registrierung|eröffnung|abschluss\w{0,9}|plenum"
            r"|ausklang|verabschiedung|einführung|zusammenfassung|blitzlicht|ausblick|ende|check-?in|get-?together"
            r"|networking|rückblick",
        ),
    )
}


def kind_of(title: str) -> str:
    """The kind that a title names first, empty where it names none."""
    named = [(match.start(), kind) for kind, words in KINDS.items() if (match := words.search(title[:200]))]
    return min(named)[1] if named else ""


def slot_of(block: Block):
    """The time an agenda line begins with, as a match; None for another line."""
    if block.kind == "heading":
        return None
    slot = SLOT.match(block.lines[0])
    if not slot:
        return None
    certain = slot["early"] or slot["late"] or ":" in slot["start"] or (block.kind == "row" and "." in slot["start"])
    in_day = int(re.match(r"\d+", slot["start"])[0]) < 25
    return slot if certain and in_day else None


def clock(text: str | None) -> str:
    """`9.30` and `9` as the form shows times; empty stays empty."""
    if not text:
        return ""
    hour, _, minute = text.replace(".", ":").partition(":")
    return f"{int(hour):02}:{minute or '00'}"


def split_people(what: str) -> tuple[str, list[Found]]:
    """(title, people) of `Titel mit Ada Beispiel`, `Titel (Ada Beispiel)`, `Podium: Ada Beispiel, Bert Muster`."""
    if len(what) > 600:
        return what, []
    inside = re.search(r"\s\(([^()]{5,200})\)$", what)
    if inside and (people := sure(people_in(inside[1]))):
        return what[: inside.start()], people
    for mark in re.finditer(r"\s(?:mit|von|[–-]|\|)\s(?=[A-ZÄÖÜ])|,\s(?=(?:Moderation|Referent)\w*:)", what):
        if people := sure(people_in(what[mark.end() :], certain=mark[0].strip() in ("mit", "von"))):
            return what[: mark.start()].strip(), people
    title, colon, rest = what.partition(": ")
    if colon and (people := people_in(what) if part_of(title) else []):
        return title, people
    return (title, sure(people_in(rest))) if colon and sure(people_in(rest)) else (what, [])


def sure(people: list[Found]) -> list[Found]:
    return people if all(not one.doubt for one in people) else []
