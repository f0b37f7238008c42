"""Sizes of files as people and their computers' shops write them: 45 kB, 1.2 MB; in French 45 Ko, 1,2 Mo."""

from django.utils import formats
from django.utils.html import avoid_wrapping
from django.utils.translation import gettext as _

STEP = 1000  # decimal units, as the announced limits are


def unit_names() -> str:
    """Return the units in the active language, smallest first, with a space between. static/app/upload.js reads it too."""
    return _("B kB MB GB")


def file_size(count: int) -> str:
    """Write a size in bytes with at most one decimal."""
    *smaller, largest = unit_names().split()
    size = float(count)
    for unit in smaller:
        if round(size, 1) < STEP:
            return _written(size, unit)
        size /= STEP
    return _written(size, largest)


def _written(size: float, unit: str) -> str:
    shown = formats.number_format(round(size, 1), decimal_pos=0 if round(size, 1).is_integer() else 1)
    return avoid_wrapping(f"{shown} {unit}")
