"""A person as schema.org/Person."""

from contacts.people import Person
from forum.linked_data import breadcrumb, whole


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
            "knowsAbout": [topic.name for topic in person.topics.all()],
            "sameAs": person.website,
        },
        "breadcrumb": breadcrumb(("Kontakt", "/kontakt/"), (person.name, person.get_absolute_url())),
    }
