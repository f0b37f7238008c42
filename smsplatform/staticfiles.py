"""How static files are named, compressed and cached."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

HASHED_NAME = re.compile(r"\.[0-9a-f]{12}\.\w+\Z")
ICONS = "vendor/icons/"  # drawn into the pages, never served


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Hashed and compressed static files; imports between our ES modules get the hashed names."""

    support_js_module_import_aggregation = True
    # Only our modules: Django's pattern also matches the word "import" in comments of third-party files.
    _js_module_import_aggregation_patterns = (
        "app/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def post_process(self, paths: dict[str, Any], *args: Any, **kwargs: Any) -> Iterator[Any]:
        served = {name: source for name, source in paths.items() if not name.startswith(ICONS)}
        yield from super().post_process(served, *args, **kwargs)

    def compress_files(self, names: Iterable[str]) -> Iterator[Any]:
        """Compress what pages link to, once: a name holds the hash of its content, so an earlier copy fits.

        Brotli takes ten seconds over all files, too long to repeat at each start.
        """
        fresh = [name for name in names if HASHED_NAME.search(name) and not Path(f"{self.path(name)}.br").exists()]
        yield from super().compress_files(fresh)
