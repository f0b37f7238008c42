"""Files of one test never meet those of another."""

from tests.contacts.conftest import _own_files

__all__ = ["_own_files"]
