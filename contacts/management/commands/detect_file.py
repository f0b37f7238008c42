"""Print what detection makes of files, one line of JSON each."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contacts.importer.detect import Detection, detect_stream


class Command(BaseCommand):
    help = "Print the encoding, separator, header and phone column of contact files as lines of JSON."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--region", default="FR", help="country whose national numbers are expected")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for name in options["files"]:
            try:
                with Path(name).open("rb") as file:
                    answer = describe(detect_stream(file, options["region"]))
            except OSError as error:
                failed += 1
                answer = {"error": error.strerror or str(error)}
            self.stdout.write(json.dumps({"file": name, **answer}))
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} files could not be read.", returncode=1)


def describe(detection: Detection) -> dict[str, Any]:
    """Return a detection as JSON-ready values."""
    return {
        "encoding": detection.encoding,
        "delimiter": detection.delimiter,
        "quotechar": detection.quotechar,
        "has_header": detection.has_header,
        "phone_column": detection.phone_column,
        "first_row": detection.first_row,
        "header_row": detection.header_row,
        "footer_lines": detection.footer_lines,
        "confidence": {name: why.confidence for name, why in detection.why.items()},
        "reasons": {name: {"code": w.reason.code, "text": str(w.reason)} for name, w in detection.why.items()},
        "columns": [
            {
                "index": column.index,
                "name": column.name,
                "type": column.type,
                "attribute": column.attribute,
                "phone_share": column.phone_share,
            }
            for column in detection.columns
        ],
    }
