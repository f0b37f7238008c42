"""Contacts of the directory as files: what people chose, as they write it, and made by a worker when it is much."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from contacts import exports as list_exports
from contacts.exports import tables
from contacts.models import ContactList, Export
from contacts.operations import exports
from directory import exports as directory_exports
from directory.models import Attribute, AttributeType
from directory.queries import selections
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account, AuditEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW
from tests.contacts.factories import FICTION, make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory


@pytest.fixture(autouse=True)
def _in_english(marketer: User) -> Iterator[None]:
    User.objects.filter(pk=marketer.pk).update(language="en")
    with translation.override("en"):
        yield


@pytest.fixture
def keys(in_account: Account) -> dict[str, str]:
    """Three contacts with values of every type, two lists and an exclusion; the keys of their attributes."""
    standard = make_directory(in_account)
    typed = {"points": AttributeType.INTEGER, "vip": AttributeType.BOOLEAN}
    for number, (name, kind) in enumerate(typed.items(), start=12):
        Attribute.objects.create(
            account=in_account,
            key=f"a{number}",
            name=name.title(),
            type=kind,
            variable=name,
            position=number,
            created_at=NOW,
        )
    keys = {"city": standard["city"].key, "born": standard["birth_date"].key, "points": "a12", "vip": "a13"}
    make_contact(
        in_account, FICTION, {keys["city"]: "Lyon", keys["born"]: "1985-03-12", keys["points"]: 1250, keys["vip"]: True}
    )
    make_contact(in_account, FICTION + 1, {keys["city"]: "=Nantes; 44", keys["vip"]: False, keys["points"]: 0})
    make_contact(in_account, FICTION + 2)
    make_exclusion(in_account, FICTION + 1)
    make_diffusion_list(in_account, "Abonnés", [FICTION, FICTION + 1])
    make_diffusion_list(in_account, "VIP", [FICTION])
    make_diffusion_list(in_account, "Jetée", [FICTION], deleted_at=NOW)
    return keys


def order(selection: Selection, *columns: str, **given: Any) -> exports.Order:
    return exports.Order(
        contacts=selections.to_json(selection), contacts_name="Contacts", columns=columns or None, **given
    )


def lines(account: Account, by: User, wanted: exports.Order) -> list[list[str]]:
    _export, file = exports.at_once(account, order=wanted, by=by, now=NOW)
    with file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig")), delimiter=";"))


def names_of(*keys: str) -> list[str]:
    names = dict(Attribute.objects.values_list("key", "name"))
    return [names[key] for key in keys]


def test_chosen_columns_show_values_as_people_write_them(
    in_account: Account, marketer: User, keys: dict[str, str]
) -> None:
    columns = [tables.PHONE, keys["city"], keys["born"], keys["points"], keys["vip"], "a99"]

    found = lines(in_account, marketer, order(Selection(), *columns, contact_count=3))

    assert found == [
        ["Mobile phone", *names_of(*columns[1:-1])],
        ["06 39 98 00 00", "Lyon", "12/03/1985", "1250", "Yes"],
        ["06 39 98 00 01", "'=Nantes; 44", "", "0", "No"],
        ["06 39 98 00 02", "", "", "", ""],
    ]
    events = AuditEvent.objects.values_list("action", "subject", "counts")
    assert list(events) == [("CONTACTS_EXPORTED", "Contacts", {"contacts": 3})]


def test_lists_exclusion_and_the_day_somebody_was_added_are_columns_too(
    in_account: Account, marketer: User, keys: dict[str, str]
) -> None:
    columns = [tables.PHONE, directory_exports.LISTS, directory_exports.ADDED, tables.EXCLUDED, tables.SINCE]

    with timezone.override("Europe/Paris"):
        found = lines(in_account, marketer, order(Selection(), *columns))

    assert found[0] == ["Mobile phone", "Lists", "Added", "On the exclusion list", "Excluded since"]
    assert [line[1:] for line in found[1:]] == [
        ["Abonnés | VIP", "2026-03-12 10:30", "No", ""],
        ["Abonnés", "2026-03-12 10:30", "Yes", "2026-03-12 10:30"],
        ["", "2026-03-12 10:30", "No", ""],
    ]


@pytest.mark.parametrize(
    "selection, phones",
    [
        (Selection(Query(excluded=False)), [0, 2]),
        (Selection(Query(rule={"match": "ALL", "conditions": [{"field": "a13", "is": "TRUE"}]})), [0]),
        (Selection(phones=(FICTION + 2, FICTION, FICTION + 900)), [0, 2]),
    ],
)
def test_only_the_chosen_contacts_are_in_the_file(
    selection: Selection, phones: list[int], in_account: Account, marketer: User, keys: dict[str, str]
) -> None:
    found = lines(in_account, marketer, order(selection, tables.PHONE))

    assert [line[0] for line in found[1:]] == [f"06 39 98 00 0{number}" for number in phones]


def test_a_diffusion_list_comes_with_what_the_directory_knows(
    in_account: Account, marketer: User, keys: dict[str, str]
) -> None:
    contact_list = ContactList.objects.get(name="Abonnés")

    everything = lines(in_account, marketer, exports.Order(lists=(contact_list,)))
    reachable = lines(
        in_account, marketer, exports.Order(lists=(contact_list,), columns=("PHONE", "*", "LISTS"), with_excluded=False)
    )
    one_click = b"".join(list_exports.csv_chunks(in_account, contact_list)).decode("utf-8-sig")

    names = [attribute.name for attribute in Attribute.objects.order_by("position")]
    assert everything[0] == ["Mobile phone", *names]
    assert [line[0] for line in everything[1:]] == ["06 39 98 00 00", "06 39 98 00 01"]
    assert reachable == [[*everything[0], "Lists"], [*everything[1], "Abonnés | VIP"]]
    assert list(csv.reader(io.StringIO(one_click), delimiter=";")) == everything


def test_several_lists_become_an_archive_with_their_attributes(
    in_account: Account, marketer: User, keys: dict[str, str]
) -> None:
    lists = tuple(ContactList.objects.for_account(in_account).order_by("name"))
    export = exports.request(in_account, order=exports.Order(lists=lists), by=marketer, now=NOW)

    exports.run(in_account, export_id=export.pk, now=NOW)

    export.refresh_from_db()
    assert (export.status, export.done) == ("DONE", 3)


def test_a_worker_makes_a_workbook_of_a_search(in_account: Account, marketer: User, keys: dict[str, str]) -> None:
    wanted = order(Selection(Query(search="lyon")), tables.PHONE, keys["city"], format="XLSX", contact_count=1)
    export = exports.request(in_account, order=wanted, by=marketer, now=NOW)
    waiting = (export.subject, export.status, export.total)

    exports.run(in_account, export_id=export.pk, now=NOW)

    export.refresh_from_db()
    assert waiting == ("CONTACTS", "QUEUED", 1)
    assert (export.status, export.done, export.error) == ("DONE", 1, "")
    with default_storage.open(export.path) as file:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0).to_python()
    assert sheet == [["Mobile phone", *names_of(keys["city"])], ["06 39 98 00 00", "Lyon"]]


def test_a_search_for_an_attribute_that_is_gone_fails_with_the_reason(
    in_account: Account, marketer: User, keys: dict[str, str]
) -> None:
    rule = {"match": "ALL", "conditions": [{"field": "a12", "is": "MORE", "value": 3}]}
    export = exports.request(in_account, order=order(Selection(Query(rule=rule))), by=marketer, now=NOW)
    Attribute.objects.filter(key="a12").update(deleted_at=NOW)

    exports.run(in_account, export_id=export.pk, now=NOW)

    export.refresh_from_db()
    assert (export.status, export.error, export.path) == ("FAILED", "RULE_REFUSED", "")


def test_rows_come_as_they_are_asked_for_and_name_lists_in_the_bin_too(
    in_account: Account, keys: dict[str, str]
) -> None:
    rows = directory_exports.rows(in_account, Selection(), with_lists=True)

    first = next(rows)

    assert (first.phone, len(first.list_ids)) == (FICTION, 3)
    rows.close()  # type: ignore[attr-defined]


def test_another_accounts_contacts_are_in_no_file(account: Account, other_account: Account, marketer: User) -> None:
    with account_context(other_account):
        make_directory(other_account)
        make_contact(other_account, FICTION)
        theirs = make_diffusion_list(other_account, phones=[FICTION])
    with account_context(account):
        make_directory(account)

        whole = lines(account, marketer, order(Selection(), tables.PHONE))
        of_their_list = lines(account, marketer, order(Selection(Query(list_id=theirs.pk)), tables.PHONE))

        assert (whole, of_their_list) == ([["Mobile phone"]], [["Mobile phone"]])
        assert Export.objects.count() == 0
