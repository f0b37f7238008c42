"""The register of what the platform's own tables hold of people: why, and until when. A test compares it with the database."""

from smsplatform.lib.personal_data import Table

_DJANGO = "Made by the frameworks; no customer's data."

TABLES: dict[str, Table] = {
    "account_emailaddress": Table(
        purpose="The addresses of people who use the platform.",
        until="with the person",
        plain="id verified primary",
        staff="user_id email",
    ),
    "account_emailconfirmation": Table(
        purpose="Confirms an address.", until="used or expired", plain="id email_address_id created sent key"
    ),
    "accounts_account": Table(
        purpose="A customer.", until="for good", plain="id mode region is_active created_at files_mb", written="name"
    ),
    "accounts_auditevent": Table(
        purpose="The journal: who did what. It takes no number: `audit.record` takes them out.",
        until="for good",
        plain="id account_id at action counts",
        written="subject",
        staff="actor_id",
        keys={"counts": "*"},
    ),
    "accounts_invitation": Table(
        purpose="An offer of a membership.",
        until="revoked by people",
        plain="id account_id role import_allowed export_allowed sent_at accepted_at",
        staff="email invited_by_id",
    ),
    "accounts_membership": Table(
        purpose="Who may open an account.",
        until="ended by people",
        plain="id account_id role import_allowed export_allowed created_at",
        staff="user_id",
    ),
    "accounts_securityevent": Table(
        purpose="What happened to a person's access; the address shortened, the browser by its name.",
        until="a year",
        plain="id at kind",
        staff="user_id address browser",
    ),
    "accounts_sentmail": Table(
        purpose="Counts mails. Who asked or gets them is a keyed hash.", until="an hour", plain="id key at"
    ),
    "accounts_sentform": Table(
        purpose="Keeps a form that is sent twice from being obeyed twice: a digest, and the address it led to.",
        until="a day, when the account sends its next form",
        plain="account_id key location at",
    ),
    "accounts_user": Table(
        purpose="Who uses the platform.",
        until="for good",
        plain="id is_staff is_superuser is_active date_joined",
        staff="password last_login email name language time_zone theme",
    ),
    "accounts_user_groups": Table(purpose=_DJANGO, until="for good", plain="id group_id", staff="user_id"),
    "accounts_user_user_permissions": Table(
        purpose=_DJANGO, until="for good", plain="id permission_id", staff="user_id"
    ),
    "auth_group": Table(purpose=_DJANGO, until="for good", plain="id name"),
    "auth_group_permissions": Table(purpose=_DJANGO, until="for good", plain="id group_id permission_id"),
    "auth_permission": Table(purpose=_DJANGO, until="for good", plain="id name content_type_id codename"),
    "django_admin_log": Table(
        purpose="The history of the administration.",
        until="for good",
        plain="id action_time content_type_id object_id action_flag change_message",
        staff="user_id object_repr",
    ),
    "django_content_type": Table(purpose=_DJANGO, until="for good", plain="id app_label model"),
    "django_migrations": Table(purpose=_DJANGO, until="for good", plain="id app name applied"),
    "django_session": Table(
        purpose="Who is signed in, in which account; messages until they are read, a form until its sender confirms, an hour.",
        until="SESSION_COOKIE_AGE",
        plain="session_key expire_date",
        staff="session_data",
    ),
    "mfa_authenticator": Table(
        purpose="Second factors of people.",
        until="removed by the person",
        plain="id type created_at last_used_at",
        staff="user_id data",
        keys={"data": "*"},
    ),
    "usersessions_usersession": Table(
        purpose="The browsers a person is signed in with.",
        until="with the session",
        plain="id created_at last_seen_at session_key data",
        staff="user_id ip user_agent",
        keys={"data": ""},
    ),
}
