"""A walk through the product that leaves one person in every place that can hold somebody; and all that is then held."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from contacts.models import ContactList, EntryKey, Exclusion, Export, Import
from contacts.operations import (
    batches,
    entry_keys,
    exclusions,
    exports,
    import_undo,
    imports,
    repairs,
)
from directory.models import Attribute, ContactBatch, ListMerge
from directory.operations import contact_batches, contacts, key_making, living, merges, option
from directory.queries import selections
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.rights import TABLES, Right
from tests.conftest import NOW

ZEPHYRINE, OTHER, THIRD = 33612349876, 33612345678, 33612349012
FIRST_NAME, LAST_NAME = "Zéphyrine", "Quatrehomme"
# Her number as the files below and people write it, and her name.
TRACES = (
    "33612349876",
    "612349876",
    "06 12 34 98 76",
    "0612349876",
    "6 12 34 98 76",
    "06.12.34.98.76",
    FIRST_NAME,
    LAST_NAME,
)
MORE = "".join(f"Prénom{n};Nom{n};06 12 34 2{n:01d} {n:01d}0;Laval\n" for n in range(1, 6))
FILE = (
    "Prénom;Nom;Mobile;Ville\n"
    "Zéphyrine;Quatrehomme;06 12 34 98 76;Laval\n"
    "Zéphyrine;Quatrehomme;06.12.34.98.76;Laval\n"  # a duplicate
    "Zéphyrine;Quatrehomme;06 12 34;Laval\n"  # refused
    "Zéphyrine;Quatrehomme;*06 12 34 98 76;Laval\n"  # refused, and a repair is proposed
    "Albane;Petit;06 12 34 56 78 / 06 12 34 98 76;Mayenne\n"  # a second number
) + MORE
CHANGED = FILE.replace(";Laval", ";Ernée")


def given(by: User) -> dict[str, Any]:
    return {"by": by, "now": NOW}


def sent(account: Account, by: User, content: str, **changes: Any) -> Import:
    data = {"list_name": "Clients", "file": SimpleUploadedFile("clients.csv", content.encode()), **given(by)}
    imported = imports.upload(account, **data | changes)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    return imported


def done(account: Account, by: User, content: str, **changes: Any) -> Import:
    imported = sent(account, by, content, **changes)
    imports.confirm(account, imported=imported, seen=imported.settings_digest, **given(by))
    imports.run(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()
    assert imported.status == Import.Status.DONE
    return imported


def exported(account: Account, by: User, **order: Any) -> Export:
    export = exports.request(account, order=exports.Order(**order), **given(by))
    exports.run(account, export_id=export.pk, now=NOW)
    export.refresh_from_db()
    assert export.path
    return export


def in_lists(account: Account, by: User) -> ContactList:
    """Lists with columns of their own: imports, repairs, the editor, its search keys, actions on lists, exclusions, exports."""
    done(account, by, "Prénom;Mobile\nAlbane;06 12 34 56 78\n" + MORE.replace(";Nom", " Nom").replace(";Laval", ""))
    imported = done(account, by, FILE)
    contact_list = imported.contact_list
    assert contact_list is not None
    done(account, by, CHANGED, target=Import.Target.APPEND, contact_list=contact_list)
    undone = done(account, by, FILE, target=Import.Target.REPLACE, contact_list=contact_list)
    import_undo.undo(account, imported=undone, **given(by))
    waiting = sent(account, by, FILE, list_name="06 12 34 98 76")
    repairs.edit(account, imported=waiting, numbers={4: "06 12 34 98 76"}, **given(by))
    imports.analyse(account, import_id=waiting.pk, now=NOW)
    exclusions.add(account, phones=[OTHER], source=Exclusion.Source.PERSON, reason="demandé", **given(by))
    done(account, by, "Mobile\n06 12 34 90 12\n", target=Import.Target.EXCLUDE)
    contact_list.refresh_from_db()
    for facet in ("", "#", "c1"):
        entry_keys.make(account, list_id=contact_list.pk, facet=facet, now=NOW)
    assert EntryKey.objects.filter(account=account, phone=ZEPHYRINE).exists()
    batches.start(
        account, action=batches.Action.DUPLICATE, contact_lists=[contact_list], copy_name="Copie", **given(by)
    )
    for format in Export.Format.values:
        exported(account, by, lists=(contact_list,), format=format)
    exported(account, by, lists=tuple(ContactList.objects.filter(account=account, deleted_at=None)[:2]))
    exported(account, by)
    return contact_list


def switched_on(account: Account, by: User) -> None:
    trial = option.try_out(account, choices={}, **given(by)).result
    option.switch_on(account, choices=trial["choices"], seen=trial["digest"], **given(by))
    account.refresh_from_db()
    assert account.mode == Account.Mode.DIRECTORY


def in_the_directory(account: Account, by: User) -> None:
    """Contacts: imports, edits, another number, actions, merges, rules, search keys, exports."""
    done(account, by, CHANGED, into_directory=True, list_name="Abonnés")
    done(account, by, FILE, into_directory=True, target=Import.Target.BASE, erases_empty=True)
    attributes = {one.standard: one.key for one in Attribute.objects.filter(account=account)}
    values = {attributes["first_name"]: FIRST_NAME, attributes["last_name"]: LAST_NAME}
    former = contacts.add(account, phone=THIRD, attributes=values, **given(by))
    contacts.delete(account, phone=THIRD, **given(by))
    assert former.phone == THIRD
    seen = _attributes_of(account, ZEPHYRINE)
    contacts.edit(account, phone=ZEPHYRINE, attributes=seen | {attributes["city"]: "Craon"}, seen=seen, **given(by))
    search = Selection(Query(search=FIRST_NAME))
    by_number = Selection(Query(search="06 12 34 98 76"))
    first = ContactList.objects.filter(account=account, name="Abonnés").get()
    contact_batches.start(
        account, action=ContactBatch.Action.NEW_LIST, selection=search, options={"name": "Z"}, **given(by)
    )
    second = ContactList.objects.get(account=account, name="Z")
    contact_batches.start(
        account,
        action=ContactBatch.Action.ADD,
        selection=Selection(phones=(ZEPHYRINE, OTHER)),
        contact_list=second,
        **given(by),
    )
    contact_batches.start(
        account, action=ContactBatch.Action.ADD, selection=by_number, contact_list=second, **given(by)
    )
    merges.start(
        account,
        first=first,
        second=second,
        target=second,
        name="Z",
        expires_after_months=None,
        source_after=ListMerge.SourceAfter.KEEP,
        **given(by),
    )
    rule = {"match": "ALL", "conditions": [{"field": attributes["city"], "is": "EQUALS", "value": "Craon"}]}
    living.save(account, query=Query(rule=rule), name="Suivie", **given(by))
    key_making.tend(account, now=NOW)
    for selection in (search, by_number):
        exported(account, by, contacts=selections.to_json(selection), contacts_name="Contacts")


def _attributes_of(account: Account, phone: int) -> dict[str, Any]:
    from directory.models import Contact

    return dict(Contact.objects.get(account=account, phone=phone).attributes)


def held(account: Account, traces: tuple[str, ...] = TRACES) -> set[str]:
    """Return where the account holds one of the texts: tables and files, read whole."""
    return set(_in_tables(traces)) | set(_in_files(account, traces))


def _in_tables(traces: tuple[str, ...]) -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in sorted(table for table, rights in TABLES.items() if Right.SELECT in rights):
            cursor.execute(f"select t::text from {table} t")
            text = "\n".join(row for (row,) in cursor.fetchall())
            if any(trace in text for trace in traces):
                yield table


def _in_files(account: Account, traces: tuple[str, ...]) -> Iterator[str]:
    for folder in (f"imports/{account.pk}", f"exports/{account.pk}"):
        for name in default_storage.listdir(folder)[1] if default_storage.exists(folder) else ():
            with default_storage.open(f"{folder}/{name}", "rb") as file:
                text = _text(file.read())
            if any(trace in text for trace in traces):
                yield folder


def _text(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(_text(archive.read(name)) for name in archive.namelist())
