"""Template tags of the shell and its components. `{% querystring %}` is Django's own."""

import re
import secrets
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from smsplatform.ui import sizes

register = template.Library()
register.filter(sizes.file_size)
register.simple_tag(sizes.unit_names, name="size_units")

ICONS = settings.BASE_DIR / "static" / "vendor" / "icons"
NARROW_NO_BREAK_SPACE = "\u202f"
FORM_ACCOUNT = "shown_account"  # checked by the middleware that opens the account
FORM_ID = "form_id"  # by which a form that is sent twice is known


@cache
def icon_paths(name: str) -> str:
    """Return the drawing inside an icon's <svg>; raise ValueError for an icon that is not committed."""
    try:
        source = (ICONS / f"{name}.svg").read_text()
    except FileNotFoundError:
        raise ValueError(f"No icon {name!r}: add it to tools/icons.txt and run tools/fetch_assets.py.") from None
    paths = re.findall(r"<(?:path|circle|line|polyline|rect)[^>]*/>", source)
    return "".join(path for path in paths if 'stroke="none"' not in path)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon of the committed set: decoration, words beside it or an aria-label carry the meaning."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
        ' stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        css,
        mark_safe(icon_paths(name)),
    )


@register.simple_tag(takes_context=True)
def form_token(context: template.Context) -> SafeString:
    """Write what a form that changes an account's data carries: the CSRF token, the account it was shown for, so that it
    changes nothing after a switch to another account in another tab, and its own id, so that it is obeyed once."""
    account = context.get("account")
    carried = {"csrfmiddlewaretoken": context["csrf_token"]}
    if account:
        carried |= {FORM_ACCOUNT: account.pk, FORM_ID: secrets.token_urlsafe(8)}
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', carried.items())


@register.filter
def number(value: Any) -> str:
    """Group the digits of a number as the active language does: 12 345 in French, 12,345 in English.

    French takes a narrow no-break space. None and the empty text stay empty.
    """
    if value is None or value == "":
        return ""
    return formats.number_format(value, force_grouping=True).replace("\xa0", NARROW_NO_BREAK_SPACE)


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: template.Context, view: str, label: str, symbol: str, section: str = "") -> dict[str, Any]:
    """Link to a view from the menu; current on that view and on those whose name starts with `section`."""
    match = context["request"].resolver_match
    name = match.view_name if match else ""
    # The page itself is "page"; a page below it only marks its section.
    state = "page" if name == view else "true" if section and name.startswith(section) else ""
    return {"url": reverse(view), "label": label, "symbol": symbol, "state": state}


@register.inclusion_tag("components/pagination.html")
def pagination(page: Page[Any]) -> dict[str, Any]:
    """Link the pages of a Django Page, keeping the query string; a single page only shows its count."""
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "pages": list(pages), "gap": page.paginator.ELLIPSIS}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: template.Context, field: str, label: str, numeric: bool = False, largest_first: bool = False
) -> dict[str, Any]:
    """Head a sortable column. The view puts the order in force in the context: sort="name" or "-created_at".

    The link sets ?sort= and goes back to the first page; a second click turns the order round.
    """
    active, descending = _order(context, field)
    turned = not descending if active else largest_first
    return {
        "label": label,
        "numeric": numeric,
        "target": f"-{field}" if turned else field,
        "aria": ("descending" if descending else "ascending") if active else "",
    }


@register.inclusion_tag("components/sort_option.html", takes_context=True)
def sort_option(context: template.Context, field: str, label: str, largest_first: bool = False) -> dict[str, Any]:
    """Offer an order in a <select name="sort">, for screens without column headings. See `sort_header`."""
    active, descending = _order(context, field)
    turned = descending if active else largest_first
    return {"label": label, "value": f"-{field}" if turned else field, "selected": active}


def _order(context: template.Context, field: str) -> tuple[bool, bool]:
    """Return whether the rows are sorted by this field, and if so whether the largest comes first."""
    current = str(context.get("sort", ""))
    active = current.lstrip("-") == field
    return active, active and current.startswith("-")
