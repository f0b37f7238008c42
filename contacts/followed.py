"""The imports that a person has just started, told of in the table of lists until they have ended."""

from typing import Any

from contacts.models import Import

_KEY = "followed_imports"
_MOST = 20


def follow(request: Any, imported: Import) -> None:
    """Tell this person, wherever the table of lists is shown, what becomes of an import."""
    request.session[_KEY] = [*ids(request), imported.pk][-_MOST:]


def ids(request: Any) -> list[int]:
    """Return the imports of this account and of others that the person follows."""
    return list(request.session.get(_KEY, ()))


def told(request: Any, imported: list[Import]) -> None:
    """Forget imports whose end was told."""
    gone = {one.pk for one in imported}
    if left := [pk for pk in ids(request) if pk not in gone]:
        request.session[_KEY] = left
    else:
        request.session.pop(_KEY, None)
