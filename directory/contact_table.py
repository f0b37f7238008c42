"""The table of contacts as its pages show it: of the whole base, or of one list."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import ContactList
from directory import filter_forms, values
from directory.filter_forms import Builder, Draft
from directory.models import Attribute
from directory.operations import keys
from directory.queries import attributes as attribute_queries
from directory.queries import columns, contacts, facets, rules
from directory.queries.columns import Column
from directory.queries.contacts import ContactPage, ContactRow
from directory.queries.query import Query, contact_count
from directory.queries.tokens import seal_query, unseal_query
from smsplatform.accounts.access import AccountRequest
from smsplatform.accounts.models import Account
from smsplatform.lib.sealed import Purpose, seal, unseal

CONTACTS_PER_PAGE = 50
SEARCH_CHARACTERS = 200


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str


@dataclass(frozen=True)
class Line:
    """A contact as the table shows it. `token` names it in addresses and forms."""

    contact: ContactRow
    token: str
    cells: list[Cell]


@dataclass(frozen=True)
class Chip:
    """A criterion in force, in words, and the address of the table without it."""

    words: str
    url: str


@dataclass(frozen=True)
class Table:
    """`token`: the query, as addresses and forms carry it. `found`: how many it finds, None where that is counted later."""

    query: Query
    token: str
    columns: list[Column]
    lines: list[Line]
    page: ContactPage
    found: int | None
    total: int
    chips: list[Chip]
    builder: Builder
    is_behind: bool
    is_building: bool
    url_of_all: str
    url_without_search: str
    url_without_excluded: str
    count_url: str

    @property
    def joins(self) -> str:
        """The word between the chips of a filter's criteria."""
        return _("or") if self.query.rule and self.query.rule["match"] == rules.ANY else _("and")


def query_of(request: HttpRequest, account: Account, contact_list: ContactList | None = None) -> Query:
    """Return the query that an address or a form names, of this list only; what cannot be read counts as absent."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        query = unseal_query(account, given.get("q", ""))
    except ValueError:
        query = Query()
    rule = query.rule
    if rule is not None:
        try:
            rule = rules.check(account, rule)
        except rules.RuleRefused:
            rule = None
    sort = request.GET.get("sort", "")[:20] or query.sort
    return replace(query, rule=rule, sort=sort, list_id=contact_list.pk if contact_list else None)


def address(account: Account, query: Query, contact_list: ContactList | None, **more: str) -> str:
    """Return the address of the table that shows what a query finds."""
    base = (
        reverse("directory:list_show", args=[contact_list.pk]) if contact_list else reverse("directory:contact_index")
    )
    token = seal_query(account, query) if query != Query(list_id=query.list_id) else ""
    parameters = {name: value for name, value in {"q": token, **more}.items() if value}
    return f"{base}?{urlencode(parameters)}" if parameters else base


def build(request: AccountRequest, query: Query, contact_list: ContactList | None = None) -> Table:
    account = request.account
    attributes = attribute_queries.of(account)
    shown = columns.shown(account, request.user, attributes)
    page = contacts.page(account, query, token=request.GET.get("page", ""), limit=CONTACTS_PER_PAGE)
    query = replace(query, sort=page.sort)
    total = contact_list.contact_count if contact_list else contact_count(account)
    draft, is_building = _draft(request, query)
    return Table(
        query=query,
        token=seal_query(account, query),
        columns=shown,
        lines=[_line(account, row, shown) for row in page.contacts],
        page=page,
        found=_found(account, query, total, page),
        total=total,
        chips=_chips(account, query, attributes, contact_list),
        builder=build_filter(account, draft, attributes),
        is_behind=keys.ask(account, query=query, now=timezone.now()) or keys.is_behind(account),
        is_building=is_building,
        url_of_all=address(account, Query(sort=query.sort, list_id=query.list_id), contact_list),
        url_without_search=address(account, replace(query, search=""), contact_list),
        url_without_excluded=address(account, replace(query, excluded=None), contact_list),
        count_url=_count_url(account, query),
    )


def _count_url(account: Account, query: Query) -> str:
    parameters = {"q": seal_query(account, query)} | ({"list": query.list_id} if query.list_id else {})
    return f"{reverse('directory:contact_count')}?{urlencode(parameters)}"


def build_filter(account: Account, draft: Draft, attributes: list[Attribute] | None = None) -> Builder:
    """Return the filter's rows as the page draws them, and what is missing if somebody tried to apply them."""
    known = attribute_queries.of(account) if attributes is None else attributes
    lists = ContactList.objects.for_account(account).filter(kind=ContactList.Kind.DIRECTORY).order_by("name", "pk")
    error = ""
    rule = draft.to_rule()
    if draft.is_tried and rule is not None:
        try:
            rules.check(account, rule)
        except rules.RuleRefused as refused:
            error = str(refused.message)
    return filter_forms.builder(draft, known, lists, error)


def _draft(request: AccountRequest, query: Query) -> tuple[Draft, bool]:
    """Return the filter to be drawn, and whether somebody is building it: it is in force otherwise."""
    try:
        draft = unseal(request.GET.get("draft", ""), Draft.from_json, **_of_draft(request))
    except ValueError:
        return Draft.of_rule(query.rule), False
    return draft, True


def sealed_draft(request: AccountRequest, draft: Draft) -> str:
    """Return what an address carries of a filter that the person is building."""
    return seal(draft.to_json(), **_of_draft(request))


def _of_draft(request: AccountRequest) -> dict[str, Any]:
    return {"purpose": Purpose.FILTER_DRAFT, "account": request.account.pk, "person": request.user.pk}


def _line(account: Account, row: ContactRow, shown: list[Column]) -> Line:
    cells = []
    for column in shown:
        text = values.shown(column.attribute, row.attributes.get(column.key)) if column.attribute else ""
        cells.append(Cell(column, text))
    return Line(row, contact_token(account, row.phone), cells)


def contact_token(account: Account, phone: int) -> str:
    """Return what names a contact in addresses and forms, where its number must not be."""
    return seal(phone, purpose=Purpose.CONTACT, account=account.pk)


def _found(account: Account, query: Query, total: int, page: ContactPage) -> int | None:
    """Return how many contacts a query finds, None where counting takes longer than the page."""
    if not query.is_narrowed or page.total is not None:
        return page.total if query.is_narrowed else total
    return None if facets.is_large(account) else contacts.count(account, query)


def _chips(account: Account, query: Query, attributes: list[Attribute], contact_list: ContactList | None) -> list[Chip]:
    rule = query.rule
    if rule is None:
        return []
    chips = []
    for index, part in enumerate(rule["conditions"]):
        words = rules.in_words({"match": rule["match"], "conditions": [part]}, attributes)
        rest = replace(query, rule=filter_forms.without(rule, index))
        chips.append(Chip(words, address(account, rest, contact_list)))
    return chips
