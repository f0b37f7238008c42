"""Remember how files of one shape were imported, and propose it for the next one."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contacts.importer.names import fold
from contacts.models import Import, ImportRecipe
from smsplatform.accounts.models import Account

LEAST_SHARE = 0.6  # of the phones that the detection's own column has: below, the recipe's column has drifted
# An encoding is a property of one file, and repairs are of its lines.
REMEMBERED = ("phone_column", "second_phone", "has_header", "country_column", "columns", "attributes")


def shape_of(detection: Mapping[str, Any]) -> str:
    """Return a digest of the columns' names, or of their types where the file names none."""
    field = "name" if detection["has_header"] else "type"
    names = [fold(str(column[field])).strip() for column in detection["columns"]]
    return hashlib.sha256(json.dumps([field, names]).encode()).hexdigest()


def remember(account: Account, imported: Import, now: datetime) -> None:
    """Keep the corrections of a confirmed import for the next file of its shape; without any, what was kept goes."""
    kept: dict[str, Any] = {name: imported.overrides[name] for name in REMEMBERED if name in imported.overrides}
    if imported.region != account.region:
        kept["region"] = imported.region
    # Keys of a list's columns mean nothing for another list.
    left_out = {index: key for index, key in kept.pop("columns", {}).items() if key == ""}
    if left_out:
        kept["columns"] = left_out
    shape = shape_of(imported.detection)
    if not kept:
        ImportRecipe.objects.filter(account=account, shape=shape).delete()
        return
    names = [column["name"] for column in imported.detection["columns"]]
    ImportRecipe.objects.update_or_create(
        account=account,
        shape=shape,
        defaults={"names": names, "settings": kept, "file_name": imported.file_name, "used_at": now},
    )


def proposed(account: Account, detection: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of the last file of this shape, with what the page says of them; ({}, {}) without any.

    Settings whose phone column no longer holds phones as the detected one does are not proposed.
    """
    recipe = ImportRecipe.objects.filter(account=account, shape=shape_of(detection)).first()
    if recipe is None:
        return {}, {}
    said = {"at": recipe.used_at.isoformat(), "file_name": recipe.file_name, "has_drifted": False}
    if _has_drifted(recipe.settings.get("phone_column"), detection):
        return {}, said | {"has_drifted": True}
    return dict(recipe.settings), said


def _has_drifted(column: int | None, detection: Mapping[str, Any]) -> bool:
    found = detection["phone_column"]
    if column is None or found is None or column == found:
        return False
    shares = {each["index"]: each["phone_share"] for each in detection["columns"]}
    return bool(shares.get(column, 0.0) < LEAST_SHARE * shares[found])
