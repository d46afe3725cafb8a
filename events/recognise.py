"""Finds in a pasted page what the portal keeps: title, date, programme, people, contacts. Nothing is invented.

What is found is a proposal: each part says what it would become, and why somebody should look twice.
"""

import re
from datetime import date
from itertools import islice

from django.core.exceptions import ValidationError

from events.agenda import NUMBERED, ROOM, clock, kind_of, slot_of, split_people
from events.names import NAME, ORGANISED, WITH, WORKS_AS, Found, people_in
from events.pasted import Block, from_html, from_text, to_html
from events.proposal import Contact, Item, Known, Proposal
from forum import datetexts
from forum.text import german_slug

META = re.compile(
    r"(?P<name>Schlagworte?|Themen?|Art|Rubrik|Veröffentlichungsdatum|Veröffentlicht(?: am)?|Stand)(?P<colon>:)?"
    r"\s+(?P<value>\S.*)"
)
FACT = re.compile(
    r"(?P<name>Datum|Termin|Wann|Zeit|Uhrzeit|Beginn|Ort|Wo|Veranstaltungsort):\s+(?P<value>\S.*)", re.IGNORECASE
)
CREDIT = re.compile(
    r"^(?P<caption>.*?)\s*(?:©|\(c\)|\bFotos?:|\bBild(?:nachweis|rechte)?:|\bQuelle:)\s*(?P<credit>\S.*)$"
)
CONTACTS = re.compile(
    r"(?:Ihre?\s+)?(?:Kontakte?(?: und Anmeldung)?|Ansprechperson(?:en)?|Ansprechpartner\w*(?:[*:_/]-?\w+)?|Rückfragen)"
    r"(?:\s+für\s.{0,60})?:?",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?:Telefon|Tel|Fon|T|Mobil)\.?:?\s*(?P<number>[+(\d][\d\s()/.–-]{5,30}\d)", re.IGNORECASE)
MAIL = re.compile(r"(?P<mail>[\w.+-]{1,60}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,60}(?:\.[\w-]{1,60}){1,4})")
RESPONSIBLE = re.compile(
    r"(?P<role>.*?Bezirksbeauftragte\w?)(?:\s+für\s+(?:die\s+Bezirke\s+|den\s+Bezirk\s+)?(?P<where>.+))?"
)
ON = re.compile(
    r"(?:(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Mo|Di|Mi|Do|Fr|Sa|So)\.?,?\s+(?:den\s+)?)?"
    r"(?:\d{1,2}\.\s?(?:[–-]\s?\d{1,2}\.\s?)?(?:\d{1,2}\.\s?|(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\.?\s+)\d{4})"
    r"(?:,?\s+(?:von\s+|um\s+)?\d{1,2}(?:[:.]\d{2})?(?:\s*Uhr)?\s*(?:(?:–|-|bis)\s*\d{1,2}(?:[:.]\d{2})?\s*)?Uhr)?"
)
PARAGRAPH = 80  # characters; shorter texts are no lead


def recognise(text: str = "", html: str = "", known: Known | None = None) -> Proposal:
    """Read a pasted page.

    Args:
        text: as plain text; not read when there is HTML.
        html: as the clipboard gives it.
        known: what the portal has already.
    """
    blocks = from_html(html.replace("\x00", "")) if html.strip() else from_text(text.replace("\x00", ""))
    return Reader(blocks, known or Known()).read()


class Reader:
    """Walks once through the blocks of a page; what it takes into the proposal, it takes out of the text."""

    def __init__(self, blocks: list[Block], known: Known):
        self.blocks, self.known, self.found = blocks, known, Proposal()
        self.rest: list[Block] = []

    def read(self) -> Proposal:
        body = self.without_head(self.blocks)
        body = self.without_contacts(body)
        self.read_programme(body)
        self.settle_people()
        self.read_date()
        self.found.text = to_html(self.rest)
        return self.found

    # the head: what stands around and above the text

    def without_head(self, blocks: list[Block]) -> list[Block]:
        """Take labels, picture and title; what stands above the title is the site's, not the page's."""
        start = next((index for index, block in enumerate(blocks) if is_long(block)), len(blocks))
        metas = [index for index, block in enumerate(blocks[:start]) if self.take_meta(block)]
        title = self.title_place(blocks[:start], metas)
        if title is None:
            body = [block for index, block in enumerate(blocks) if index not in metas]
        else:
            self.found.title = blocks[title].text[:200]
            body = [block for index, block in enumerate(blocks[title + 1 :], title + 1) if index not in metas]
        self.header = [block.text for block in blocks[: title or 0]]
        body = self.without_picture(body)
        lead = next((block for block in body[:6] if is_long(block)), None)
        if lead and not any(block.kind == "heading" for block in body[: body.index(lead)]):
            self.found.lead = lead.text
            body.remove(lead)
        return body

    def take_meta(self, block: Block) -> bool:
        meta = META.fullmatch(block.text) if block.kind in ("bullet", "text", "row") and len(block.text) < 200 else None
        if not meta or not (meta["colon"] or block.kind in ("bullet", "row")):
            return False
        name, value = meta["name"].lower(), meta["value"].strip()
        if name.startswith(("schlagwort", "thema", "themen")):
            self.found.topics += [one.strip() for one in re.split(r"[,;/]", value) if one.strip()]
        elif name in ("art", "rubrik"):
            self.found.type = value
        elif self.is_day(value):
            self.found.published = value
        return True

    @staticmethod
    def is_day(text: str) -> bool:
        try:
            written = datetexts.read(text, date(2000, 1, 1))
        except ValidationError:
            return False
        return written.day is not None and not written.added

    @staticmethod
    def title_place(blocks: list[Block], metas: list[int]) -> int | None:
        headings = [index for index, block in enumerate(blocks) if block.kind == "heading" and index not in metas]
        top = min((blocks[index].level for index in headings), default=2)
        if top == 1:
            return next(index for index in headings if blocks[index].level == 1)
        below = [index for index in headings if not metas or index > metas[-1]]
        return below[0] if below else headings[0] if headings else None

    def without_picture(self, blocks: list[Block]) -> list[Block]:
        """Take caption and credit; a line right above them that is no sentence is what the picture shows."""
        kept = []
        for block in blocks:
            if block.kind == "alt":
                self.found.alt_text = self.found.alt_text or block.text
            elif not self.take_picture(block):
                kept.append(block)
            elif kept and kept[-1].kind == "text" and not is_long(kept[-1]) and kept[-1].text[-1] not in ".:!?":
                self.found.alt_text = self.found.alt_text or kept.pop().text
        return kept

    def take_picture(self, block: Block) -> bool:
        if block.kind not in ("caption", "text") or len(block.text) > 300 or self.found.credit:
            return False
        named = CREDIT.match(block.lines[-1])
        if not named:
            return False
        self.found.caption, self.found.credit = named["caption"], named["credit"]
        return True

    # contacts

    def without_contacts(self, blocks: list[Block]) -> list[Block]:
        start = next((index for index, block in enumerate(blocks) if CONTACTS.fullmatch(block.text)), None)
        if start is None:
            return self.without_bare_contacts(blocks)
        end = start + 1
        while end < len(blocks) and not (blocks[end].kind == "heading" and not self.names_contact(blocks[end:])):
            end += 1
        lines = [line for block in blocks[start + 1 : end] for line in block.lines]
        self.read_contacts(lines)
        if not self.found.contacts:
            return blocks
        return blocks[:start] + [block for block in blocks[end:] if block.text not in self.header]

    def names_contact(self, blocks: list[Block]) -> bool:
        """Whether a heading is somebody's name above a telephone number or an address."""
        return bool(NAME.fullmatch(blocks[0].text)) and any(reach(block.text) for block in blocks[1:4])

    def without_bare_contacts(self, blocks: list[Block]) -> list[Block]:
        """Contacts without a heading: a name, and a telephone number or an address in the same paragraph."""
        kept = []
        for block in blocks:
            if len(block.lines) > 1 and NAME.fullmatch(block.lines[0]) and reach(block.text):
                self.read_contacts(block.lines)
            else:
                kept.append(block)
        return kept

    def read_contacts(self, lines: list[str]):
        contact = None
        for line in lines:
            phone, mail, name = PHONE.search(line), MAIL.search(line), NAME.match(line)
            if (
                name
                and not phone
                and not mail
                and (name.end() == len(line) or line[name.end()] in ",;")
                and not is_role(name["name"])
            ):
                contact = self.new_contact(name, line[name.end() :].strip(" ,;"))
            elif contact is None and name and (phone or mail):
                contact = self.new_contact(name, "")
            if contact is None:
                continue
            if phone:
                contact.phone = phone["number"]
            if mail:
                contact.email = mail["mail"].replace("[at]", "@").replace("(at)", "@").replace(" ", "")
            if not phone and not mail and not (name and contact.person.name == name["name"]):
                self.read_role(contact, line)

    def new_contact(self, name, role: str) -> Contact:
        person = Found(" ".join(name["name"].split()), " ".join((name["title"] or "").split()))
        contact = Contact(person)
        self.found.contacts.append(contact)
        if role:
            self.read_role(contact, role)
        return contact

    def read_role(self, contact: Contact, line: str):
        """`Referentin der Leitung / Bezirksbeauftragte für Mitte / Wirkung`: functions, districts, topics."""
        positions = [contact.person.credit] if contact.person.credit else []
        for piece in re.split(r"\s+[/|·•]\s+", line):
            responsible = RESPONSIBLE.fullmatch(piece)
            if responsible:
                positions.append(responsible["role"])
                contact.districts += self.districts_in(responsible["where"] or "")
            elif piece.strip() and (is_role(piece) or ORGANISED.search(piece) or "/" not in line):
                positions.append(piece.strip())
            elif piece.strip():
                contact.topics.append(piece.strip())
        contact.person.credit = ", ".join(positions)[:200]

    def districts_in(self, text: str) -> list[str]:
        by_key = {german_slug(name): name for name in self.known.districts}
        named = (german_slug(piece) for piece in re.split(r"\s*,\s*|\s+und\s+|\s*/\s*", text))
        return [by_key[key] for key in named if key in by_key]

    # the programme

    def read_programme(self, blocks: list[Block]):
        sections, day, kind = sections_of(blocks), "", ""
        for heading, content in sections:
            title = heading.text if heading else ""
            if heading and (said := ON.search(title)) and any(slot_of(block) for block in content):
                day, title = said[0], title.replace(said[0], "").strip(" ,–-:")
            if any(slot_of(block) for block in content):
                self.read_agenda(heading, content, day)
                continue
            people = [
                one
                for block in content
                if block.kind == "bullet" or is_announcement(block)
                for one in people_in(block.text)
            ]
            if heading is None or not (people or NUMBERED.match(title)):
                self.rest += [heading, *content] if heading else content
                kind = (
                    "workshop"
                    if heading and kind_of(title) == "workshop"
                    else kind
                    if heading and heading.level > 2
                    else ""
                )
                self.context = kind
                continue
            self.found.items.append(self.item_of(title, content, day))

    def item_of(self, title: str, content: list[Block], day: str) -> Item:
        people, text = [], []
        for block in content:
            named = people_in(block.text) if block.kind == "bullet" or is_announcement(block) else []
            people += named
            text += [] if named else [block]
        body = " ".join(block.text for block in text)
        numbered = NUMBERED.match(title)
        kind = "workshop" if numbered and kind_of(numbered[0]) in ("", "workshop") else kind_of(title)
        if not kind:
            kind = getattr(self, "context", "") or ("keynote" if is_talk(content, body) else "workshop")
        doubt = "" if not people or any(not one.doubt for one in people) else "Unsicher, ob das ein Programmpunkt ist."
        short = title[numbered.end() :] if numbered and len(title) > numbered.end() else title
        return Item(kind, short[:200], day=day, people=people, blocks=text, doubt=doubt)

    def read_agenda(self, heading: Block | None, content: list[Block], day: str):
        """A list of times with what happens then; lines below belong to what is above them."""
        item = None
        for block in content:
            for part in lines_of(block):
                slot = slot_of(part)
                if slot:
                    item = self.slot_item(part, slot, day)
                elif item and (people := people_in(part.text, certain=part.text.startswith(("mit ", "Mit ")))):
                    item.people += people
                elif item and (part.kind == "bullet" or len(part.text) > 20):
                    item.blocks.append(part)
                elif not item and (on := ON.search(part.text)):
                    day = on[0]
                else:
                    self.rest.append(part)

    def slot_item(self, block: Block, slot, day: str) -> Item:
        cells = block.lines[1:] if block.kind == "row" else []
        what = cells[0] if cells else block.text[slot.end() :].strip()
        people = [one for cell in cells[1:] for one in people_in(cell, certain=True)]
        room = next((found["room"].strip() for cell in cells[1:] if (found := ROOM.search(cell))), "")
        if not cells and (found := ROOM.search(what)) and found.start() > 0:
            room, what = found["room"].strip(), what[: found.start()].strip(" ,(")
        title, named = split_people(what)
        numbered = NUMBERED.match(title)
        kind = kind_of(title) or ("workshop" if numbered else "plenary")
        item = Item(kind, title[:200], day, clock(slot["start"]), clock(slot["end"]), room, [*named, *people])
        item.doubt = "" if title else "Hier fehlt der Titel."
        self.found.items.append(item)
        return item

    # afterwards

    def settle_people(self):
        """One human is one: who is host and who is guest follows from contacts and organisations."""
        hosts = {contact.person.key for contact in self.found.contacts}
        house = {german_slug(name) for name in self.known.house if name}
        stored = set(self.known.people)
        for item in self.found.items:
            own = {german_slug(one.organisation) for one in item.people if one.key in hosts} | house
            for one in item.people:
                if one.key in stored or one.key in hosts:
                    one.doubt = ""
                if not one.part:
                    at_home = one.key in hosts or (one.organisation and german_slug(one.organisation) in own)
                    one.part = "host" if at_home else "panellist" if item.kind == "panel" else "speaker"

    def read_date(self):
        """The day of the event: from its own line, else from title or lead, else the only one in the text."""
        everything = " | ".join(line for block in self.blocks for line in block.lines)
        for place in (self.date_line(), self.found.title, self.found.lead, everything):
            days = [on[0].strip() for on in islice(ON.finditer(place), 50)]
            days = [place] if self.is_day(place) else [one for one in dict.fromkeys(days) if self.is_day(one)]
            days = [one for one in days if one != self.found.published]
            if days:
                self.found.date = days[0]
                self.doubt_date(days)
                break
        first = self.day_in(self.found.date)
        for item in self.found.items:
            if item.day and self.day_in(item.day) == first:
                item.day = ""

    def date_line(self) -> str:
        """What stands behind `Datum:` and `Uhrzeit:`."""
        lines = (line for block in self.blocks for line in block.lines if len(line) < 200)
        facts = {fact["name"].lower(): fact["value"] for line in lines if (fact := FACT.fullmatch(line))}
        when = next((facts[name] for name in ("datum", "termin", "wann") if name in facts), "")
        clock_time = next((facts[name] for name in ("uhrzeit", "zeit", "beginn") if name in facts), "")
        return f"{when} {clock_time}".strip() if self.is_day(f"{when} {clock_time}") else when

    def doubt_date(self, days: list[str]):
        written = datetexts.read(days[0], date(2000, 1, 1))
        last = written.until_day or written.day
        others = [one for one in days[1:] if not written.day <= self.day_in(one) <= last]
        if others:
            self.found.doubts["date"] = f"Im Text stehen auch: {'; '.join(others[:3])}."

    def day_in(self, text: str) -> date | None:
        return datetexts.read(text, date(2000, 1, 1)).day if self.is_day(text) else None


def is_long(block: Block) -> bool:
    return block.kind == "text" and len(block.text) >= PARAGRAPH and not MAIL.search(block.text)


def is_role(line: str) -> bool:
    return bool(WORKS_AS.search(line) or "beauftragte" in line.lower())


def reach(text: str) -> bool:
    return bool(PHONE.search(text) or MAIL.search(text))


def is_announcement(block: Block) -> bool:
    """A short line of its own that begins with a label or `mit`, such as `Moderation: …`."""
    return (
        block.kind == "text"
        and len(block.text) < 300
        and bool(re.match(r"[^.:]{2,40}:\s", block.text) or WITH.match(block.text))
    )


def is_talk(content: list[Block], body: str) -> bool:
    labels = " ".join(block.text[:20] for block in content if block.kind == "bullet")
    return bool(
        re.search(r"Referent|Vortrag|Impuls|Keynote", labels)
        or re.search(r"(?:Impuls)?vortrag|Keynote", body, re.IGNORECASE)
    )


def sections_of(blocks: list[Block]) -> list[tuple[Block | None, list[Block]]]:
    """(heading, what stands below it), the first without a heading."""
    sections: list[tuple[Block | None, list[Block]]] = [(None, [])]
    for block in blocks:
        if block.kind == "heading":
            sections.append((block, []))
        else:
            sections[-1][1].append(block)
    return [section for section in sections if section[0] or section[1]]


def lines_of(block: Block) -> list[Block]:
    if block.kind == "row" or len(block.lines) == 1:
        return [block]
    return [Block(block.kind, [line], line.replace("&", "&amp;").replace("<", "&lt;")) for line in block.lines]
