from contacts.checkup import CheckLink, ContactCorrection
from contacts.people import ContactRow, Person, PersonTopic, Representation
from contacts.places import District, Postcode, PostcodeShare, Quarter

__all__ = [
    "CheckLink",
    "ContactCorrection",
    "ContactRow",
    "District",
    "Person",
    "PersonTopic",
    "Postcode",
    "PostcodeShare",
    "Quarter",
    "Representation",
]
