"""What workers do with an import: analyse it, then run it. Each opens the account itself, in several transactions."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

import numpy as np
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from contacts import messages
from contacts.importer import readings
from contacts.importer.dedupe import Phones
from contacts.importer.detect import Overrides, detect_stream
from contacts.importer.extract import first_rows
from contacts.importer.pipeline import Pipeline, Report
from contacts.importer.plan import Plan, to_json
from contacts.importer.rejects import Rejects
from contacts.importer.repairs import Repairs
from contacts.importer.sources import errors, forked
from contacts.importer.sources.errors import SourceError
from contacts.models import Import
from contacts.operations import (
    counting,
    erased_exclusions,
    exclusion_inbox,
    import_tables,
    import_targets,
    recipes,
    stored_files,
)
from contacts.operations.import_claims import share_of_the_workers, worked_on, write_if_mine
from contacts.operations.import_progress import Progress
from contacts.operations.import_targets import Destination
from contacts.queries import erased, exclusions
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account
from smsplatform.lib import waiting

Status = Import.Status
# Overrides beside those of the detection: where columns go, and repairs of refused lines.
NOT_DETECTED = ("columns", "attributes", "fixes", "edits", "recipe")


@dataclass(frozen=True)
class _Done:
    """`noted`: single lines and numbers, for the page. `rejects_path`: of the file of refused lines, "" without any.

    `returned`: excluded numbers that had been erased.
    """

    report: Report
    noted: dict[str, Any]
    rejects_path: str
    returned: Mapping[int, erased.Row]

    def counts_json(self) -> dict[str, Any]:
        return self.report.counts.to_json() | self.noted


def analyse(account: Account, *, import_id: int, now: datetime) -> None:
    """Detect how the file is written and count what an import would do. Raise ImportAlreadyStarted.

    Beyond the account's share of the workers the file waits, as an import does.
    """
    with share_of_the_workers(account, import_id, Status.UPLOADED, Status.ANALYSING, now) as imported:
        if imported is not None:
            _analyse(account, imported)


def detected_only(overrides: dict[str, Any]) -> dict[str, Any]:
    """Return the corrections of the detection, without those that say what to do with what was read."""
    return {name: value for name, value in overrides.items() if name not in NOT_DETECTED}


def _analyse(account: Account, imported: Import) -> None:
    with worked_on(account, imported) as progress:
        import_tables.prepare(imported, progress)
        with import_tables.opened(imported) as file:
            imported.detection = _detected(account, imported, file, progress)
            file.seek(0)
            extract = first_rows(file, Plan.from_json(imported.detection))
        destination = import_targets.preview(imported)
        done = _pipeline(account, imported, destination, progress)
        preview = done.counts_json() | {"extract": extract} | destination.noted(imported, done.report)
        preview["reading"] = import_targets.reading(imported, destination.mapping)
        preview["since"] = readings.since(imported.preview, preview, imported.overrides)
        write_if_mine(
            imported,
            status=Status.READY,
            table_path=imported.table_path,
            detection=imported.detection,
            overrides=imported.overrides,
            region=imported.region,
            preview=preview,
            rejects_path=done.rejects_path,
        )


def _detected(account: Account, imported: Import, file: BinaryIO, progress: Progress) -> dict[str, Any]:
    """Return the detection under the corrections; without any, under the settings of the last file of this shape."""
    detection = _detect(imported, file, progress)
    if imported.overrides:
        return detection
    settings_then, said = recipes.proposed(account, detection)
    if settings_then:
        imported.region = settings_then.pop("region", imported.region)
        imported.overrides = settings_then | {"recipe": "USED"}
        detection = _detect(imported, file, progress)
    return detection | ({"recipe": said} if said else {})


def _detect(imported: Import, file: BinaryIO, progress: Progress) -> dict[str, Any]:
    """Detect in a copy of this process: what the file is like decides how much there is to look at."""
    overrides, is_table = Overrides(**detected_only(imported.overrides)), import_tables.is_table(imported)

    def look(file: BinaryIO) -> dict[str, Any]:
        found = detect_stream(file, imported.region, overrides, is_table=is_table)
        if found.width > len(found.columns):
            raise SourceError(errors.TOO_MANY_COLUMNS)
        return to_json(found)

    found: dict[str, Any] = forked.look(
        file,
        look,
        max_memory=settings.IMPORT_DETECTION_MEMORY,
        max_seconds=settings.IMPORT_WORKBOOK_SECONDS,
        watch=progress,
    )
    return found | {"source": imported.detection["source"]}


def run(account: Account, *, import_id: int, now: datetime) -> None:
    """Import what was confirmed, all of it or nothing: list, numbers, journal and result are one transaction.

    Raise ImportAlreadyStarted. An import beyond the account's share of the workers stays queued.
    """
    with share_of_the_workers(account, import_id, Status.QUEUED, Status.RUNNING, now) as imported:
        if imported is not None:
            with worked_on(account, imported) as progress:
                _load(account, imported, progress, now)


def _load(account: Account, imported: Import, progress: Progress, now: datetime) -> None:
    waiting.share(erased_exclusions.RETURNING, account.pk)
    destination = import_targets.real(imported, now)
    with counting.at_end():
        done = _pipeline(account, imported, destination, progress)
    destination.finish(imported, done.report, now)
    audit.record(
        account,
        "IMPORT_DONE",
        imported.list_name,
        by=imported.author,
        now=now,
        counts={"contacts": done.report.counts.kept, "rejected": done.report.counts.rejected.total()},
    )
    write_if_mine(
        imported,
        status=Status.DONE,
        contact_list=destination.contact_list,
        result=done.counts_json(),
        rejects_path=done.rejects_path,
        finished_at=timezone.now(),
    )
    erased_exclusions.restore(account, done.returned)
    exclusion_inbox.fold_soon(account)


def _pipeline(account: Account, imported: Import, destination: Destination, progress: Progress) -> _Done:
    plan = Plan.from_json(imported.detection)
    repairs = Repairs.of(imported.region, imported.overrides)
    gone = None if imported.target == Import.Target.EXCLUDE else erased.Erased.of(account)
    language = imported.author.language if imported.author else settings.LANGUAGE_CODE
    with (
        translation.override(language),
        tempfile.TemporaryFile() as refused,
        import_tables.opened(imported) as file,
    ):
        rejects = Rejects(
            refused,
            names=plan.names,
            titles=messages.reject_titles(imported.pk),
            reason_text=messages.reason_text,
            suggest=repairs.suggest,
        )
        report = Pipeline(
            plan=plan,
            mapping=destination.mapping,
            region=imported.region,
            exclusions=_exclusions(account, imported),
            sink=destination.sink,
            rejects=rejects,
            watch=progress,
            max_rows=settings.IMPORT_MAX_ROWS,
            repairs=repairs,
            erased=gone.contains if gone else None,
        ).run(file)
        imported.rows_done, imported.bytes_done = progress.rows, progress.bytes
        noted = {"samples": rejects.samples, "known": _known(account, report.excluded), "others": report.second_numbers}
        noted |= {name: found for name in ("skipped", "shortened") if (found := getattr(report, name))}
        rejects_path = _keep_rejects(imported, rejects, refused)
        return _Done(report, noted | repairs.to_json(), rejects_path, gone.found if gone else {})


def _exclusions(account: Account, imported: Import) -> Phones:
    """Return the numbers to point out; what goes to the exclusion list itself is compared there."""
    is_exclusion = imported.target == Import.Target.EXCLUDE
    return np.zeros(0, dtype=np.int64) if is_exclusion else exclusions.phones(account)


def _known(account: Account, excluded: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return why and since when the numbers that the pipeline met are excluded, for the report."""
    known = exclusions.known(account, [phone for _, phone in excluded])
    return [
        {"line": line, "phone": phone, "source": known[phone].source, "at": known[phone].at.isoformat()}
        for line, phone in excluded
        if phone in known
    ]


def _keep_rejects(imported: Import, rejects: Rejects, refused: BinaryIO) -> str:
    """Store the file of refused lines beside the import's own, in place of one that an earlier pass left."""
    if imported.rejects_path:
        transaction.on_commit(partial(default_storage.delete, imported.rejects_path))
    if not rejects.count:
        return ""
    refused.seek(0)
    return stored_files.save(imported.account, f"{imported.file_path}.rejects.csv", File(refused))
