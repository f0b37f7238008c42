"""Going through the contacts of a large directory in the order of a page, some at a time."""

from dataclasses import dataclass

from directory.queries import key_text
from directory.queries.conditions import Parameters
from directory.queries.ordering import CREATED, PHONE, Order, Place, moment


def contact_of(account_id: int, relation: str) -> str:
    """Return SQL that looks each phone of a relation up, one by one whatever the planner believes."""
    return (
        f"{relation} cross join lateral (select * from directory_contact d"
        f" where d.account_id = {account_id} and d.phone = w.phone offset 0) c"
    )


@dataclass
class Walk:
    """A walk behind a place. `members`: SQL for the phones that it is about, in their order, instead of all contacts.

    By an attribute, the contacts without a value follow the others: a phase of its own.
    """

    account_id: int
    order: Order
    parameters: Parameters
    place: Place | None = None
    members: str = ""
    is_done: bool = False

    def __post_init__(self) -> None:
        self._is_last_phase = not self._is_by_attribute or (
            self.place is not None and self.place.key == key_text.UNKNOWN
        )

    def contacts(self, size: int, known: str = "") -> str:
        """Return SQL for the next contacts, with their `place` and in their order: filters above stop it early.

        `known`: SQL for phones; contacts of others are not looked at.
        """
        places = f"({self._places()} limit {size}) w"
        if known:
            places = f"(select w.* from {places} where w.phone in (select s.phone from ({known}) s) offset 0) w"
        elif not self._is_by_attribute and not self.members:
            return f"({self._places('c.phone as walked, c.*')} limit {size}) c"
        # By an attribute, a key that is out of date is not the contact's place.
        fresh = f"w.place = {self.order.key_sql}" if self._is_by_attribute else "true"
        contacts = contact_of(self.account_id, places)
        return f"(select w.place, w.phone as walked, c.* from {contacts} where {fresh}) c"

    def edge(self, size: int) -> str:
        """Return SQL for the place of the last of the next contacts, none when there are not that many."""
        return f"select w.place, w.phone from ({self._places()} limit {size}) w offset {size - 1}"

    @property
    def sorting(self) -> str:
        """Return the order of `contacts`, as the database knows it already."""
        way = self.order.direction
        if self.order.field == CREATED:
            return f"order by c.created_at {way}, c.phone {way}"
        return f"order by c.place {way}, c.walked {way}" if self._is_by_attribute else f"order by c.walked {way}"

    def go_on(self, edge: Place | None) -> None:
        """Continue behind the edge, or with the next phase where there was none."""
        if edge is not None:
            self.place = edge
        elif self._is_last_phase:
            self.is_done = True
        else:
            self._is_last_phase, self.place = True, None

    @property
    def _is_by_attribute(self) -> bool:
        return self.order.field not in (PHONE, CREATED)

    def _places(self, columns: str = "") -> str:
        way, sign, place = self.order.direction, self.order.sign, self.place
        if self._is_by_attribute:
            return self._keys(way, sign)
        if self.order.field == CREATED:
            at = moment(place) if place else None
            behind = ""
            if place and at:
                behind = f" and (c.created_at, c.phone) {sign} ({self.parameters.add(at)}, {self.parameters.add(place.phone)})"
            selected = columns or "c.phone"
            return (
                f"select c.created_at::text as place, {selected} from directory_contact c"
                f" where c.account_id = {self.account_id}{behind} order by c.created_at {way}, c.phone {way}"
            )
        behind = f" and c.phone {sign} {self.parameters.add(place.phone)}" if place else ""
        source = (
            f"({self.members}) c where true"
            if self.members
            else f"directory_contact c where c.account_id = {self.account_id}"
        )
        return f"select '' as place, {columns or 'c.phone'} from {source}{behind} order by c.phone {way}"

    def _keys(self, way: str, sign: str) -> str:
        place, add = self.place, self.parameters.add
        if self._is_last_phase:
            phase = "k.key = ''" + (f" and k.phone {sign} {add(place.phone)}" if place else "")
        else:
            # Only one lower bound: the database would begin at the first that it finds.
            phase = f"(k.key, k.phone) {sign} ({add(place.key)}, {add(place.phone)})" if place else "k.key > ''"
            phase += " and k.key > ''" if place and self.order.is_descending else ""
        return (
            "select k.key as place, k.phone from directory_contactkey k"
            f" where k.account_id = {self.account_id} and k.facet = {self.parameters.add(self.order.field)} and {phase}"
            f" order by k.key {way}, k.phone {way}"
        )
