"""Whatever a request says, a page of the directory answers with words or a refusal, never with an error of ours."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactList
from directory.contact_table import contact_token
from directory.models import Attribute
from directory.queries import rules
from directory.queries.query import Query
from directory.queries.tokens import seal_query
from smsplatform.accounts.models import Account, Role
from smsplatform.accounts.tenancy import account_context
from tests.conftest import MakeMember, SignIn
from tests.contacts.factories import FICTION
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

DIGITS = "9" * 5_000  # more than Python makes a number of
HUGE = "9" * 18
GARBAGE = ("", "x" * 10_000, "\0", "a\0b", DIGITS, "9" * 18, "remove:" + DIGITS, "²", "%(x)s{}\\'", "9999-12-31")
FIELDS = """
list q search sort do excluded match c_field c_is c_value c_group group group_match page draft number contact_list a1 a2 a4
action everything selection contact expected reason name description lifetime months way seen into source_after with type
variable to column shown move back numbers enabled trial before then including_stop count creates_unknown
"""


@pytest.fixture
def made(account: Account) -> ContactList:
    with account_context(account):
        known = make_directory(account)
        make_contact(account, FICTION, {known["city"].key: "Lyon"})
        make_contact(account, FICTION + 1)
        make_diffusion_list(account, "Autres", [FICTION])
        return make_diffusion_list(account, phones=[FICTION, FICTION + 1])


@pytest.fixture
def client_of_manager(account: Account, make_member: MakeMember, sign_in: SignIn) -> Client:
    return sign_in(make_member(account, "responsable@boulangerie.example", Role.ACCOUNT_MANAGER))


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_every_field_is_no_error(
    client_of_manager: Client, account: Account, made: ContactList, garbage: str
) -> None:
    client_of_manager.raise_request_exception = False
    with account_context(account):
        attribute = Attribute.objects.filter(account=account).earliest("pk").pk
    contact, sent = contact_token(account, FICTION), dict.fromkeys(FIELDS.split(), garbage)
    pages: dict[str, list[Any]] = {
        **{f"contact_{name}": [] for name in ("index", "search", "count", "columns", "add", "batch_check")},
        **{name: [] for name in ("contact_batch_start", "contact_export_new", "list_save_rule", "import_new")},
        **{f"contact_{name}": [contact] for name in ("show", "edit", "exclude", "readmit")},
        **{f"list_{name}": [made.pk] for name in ("show", "add_numbers", "settings", "merge", "api", "freeze")},
        "attribute_create": [],
        "attribute_index": [],
        "option_try": [],
        "attribute_edit": [attribute],
        "attribute_move": [attribute],
    }

    found = {
        (name, method): getattr(client_of_manager, method)(reverse(f"directory:{name}", args=of), sent).status_code
        for name, of in pages.items()
        for method in ("get", "post")
    }

    assert {page: status for page, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("name", ["contact_index", "contact_count", "list_save_rule", "contact_export_new"])
def test_old_searches_are_no_error(client_of_manager: Client, account: Account, made: ContactList, name: str) -> None:
    client_of_manager.raise_request_exception = False
    gone = {"match": "ALL", "conditions": [{"field": "a999", "is": "EMPTY"}]}
    tokens = [
        seal_query(account, Query(rule=gone)),
        seal_query(account, Query(list_id=10**15)),
        seal_query(account, Query(search="\0", sort="\0")),
        "x" * 200_000,
    ]

    url = reverse(f"directory:{name}")
    sent = [{"q": token, "page": token, "draft": token, "selection": token} for token in tokens]
    found = [getattr(client_of_manager, method)(url, one).status_code for one in sent for method in ("get", "post")]

    assert [status for status in found if status >= 500] == []


@pytest.mark.parametrize("asked", [None, [], {}, 5, "NEVER"])
def test_a_rule_that_asks_nothing_known_is_refused(account: Account, made: ContactList, asked: Any) -> None:
    with account_context(account), pytest.raises(rules.RuleRefused):
        rules.check(account, {"match": "ALL", "conditions": [{"field": "a1", "is": asked, "value": "x"}]})
