from pathlib import Path
from typing import Any

import pytest
from django.test.signals import setting_changed


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    """Files of one test never meet those of another."""
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}
    setting_changed.send(sender=None, setting="STORAGES", value=settings.STORAGES, enter=True)
