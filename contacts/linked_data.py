"""A person as schema.org/Person, a district's page as what tells who is in charge there."""

from contacts.people import Person
from contacts.places import District
from forum.linked_data import breadcrumb, page_data, whole


def person_data(person: Person) -> dict:
    page = whole(person.get_absolute_url())
    portrait = person.portrait
    return {
        "@type": "ProfilePage",
        "url": page,
        "mainEntity": {
            "@type": "Person",
            "@id": page,
            "name": person.name,
            "honorificPrefix": person.title,
            "givenName": person.given_name,
            "familyName": f"{person.name_prefix} {person.family_name}".strip(),
            "jobTitle": person.position,
            "worksFor": person.organisation and {"@type": "Organization", "name": person.organisation},
            "telephone": person.phone_uri.removeprefix("tel:") if person.phone else None,
            "email": person.email,
            "image": whole(portrait.file.square_webp) if portrait and portrait.is_complete else None,
            "address": person.address_parts and address_data(person.address_parts),
            "knowsLanguage": [{"@type": "Language", "name": name} for name in person.spoken],
            "knowsAbout": [topic.name for topic in person.topics.all()],
            "sameAs": person.website,
        },
        "breadcrumb": breadcrumb(("Kontakt", "/kontakt/"), (person.name, person.get_absolute_url())),
    }


def address_data(parts: dict[str, str]) -> dict:
    """Args: parts: as of `Person.address_parts`."""
    return {
        "@type": "PostalAddress",
        "streetAddress": parts["street"],
        "postalCode": parts["postcode"],
        "addressLocality": parts["city"],
        "addressCountry": "DE",
    }


def district_data(district: District) -> dict:
    berlin = {"@type": "City", "name": "Berlin"}
    area = {"@type": "AdministrativeArea", "name": district.name, "containedInPlace": berlin}
    return page_data("ContactPage", ("Kontakt", "/kontakt/"), (district.name, district.get_absolute_url()), about=area)
