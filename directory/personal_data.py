"""The register of what the directory's tables hold of people: why, and until when. A test compares it with the database."""

from contacts.personal_data import JOB, QUERY_KEYS
from smsplatform.lib.personal_data import Table

TABLES: dict[str, Table] = {
    "directory_attribute": Table(
        purpose="What the account knows of its contacts.",
        until="deleted with its values",
        plain="id account_id key type variable standard position is_used created_at deleted_at",
        written="name",
    ),
    "directory_contact": Table(
        purpose="A contact.",
        until="deleted by people",
        plain="account_id source import_id created_at updated_at",
        number="phone",
        values="attributes",
        keys={"attributes": "a*"},
    ),
    "directory_contactbatch": Table(
        purpose="An action on contacts, and what came of it.",
        until="for good, without whom it was about: a person is erased, or PERSONAL_DETAILS_DAYS",
        plain=f"{JOB} action list_id",
        number="phones",
        written="options result",
        quotes="query",
        staff="author_id",
        keys={"phones": "#", "query": QUERY_KEYS, "options": "*", "result": "*"},
        expires={"phones": None, "query": {}},
    ),
    "directory_contactchange": Table(
        purpose="The timeline of a contact.",
        until="with the contact",
        plain="id account_id kind source import_id at",
        number="phone old_phone",
        values="before",
        staff="actor_id",
        keys={"before": "a*"},
    ),
    "directory_contactkey": Table(
        purpose="Finds contacts of a large directory.",
        until="with the contact, or a while after its last use",
        plain="account_id facet",
        number="phone",
        values="key",
    ),
    "directory_contacttally": Table(purpose="Counts contacts.", until="folded", plain="id account_id contacts"),
    "directory_directory": Table(
        purpose="What an account's directory is like.",
        until="for good",
        plain="account_id key_facets attributes_made switched_on_at",
        keys={"key_facets": "*"},
    ),
    "directory_keybacklog": Table(
        purpose="Imports whose contacts the search keys do not know.",
        until="they do",
        plain="id account_id import_id created_at",
    ),
    "directory_listmerge": Table(
        purpose="A merge of lists.",
        until="for good",
        plain=f"{JOB} first_list_id second_list_id target_list_id expires_after_months source_after undone_at",
        written="name result",
        staff="author_id undone_by_id",
        keys={"result": "first second both added final into before/*/name before/*/status before/*/last_used_at"},
    ),
    "directory_mergedentry": Table(
        purpose="Undoes a merge.", until="the undo is over", plain="account_id merge_id", number="phone"
    ),
    "directory_modeswitch": Table(
        purpose="The option switched on or off, or tried.",
        until="for good, without its examples: a person is erased, or PERSONAL_DETAILS_DAYS",
        plain=f"{JOB} direction is_dry_run",
        quotes="choices result",
        staff="author_id",
        keys={
            "choices": "columns/* lists_win",
            "result": "lists names/#/name names/#/contacts entries contacts merged conflicts known differing examples/#/phone"
            " examples/#/attribute examples/#/list examples/#/before examples/#/after examples/#/type columns/#/key"
            " columns/#/name columns/#/lists columns/#/samples/# columns/#/choice columns/#/unreadable choices/*"
            " attributes/#/name attributes/#/type in_bin returning unconfirmed new changed cancelled digest",
        },
    ),
    "directory_showncolumns": Table(
        purpose="The columns that a person shows.",
        until="for good",
        plain="id account_id columns",
        staff="user_id",
        keys={"columns": "#"},
    ),
}
