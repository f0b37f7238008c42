"""How a file was read, as people see and choose it, and what another reading of it changes for them."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from contacts.importer.detect import extras
from contacts.importer.mapping import NEW

ANSWERS = ("encoding", "delimiter", "has_header", "phone_column", "second_phone", "country_column")
# An answer that is "none" as corrections have it, and as a detection does.
_NONE: Mapping[str, Any] = {"delimiter": "", "second_phone": extras.NONE, "country_column": extras.NONE}
_COUNTS = ("read", "blank", "rejected", "duplicate", "new", "updated", "unchanged", "excluded")


def reading(
    detection: Mapping[str, Any], region: str, keys: Sequence[str | None], known: Collection[str] | None
) -> dict[str, Any]:
    """Return what a preview was made with. `keys`: where each column of the file goes.

    `known`: the keys that a list has; other columns are new ones of it. None where phones are chosen like keys.
    """
    answers = {name: detection.get(name) for name in ANSWERS}
    sheet = (detection.get("source") or {}).get("sheet")
    places: list[str | None] = [key if not key or known is None or key in known else NEW for key in keys]
    for name in ("second_phone", "phone_column") if known is None else ():
        index: int | None = answers[name]
        if index is not None:
            places[index] = name
    return {**answers, "sheet": sheet, "region": region, "places": places}


def table_digest(detection: Mapping[str, Any]) -> str:
    """Return short text for the columns of a file as it is read: a choice for one of them means nothing for another."""
    source = detection.get("source") or {}
    table = [source.get("sheet"), detection["delimiter"], len(detection["columns"])]
    return hashlib.sha256(json.dumps(table).encode()).hexdigest()[:16]


def since(before: Mapping[str, Any], after: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new preview has that the one before had not, {} for a first one or where all is the same.

    `answers` and `columns` that are others, whether the file `has_other_columns`, the `counts` before, and the answers
    chosen that this file cannot be read with (`ignored`).
    """
    was, now = before.get("reading"), after["reading"]
    found: dict[str, Any] = {}
    if ignored := [name for name in (*ANSWERS, "sheet") if not _is_followed(name, overrides.get(name), now[name])]:
        found["ignored"] = ignored
    if was is None:
        return found
    if answers := [name for name in (*ANSWERS, "sheet", "region") if was[name] != now[name]]:
        found["answers"] = answers
    if was["delimiter"] != now["delimiter"] or was["sheet"] != now["sheet"] or len(was["places"]) != len(now["places"]):
        found["has_other_columns"] = True
    elif columns := [index for index, place in enumerate(now["places"]) if place != was["places"][index]]:
        found["columns"] = columns
    return found and found | {"counts": {name: before[name] for name in _COUNTS}}


def _is_followed(name: str, wanted: Any, found: Any) -> bool:
    return wanted is None or found == (None if wanted == _NONE.get(name) else wanted)
