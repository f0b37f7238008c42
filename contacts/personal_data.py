"""The register of what the lists' tables and files hold of people: why, and until when. A test compares it with the database."""

from smsplatform.lib.personal_data import Table

JOB = "id account_id status claim attempts done total created_at heartbeat_at finished_at error"
# A search for contacts, as it is stored with lists, exports and actions.
QUERY_KEYS = (
    "search list_id excluded sort rule/match rule/conditions/#/field rule/conditions/#/is rule/conditions/#/value"
    " rule/conditions/#/value/# rule/conditions/#/match rule/conditions/#/conditions/#/field"
    " rule/conditions/#/conditions/#/is rule/conditions/#/conditions/#/value rule/conditions/#/conditions/#/value/#"
)
# Of previews and results of imports: how many lines became what, and some of them.
_COUNTS = (
    "read blank totals rejected/* duplicate new updated unchanged removed joined excluded extra_cells undecodable second_phone"
    " second_numbers skipped_values repaired/*"
)
_QUOTED = (
    "samples/#/line samples/#/value samples/#/reason known/#/line known/#/phone known/#/source known/#/at others/#/line"
    " others/#/value skipped/#/column skipped/#/key skipped/#/count skipped/#/samples/#/line skipped/#/samples/#/value"
    " offers/#/fix offers/#/count offers/#/reasons/* offers/#/samples/#/line offers/#/samples/#/old offers/#/samples/#/new"
)
_EXCLUSION = Table(
    purpose="Whom the account must not write to.",
    until="taken off the list with a reason; an erased person's becomes a digest",
    plain="id account_id source at",
    number="phone",
    written="reason",
)

TABLES: dict[str, Table] = {
    "contacts_contactlist": Table(
        purpose="A list and its settings.",
        until="30 days after it was put in the bin",
        plain="id account_id kind status expires_after_months last_used_at api_enabled created_at updated_at contact_count"
        " excluded_count recount key_facets refreshed_at was_independent deleted_at",
        written="name description columns",
        quotes="rule",
        staff="author_id",
        keys={
            "columns": "#/key #/name",
            "key_facets": "*",
            "rule": QUERY_KEYS,
        },
    ),
    "contacts_entrykey": Table(
        purpose="Finds entries of large lists.",
        until="with the entry, or a week after its last use",
        plain="account_id list_id facet",
        number="phone",
        values="key",
    ),
    "contacts_erasedexclusion": Table(
        purpose="Keeps erased people excluded, by a keyed digest of the number.",
        until="the number is taken off the exclusion list, or comes back",
        plain="account_id digest bucket source at",
    ),
    "contacts_erasure": Table(
        purpose="What is still to be erased of people, until it is.",
        until="emptied once it is over",
        plain=f"{JOB} result asked_at",
        number="phones",
        staff="author_id",
        keys={"phones": "#", "result": "imports exports"},
    ),
    "contacts_excluded": _EXCLUSION,
    "contacts_exclusion": _EXCLUSION,
    "contacts_exclusioninbox": _EXCLUSION,
    "contacts_export": Table(
        purpose="A file that somebody asked for.",
        until="for good, without the file (7 days) and the search (PERSONAL_DETAILS_DAYS)",
        plain=f"{JOB} subject list_ids format columns with_excluded size_bytes expires_at",
        written="name",
        quotes="query",
        files="path",
        staff="author_id",
        keys={
            "list_ids": "#",
            "columns": "#",
            "query": " ".join(["phones/#", *(f"query/{key}" for key in QUERY_KEYS.split())]),
        },
        expires={"query": {}},
    ),
    "contacts_import": Table(
        purpose="An import: its settings, its progress and its report.",
        until="for good, without files and quotes: PERSONAL_DETAILS_DAYS, or a person in it is erased",
        plain="id account_id list_id target into_directory expires_after_months parent_id size_bytes sha256 status region"
        " updates_existing erases_empty rows_done bytes_done attempts claim cancel_asked error created_at started_at"
        " heartbeat_at finished_at undone_at undo_result details_gone_at",
        written="list_name list_description file_name",
        quotes="overrides detection preview result",
        files="file_path table_path rejects_path",
        staff="author_id undone_by_id",
        keys={
            "overrides": "encoding delimiter has_header phone_column second_phone country_column sheet columns/* attributes/*"
            " fixes/# edits/* recipe",
            "detection": "encoding delimiter quotechar first_row has_header header_row phone_column second_phone country_column"
            " columns/#/index columns/#/name columns/#/samples/# columns/#/type columns/#/attribute columns/#/phone_share"
            " why/*/code why/*/confidence why/*/params/* source/* source/sheets/# recipe/*",
            "preview": f"{_COUNTS} {_QUOTED} extract/#/# filled/# mapping/keys/# mapping/types/# columns/#/key columns/#/name"
            " changed/#/phone changed/#/before/* changed/#/after/* variants/rows variants/known variants/*/updated"
            " variants/*/changed/#/phone variants/*/changed/#/before/* variants/*/changed/#/after/* reading/* reading/places/#"
            " since/ignored/# since/answers/# since/columns/# since/has_other_columns since/counts/*",
            "result": f"{_COUNTS} {_QUOTED}",
            "undo_result": "removed restored kept held left lists",
        },
    ),
    "contacts_importchange": Table(
        purpose="Undoes an import.",
        until="PERSONAL_DETAILS_DAYS after it",
        plain="account_id import_id kind after_digest",
        number="phone",
        values="before",
        keys={"before": "a* c*"},
    ),
    "contacts_importrecipe": Table(
        purpose="Proposes settings for the next file of the same shape.",
        until="replaced by the next import of that shape",
        plain="id account_id shape used_at",
        written="names settings file_name",
        keys={"names": "#", "settings": "*"},
    ),
    "contacts_listbatch": Table(
        purpose="An action on lists, and what came of it.",
        until="for good",
        plain=f"{JOB} action list_ids",
        written="results copy_name",
        staff="author_id",
        keys={"list_ids": "#", "results": "#/list #/name #/ok #/message"},
    ),
    "contacts_listentry": Table(
        purpose="A number of a list, with what its line said.",
        until="with its list, or removed by people",
        plain="account_id list_id",
        number="phone",
        values="values",
        keys={"values": "c*"},
    ),
}

# Where files are, by the first folder of their path; the second is the account's id.
FILES = {
    "imports": "Sent files, tables made of workbooks, refused lines: contacts_import says which; others go after a day.",
    "exports": "Files that somebody asked for: contacts_export says which; others go after a day.",
}
