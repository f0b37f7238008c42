"""Which attribute each column of a file goes to."""

from collections.abc import Iterable, Mapping
from typing import Any

from contacts.importer.mapping import NOWHERE, ColumnMapping
from contacts.importer.names import fold
from contacts.importer.plan import Plan
from contacts.models import Import
from directory.models import Attribute, AttributeType
from directory.queries import attributes as queries
from smsplatform.accounts.models import Account


def column_attributes(account: Account, imported: Import) -> dict[int, str]:
    """Return the key of its attribute for each column of an analysed file that goes to one; the others are not imported.

    What people chose (`overrides["attributes"]`) comes first. A column that they said nothing of goes to the attribute
    that the detection takes it for, else to the one of its name. An attribute is filled from one column, the first.
    """
    attributes = queries.of(account)
    phone_column = Plan.from_json(imported.detection).phone_column
    columns = {column["index"]: column for column in imported.detection["columns"] if column["index"] != phone_column}
    chosen = _chosen(imported, columns, attributes)
    found: dict[int, str] = {index: key for index, key in chosen.items() if key}
    taken = set(found.values())
    for index, column in columns.items():
        if index in chosen:
            continue
        key = _suggested(column, [attribute for attribute in attributes if attribute.key not in taken])
        if key:
            found[index] = key
            taken.add(key)
    return dict(sorted(found.items()))


def _chosen(imported: Import, columns: Iterable[int], attributes: Iterable[Attribute]) -> dict[int, str]:
    """Return what people chose for columns, "" for nowhere: also where the attribute is gone, or filled already."""
    free = {attribute.key for attribute in attributes}
    chosen: dict[int, str] = {}
    stored = imported.overrides.get("attributes", {})
    for index in columns:
        key = stored.get(str(index))
        if key is not None:
            chosen[index] = key if key in free else NOWHERE
            free.discard(key)
    return chosen


def _suggested(column: Mapping[str, Any], attributes: list[Attribute]) -> str | None:
    if code := column["attribute"]:
        for attribute in attributes:
            if attribute.standard == code:
                return attribute.key
    name = fold(column["name"]).strip()
    return next((attribute.key for attribute in attributes if name and name in _names_of(attribute)), None)


def _names_of(attribute: Attribute) -> tuple[str, str]:
    return fold(attribute.name).strip(), attribute.variable


def mapping_now(account: Account, imported: Import) -> ColumnMapping:
    """Return where the columns of an analysed import go as things are."""
    chosen = column_attributes(account, imported)
    width = Plan.from_json(imported.detection).width
    return _mapping(account, [chosen.get(index) for index in range(width)])


def to_json(mapping: ColumnMapping) -> dict[str, Any]:
    """Return a mapping as the preview keeps it: what is imported is what it counted."""
    return {"keys": list(mapping.keys), "types": list(mapping.types)}


def previewed(account: Account, imported: Import) -> ColumnMapping:
    """Return the mapping of the preview, without attributes that were deleted, or have another type, since."""
    stored = imported.preview["mapping"]
    present = _mapping(account, stored["keys"])
    kept = [
        key if then == now else None
        for key, then, now in zip(present.keys, stored["types"], present.types, strict=True)
    ]
    return _mapping(account, kept)


def _mapping(account: Account, keys: Iterable[str | None]) -> ColumnMapping:
    types: dict[str | None, str] = {
        # Texts are taken as they are, which is what the empty type says.
        attribute.key: "" if attribute.type == AttributeType.TEXT else str(attribute.type)
        for attribute in queries.of(account)
    }
    present = tuple(key if key in types else None for key in keys)
    return ColumnMapping(present, columns=(), next_key=0, types=tuple(types.get(key, "") for key in present))
