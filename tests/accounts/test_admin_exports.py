"""Customers and people as files, for the platform admins only."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from smsplatform.accounts.models import Account, User
from tests.conftest import SignIn
from tests.owner import platform_admin

CSV, XLSX = "0", "1"
ACCOUNTS, PEOPLE = reverse("admin:accounts_account_export"), reverse("admin:accounts_user_export")


@pytest.fixture
def platform(db: None, sign_in: SignIn) -> Client:
    return sign_in(platform_admin("admin@example.com", "Admin"))


def exported(client: Client, address: str, file_format: str) -> bytes:
    response = client.post(address, {"format": file_format})
    assert response.status_code == 200
    return bytes(response.content)


def rows_of(content: bytes, file_format: str) -> list[list[Any]]:
    if file_format == CSV:
        return list(csv.reader(io.StringIO(content.decode())))
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_table_offers_the_export_of_what_it_shows(platform: Client, account: Account) -> None:
    text = platform.get(reverse("admin:accounts_account_changelist"), {"q": "martin"}).content.decode()

    assert f'href="{ACCOUNTS}?q=martin"' in text


def test_accounts_are_exported_without_anything_of_their_contacts(platform: Client, account: Account) -> None:
    rows = rows_of(exported(platform, ACCOUNTS, CSV), CSV)

    assert rows[0] == ["id", "name", "mode", "region", "is_active", "created_at"]
    assert rows[1][:5] == [str(account.pk), "Boulangerie Martin", "LISTS", "FR", "1"]


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "@SUM(A1)", "＝1+1"])
@pytest.mark.parametrize("file_format", [CSV, XLSX])
def test_a_name_that_could_be_a_formula_is_shown_as_text(
    platform: Client, marketer: User, name: str, file_format: str
) -> None:
    User.objects.filter(pk=marketer.pk).update(name=name)

    rows = rows_of(exported(platform, PEOPLE, file_format), file_format)

    assert {row[1]: row[2] for row in rows[1:]}["marketer@example.com"] == f"'{name}"


def test_people_are_exported_without_their_passwords(platform: Client, marketer: User) -> None:
    User.objects.filter(pk=marketer.pk).update(password="secret")

    rows = rows_of(exported(platform, PEOPLE, XLSX), XLSX)

    people = {row[1]: row[2] for row in rows[1:]}
    assert rows[0] == [
        "id", "email", "name", "language", "time_zone", "is_active", "is_staff", "date_joined", "last_login"
    ]  # fmt: skip
    assert people == {"admin@example.com": "Admin", "marketer@example.com": "Marketer"}
    assert "secret" not in str(rows)


@pytest.mark.parametrize("address", [ACCOUNTS, PEOPLE])
def test_nobody_else_exports_them(address: str, marketer: User, sign_in: SignIn) -> None:
    client = sign_in(marketer)

    assert [client.get(address).status_code, client.post(address, {"format": CSV}).status_code] == [302, 302]
