"""vCard 4.0 (RFC 6350): a person, or everybody of a district, for an address book."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.http import HttpResponse

from contacts.people import Person
from forum.languages import LANGUAGES

# BCP 47 for languages as staff write them; others stand on the page alone.
LANGUAGE_CODES = {name.lower(): code for code, name in LANGUAGES.items()} | {
    "deutsch": "de", "russisch": "ru", "spanisch": "es", "italienisch": "it", "portugiesisch": "pt",
    "vietnamesisch": "vi", "persisch": "fa", "farsi": "fa", "dari": "prs", "paschtu": "ps", "kurdisch": "ku",
    "rumänisch": "ro", "bulgarisch": "bg", "serbisch": "sr", "kroatisch": "hr", "bosnisch": "bs", "albanisch": "sq",
    "griechisch": "el", "ungarisch": "hu", "romanes": "rom", "tigrinya": "ti", "somali": "so", "hebräisch": "he",
    "chinesisch": "zh", "deutsche gebärdensprache": "gsg", "dgs": "gsg",
}  # fmt: skip
LINE = 75  # octets without the line break, RFC 6350, 3.2


def vcards(people: Iterable[Person]) -> str:
    """Write people (with their contact details loaded) as vCards, one after the other."""
    return "".join(folded(line) + "\r\n" for person in people for line in lines(person))


def lines(person: Person) -> Iterator[str]:
    page = settings.SITE_URL + person.get_absolute_url()
    yield from ("BEGIN:VCARD", "VERSION:4.0", "KIND:individual")
    yield f"UID:{uuid5(NAMESPACE_URL, f'{settings.SITE_URL}/personen/{person.pk}').urn}"
    yield f"REV:{person.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"FN:{escaped(person.name)}"
    family = " ".join(filter(None, [person.name_prefix, person.family_name]))
    yield f"N:{escaped(family)};{escaped(person.given_name)};;{escaped(person.title)};"
    for name, value in (("ORG", person.organisation), ("TITLE", person.position)):
        if value:
            yield f"{name}:{escaped(value)}"
    if person.in_directory:
        yield "ROLE:Ansprechperson"
    if person.phone:
        yield f'TEL;VALUE=uri;TYPE="work,voice":{person.phone_uri}'
    if person.email:
        yield f"EMAIL;TYPE=work:{escaped(person.email)}"
    if parts := person.address_parts:
        street, city, postcode = (escaped(parts[name]) for name in ("street", "city", "postcode"))
        yield f"ADR;TYPE=work:;;{street};{city};;{postcode};Deutschland"
    codes = dict.fromkeys(filter(None, (LANGUAGE_CODES.get(name.lower()) for name in person.spoken)))
    yield from (f"LANG;PREF={number}:{code}" for number, code in enumerate(codes or ["de"], 1))
    if person.portrait and person.portrait.is_complete:
        yield f"PHOTO;MEDIATYPE=image/webp:{settings.SITE_URL}{person.portrait.file.square_webp}"
    if topics := [topic.name for topic in person.topics.all()]:
        yield f"CATEGORIES:{','.join(map(escaped, topics))}"
    if districts := [district.name for district in person.represented]:
        yield f"NOTE:{escaped('Zuständig für ' + ', '.join(districts))}"
    yield f"URL:{page}"
    yield f"SOURCE:{page}kontakt.vcf"
    yield "END:VCARD"


def escaped(text: str) -> str:
    """RFC 6350, 3.4."""
    text = " ".join(text.replace("\\", "\\\\").splitlines())
    return text.replace(",", "\\,").replace(";", "\\;")


def folded(line: str) -> str:
    """Break a line into pieces of at most 75 octets, never inside a character; the next begin with a space."""
    pieces, piece, length = [], "", 0
    for character in line:
        width = len(character.encode())
        if length + width > LINE:
            pieces.append(piece)
            piece, length = "", 1
        piece, length = piece + character, length + width
    return "\r\n ".join([*pieces, piece])


def vcard_response(people: Iterable[Person], name: str) -> HttpResponse:
    """Answer with a file that the browser hands to the address book.

    Args:
        name: of the file, without extension.
    """
    response = HttpResponse(vcards(people), content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.vcf"'
    return response
