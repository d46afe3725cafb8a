"""Who is in charge of a district, and who helps where nobody is."""

from contacts.models import District, Person, Representation
from forum.joined import Rows, joined
from forum.prepared import Prepared


@Prepared
def with_representatives():
    people = Representation.objects.responsible().by_name()
    return joined(District.objects.all(), Rows("representations", people, joined=("person",)))


def represented_districts() -> list[District]:
    """The twelve districts by name, each with `people`: its public representatives in the directory (one query)."""
    districts = with_representatives()
    for district in districts:
        district.people = [row.person for row in district.representations.all()]
    return districts


def in_charge_of(district: District) -> tuple[list[Person], list[Person]]:
    """(who represents a district, who helps instead while nobody does)."""
    rows = Representation.objects.responsible().filter(district=district)
    people = [row.person for row in rows.with_contact_details().by_name()]
    return people, [] if people else helpers_for(district)


def helpers_for(district: District) -> list[Person]:
    """Name who helps in a district without a representative.

    Staff may have named somebody. Otherwise the representatives of the nearest districts answer: of the neighbours, or,
    where these have nobody either, of their neighbours, and so on.
    """
    if district.stand_in and district.stand_in.is_published:
        return [district.stand_in]
    rows = Representation.objects.responsible().with_contact_details().by_name()
    neighbours = {}
    for one, other in District.neighbours.through.objects.values_list("from_district_id", "to_district_id"):
        neighbours.setdefault(one, set()).add(other)
    seen, ring = {district.pk}, {district.pk}
    while ring:
        ring = {other for one in ring for other in neighbours.get(one, ())} - seen
        seen |= ring
        people = {row.person_id: row.person for row in rows if row.district_id in ring}
        if people:
            return list(people.values())
    return []
