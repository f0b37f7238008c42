"""Which columns the table of contacts shows to a person, besides the number and whether it is excluded."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory.models import Attribute, AttributeType, ShownColumns
from smsplatform.accounts.models import Account, User

CREATED, UPDATED = "created", "updated"
# Until somebody chooses: what tells people from each other, and when they came.
_DEFAULT = ("last_name", "first_name", "city")
_DEFAULT_IF_USED = ("email",)


@dataclass(frozen=True)
class Column:
    """`attribute`: None for a column that is no attribute. `sort`: as `Query.sort` calls it, "" if it does not sort."""

    key: str
    name: str
    attribute: Attribute | None = None
    sort: str = ""

    @property
    def is_number(self) -> bool:
        return self.attribute is not None and self.attribute.type == AttributeType.INTEGER

    @property
    def largest_first(self) -> bool:
        """Whether a first click sorts by the largest, as for dates and numbers."""
        return self.attribute is None or self.attribute.type in (AttributeType.INTEGER, AttributeType.DATE)


def available(attributes: list[Attribute]) -> list[Column]:
    """Return every column that can be shown, in the order of the attributes."""
    of_attributes = [Column(attribute.key, attribute.name, attribute, attribute.key) for attribute in attributes]
    return [*of_attributes, Column(CREATED, _("Added"), sort="CREATED"), Column(UPDATED, _("Changed"))]


def shown(account: Account, user: User, attributes: list[Attribute]) -> list[Column]:
    """Return the person's columns in their order; what no longer exists is left out."""
    columns = {column.key: column for column in available(attributes)}
    chosen = ShownColumns.objects.filter(account=account, user=user).values_list("columns", flat=True).first()
    keys = _default(attributes) if chosen is None else chosen
    return [columns[key] for key in keys if key in columns]


def _default(attributes: list[Attribute]) -> list[str]:
    standard = {attribute.standard: attribute for attribute in attributes if attribute.standard}
    codes = [code for code in _DEFAULT if code in standard]
    codes += [code for code in _DEFAULT_IF_USED if code in standard and standard[code].is_used]
    return [*(standard[code].key for code in codes), CREATED]
