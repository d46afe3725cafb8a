"""vCards: what an address book reads, and only of people the public may see."""

import re

from contacts.models import District
from forum.models import Topic
from tests.factories import make_person, make_picture, tomorrow


def card(client, path):
    """The lines of a file, unfolded (RFC 6350, 3.2)."""
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/vcard; charset=utf-8")
    content = answer.content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.endswith(b"END:VCARD\r\n")
    return re.sub(r"\r\n ", "", content.decode()).split("\r\n")


def test_somebody_with_everything(client, settings):
    settings.SITE_URL = "https://portal.example"
    person = make_person(
        title="Dr.", given_name="Jörg", name_prefix="von", family_name="Weiß; Groß", position="Leitung, Bezirke",
        organisation="Verein für " + "Teilhabe und Öffnung " * 5, phone="030 86 001-617", email="weiss@example.org",
        in_directory=True, districts=["Pankow", "Mitte"], topics=[Topic.objects.create(name="Wirkung")],
        portrait=make_picture(), address="Haus; Hof 8, 2. Hof, 10713 Berlin",
        languages="Deutsch, Türkisch, Plattdeutsch, DGS",
    )  # fmt: skip
    lines = card(client, f"{person.get_absolute_url()}kontakt.vcf")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    for line in (
        r"FN:Dr. Jörg von Weiß\; Groß",
        r"N:von Weiß\; Groß;Jörg;;Dr.;",
        r"TITLE:Leitung\, Bezirke",
        f"ORG:{person.organisation}",
        'TEL;VALUE=uri;TYPE="work,voice":tel:+493086001617',
        "EMAIL;TYPE=work:weiss@example.org",
        "ROLE:Ansprechperson",
        r"ADR;TYPE=work:;;Haus\; Hof 8\, 2. Hof;Berlin;;10713;Deutschland",
        "LANG;PREF=1:de",
        "LANG;PREF=2:tr",
        "LANG;PREF=3:gsg",
        "CATEGORIES:Wirkung",
        r"NOTE:Zuständig für Pankow\, Mitte",
        f"URL:https://portal.example{person.get_absolute_url()}",
    ):
        assert line in lines
    assert any(re.match(r"PHOTO;MEDIATYPE=image/webp:https://portal.example/medien/\S+\.webp$", line) for line in lines)
    uid = next(line for line in lines if line.startswith("UID:urn:uuid:"))
    person.email = "anders@example.org"
    person.save()
    assert uid in card(client, f"{person.get_absolute_url()}kontakt.vcf")


def test_a_line_cannot_be_smuggled_in(client):
    person = make_person(position="Leitung\r\nEMAIL:fremd@example.org", phone="030 1234567", in_directory=True)
    lines = card(client, f"{person.get_absolute_url()}kontakt.vcf")
    assert not [line for line in lines if line.startswith("EMAIL")]


def test_everybody_of_a_district_or_who_helps_instead(client):
    for name in ("Erste", "Zweite"):
        make_person(family_name=name, in_directory=True, districts=["Pankow"])
    assert card(client, "/kontakt/pankow/kontakte.vcf").count("BEGIN:VCARD") == 2
    assert card(client, "/kontakt/mitte/kontakte.vcf").count("BEGIN:VCARD") == 2  # the neighbours answer


def test_whoever_is_not_public_or_cannot_be_reached_has_none(client):
    hidden = make_person(in_directory=True, published_at=tomorrow(), districts=["Spandau"])
    guest = make_person()
    for person in (hidden, guest):
        assert client.get(f"{person.get_absolute_url()}kontakt.vcf").status_code == 404
    assert client.get("/kontakt/spandau/kontakte.vcf").status_code == 404
    assert "kontakt.vcf" not in client.get(guest.get_absolute_url()).content.decode()
    assert client.get("/kontakt/gibt-es-nicht/kontakte.vcf").status_code == 404


def test_a_district_costs_the_same_for_one_and_many(count_queries):
    make_person(in_directory=True, districts=["Pankow"])
    before = count_queries("/kontakt/pankow/kontakte.vcf")
    for _ in range(10):
        make_person(in_directory=True, districts=["Pankow"], topics=[])
    assert count_queries("/kontakt/pankow/kontakte.vcf") == before
    assert District.objects.count() == 12
