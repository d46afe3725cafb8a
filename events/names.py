"""People as programmes announce them: `Referentin: Dr. Ada Beispiel, Beraterin, Verein e.V.`"""

import re
from dataclasses import dataclass

from forum.text import german_slug

TITLE = r"(?:(?:Prof|Dr|Dipl|Mag|PD|Ing|h\.\s?c|phil|med|jur|rer\.\s?nat)\.?(?:-[A-ZÄÖÜ][a-zäöü]{1,6}\.?)?\s+)+"
WORD = r"[A-ZÄÖÜŞÇĞİÉÈŠŽŁ][\w'’.]{0,30}(?:-[A-ZÄÖÜ]?[\w'’]{1,30})*"
PREFIX = r"(?:von|vom|zu|zum|zur|van|den|der|de|del|da|di|al|el|ten|ter)"
NAME = re.compile(rf"(?P<title>{TITLE})?(?P<name>{WORD}(?:\s+(?:{PREFIX}\s+)*{WORD}){{1,3}})(?=$|[\s,;(–-])")
LABELS = (
    (re.compile(r"(?:Co-)?Moderat(?:ion|or(?:in)?)\w*|Durch den Tag \w+|Moderiert von", re.IGNORECASE), "moderation"),
    (re.compile(r"Begleitung|Gastgeb\w+|Host\w*|Organisation|Praxis(?:beispiel)?", re.IGNORECASE), "host"),
    (re.compile(r"Podium\w*|Podiumsgäste|Es diskutieren|Diskutant\w*|Gäste", re.IGNORECASE), "panellist"),
    (
        re.compile(
            r"Referent\w*(?:[*:_/]-?\w+)?|Referierende\w?|Refera[tß]\w*|Vortrag\w*(?: von)?|Impuls\w*(?: von)?"
            r"|Keynote\w*|Speaker\w*|Leitung|Workshop-?[Ll]eitung|Durchführung|Input|Mitwirkende|Mit",
            re.IGNORECASE,
        ),
        "speaker",
    ),
)
LABEL = re.compile(r"(?P<label>[^\s:,][^:,]{1,40}?)(?P<inner>[*:_/]-?(?:in|innen|r))?:\s+")
WITH = re.compile(r"(?:mit|von)\s+(?=[A-ZÄÖÜ])")
WORKS_AS = re.compile(
    r"\b(?:\w*(?:Coach|Berat|Referent|Leit|Manag|Dozent|Trainer|Professor|Expert|Moderator|Beauftragt|Vorstand|Vorständ"
    r"|Geschäftsführ|Autor|Forscher|wissenschaft|Koordin|Sprecher|Gründer|Inhaber|Pädagog|Sozialarbeit|Psycholog|Jurist"
    r"|Senator|Staatssekret|Direktor|Vorsitz|Mitarbeit|Fachkraft|Entwickler)\w*)",
    re.IGNORECASE,
)
ORGANISED = re.compile(
    r"\b(?:e\.\s?V\.?|g?GmbH|GbR|AG|eG|gAG|LV|Verband|Landesverband|Stiftung|Verein|Institut|Universität|Hochschule|Akademie"
    r"|Senat\w*|Ministerium|Bundesministerium|Bezirksamt|Paritätisch\w*|Caritas|Diakonie|AWO|DRK|Campus|Zentrum|Agentur|gUG|UG)\b",
    re.IGNORECASE,
)
PIECES = re.compile(r"\s*(?:,|;|\s[–-])\s+")


@dataclass
class Found:
    """Somebody in a text.

    Args:
        credit: function and organisation as written there.
        part: a value of `events.programme.Part`, empty where the text does not say.
        doubt: why this may be nobody, in German; empty when sure.
    """

    name: str
    title: str = ""
    credit: str = ""
    part: str = ""
    doubt: str = ""

    @property
    def key(self) -> str:
        """The same for the same human, however it is written."""
        return german_slug(self.name, 160)

    @property
    def position(self) -> str:
        return self.split_credit()[0]

    @property
    def organisation(self) -> str:
        return self.split_credit()[1]

    def split_credit(self) -> tuple[str, str]:
        """(function, organisation): what stands last is the organisation, where two things stand."""
        before, comma, last = self.credit.rpartition(", ")
        if comma and not before.endswith("-"):  # CSR-, Werte- und Nachhaltigkeitsmanagement is one thing
            return before, last
        if at := re.fullmatch(r"(.{3,}?) (?:bei der|beim|bei) (.{2,})", self.credit):
            return at[1], at[2]
        return (
            ("", self.credit)
            if ORGANISED.search(self.credit) and not WORKS_AS.search(self.credit)
            else (self.credit, "")
        )


def part_of(label: str) -> str:
    for pattern, part in LABELS:
        if pattern.fullmatch(label.strip()):
            return part
    return ""


def labelled(line: str) -> tuple[str, str]:
    """(part, rest) of a line such as `Referent*in: …`; the part is empty without a label that names one."""
    if not (label := LABEL.match(line)):
        return "", line
    part = part_of(label["label"])
    return (part, line[label.end() :]) if part else ("", line)


def people_in(line: str, *, certain: bool = False) -> list[Found]:
    """The people a line announces; an empty list for an ordinary line.

    Args:
        certain: whether the line is known to name people, as behind `mit`.
    """
    if len(line) > 600:
        return []
    part, rest = labelled(line.strip().rstrip(",;"))
    if not part and (introduced := WITH.match(rest)):
        rest, certain = rest[introduced.end() :], True
    several = several_in(rest) if part or certain else []
    if several:
        return [Found(name, title, credit, part) for title, name, credit in several]
    named = NAME.match(rest)
    if not named:
        return []
    credit = rest[named.end() :].strip(" ,;–-").strip()
    if credit.startswith("(") and credit.endswith(")") and credit.count("(") == 1:
        credit = credit[1:-1]
    title = " ".join((named["title"] or "").split())
    if not part and not certain and (not rest[named.end() :].startswith((",", " (", " –")) or not credit):
        return []
    sure = part or certain or WORKS_AS.search(credit) or ORGANISED.search(credit)
    doubt = "" if sure else f"Ist „{named['name']}“ eine Person?"
    return [Found(" ".join(named["name"].split()), title, credit[:250], part, doubt)]


def several_in(rest: str) -> list[tuple[str, str, str]]:
    """Read `A B (Verein), C D und E F`: (title, name, credit) each; empty where the line names one person only."""
    names = re.split(r"\)\s*,\s*|\)\s+und\s+|\s+und\s+|\s*;\s*|\s*,\s*", rest)
    found = []
    for name in names:
        bare, _, credit = name.partition("(")
        match = NAME.fullmatch(bare.strip())
        if not match or WORKS_AS.search(bare) or ORGANISED.search(bare):
            return []
        found.append((" ".join((match["title"] or "").split()), " ".join(match["name"].split()), credit.rstrip(") ")))
    return found if len(found) > 1 else []
